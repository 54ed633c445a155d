"""Reading what comes round: plans over a place, occasions by day, what is still to come."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from django.db.models import Count, Max, Q, QuerySet

from huoshui.kernel import clock
from huoshui.kernel.access import Grant, path_condition
from huoshui.places.models import prefixes
from huoshui.schedules.keeping import owing
from huoshui.schedules.models import Occasion, OccasionQuerySet, Plan
from huoshui.schedules.recurrence import due_days

TURNS_SHOWN = 12
WEEK = dt.timedelta(days=7)


@dataclass(frozen=True)
class OccasionFilter:
    """Which occasions: at and below a place (its path), of a plan, in a state, due between two days (included)."""

    place: str = ""
    plan: UUID | None = None
    state: str = ""
    since: dt.date | None = None
    until: dt.date | None = None


@dataclass(frozen=True)
class ToCome:
    """A day on which a plan will be due, and has not opened yet."""

    plan: Plan
    due_on: dt.date


@dataclass(frozen=True)
class CalendarEntry:
    """What a plan asks by a day of the places that a reader covers: how many, how many of them did it or are excused.

    ``occasion``: the only one, where there is one; none for what is to come.
    """

    plan: Plan
    due_on: dt.date
    places: int
    done: int = 0
    excused: int = 0
    occasion: UUID | None = None


def occasions(actor: Any, wanted: OccasionFilter | None = None) -> OccasionQuerySet:
    """Occasions that the actor sees, each with its state today, the latest due first."""
    asked = wanted or OccasionFilter()
    rows: OccasionQuerySet = Occasion.objects.visible_to(actor).counting().with_state(clock.today())
    conditions = {"plan": asked.plan, "state": asked.state, "due_on__gte": asked.since, "due_on__lte": asked.until}
    rows = rows.filter(**{name: value for name, value in conditions.items() if value})
    if asked.place:
        rows = rows.filter(path_condition("place__path", asked.place))
    return rows.select_related("plan", "place").order_by("-due_on", "place__path", "plan__name", "id")


def tally(actor: Any, wanted: OccasionFilter) -> dict[str, int]:
    """How many of the occasions stand in each state, whichever state is asked for."""
    found: QuerySet[Any, Any] = occasions(actor, replace(wanted, state=""))
    counted = found.order_by().values("state").annotate(many=Count("pk")).values_list("state", "many")
    return {**{state.value: 0 for state in Occasion.State}, **dict(counted)}


def own_waiting(actor: Any) -> OccasionQuerySet:
    """What is overdue, or due within a week, at the places themselves of the actor's duties, the earliest due first.

    An office covers many places, and does nothing in their stead: what they owe stands in its list alone.
    """
    today = clock.today()
    own = {grant.path for grant in actor.grants("schedule.view") if not grant.behalf}
    rows: OccasionQuerySet = Occasion.objects.visible_to(actor).counting().waiting().with_state(today)
    rows = rows.filter(place__path__in=own, late_until__gte=today, due_on__lte=today + WEEK)
    return rows.select_related("plan", "place").order_by("due_on", "place__path", "id")


def running_plans(actor: Any) -> list[Plan]:
    """The plans of today, or of a later day, that ask something of places that the actor covers: those below, and
    those of the levels above."""
    grants = actor.grants("schedule.view")
    if not grants:
        return []
    reached = Q(pk__in=[])
    for grant in grants:
        here = path_condition("place__path", grant.path) | Q(place__path__in=prefixes(grant.path))
        reached |= here & (Q(pack=grant.pack) if grant.pack else Q())
    rows = Plan.objects.filter(reached).exclude(until__lte=clock.today()).select_related("place")
    return list(rows.order_by("name", "begins_on", "id"))


def to_come(plans: Iterable[Plan], until: dt.date) -> list[ToCome]:
    """The due days of plans after today and until a day (included) that no occasion stands for yet, by day."""
    asked, today = list(plans), clock.today()
    rows = Occasion.objects.filter(plan__in=asked).order_by().values("plan").annotate(latest=Max("due_on"))
    last = {row["plan"]: row["latest"] for row in rows}
    found = [
        ToCome(plan, day)
        for plan in asked
        for day in due_days(plan.rule, plan.begins_on, max(today, plan.begins_on), until)
        if (plan.until is None or day < plan.until) and day > last.get(plan.pk, dt.date.min)
    ]
    return sorted(found, key=lambda one: (one.due_on, one.plan.name))


def calendar_entries(
    actor: Any, since: dt.date, until: dt.date, most: int = 200, path: str = ""
) -> list[CalendarEntry]:
    """What is due between two days (included) at the places that the actor covers, at and below ``path`` ("" for all):
    one entry a plan and day, by day, no more than ``most``, however many places owe it."""
    covers = Occasion.objects.visible_to(actor).counting().filter(due_on__range=(since, until))
    covers = covers.filter(path_condition("place__path", path)) if path else covers
    counted = covers.order_by("due_on", "plan__name", "plan").values("plan", "due_on").annotate(
        places=Count("pk"), done=Count("pk", filter=Q(done_on__isnull=False)),
        excused=Count("pk", filter=Q(excused_on__isnull=False)),
    )[:most]  # fmt: skip
    rows = list(counted)
    running = running_plans(actor)
    plans = {plan.pk: plan for plan in running}
    if ended := {row["plan"] for row in rows} - plans.keys():
        plans |= Plan.objects.select_related("place").in_bulk(ended)
    days = {row["due_on"] for row in rows if row["places"] == 1}
    alone = covers.filter(due_on__in=days).values_list("plan", "due_on", "pk") if days else []
    single = {(plan, day): pk for plan, day, pk in alone}
    found = [
        CalendarEntry(
            plans[row["plan"]], row["due_on"], row["places"], row["done"], row["excused"],
            single.get((row["plan"], row["due_on"])) if row["places"] == 1 else None,
        )
        for row in rows
    ]  # fmt: skip
    ahead = [one for one in to_come(running, until) if one.due_on >= since] if len(found) < most else []
    sizes = {plan.pk: _covered(actor, plan, path) for plan in {one.plan.pk: one.plan for one in ahead}.values()}
    found += [CalendarEntry(one.plan, one.due_on, sizes[one.plan.pk]) for one in ahead if sizes[one.plan.pk]]
    return sorted(found, key=lambda one: (one.due_on, one.plan.name))[:most]


def _covered(actor: Any, plan: Plan, path: str) -> int:
    """How many of the places that a plan asks the actor covers, at and below ``path`` ("" for all)."""
    grants: list[Grant] = [one for one in actor.grants("schedule.view") if not one.pack or one.pack == plan.pack]
    covered = Q(pk__in=[])
    for grant in grants:
        covered |= path_condition("path", grant.path)
    below = path_condition("path", path) if path else Q()
    return owing(plan, clock.today()).filter(covered, below, closed_on__isnull=True).count()


def plans_of(actor: Any) -> list[Any]:
    """The plans that the actor sees, those that run first, each with ``asked`` (places that owe it now)."""
    today = clock.today()
    rows = list(Plan.objects.visible_to(actor).select_related("place").order_by("name", "-begins_on", "id"))
    for plan in rows:
        plan.ended = plan.until is not None and plan.until <= today  # type: ignore[attr-defined]
        plan.asked = 0 if plan.ended else owing(plan, today).filter(closed_on__isnull=True).count()  # type: ignore[attr-defined]
    return sorted(rows, key=lambda plan: plan.ended)


def last_turns(actor: Any, plan: Plan, most: int = TURNS_SHOWN) -> tuple[list[dt.date], list[Occasion]]:
    """The due days of a plan's latest turns, the earliest first, and what the actor sees of them, by place."""
    seen = Occasion.objects.visible_to(actor).counting().filter(plan=plan)
    latest = seen.order_by("-due_on").values_list("due_on", flat=True).distinct()[:most]
    days = sorted(latest)
    if not days:
        return [], []
    rows = seen.filter(due_on__gte=days[0]).with_state(clock.today()).select_related("place", "place__parent")
    return days, list(rows.order_by("place__path", "due_on"))
