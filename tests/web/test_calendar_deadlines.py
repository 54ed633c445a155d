"""Deadlines of matters in the calendar: a line a day, as far as the reader sees them; in the feed what waits for its
owner."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from django.test import Client
from icalendar import Calendar

from huoshui.activities.actions import open_feed
from huoshui.kernel import clock
from huoshui.matters.models import Matter
from tests.matters.conftest import Opener, open_item  # noqa: F401 - a fixture
from tests.web.api_client import send
from tests.web.api_client import signed_in as program
from tests.web.conftest import signed_in  # noqa: F401 - a fixture

Office = Callable[[Any], Client]


def month(client: Client, matter: Matter, place: str = "") -> str:
    return client.get(f"/calendar/?month={matter.due_on:%Y-%m}&place={place}").content.decode()


def test_one_matter_by_its_title_and_several_as_one_line(
    open_item: Opener,  # noqa: F811
    cast: SimpleNamespace,
    signed_in: Office,  # noqa: F811
) -> None:
    matter = open_item()
    town = signed_in(cast.town_office)
    words = month(town, matter)
    assert f'href="/matters/{matter.number}/"' in words
    assert matter.title in words
    open_item()
    words = month(town, matter, cast.land.town.code)
    assert "2 件事项到期" in words
    assert f"/matters/?due_from={matter.due_on}&amp;due_to={matter.due_on}&amp;place={cast.land.town.code}" in words
    assert "month__entry--due" in words
    assert "件事项到期" not in month(signed_in(cast.other_town_office), matter)
    with clock.set_to(clock.local_moment(matter.due_on + dt.timedelta(days=1), 9)):
        assert "month__entry--overdue" in month(signed_in(cast.town_office), matter)


def test_over_the_api(open_item: Opener, cast: SimpleNamespace) -> None:  # noqa: F811
    matter = open_item()
    days = f"since={matter.due_on}&until={matter.due_on}"
    answer = send(program(cast.town_office), "GET", f"/calendar?{days}").json()
    rows = [row for day in answer["days"] for row in day["entries"]]
    assert [(row["layer"], row["title"], row["state"]) for row in rows] == [("matters", matter.title, "due")]


def test_the_feed_has_what_waits_for_its_owner(
    open_item: Opener,  # noqa: F811
    cast: SimpleNamespace,
    client: Client,
) -> None:
    matter = open_item()
    told = [client.get(f"/calendar/feed/{open_feed(by=who)}.ics") for who in (cast.secretary, cast.leader)]
    own, theirs = ([str(event["SUMMARY"]) for event in Calendar.from_ical(one.content).walk("VEVENT")] for one in told)
    assert own == [matter.title]
    assert theirs == []
