"""Everything that happened at a place, of all kinds, newest first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet

from huoshui.duties.models import Account, Duty, Unit
from huoshui.kernel.access import allows
from huoshui.kernel.journal import about
from huoshui.kernel.models import Entry
from huoshui.matters.models import Matter
from huoshui.matters.queries import matters_of_place
from huoshui.places.models import Place
from huoshui.visits.queries import FILLING_IN, entries_of_place, results_of_place, visits_of_place
from huoshui.web.entries import PLACE, ROUND, moments

MOST_ENTRIES = 40


@dataclass
class PlaceLife:
    """What the reader may see of a place's visits, results and matters."""

    visits: list[Any]
    results: list[Any]
    matters: list[Any]

    @property
    def going(self) -> list[Any]:
        """Matters that have not ended, the earliest deadline first."""
        return [matter for matter in self.matters if not matter.is_closed]

    @property
    def late(self) -> list[Any]:
        """Matters past their deadline."""
        return [matter for matter in self.going if matter.light() == "red"]


def told_of(user: Any, place: Place, *, brief: bool) -> list[dict[str, Any]]:
    """The latest entries that concern a place, as a timeline shows them; ``brief``: of what changed only the state.

    Of a round's steps too, whose other figures are those of all its places. The caller has shown that the place is
    covered by the reader's duties.
    """
    entries = list(_entries(user, place).order_by("-seq")[:MOST_ENTRIES])
    told = moments(entries, beside=PLACE, reader=user)
    for entry, moment in zip(entries, told, strict=True):
        if brief or entry.subject_kind == ROUND:
            moment["changes"] = [change for change in moment["changes"] if change["name"] == "state"]
    return told


def _entries(user: Any, place: Place) -> QuerySet[Entry]:
    """Each entry shows to those who may see what it is about; what belongs to a round, as the round's rules say.

    Whoever reads the journal there sees the restricted ones too. How a sheet was filled in is told nowhere.
    """
    here = Q(place_id=place.pk) & ~FILLING_IN
    if not allows(user, "journal.view", path=place.path):
        shown = [rows.visible_to(user) for rows in (Matter.objects, Duty.objects, Unit.objects, Account.objects)]
        subjects = Q(subject_kind__startswith="places.")
        for rows in shown:
            subjects |= about(rows)
        here &= Q(restricted=False) & subjects
    return Entry.objects.filter(here | entries_of_place(user, place))


def life_of(user: Any, place: Place) -> PlaceLife:
    """The life of a place and of everything below it."""
    return PlaceLife(
        visits=list(visits_of_place(user, place)[:50]),
        results=list(results_of_place(user, place)[:20]),
        matters=list(matters_of_place(user, place)[:100]),
    )
