"""What comes round, over the API."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from huoshui.schedules.actions import begin_plan
from huoshui.schedules.models import Plan
from tests.schedules.conftest import JANUARY, SURVEY, kept_in, wanted
from tests.web.api_client import codes, send, signed_in

OWN = {
    "place": "410871", "begins_on": "2018-03-01", "section": "checklists", "of": SURVEY, "name": "三无排查",
    "place_kinds": ["village"], "rule": "FREQ=MONTHLY;BYMONTHDAY=-1",
}  # fmt: skip


@pytest.fixture
def plan(cast: SimpleNamespace) -> Plan:
    """The survey of the three withouts, each month since January, of every village."""
    return begin_plan(by=cast.district_office, place=cast.land.district, wanted=wanted(), begins_on=JANUARY)


@pytest.fixture(autouse=True)
def _files_of_the_test(settings: Any, tmp_path: Path) -> None:
    kept_in(settings, tmp_path)


def test_a_plan_is_begun_listed_and_ended(cast: SimpleNamespace) -> None:
    client = signed_in(cast.district_office)
    begun = send(client, "POST", "/schedules/plans", OWN).json()
    assert (begun["rule"], begun["remind_days"], begun["until"]) == (OWN["rule"], 3, None)
    assert [row["id"] for row in client.get("/api/v1/schedules/plans").json()["items"]] == [begun["id"]]
    end = {"until": "2018-04-02", "why": "改由乡镇安排", "seen_version": begun["version"]}
    assert send(client, "POST", f"/schedules/plans/{begun['id']}/end", end).json()["until"] == "2018-04-02"
    assert codes(send(client, "POST", f"/schedules/plans/{begun['id']}/end", end)) == ["record.stale"]


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"of": ""}, "value.required"),
        ({"schedule": "hubs.nothing"}, "schedule.unknown"),
        ({"rule": "x"}, "schedule.rule"),
    ],
)
def test_what_cannot_be_begun_says_why(cast: SimpleNamespace, changed: dict[str, str], code: str) -> None:
    assert codes(send(signed_in(cast.district_office), "POST", "/schedules/plans", OWN | changed)) == [code]
    assert not Plan.objects.exists()


def test_occasions_are_filtered_and_excused(cast: SimpleNamespace, plan: Plan) -> None:
    client = signed_in(cast.town_office)
    asked = f"/schedules/occasions?place={cast.land.village.code}&since=2018-03-01&until=2018-03-31&plan={plan.pk}"
    (row,) = client.get(f"/api/v1{asked}").json()["items"]
    assert (row["state"], row["times"], row["have"]) == ("overdue", 1, 0)
    path = f"/schedules/occasions/{row['id']}"
    assert send(client, "POST", f"{path}/excuse", {"why": "封路"}).json()["state"] == "excused"
    assert [one["id"] for one in client.get("/api/v1/schedules/occasions?state=excused").json()["items"]] == [row["id"]]
    assert send(client, "POST", f"{path}/withdraw-excuse", {"why": "路通"}).json()["state"] == "overdue"
    assert codes(client.get("/api/v1/schedules/occasions?state=never")) == ["value.choice"]
    village = signed_in(cast.secretary)
    assert codes(send(village, "POST", f"{path}/excuse", {"why": "忙"})) == ["access.denied"]
