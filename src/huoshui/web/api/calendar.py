"""The calendar over the API, and the secret address of one's own feed."""

from __future__ import annotations

import datetime as dt
from typing import Any

from ninja import Query, Schema

from huoshui.activities import actions
from huoshui.kernel.choices import named
from huoshui.kernel.errors import Refusal
from huoshui.places.models import Place
from huoshui.web.api.core import REFUSED, REFUSED_WRITE, ReadableRouter
from huoshui.web.api.writes import idempotent
from huoshui.web.calendar_entries import LAYERS, Asked, CalendarEntry, days_of, require_calendar
from huoshui.web.requests import SignedInRequest

router = ReadableRouter("activities")
MOST_DAYS, PER_DAY = 62, 50


class CalendarQuery(Schema):
    """From which day to which (inclusive, at most 62 days), at or below which place (a code).

    ``own``: what concerns the reader by their duties, wherever it is.
    """

    since: dt.date
    until: dt.date
    place: str = ""
    own: bool = False


class CalendarEntryOut(Schema):
    """One entry; ``layer`` says of what, ``key`` which of them."""

    layer: str
    key: str
    day: dt.date
    last_day: dt.date
    title: str
    where: str
    state: str
    starts_at: dt.datetime | None
    ends_at: dt.datetime | None


class CalendarDayOut(Schema):
    """A day of one layer: how many in all, and the first 50."""

    layer: str
    day: dt.date
    count: int
    entries: list[CalendarEntryOut]


class CalendarOut(Schema):
    """The days on which something begins, by day."""

    days: list[CalendarDayOut]


class FeedOut(Schema):
    """The secret of one's calendar address, told once: /calendar/feed/SECRET.ics."""

    secret: str


class FeedEndedOut(Schema):
    """That it is over."""

    ended: bool


@router.get("/calendar", response={200: CalendarOut, **REFUSED})
def read_calendar(request: SignedInRequest, query: Query[CalendarQuery]) -> Any:
    """What begins on each day of a stretch, by layer."""
    if not 0 <= (query.until - query.since).days < MOST_DAYS:
        latest = query.since + dt.timedelta(days=MOST_DAYS - 1)
        raise Refusal("value.range", field="until", label="until", value=query.until, low=query.since, high=latest)
    path = named(Place.objects.visible_to(request.user), "place", code=query.place).path if query.place else ""
    require_calendar(request.user, path or None)
    wanted = Asked(request.user, query.since, query.until, path)
    days = [
        {"layer": layer.code, "day": day, "count": of_day.count, "entries": [_entry_out(one) for one in of_day.first]}
        for layer in LAYERS
        for day, of_day in sorted(days_of(layer, wanted, PER_DAY, own=query.own).items())
    ]
    return {"days": sorted(days, key=lambda day: (day["day"], day["layer"]))}


def _entry_out(entry: CalendarEntry) -> dict[str, Any]:
    names = ("layer", "key", "day", "last_day", "title", "where", "state", "starts_at", "ends_at")
    return {name: getattr(entry, name) for name in names}


@router.post("/calendar/feed", response={200: FeedOut, **REFUSED_WRITE})
def open_calendar_feed(request: SignedInRequest) -> Any:
    """A new secret address of one's own calendar; the earlier one ends."""

    def write() -> dict[str, Any]:
        return {"secret": actions.open_feed(by=request.user)}

    return idempotent(request, "activities.open_feed", None, write)


@router.delete("/calendar/feed", response={200: FeedEndedOut, **REFUSED_WRITE})
def end_calendar_feed(request: SignedInRequest) -> Any:
    """End the address of one's own calendar."""

    def write() -> dict[str, Any]:
        actions.end_feed(by=request.user)
        return {"ended": True}

    return idempotent(request, "activities.end_feed", None, write)
