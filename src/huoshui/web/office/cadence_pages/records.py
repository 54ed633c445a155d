"""The records that fulfil what is due, linked as far as the reader sees them; and where the next one is recorded."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.apps import apps
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from huoshui.kernel.access import allows
from huoshui.schedules.targets import TARGETS


@dataclass(frozen=True)
class Recording:
    """How what a section declares is recorded: the permission, the page of a record, and that of a new one."""

    permission: str
    page: str
    verb: str | Promise
    new: Callable[[Any], str]


def _new_sheet(row: Any) -> str:
    return f"{reverse('sheet_start')}?{urlencode({'checklist': row.plan.of, 'place': row.place.code})}"


RECORDING: dict[str, Recording] = {"checklists": Recording("visit.score", "sheet", _("去填一张"), _new_sheet)}
"""By the section that a plan asks for."""


@dataclass(frozen=True)
class Fulfilling:
    """A record that counts: its day, its name and address, "" where the reader does not see it."""

    day: dt.date
    name: str
    url: str


def records_of(user: Any, row: Any) -> list[Fulfilling]:
    """What counts for a turn, by day."""
    deeds = list(row.deeds.order_by("day", "id"))
    model = apps.get_model(TARGETS[row.plan.section].model)
    seen = {
        record.pk: record for record in model._default_manager.visible_to(user).filter(pk__in=[d.record for d in deeds])
    }
    at = RECORDING.get(row.plan.section)
    return [
        Fulfilling(
            deed.day, str(seen[deed.record]) if deed.record in seen else "",
            reverse(at.page, args=[deed.record]) if at and deed.record in seen else "",
        )
        for deed in deeds
    ]  # fmt: skip


def record_step(user: Any, row: Any) -> dict[str, str] | None:
    """Where the reader records it, and in which words; None for whoever may not."""
    how = RECORDING.get(row.plan.section)
    if how is None or not allows(user, how.permission, path=row.place.path, pack=row.plan.pack):
        return None
    return {"url": how.new(row), "verb": str(how.verb)}
