"""Activities as what schedules ask for: a meeting each month, a theme day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable
from uuid import UUID

from huoshui.activities.models import Activity
from huoshui.schedules.keeping import settle
from huoshui.schedules.targets import Target

SECTION = "activities"


def days(of: str, places: Collection[UUID], since: dt.date, until: dt.date) -> Iterable[tuple[UUID, dt.date, UUID]]:
    """Place, day and id of the activities of a kind that were held; of one that went on for days, its first."""
    held = Activity.objects.filter(kind=of, place__in=places, state=Activity.State.HELD, day__range=(since, until))
    return held.order_by("day", "id").values_list("place_id", "day", "pk")


def settle_activity(activity: Activity) -> None:
    """Tell schedules that an activity was recorded or corrected."""
    settle(SECTION, activity.kind, [activity.place])


TARGET = Target(SECTION, "activities.activity", days)
