"""Activities on a map: how many were held, are planned, or were planned and never recorded, at each place."""

from __future__ import annotations

from collections import Counter

from django.db.models import Count, Q

from huoshui.activities.models import Activity
from huoshui.activities.queries import ActivityFilter, passing
from huoshui.kernel import clock
from huoshui.kernel.access import Actor
from huoshui.places.on_map import CountedOnMap, counted_on_map

State = Activity.State


def activities_on_map(actor: Actor, wanted: ActivityFilter) -> CountedOnMap:
    """Visible activities that pass the filter: held (green), planned (blue), past their day without a record (yellow),
    cancelled (none). Raises as ``activities``."""
    past = Q(state=State.PLANNED, day__lt=clock.today())
    marks = {
        "green": Count("pk", filter=Q(state=State.HELD)),
        "blue": Count("pk", filter=Q(state=State.PLANNED) & ~past),
        "yellow": Count("pk", filter=past),
        "none": Count("pk", filter=Q(state=State.CANCELLED)),
    }
    rows = Activity.objects.filter(passing(actor, wanted)).order_by().values("place_id").annotate(**marks)
    found = rows.values_list("place_id", *marks)
    return counted_on_map(actor, {pk: Counter(dict(zip(marks, counts, strict=True))) for pk, *counts in found})
