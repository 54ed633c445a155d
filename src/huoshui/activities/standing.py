"""What keeps a pack from dropping a kind of activity: activities of it that are planned."""

from __future__ import annotations

from django.db.models import Count

from huoshui.activities.models import Activity
from huoshui.kernel.errors import Problem
from huoshui.packs.contract import Dropped


def planned_activities(pack: str, dropped: Dropped) -> list[Problem]:
    """pack.activities_planned for each kind that would be dropped while one of it is planned."""
    kinds = {f"{pack}.{code}": code for code in sorted(dropped.get("activities", ()))}
    planned = Activity.objects.filter(kind__in=kinds, state=Activity.State.PLANNED)
    counts = dict(planned.values_list("kind").annotate(Count("pk")).order_by("kind"))
    return [
        Problem("pack.activities_planned", f"activities.{code}", params={"kind": code, "count": counts[kind]})
        for kind, code in kinds.items()
        if kind in counts
    ]
