"""Who may excuse a place from what is due, told before a form is shown and held by the action alike."""

from __future__ import annotations

from typing import Any

from huoshui.kernel.access import allows, denied
from huoshui.kernel.errors import Refusal
from huoshui.schedules.models import Occasion


def refusal_to_excuse(by: Any, occasion: Occasion) -> Refusal | None:
    """Why somebody may not excuse (access.denied, schedule.own_place); None: they may."""
    path, pack = occasion.place.path, occasion.plan.pack
    if not allows(by, "schedule.excuse", path=path, pack=pack):
        return denied("schedule.excuse", path=path, pack=pack)
    if by.unit_id is not None and by.unit.place_id == occasion.place_id:
        return Refusal("schedule.own_place", field="occasion", place=occasion.place.short_name)
    return None
