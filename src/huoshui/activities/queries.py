"""Reading activities: lists, what a place has, what stands in a stretch of days, and on which days one was held."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from uuid import UUID

from django.db.models import Count, F, Q, QuerySet, Window
from django.db.models.functions import RowNumber
from django.utils.translation import gettext as _

from huoshui.activities.models import Activity, ActivityQuerySet, days_within
from huoshui.activities.schema import ActivityKind
from huoshui.kernel.access import Actor, Within, path_condition
from huoshui.kernel.choices import require_known, unknown
from huoshui.kernel.walking import walked
from huoshui.packs.queries import all_current
from huoshui.places.models import Place

State = Activity.State
MOST_COUNTED, MANY, MANY_PLACES = 10_001, 2_000, 30
"""How far a list is counted; from how many on the index of the days is walked; and how many places are many."""


@dataclass(frozen=True)
class ActivityFilter:
    """What a list shows. Empty: no restriction. ``place`` is a path; ``kind`` qualified; ``group`` a heading's code."""

    kind: str = ""
    group: str = ""
    state: str = ""
    place: str = ""
    since: dt.date | None = None
    until: dt.date | None = None
    text: str = ""


def kinds() -> dict[str, ActivityKind]:
    """Every kind of the current packs by qualified code, in the order of their packs."""
    found: dict[str, ActivityKind] = all_current("activities")
    return found


def groups() -> dict[str, str]:
    """The headings of the kinds: labels by code."""
    return {kind.group.code: str(kind.group.name) for kind in kinds().values()}


def activities(actor: Actor, wanted: ActivityFilter | None = None) -> ActivityQuerySet:
    """Visible activities that pass the filter, the latest day first.

    Raises value.choice for a kind, group or state that neither a pack declares nor anything was recorded under.
    """
    rows = Activity.objects.filter(passing(actor, wanted or ActivityFilter()))
    return _related(rows).order_by("-day", "-id")


def passing(actor: Actor, wanted: ActivityFilter) -> Q:
    """What a filter asks of an activity, its being visible as well. Raises as ``activities``."""
    _require_known(actor, wanted)
    return _reached(actor, wanted.place) & _passing(wanted)


def _related(rows: Any) -> ActivityQuerySet:
    """With what names a row; a place's outline is long and no list shows it."""
    read: ActivityQuerySet = rows.select_related("place", "site", "unit", "pack_version")
    return read.defer("place__outline", "site__outline")


def _require_known(actor: Actor, asked: ActivityFilter) -> None:
    rows = Activity.objects.visible_to(actor)
    names = {code: str(kind.name) for code, kind in kinds().items()}
    require_known(rows, "kind", asked.kind, names, label=_("种类"), names=names)
    require_known(rows, "state", asked.state, State.values, label=_("状态"), names=dict(State.choices))
    if asked.group and asked.group not in groups():
        raise unknown("group", asked.group, groups().values(), _("分组"))


def _passing(asked: ActivityFilter) -> Q:
    """The filter without its place."""
    passing = Q(**{name: value for name in ("kind", "state") if (value := getattr(asked, name))})
    if asked.group:
        passing &= Q(kind__in=[code for code, kind in kinds().items() if kind.group.code == asked.group])
    if asked.since or asked.until:
        passing &= days_within(asked.since or dt.date.min, asked.until or dt.date.max)
    for word in asked.text.split():
        passing &= Q(title__contains=word)
    return passing


def _reached(actor: Actor, place: str = "") -> Q:
    """The rule of ``visible_to``, with the places that the actor reaches as a set and not as a join to walk over."""
    reader = Within(actor, place) if place else actor
    condition = Q(pk__in=[])
    for grant in set(reader.grants(Activity.scope.permission)):
        places = Place.objects.filter(path_condition("path", grant.path)).order_by().values("pk")
        condition |= Q(place__in=places) & (Q(pack=grant.pack) if grant.pack else Q())
    return condition


class ActivityList:
    """A list that is shown page by page: how many pass, and some of them, without putting all of them in order.

    Where many pass, the index of the days is walked until a page is full. A text is looked for in the index of the
    words, once for count and page. Raises as ``activities``.
    """

    def __init__(self, actor: Actor, wanted: ActivityFilter) -> None:
        _require_known(actor, wanted)
        self._reached, self._passing, self._wanted = _reached(actor, wanted.place), _passing(wanted), wanted
        self._condition = self._reached & self._passing
        self._reader = Within(actor, wanted.place) if wanted.place else actor

    @cached_property
    def _found(self) -> list[UUID]:
        """Of a text: the keys of all that has it, the latest day first, up to MOST_COUNTED."""
        rows = walked(Activity.objects.get_queryset(), self._condition).order_by()
        found = sorted(rows.values_list("day", "pk")[:MOST_COUNTED], reverse=True)
        return [pk for _day, pk in found]

    @cached_property
    def count(self) -> int:
        """How many pass, told up to MOST_COUNTED."""
        if self._wanted.text:
            return len(self._found)
        return self._asked.order_by()[:MOST_COUNTED].count()

    @cached_property
    def _asked(self) -> QuerySet[Activity]:
        """The rows that pass. Of a state, over many places, those of the state are read and not those of each place."""
        if self._wanted.state and self._many_places:
            return walked(Activity.objects.filter(self._passing), self._reached)
        return Activity.objects.filter(self._condition)

    @property
    def _many_places(self) -> bool:
        paths = {grant.path for grant in self._reader.grants(Activity.scope.permission)}
        reached = Q()
        for path in paths:
            reached |= path_condition("path", path)
        return bool(paths) and len(Place.objects.filter(reached).values_list("pk")[: MANY_PLACES + 1]) > MANY_PLACES

    def rows(self, start: int, stop: int) -> list[Activity]:
        """Some of them, counted from 0, the latest day first."""
        if self._wanted.text:
            keys = self._found[start:stop]
        else:
            asked = self._asked
            if self.count > MANY and not self._wanted.state:
                asked = walked(Activity.objects.get_queryset(), self._condition)
            keys = list(asked.order_by("-day", "-id").values_list("pk", flat=True)[start:stop])
        found = _related(Activity.objects.get_queryset()).in_bulk(keys)
        return [found[key] for key in keys]


def parts_of(actor: Actor, whole: Activity) -> ActivityQuerySet:
    """The visible parts of a whole, by day."""
    rows: ActivityQuerySet = Activity.objects.visible_to(actor).filter(parent=whole)
    return rows.select_related("place", "site", "pack_version").order_by("day", "starts_at", "id")


@dataclass(frozen=True)
class DaySum:
    """What stands on one day: how many in all, and the first of them by hour."""

    count: int
    first: list[Activity] = field(default_factory=list)


def by_day(rows: ActivityQuerySet, since: dt.date, until: dt.date, most: int) -> dict[dt.date, DaySum]:
    """Of some activities that begin on a day from ``since`` to ``until``: for each such day its count and first rows.

    Three statements, however many there are: a district of a hundred villages has thousands in a month.
    """
    begun = rows.filter(day__range=(since, until)).order_by()
    counts = dict(begun.values_list("day").annotate(n=Count("pk")))
    rank = Window(RowNumber(), partition_by=F("day"), order_by=[F("starts_at").asc(nulls_last=True), F("id")])
    ids = [pk for pk, _n in begun.annotate(n=rank).filter(n__lte=most).values_list("pk", "n")]
    first = defaultdict(list)
    for row in (
        Activity.objects.filter(pk__in=ids)
        .select_related("place", "site", "pack_version")
        .order_by("day", F("starts_at").asc(nulls_last=True), "id")
    ):
        first[row.day].append(row)
    return {day: DaySum(count, first[day]) for day, count in counts.items()}


def going_on(rows: ActivityQuerySet, since: dt.date, until: dt.date) -> ActivityQuerySet:
    """Of some activities those that go on for days and touch ``since`` to ``until``, the earliest first."""
    return rows.filter(last_day__gt=F("day"), last_day__gte=since, day__lte=until).order_by("day", "id")


def latest_before(actor: Actor, activity: Activity) -> dict[str, Any]:
    """What the last one of the same kind at the same place says of how it is done: never asked for twice.

    Venue, site and minutes; empty where there was none.
    """
    rows = Activity.objects.visible_to(actor).filter(kind=activity.kind, place=activity.place, state=State.HELD)
    last = rows.select_related("site").order_by("-day", "-id").first()
    return {} if last is None else {"venue": last.venue, "site": last.site, "minutes": last.minutes}
