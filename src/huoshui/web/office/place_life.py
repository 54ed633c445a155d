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
from huoshui.matters.queries import LedgerFilter, light_counts, matters_of_place
from huoshui.places.models import Place
from huoshui.visits.models import Result, Visit
from huoshui.visits.queries import (
    FILLING_IN,
    Standing,
    entries_of_place,
    results_of_place,
    standing_of,
    visits_of_place,
)
from huoshui.web.entries import ROUND, moments

MOST_ENTRIES = 40


@dataclass(frozen=True)
class PlaceLife:
    """What the reader may see of the visits, results and matters of a place and of everything below it."""

    standing: Standing | None
    visits: QuerySet[Visit]
    results: QuerySet[Result]
    matters: QuerySet[Matter]
    """Those that run first, the earliest deadline first."""
    going: int
    """Matters that have not ended."""
    late: int
    """Those of them past their deadline."""


def told_of(user: Any, place: Place, *, brief: bool) -> list[dict[str, Any]]:
    """The latest entries that concern a place or what lies below it, as a timeline shows them.

    ``brief``: of what changed only the state. Of a round's steps too, whose other figures are those of all its
    places. The caller has shown that the place is covered by the reader's duties.
    """
    entries = list(_entries(user, place).order_by("-seq")[:MOST_ENTRIES])
    told = moments(entries, beside=place.pk, reader=user)
    for entry, moment in zip(entries, told, strict=True):
        if brief or entry.subject_kind == ROUND:
            moment["changes"] = [change for change in moment["changes"] if change["name"] == "state"]
    return told


def _entries(user: Any, place: Place) -> QuerySet[Entry]:
    """Each entry shows to those who may see what it is about; what belongs to a round, as the round's rules say.

    Whoever reads the journal there sees the restricted ones too. How a sheet was filled in is told nowhere.
    """
    here = Q(place_id__in=Place.objects.under(place.path).values("pk")) & ~FILLING_IN
    if not allows(user, "journal.view", path=place.path):
        shown = [rows.visible_to(user) for rows in (Matter.objects, Duty.objects, Unit.objects, Account.objects)]
        subjects = Q(subject_kind__startswith="places.")
        for rows in shown:
            subjects |= about(rows)
        here &= Q(restricted=False) & subjects
    return Entry.objects.filter(here | entries_of_place(user, place))


def life_of(user: Any, place: Place) -> PlaceLife:
    """The life of a place and of everything below it."""
    matters = matters_of_place(user, place)
    lights = light_counts(user, LedgerFilter(place=place.path))
    return PlaceLife(
        standing=standing_of(user, place),
        visits=visits_of_place(user, place),
        results=results_of_place(user, place),
        matters=matters,
        going=matters.going().count(),
        late=lights["red"],
    )
