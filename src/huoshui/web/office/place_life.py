"""Everything that happened at a place, of all kinds, newest first."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from huoshui.duties.models import Account, Duty, Unit
from huoshui.kernel import clock
from huoshui.kernel.access import allows, path_condition
from huoshui.kernel.journal import about
from huoshui.kernel.models import Entry
from huoshui.kernel.reading import kept_for, marks
from huoshui.kernel.walking import walked
from huoshui.matters.lights import MatterQuerySet, light_condition
from huoshui.matters.models import Matter
from huoshui.matters.money.queries import KindSums, LineFilter, sums_by_kind
from huoshui.matters.queries import matters_of_place
from huoshui.places.models import Place
from huoshui.subsidies.models import Pot
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
from huoshui.web.office.lists import MOST_ROWS, LongList

COUNT_KEPT_SECONDS = 60
"""How many entries a place has decides only how they are found."""


class PlaceLife:
    """What the reader may see of the visits, results and matters of a place and of everything below it.

    Each part is read when a page first shows it.
    """

    def __init__(self, user: Any, place: Place) -> None:
        self._user, self._place = user, place
        self.visits: QuerySet[Visit] = visits_of_place(user, place)
        self.results: QuerySet[Result] = results_of_place(user, place)
        self.matters: MatterQuerySet = matters_of_place(user, place)
        """Those that run first, the earliest deadline first."""

    @cached_property
    def standing(self) -> Standing | None:
        """How the place did in the latest round."""
        return standing_of(self._user, self._place)

    @cached_property
    def reviews(self) -> set[tuple[UUID, UUID]]:
        """Round and place of the reviews that open for the reader."""
        stops = RoundPlace.objects.visible_to(self._user).with_open_sheets(self._user)
        return set(stops.filter(path_condition("place__path", self._place.path)).values_list("round_id", "place_id"))

    @cached_property
    def result_count(self) -> int:
        """Results of rounds, here and below."""
        return self.standing.results if self.standing else 0

    @cached_property
    def counts(self) -> dict[str, int]:
        """How many matters: all, those that have not ended (going), and those of them past their deadline (late)."""
        late = Count("pk", filter=light_condition("red", clock.today()))
        going = Count("pk", filter=Q(closed_on__isnull=True))
        return self.matters.order_by().aggregate(all=Count("pk"), going=going, late=late)

    @cached_property
    def sees_matters(self) -> bool:
        """Whether no matters means that there are none, and not that none are for the reader."""
        return bool(self.counts["all"]) or allows(self._user, "matter.view", path=self._place.path)

    @cached_property
    def sees_results(self) -> bool:
        """The same of results of rounds."""
        return bool(self.result_count) or allows(self._user, "round.view", path=self._place.path)

    @cached_property
    def money(self) -> list[KindSums]:
        """Sums of money lines here and below, by kind of matter and type."""
        return sums_by_kind(self._user, LineFilter(place=self._place.path))


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


class PlaceEntries(LongList):
    """The entries that concern a place or what lies below it, the newest first, counted and sliced like a list.

    None where the reader's duties do not cover it. Each shows to those who may see what it is about; what belongs to
    a round, as the round's rules say. Whoever reads the journal there sees the restricted ones too. How a sheet was
    filled in is told nowhere.
    """

    def __init__(self, user: Any, place: Place) -> None:
        self._place = place
        self._here = Q(place_id__in=Place.objects.under(place.path).values("pk"))
        self._shown = _shown(user, place, self._here)

    def __len__(self) -> int:
        """How many; one more than can be leafed through stands for more."""
        return Entry.objects.filter(self._shown)[: MOST_ROWS + 1].count()

    def _known(self) -> int:
        return Entry.objects.filter(self._here).count()

    def __getitem__(self, rows: slice) -> list[Entry]:
        """Some of them. Where the place has many, the journal is walked from its end until enough are found: about
        every entry of the journal for each of the place's; else the place's are put in order."""
        known = kept_for(COUNT_KEPT_SECONDS, lambda: f"entries-{self._place.pk}", self._known)
        if rows.stop * marks().newest < known * known:
            found = walked(Entry.objects.get_queryset(), self._shown)
        else:
            found = Entry.objects.filter(self._shown)
        return list(found.order_by("-seq")[rows])


def _shown(user: Any, place: Place, here: Q) -> Q:
    if not allows(user, "place.view", path=place.path):
        return Q(pk__in=[])
    here = here & ~FILLING_IN
    if not allows(user, "journal.view", path=place.path):
        kinds = (Matter.objects, Pot.objects, Duty.objects, Unit.objects, Account.objects)
        shown = [rows.visible_to(user) for rows in kinds]
        subjects = Q(subject_kind__startswith="places.")
        for rows in shown:
            subjects |= about(rows)
        here &= Q(restricted=False) & subjects
    return here | entries_of_place(user, place)
