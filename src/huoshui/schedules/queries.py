"""Reading what comes round: plans over a place, occasions by day, what is still to come."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Max

from huoshui.kernel import clock
from huoshui.kernel.access import path_condition
from huoshui.places.models import Place, prefixes
from huoshui.schedules.models import Occasion, OccasionQuerySet, Plan
from huoshui.schedules.recurrence import due_days


@dataclass(frozen=True)
class ToCome:
    """A day on which a plan will be due, and has not opened yet."""

    plan: Plan
    due_on: dt.date


def occasions(actor: Any, *, place: Place | None = None, plan: Plan | None = None) -> OccasionQuerySet:
    """Occasions that the actor sees, each with its state today, at and below a place, of a plan."""
    rows = Occasion.objects.get_queryset().visible_to(actor).counting().with_state(clock.today())
    if place is not None:
        rows = rows.filter(path_condition("place__path", place.path))
    return rows.filter(plan=plan) if plan is not None else rows


def running_plans(actor: Any, place: Place, day: dt.date | None = None) -> list[Plan]:
    """The plans that the actor sees and that ask this place, or places below it, on a day (default: today)."""
    today = day or clock.today()
    reaching = path_condition("place__path", place.path)
    above = Plan.objects.get_queryset().filter(place__path__in=prefixes(place.path))
    rows = (Plan.objects.get_queryset().filter(reaching) | above).visible_to(actor)
    rows = rows.filter(begins_on__lte=today).exclude(until__lte=today).select_related("place")
    return list(rows.order_by("name", "begins_on", "id"))


def to_come(plans: Iterable[Plan], until: dt.date) -> list[ToCome]:
    """The due days of plans after today and until a day (included) that no occasion stands for yet, by day."""
    today = clock.today()
    last = {
        row["plan"]: row["latest"]
        for row in Occasion.objects.filter(plan__in=list(plans)).order_by().values("plan").annotate(latest=Max("due_on"))
    }
    found = [
        ToCome(plan, day)
        for plan in plans
        for day in due_days(plan.rule, plan.begins_on, max(today, plan.begins_on), until)
        if (plan.until is None or day < plan.until) and day > (last.get(plan.pk) or dt.date.min)
    ]
    return sorted(found, key=lambda one: (one.due_on, one.plan.name))


def tally(rows: OccasionQuerySet) -> dict[str, int]:
    """How many of some occasions (with their state) stand in each state."""
    counted = rows.order_by().values("state").annotate(many=Count("pk")).values_list("state", "many")
    return {**{state.value: 0 for state in Occasion.State}, **dict(counted)}
