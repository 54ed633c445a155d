"""Putting a matter under another as its part, and taking it away again."""

from __future__ import annotations

from typing import Any

from huoshui.kernel import journal
from huoshui.kernel.access import require
from huoshui.kernel.actions import action, running_action
from huoshui.kernel.errors import Refusal
from huoshui.matters import family
from huoshui.matters.actions.common import locked
from huoshui.matters.models import CLOSED, Matter


@action("matters.put_under")
def put_under(*, by: Any, matter: Matter, parent: Matter | None, seen_version: int | None = None) -> Matter:
    """Make a matter a part of ``parent``; None: of no other. By whoever assigns at its place.

    Raises access.denied, record.stale, matter.is_closed, matter.part_kind, matter.part_place, matter.part_depth or
    matter.part_cycle.
    """
    matter = locked(matter, seen_version, {"parent": parent.number if parent else ""})
    require(by, "matter.assign", path=matter.place.path, pack=matter.pack)
    if matter.phase == CLOSED:
        raise Refusal("matter.is_closed", number=matter.number, state=matter.state_name)
    before = matter.parent
    if before == parent:
        running_action().changed_nothing()
        return matter
    if parent is not None:
        parent = family.check_parent(by, parent, kind=matter.kind, place=matter.place, part=matter)
    matter.parent = parent
    matter.save_next_version("parent")
    journal.record(
        by=by,
        subject=matter,
        place=matter.place,
        before={"parent": before.number if before else ""},
        after={"parent": parent.number if parent else ""},
    )
    return matter
