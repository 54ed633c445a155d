"""Reading activities: lists, what a place has, what stands in a stretch of days, and on which days one was held."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, F, Q, Window
from django.db.models.functions import RowNumber
from django.utils.translation import gettext as _

from huoshui.activities.models import Activity, ActivityQuerySet
from huoshui.activities.schema import ActivityKind
from huoshui.kernel.access import Actor, Within
from huoshui.kernel.choices import require_known
from huoshui.packs.queries import all_current
from huoshui.places.models import Place

State = Activity.State


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
    asked = wanted or ActivityFilter()
    rows: ActivityQuerySet = Activity.objects.visible_to(Within(actor, asked.place) if asked.place else actor)
    if asked.place:
        rows = rows.under(asked.place)
    names = {code: str(kind.name) for code, kind in kinds().items()}
    require_known(rows, "kind", asked.kind, names, label=_("种类"), names=names)
    require_known(rows, "state", asked.state, State.values, label=_("状态"), names=dict(State.choices))
    if asked.group:
        require_known(Activity.objects.none(), "pk", asked.group, groups(), label=_("分组"), names=groups())
        rows = rows.filter(kind__in=[code for code, kind in kinds().items() if kind.group.code == asked.group])
    exact = {name: value for name in ("kind", "state") if (value := getattr(asked, name))}
    rows = rows.filter(**exact)
    if asked.since or asked.until:
        rows = rows.within(asked.since or dt.date.min, asked.until or dt.date.max)
    for word in asked.text.split():
        rows = rows.filter(Q(title__icontains=word) | Q(venue__icontains=word))
    return rows.select_related("place", "site", "unit", "pack_version").order_by("-day", "-id")


def activities_of_place(actor: Actor, place: Place) -> ActivityQuerySet:
    """Visible activities of a place and of what lies below it, the latest day first."""
    return activities(actor, ActivityFilter(place=place.path))


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
