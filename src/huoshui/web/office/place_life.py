"""Everything that happened at a place, of all kinds, newest first."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from functools import cached_property
from typing import Any
from uuid import UUID

from django.db.models import F, Q, QuerySet

from huoshui.activities.models import Activity
from huoshui.activities.permits import kinds_at
from huoshui.activities.queries import ActivityFilter, ActivityList
from huoshui.duties.models import Account, Duty, Unit
from huoshui.kernel import clock
from huoshui.kernel.access import Within, allows, path_condition
from huoshui.kernel.journal import about, about_each
from huoshui.kernel.models import Entry
from huoshui.kernel.reading import grown, marks, read_until_changed
from huoshui.kernel.walking import Written, walked, written
from huoshui.matters.lights import MatterQuerySet, light_condition
from huoshui.matters.models import Matter
from huoshui.matters.money.queries import KindSums, LineFilter, sums_by_kind
from huoshui.matters.queries import going_within, matter_values, matters_of_place, profiles_of
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

LATEST_ACTIVITIES = 50


class PlaceLife:
    """What the reader may see of the visits, results and matters of a place and of everything below it.

    Each part is read when a page first shows it.
    """

    def __init__(self, user: Any, place: Place) -> None:
        self._user, self._place = user, place

    @cached_property
    def visits(self) -> QuerySet[Visit]:
        return visits_of_place(self._user, self._place)

    @cached_property
    def results(self) -> QuerySet[Result]:
        return results_of_place(self._user, self._place)

    @cached_property
    def matters(self) -> MatterQuerySet:
        """Those that run first, the earliest deadline first."""
        return matters_of_place(self._user, self._place)

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
        every, going = going_within(self._user, self._place.path)
        late = self._matters_here.filter(light_condition("red", clock.today())).count()
        return {"all": every, "going": going, "late": late}

    @property
    def going(self) -> MatterQuerySet:
        """Those that have not ended, the earliest deadline first, without what is related to them."""
        return self._matters_here.going().order_by(F("due_on").asc(nulls_last=True), "id")

    @property
    def _matters_here(self) -> MatterQuerySet:
        return Matter.objects.visible_to(Within(self._user, self._place.path)).under(self._place.path)

    @cached_property
    def sees_matters(self) -> bool:
        """Whether no matters means that there are none, and not that none are for the reader."""
        return bool(self.counts["all"]) or allows(self._user, "matter.view", path=self._place.path)

    @cached_property
    def sees_results(self) -> bool:
        """The same of results of rounds."""
        return bool(self.result_count) or allows(self._user, "round.view", path=self._place.path)

    @cached_property
    def profiles(self) -> list[tuple[Matter, list[tuple[str, str]]]]:
        """What the place is known for, each with its fields in words."""
        return [(matter, _told_fields(matter)) for matter in profiles_of(self._user, self._place)]

    @cached_property
    def profile_names(self) -> list[str]:
        """What the profiles are called: an empty attribute of that name is told by the profile, not as missing."""
        return [matter.definition.name.zh for matter, _told in self.profiles]

    @cached_property
    def _activities(self) -> ActivityList:
        return ActivityList(self._user, ActivityFilter(place=self._place.path))

    @cached_property
    def activities(self) -> list[Activity]:
        """The latest of what was held and is planned."""
        return self._activities.rows(0, LATEST_ACTIVITIES)

    @property
    def more_activities(self) -> bool:
        """Whether there are more than these."""
        return self._activities.count > LATEST_ACTIVITIES

    @property
    def sees_activities(self) -> bool:
        """The same of activities."""
        return bool(self._user.grants("activity.view"))

    @property
    def may_add_activity(self) -> bool:
        """Whether the reader plans or records some kind at the place itself."""
        return bool(kinds_at(self._user, self._place))

    @cached_property
    def money(self) -> list[KindSums]:
        """Sums of money lines here and below, by kind of matter and type."""
        return sums_by_kind(self._user, LineFilter(place=self._place.path))


def _told_fields(matter: Matter) -> list[tuple[str, str]]:
    return [(str(row.field.name), row.shown) for row in matter_values(matter) if row.shown and not row.field.personal]


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
        self._user, self._place = user, place

    def __len__(self) -> int:
        """How many; one more than can be leafed through stands for more."""
        shown = self._shown(walking=False)
        if shown is None:
            return 0
        if allows(self._user, "journal.view", path=self._place.path) and self._told_here > MOST_ROWS:
            return MOST_ROWS + 1
        return Entry.objects.filter(shown)[: MOST_ROWS + 1].count()

    def __getitem__(self, rows: slice) -> list[Entry]:
        """Some of them. Where the place has many, the journal is walked from its end until enough are found: about
        every entry of the journal for each of the place's; else the place's are put in order."""
        walking = rows.stop * marks().newest < self._told_here**2
        shown = self._shown(walking=walking)
        if shown is None:
            return []
        found = walked(Entry.objects.get_queryset(), shown) if walking else Entry.objects.filter(shown)
        return list(found.order_by("-seq")[rows])

    @cached_property
    def _told_here(self) -> int:
        """How many entries are the place's own and those below it, but of rounds; to all that read its journal."""
        told = Entry.objects.filter(_here(self._place.path))
        return grown(
            lambda: f"entries-{self._place.pk}", lambda after, last: told.filter(seq__gt=after, seq__lte=last).count()
        )

    def _shown(self, *, walking: bool) -> Written | None:
        return _shown(self._user, self._place.path, walking, clock.today())


def _here(path: str) -> Q:
    return Q(place_id__in=Place.objects.under(path).values("pk")) & ~FILLING_IN


@read_until_changed
def _shown(user: Any, path: str, walking: bool, _day: dt.date) -> Written | None:
    """Which entries the reader sees of the place; that follows from their duties of the day, and where they judge."""
    if not allows(user, "place.view", path=path):
        return None
    here = _here(path)
    if not allows(user, "journal.view", path=path):
        kinds = (Matter.objects, Activity.objects, Pot.objects, Duty.objects, Unit.objects, Account.objects)
        subjects = Q(subject_kind__startswith="places.")
        for rows in kinds:
            seen = rows.visible_to(user)
            subjects |= about_each(seen) if walking else about(seen)
        here &= Q(restricted=False) & subjects
    return written(Entry.objects.get_queryset(), here | entries_of_place(user, path, walking=walking))
