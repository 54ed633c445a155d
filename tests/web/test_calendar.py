"""The calendar of a month, and the feed that a calendar program reads without signing in."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from django.test import Client
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar

from huoshui.activities import actions
from huoshui.activities.models import CalendarFeed
from huoshui.duties.accounts import deactivate_account
from huoshui.kernel import clock
from huoshui.web.calendar_entries import month_days
from tests.activities.staging import TODAY, lecture, moment, theme_day
from tests.matters.accrediting import accrediting, apply, awarded, submitted
from tests.web.conftest import signed_in  # noqa: F401 - a fixture

Office = Callable[[Any], Client]
SECRET = re.compile(r"/calendar/feed/([\w-]+)\.ics")


@given(st.dates(dt.date(1950, 1, 1), dt.date(2090, 12, 31)))
def test_whole_weeks_that_hold_the_month(day: dt.date) -> None:
    first = day.replace(day=1)
    days = month_days(first)
    assert (days[0].weekday(), days[-1].weekday(), len(days) % 7) == (0, 6, 0)
    assert day in days
    assert len(days) <= 42
    assert sum(one.month == first.month for one in days) in (28, 29, 30, 31)


def test_a_month_shows_what_is_planned_and_held_and_not_what_was_dropped(
    cast: SimpleNamespace,
    signed_in: Office,  # noqa: F811
) -> None:
    theme_day(cast)
    lecture(cast)
    actions.cancel(by=cast.secretary, activity=theme_day(cast, title="取消了的"), reason="雨")
    page = signed_in(cast.town_office).get("/calendar/?month=2018-04").content.decode()
    assert "四月主题党日" in page
    assert "家长学校第一讲" in page
    assert "取消了的" not in page
    assert "这个月没有安排" in signed_in(cast.town_office).get("/calendar/?month=2018-06").content.decode()
    assert signed_in(cast.town_office).get("/calendar/?month=april").status_code == 422


def test_the_accreditation_office_finds_its_reviews_and_re_checks(
    cast: SimpleNamespace,
    signed_in: Office,  # noqa: F811
) -> None:
    people = accrediting(cast)
    matter = awarded(people, apply(people))
    waiting = submitted(people, apply(people, "beautiful_village", grade="model"))
    office = signed_in(people.office)
    assert matter.again_on is not None
    for name, row, day in (("复查", matter, matter.again_on), ("美好乡村", waiting, waiting.due_on)):
        month = f"/calendar/?month={day:%Y-%m}"
        for address in (month, f"{month}&own=1"):
            page = office.get(address).content.decode()
            assert f"/matters/{row.number}/" in page, name
    assert 'href="/calendar/"' in page  # it stands in the rail
    # The village's secretary neither reviews nor re-checks.
    own = signed_in(people.secretary).get(f"/calendar/?month={matter.again_on:%Y-%m}&own=1").content.decode()
    assert matter.number not in own
    assert signed_in(cast.stranger).get("/calendar/").status_code == 403


def test_a_full_day_leads_to_its_list(cast: SimpleNamespace, signed_in: Office) -> None:  # noqa: F811
    for n in range(6):
        theme_day(cast, title=f"第{n}次")
    page = signed_in(cast.town_office).get("/calendar/?month=2018-04").content.decode()
    assert "另有 2 项" in page
    assert "/activities/?since=2018-04-05&amp;until=2018-04-05" in page


def test_what_goes_on_for_days_stands_above(cast: SimpleNamespace, signed_in: Office) -> None:  # noqa: F811
    actions.plan(
        by=cast.town_office, kind="activities.festival", place=cast.land.town, title="油菜花节",
        starts_at=moment(dt.date(2018, 4, 26)), ends_at=moment(dt.date(2018, 5, 10), 18), values={"edition": 1},
    )  # fmt: skip
    page = signed_in(cast.town_office).get("/calendar/?month=2018-05").content.decode()
    assert "连续几天的" in page
    assert "油菜花节" in page


def test_the_feed_is_the_account_s_own_and_ends_at_once(
    cast: SimpleNamespace,
    signed_in: Office,  # noqa: F811
    client: Client,
) -> None:
    theme_day(cast, ends_at=moment(TODAY + dt.timedelta(days=3), 11))
    lecture(cast)
    secretary = signed_in(cast.secretary)
    secret = SECRET.search(secretary.post("/calendar/feed/open").content.decode())
    assert secret
    assert secret[1] not in secretary.get("/calendar/").content.decode()
    answer = client.get(secret[0])
    assert answer["Content-Type"].startswith("text/calendar")
    events = Calendar.from_ical(answer.content).walk("VEVENT")
    told = {str(event["SUMMARY"]): event for event in events}
    assert told["四月主题党日"].decoded("DTSTART") == moment(TODAY + dt.timedelta(days=3))
    assert told["家长学校第一讲"].decoded("DTSTART") == TODAY - dt.timedelta(days=1)
    again = SECRET.search(secretary.post("/calendar/feed/open").content.decode())
    assert again
    assert client.get(secret[0]).status_code == 404
    assert client.get(again[0]).status_code == 200
    secretary.post("/calendar/feed/end")
    assert client.get(again[0]).status_code == 404
    assert CalendarFeed.objects.filter(ended_at__isnull=True).count() == 0


def test_a_district_s_feed_is_not_that_of_its_villages(cast: SimpleNamespace, client: Client) -> None:
    lecture(cast)
    district = actions.open_feed(by=cast.district_office)
    assert b"VEVENT" not in client.get(f"/calendar/feed/{district}.ics").content
    lead = actions.open_feed(by=cast.village_lead)
    assert b"VEVENT" in client.get(f"/calendar/feed/{lead}.ics").content


def test_a_closed_account_has_no_feed(cast: SimpleNamespace, client: Client) -> None:
    secret = actions.open_feed(by=cast.village_lead)
    deactivate_account(by=cast.administrator, account=cast.village_lead)
    assert client.get(f"/calendar/feed/{secret}.ics").status_code == 404
    assert client.get("/calendar/feed/nothing.ics").status_code == 404
    assert clock.today() == TODAY
