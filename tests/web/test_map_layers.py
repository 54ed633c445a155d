"""Layers of the map beside matters and places: what comes round, activities, and where services are offered."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from types import SimpleNamespace

import pytest
from django.test import Client
from django.urls import reverse

from huoshui.activities import actions as activities
from huoshui.duties.models import Account
from huoshui.kernel import clock
from huoshui.places.actions import locate_place
from huoshui.schedules.actions import begin_plan
from tests.activities.staging import TODAY, moment, theme_day
from tests.schedules.conftest import JANUARY, wanted
from tests.services.conftest import PENSION, desk, offered  # noqa: F401 - a fixture
from tests.web.api_client import send
from tests.web.api_client import signed_in as program
from tests.web.test_map import by_code, points

SignIn = Callable[[Account], Client]


@pytest.fixture
def spotted(cast: SimpleNamespace) -> SimpleNamespace:
    """The cast, its village with a point."""
    locate_place(by=cast.district_office, place=cast.land.village, latitude=35_200_000, longitude=113_270_000)
    return cast


def counts(client: Client, layer: str, **query: str) -> dict[str, dict[str, int]]:
    """The marks that are shown, by place."""
    marks = ("red", "yellow", "blue", "green", "none")
    found = by_code(points(client, layer, **query))
    return {
        code: {mark: one["properties"][mark] for mark in marks if one["properties"][mark]}
        for code, one in found.items()
    }


def test_what_comes_round_is_counted_by_how_it_stands(spotted: SimpleNamespace, signed_in: SignIn) -> None:
    begin_plan(by=spotted.district_office, place=spotted.land.district, wanted=wanted(), begins_on=JANUARY)
    village, client = spotted.land.village.code, signed_in(spotted.leader)
    assert counts(client, "cadence") == {village: {"red": 2, "yellow": 1, "blue": 1}}
    assert counts(client, "cadence", state="missed") == {village: {"red": 2}}
    assert counts(client, "cadence", since="2018-03-01", until="2018-03-31") == {village: {"yellow": 1}}
    words = client.get(reverse("map"), {"layer": "cadence"}).content.decode()
    assert "逾期可补 1" in words
    assert f'href="{reverse("cadence")}?place={village}"' in words
    assert counts(signed_in(spotted.other_town_office), "cadence") == {}
    answer = send(program(spotted.leader), "GET", "/map/occasions?state=overdue")
    assert [one["properties"]["yellow"] for one in answer.json()["features"]] == [1]


def test_activities_of_the_month_are_counted_by_what_became_of_them(
    spotted: SimpleNamespace, signed_in: SignIn
) -> None:
    village = spotted.land.village
    held = theme_day(spotted)
    activities.record(
        by=spotted.secretary,
        activity=held,
        held_on=TODAY,
        minutes=60,
        headcount=12,
        outcome="已开展",
        values={"members": 10},
    )
    theme_day(spotted, starts_at=moment(TODAY + dt.timedelta(days=3)))
    client = signed_in(spotted.leader)
    assert counts(client, "activities") == {village.code: {"green": 1, "blue": 1}}
    assert counts(client, "activities", state="held") == {village.code: {"green": 1}}
    assert counts(client, "activities", since="2018-05-01", until="") == {}
    with clock.set_to(clock.local_moment(TODAY + dt.timedelta(days=9), 9)):
        later = signed_in(spotted.leader)
        assert counts(later, "activities") == {village.code: {"green": 1, "yellow": 1}}
        assert "过期未登记 1" in later.get(reverse("map"), {"layer": "activities"}).content.decode()
    answer = send(program(spotted.leader), "GET", "/map/activities?state=planned")
    assert answer.json()["total"] == 1


def test_services_are_counted_where_they_are_offered(
    desk: SimpleNamespace,  # noqa: F811
    signed_in: SignIn,
) -> None:
    locate_place(by=desk.district_office, place=desk.land.village, latitude=35_200_000, longitude=113_270_000)
    offered(desk)
    client = signed_in(desk.supervisor)
    assert counts(client, "services") == {desk.land.village.code: {"none": 1}}
    assert counts(client, "services", item=PENSION) == {desk.land.village.code: {"none": 1}}
    assert client.get(reverse("map_features", args=["services"]), {"item": "none"}).status_code == 422
    answer = send(program(desk.supervisor), "GET", f"/map/offers?item={PENSION}")
    assert answer.json()["features"][0]["properties"]["total"] == 1


def test_a_layer_whose_records_one_does_not_see_is_none(spotted: SimpleNamespace, signed_in: SignIn) -> None:
    client = signed_in(spotted.stranger)
    for layer in ("matters", "cadence", "activities"):
        assert client.get(reverse("map_features", args=[layer])).status_code == 404
    assert send(program(spotted.stranger), "GET", "/map/activities").json()["features"] == []
