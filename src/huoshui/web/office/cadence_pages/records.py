"""The records that fulfil what is due, linked as far as the reader sees them; and where the next one is recorded."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.apps import apps
from django.db.models import Q
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from huoshui.activities.permits import may_record
from huoshui.kernel.access import allows
from huoshui.packs.queries import all_current
from huoshui.schedules.targets import TARGETS


@dataclass(frozen=True)
class Recording:
    """How what a section declares is recorded: who may, the page of a record, and that of a new one."""

    may: Callable[[Any, Any], bool]
    page: str
    verb: str | Promise
    new: Callable[[Any], str]


def _new_sheet(row: Any) -> str:
    return f"{reverse('sheet_start')}?{urlencode({'checklist': row.plan.of, 'place': row.place.code})}"


def _may_score(user: Any, row: Any) -> bool:
    return allows(user, "visit.score", path=row.place.path, pack=row.plan.pack)


def _new_activity(row: Any) -> str:
    return f"{reverse('activity_new')}?{urlencode({'kind': row.plan.of, 'place': row.place.code, 'do': 'record'})}"


def _may_record_activity(user: Any, row: Any) -> bool:
    kind = all_current("activities").get(row.plan.of)
    return kind is not None and may_record(user, kind, row.place, row.plan.pack)


RECORDING: dict[str, Recording] = {
    "checklists": Recording(_may_score, "sheet", _("去填一张"), _new_sheet),
    "activities": Recording(_may_record_activity, "activity", _("去登记"), _new_activity),
}
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


def recorded(user: Any, row: Any) -> Q:
    """The journal's entries about the records that count for a turn and that the reader sees."""
    model = apps.get_model(TARGETS[row.plan.section].model)
    counted = row.deeds.values("record")
    seen = model._default_manager.visible_to(user).filter(pk__in=counted)
    return Q(subject_kind=model._meta.label_lower, subject_id__in=seen.values("pk"))


def record_step(user: Any, row: Any) -> dict[str, str] | None:
    """Where the reader records it, and in which words; None for whoever may not."""
    how = RECORDING.get(row.plan.section)
    if how is None or not how.may(user, row):
        return None
    return {"url": how.new(row), "verb": str(how.verb)}
