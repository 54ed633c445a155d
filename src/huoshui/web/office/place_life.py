"""Everything that happened at a place, of all kinds, newest first."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from huoshui.duties.models import Account, Duty, Unit
from huoshui.kernel.access import allows, path_condition
from huoshui.kernel.journal import about
from huoshui.kernel.models import Entry
from huoshui.matters.models import Matter
from huoshui.matters.queries import LedgerFilter, light_counts, matters_of_place
from huoshui.places.models import Place
from huoshui.visits.models import Result, RoundPlace, Visit
from huoshui.visits.queries import (
    FILLING_IN,
    Standing,
    entries_of_place,
    results_of_place,
    standing_of,
    visits_of_place,
)
from huoshui.web.entries import ROUND, moments


@dataclass(frozen=True)
class PlaceLife:
    """What the reader may see of the visits, results and matters of a place and of everything below it."""

    standing: Standing | None
    visits: QuerySet[Visit]
    results: QuerySet[Result]
    reviews: set[tuple[UUID, UUID]]
    """Round and place of the reviews that open for the reader."""
    matters: QuerySet[Matter]
    """Those that run first, the earliest deadline first."""
    going: int
    """Matters that have not ended."""
    late: int
    """Those of them past their deadline."""


def told(user: Any, place: Place, entries: Iterable[Entry], *, brief: bool) -> list[dict[str, Any]]:
    """Entries of a place as a timeline shows them; ``brief``: of what changed only the state.

    Of a round's steps too, whose other figures are those of all its places.
    """
    rows = list(entries)
    found = moments(rows, beside=place.pk, reader=user)
    for entry, moment in zip(rows, found, strict=True):
        if brief or entry.subject_kind == ROUND:
            moment["changes"] = [change for change in moment["changes"] if change["name"] == "state"]
    return found


def entries_of(user: Any, place: Place) -> QuerySet[Entry]:
    """The entries that concern a place or what lies below it, the newest first.

    None where the reader's duties do not cover it. Each shows to those who may see what it is about; what belongs to
    a round, as the round's rules say. Whoever reads the journal there sees the restricted ones too. How a sheet was
    filled in is told nowhere.
    """
    if not allows(user, "place.view", path=place.path):
        return Entry.objects.none()
    here = Q(place_id__in=Place.objects.under(place.path).values("pk")) & ~FILLING_IN
    if not allows(user, "journal.view", path=place.path):
        shown = [rows.visible_to(user) for rows in (Matter.objects, Duty.objects, Unit.objects, Account.objects)]
        subjects = Q(subject_kind__startswith="places.")
        for rows in shown:
            subjects |= about(rows)
        here &= Q(restricted=False) & subjects
    return Entry.objects.filter(here | entries_of_place(user, place)).order_by("-seq")


def life_of(user: Any, place: Place) -> PlaceLife:
    """The life of a place and of everything below it."""
    matters = matters_of_place(user, place)
    lights = light_counts(user, LedgerFilter(place=place.path))
    stops = RoundPlace.objects.visible_to(user).with_open_sheets(user)
    reviews = stops.filter(path_condition("place__path", place.path)).values_list("round_id", "place_id")
    return PlaceLife(
        standing=standing_of(user, place),
        visits=visits_of_place(user, place),
        results=results_of_place(user, place),
        reviews=set(reviews),
        matters=matters,
        going=matters.going().count(),
        late=lights["red"],
    )
