"""Returns among what comes round: their due days in the calendar, and what one is to fill in in the list."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from django.test import Client

from huoshui.figures.reporting.actions import fill_return, submit_return
from huoshui.web.calendar_returns import own_returns
from tests.figures.conftest import VALUES, forest, offices
from tests.web.api_client import send
from tests.web.api_client import signed_in as program
from tests.web.conftest import signed_in

__all__ = ["forest", "offices", "signed_in"]

Office = Callable[[Any], Client]
MARCH = "2018-03"
TYPED = {code: {"value": value} for code, value in VALUES.items()}


def entries(account: Any) -> list[tuple[str, str, str]]:
    days = send(program(account), "GET", "/calendar?since=2018-04-01&until=2018-04-30").json()["days"]
    rows = [row for day in days for row in day["entries"] if row["layer"] == "returns"]
    return [(row["day"], row["title"], row["state"]) for row in rows]


def test_due_days_stand_in_the_calendar_until_all_is_handed_in(
    forest: None, offices: SimpleNamespace, signed_in: Office
) -> None:
    office, land = offices.town_office, offices.land
    assert entries(office) == [("2018-04-15", f"植树月报 {MARCH}", "due")]
    page = signed_in(office).get("/calendar/?month=2018-04").content.decode()
    assert f"/figures/returns/?period={MARCH}" in page
    assert "1 处，已交 0" in page
    assert (
        f"植树月报 {MARCH}"
        not in signed_in(offices.other_town_office)
        .get(f"/calendar/?month=2018-04&place={land.other_village.code}")
        .content.decode()
    )
    filing = fill_return(by=office, form="forest.monthly", place=land.town, period=MARCH, values=TYPED)
    submit_return(by=office, filing=filing)
    assert entries(office) == [("2018-04-15", f"植树月报 {MARCH}", "done")]


def test_whoever_fills_one_in_finds_it_in_the_list_until_it_is_handed_in(
    forest: None, offices: SimpleNamespace, signed_in: Office
) -> None:
    office, land = offices.town_office, offices.land
    words = signed_in(office).get("/cadence/").content.decode()
    assert f"/figures/returns/forest.monthly/{land.town.code}/{MARCH}/" in words
    assert "2018-04-15 到期" in words
    assert 'id="reports"' not in signed_in(offices.secretary).get("/cadence/").content.decode()
    filing = fill_return(by=office, form="forest.monthly", place=land.town, period=MARCH, values=TYPED)
    submit_return(by=office, filing=filing)
    assert 'id="reports"' not in signed_in(office).get("/cadence/").content.decode()
    assert own_returns(office, dt.date(2018, 4, 1), dt.date(2018, 4, 30)) == []
