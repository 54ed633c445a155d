"""Activities as what schedules ask for: a meeting each month, a theme day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable
from uuid import UUID

from django.db.models import Q

from huoshui.activities.models import Activity
from huoshui.activities.schema import ActivityKind
from huoshui.kernel import clock
from huoshui.schedules.keeping import settle
from huoshui.schedules.targets import DoneRecord, Target

SECTION = "activities"


def days(of: str, places: Collection[UUID], since: dt.date, until: dt.date) -> Iterable[tuple[UUID, dt.date, UUID]]:
    """Place, day and id of the activities of a kind that were held; of one that went on for days, its first."""
    held = Activity.objects.filter(kind=of, place__in=places, state=Activity.State.HELD, day__range=(since, until))
    return held.order_by("day", "id").values_list("place_id", "day", "pk")


def records(of: str, place: UUID, since: dt.datetime) -> Iterable[DoneRecord]:
    """The activities of a kind that were held at a place, or at a site, since the day of a moment, the earliest first.

    An activity has no hour at which it was held: one of the very day counts.
    """
    held = Activity.objects.filter(
        Q(place=place) | Q(site=place), kind=of, state=Activity.State.HELD, day__gte=clock.local_date(since)
    )
    for activity in held.select_related("organiser__unit").prefetch_related("values").order_by("day", "id"):
        texts = {row.code: row.text for row in activity.values.all() if row.text}
        yield DoneRecord(activity.pk, activity.day, activity.created_at, activity.organiser, texts=texts)


def _text_fields(kind: ActivityKind) -> list[str]:
    return [field.code for field in kind.fields if field.type == "text" and not field.personal]


def settle_activity(activity: Activity) -> None:
    """Tell schedules that an activity was recorded or corrected."""
    settle(SECTION, activity.kind, [activity.place])


TARGET = Target(SECTION, "activities.activity", days, records, text_fields=_text_fields)
