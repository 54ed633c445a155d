"""Ending a plan."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace

import pytest

from huoshui.kernel.errors import Refusal
from huoshui.schedules.actions import end_plan
from huoshui.schedules.models import Plan
from tests.schedules.conftest import states, survey_on

TODAY = dt.date(2018, 4, 2)


def test_what_was_due_before_stays_and_the_rest_goes(cast: SimpleNamespace, plan: Plan) -> None:
    survey_on(cast, TODAY)
    ended = end_plan(by=cast.district_office, plan=plan, until=TODAY, why="改由乡镇安排")
    assert ended.last_day == dt.date(2018, 4, 1)
    assert list(states(plan, cast.land.village2)) == ["2018-01", "2018-02", "2018-03"]
    assert states(plan, cast.land.village)["2018-04"] == "done", "what is done is not taken away"


@pytest.mark.parametrize(
    ("until", "why", "code"),
    [
        (dt.date(2018, 4, 1), "x", "schedule.end_past"),
        (TODAY, " ", "value.required"),
        (TODAY, "长" * 201, "value.too_long"),
    ],
)
def test_what_makes_no_sense_is_refused(cast: SimpleNamespace, plan: Plan, until: dt.date, why: str, code: str) -> None:
    with pytest.raises(Refusal) as refusal:
        end_plan(by=cast.district_office, plan=plan, until=until, why=why)
    assert refusal.value.code == code


def test_it_ends_once(cast: SimpleNamespace, plan: Plan) -> None:
    end_plan(by=cast.district_office, plan=plan, until=TODAY, why="x", seen_version=plan.version)
    with pytest.raises(Refusal) as refusal:
        end_plan(by=cast.district_office, plan=plan, until=TODAY, why="x")
    assert refusal.value.code == "schedule.ended"


def test_a_stale_page_is_refused(cast: SimpleNamespace, plan: Plan) -> None:
    with pytest.raises(Refusal) as refusal:
        end_plan(by=cast.district_office, plan=plan, until=TODAY, why="x", seen_version=plan.version + 1)
    assert refusal.value.code == "record.stale"


def test_the_town_does_not_end_the_district_s(cast: SimpleNamespace, plan: Plan) -> None:
    with pytest.raises(Refusal) as refusal:
        end_plan(by=cast.town_office, plan=plan, until=TODAY, why="x")
    assert refusal.value.code == "access.denied"
