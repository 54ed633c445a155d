"""Surveys that somebody is asked to fill in: where, until when, and what was handed in."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from huoshui.duties.models import duties_held
from huoshui.kernel import clock
from huoshui.kernel.access import path_condition
from huoshui.kernel.reading import read_once
from huoshui.packs.queries import all_current
from huoshui.places.models import Place
from huoshui.visits.models import Visit
from huoshui.visits.schema import Checklist


@dataclass(frozen=True)
class AskedSurvey:
    """A survey at one place of the person's; ``visit``: their own draft there."""

    pack: str
    checklist: Checklist
    place: Place
    visit: Visit | None

    @property
    def code(self) -> str:
        """With its pack's."""
        return f"{self.pack}.{self.checklist.code}"

    @property
    def until(self) -> dt.date | None:
        """The last day."""
        return self.checklist.asks.until if self.checklist.asks else None

    @property
    def late(self) -> bool:
        """Whether that day is over."""
        return self.until is not None and self.until < clock.today()


@read_once
def surveys_waiting(actor: Any) -> list[AskedSurvey]:
    """What the actor is asked and nobody handed in yet, the earliest last day first."""
    asking = {code: one for code, one in all_current("checklists").items() if one.asks}
    duties = duties_held(actor.pk, clock.today()) if asking else []
    found = [row for code, one in asking.items() for row in _of(actor, code.partition(".")[0], one, duties)]
    return sorted(found, key=lambda row: (row.until or dt.date.max, row.checklist.code, row.place.path))


def _of(actor: Any, pack: str, checklist: Checklist, duties: list[Any]) -> Iterator[AskedSurvey]:
    roles = checklist.asks.roles if checklist.asks else []
    held = [duty for duty in duties if duty.role in roles and duty.pack in ("", pack)]
    if not held:
        return
    below = Q()
    for duty in held:
        below |= path_condition("path", duty.place.path)
    places = Place.objects.visible_to(actor).filter(below, kind__in=checklist.place_kinds, closed_on__isnull=True)
    sheets = Visit.objects.filter(round__isnull=True, checklist_code=checklist.code, pack_version__pack=pack)
    handed_in = sheets.exclude(state=Visit.State.DRAFT).values("place")
    drafts = {visit.place_id: visit for visit in sheets.filter(state=Visit.State.DRAFT, judge_id=actor.pk)}
    for place in places.exclude(pk__in=handed_in).select_related("parent"):
        yield AskedSurvey(pack, checklist, place, drafts.get(place.pk))
