"""One account's calendar as iCalendar (RFC 5545): what concerns its own places and unit."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils.translation import gettext as _

from huoshui.kernel import clock
from huoshui.web.calendar_entries import LAYERS, Asked, CalendarEntry, Layer

ICALENDAR = "text/calendar; charset=utf-8"
BACK, AHEAD = dt.timedelta(days=92), dt.timedelta(days=366)
"""How far the feed reaches: a quarter back, a year ahead."""
MOST = 1_000
STATUS = {"planned": "TENTATIVE", "held": "CONFIRMED"}


RFC_5545 = "2.0"
"""The version of iCalendar that RFC 5545 describes (section 3.7.4)."""


def as_icalendar(account: Any, site: str) -> bytes:
    """The entries of every layer that concern an account's own places and unit, none of them with a person's name.

    ``site``: the address of the installation, without a slash at its end.
    """
    from icalendar import Calendar  # only where a feed is read

    calendar = Calendar()
    calendar.add("prodid", "-//Huoshui//huoshui//ZH")
    calendar.add("version", RFC_5545)
    calendar.add("x-wr-calname", _("活水日历"))
    calendar.add("refresh-interval", dt.timedelta(hours=4), parameters={"VALUE": "DURATION"})
    today = clock.today()
    asked = Asked(account, today - BACK, today + AHEAD)
    for layer in LAYERS:
        for entry in layer.own(asked, MOST):
            calendar.add_component(_event(layer, entry, site))
    written: bytes = calendar.to_ical()
    return written


def _event(layer: Layer, entry: CalendarEntry, site: str) -> Any:
    from icalendar import Event

    event = Event()
    event.add("uid", f"{entry.key}@{layer.code}.huoshui")
    event.add("dtstamp", clock.now())
    event.add("sequence", entry.changed)
    event.add("summary", entry.title)
    event.add("location", entry.where)
    event.add("status", STATUS.get(entry.state, "CONFIRMED"))
    event.add("categories", [str(layer.name)])
    event.add("url", f"{site}{entry.url}")
    if entry.starts_at is not None:
        event.add("dtstart", entry.starts_at)
        event.add("dtend", entry.ends_at or entry.starts_at + dt.timedelta(hours=1))
    else:
        event.add("dtstart", entry.day)
        event.add("dtend", entry.last_day + dt.timedelta(days=1))  # exclusive, as RFC 5545 has it
    return event
