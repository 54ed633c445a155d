"""The timer makes what is due, and visits fulfil it."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace

import pytest

from huoshui.kernel import clock
from huoshui.kernel.errors import Refusal
from huoshui.schedules.actions import make_due, tick
from huoshui.schedules.models import Deed, Plan
from huoshui.visits import actions as visits
from tests.schedules.conftest import states, survey_on


def on(year: int, month: int, day: int) -> object:
    return clock.set_to(clock.local_moment(dt.date(year, month, day), 12))


def test_each_month_is_made_once(cast: SimpleNamespace, plan: Plan) -> None:
    assert tick() == 0, "April was made when it began"
    with on(2018, 5, 1):
        assert tick() == 5
        assert tick() == 0
        assert list(states(plan, cast.land.village)) == ["2018-01", "2018-02", "2018-03", "2018-04", "2018-05"]


def test_after_a_standstill_nothing_is_left_out(cast: SimpleNamespace, plan: Plan) -> None:
    with on(2018, 8, 15):
        assert tick() == 4 * 5


def test_a_plan_makes_nothing_after_its_end(cast: SimpleNamespace, plan: Plan) -> None:
    Plan.objects.update(until=dt.date(2018, 5, 1))
    with on(2018, 6, 1):
        assert tick() == 0
    with on(2018, 4, 30):
        assert tick() == 0


def test_a_visit_fulfils_the_month_in_which_it_lies(cast: SimpleNamespace, plan: Plan) -> None:
    visit = survey_on(cast, dt.date(2018, 4, 2))
    assert states(plan, cast.land.village)["2018-04"] == "done"
    assert states(plan, cast.land.village2)["2018-04"] == "due"
    assert list(Deed.objects.values_list("record", "day")) == [(visit.pk, dt.date(2018, 4, 2))]


def test_one_more_makes_up_for_the_month_before(cast: SimpleNamespace, plan: Plan) -> None:
    survey_on(cast, dt.date(2018, 4, 1))
    assert states(plan, cast.land.village)["2018-03"] == "overdue"
    survey_on(cast, dt.date(2018, 4, 2))
    assert states(plan, cast.land.village) == {
        "2018-01": "missed", "2018-02": "missed", "2018-03": "late", "2018-04": "done",
    }  # fmt: skip


def test_what_is_taken_back_fulfils_nothing(cast: SimpleNamespace, plan: Plan) -> None:
    visit = survey_on(cast, dt.date(2018, 4, 2))
    visits.take_back_visit(by=cast.assessor, visit=visit)
    assert states(plan, cast.land.village)["2018-04"] == "due"
    assert not Deed.objects.exists()


def test_only_the_timer_makes_what_is_due(cast: SimpleNamespace, plan: Plan) -> None:
    with on(2018, 5, 1), pytest.raises(Refusal) as refusal:
        make_due(by=cast.district_office, plan=plan)
    assert refusal.value.code == "access.denied"
