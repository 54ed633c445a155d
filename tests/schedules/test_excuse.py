"""Excusing a place from one turn, and taking it back."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace

import pytest

from huoshui.duties import actions as duties
from huoshui.duties.queries import system_account
from huoshui.kernel.errors import Refusal
from huoshui.kernel.models import Entry
from huoshui.places.models import Place
from huoshui.schedules.actions import excuse, withdraw_excuse
from huoshui.schedules.models import Occasion, Plan
from tests.schedules.conftest import states, survey_on


def of_march(plan: Plan, place: Place) -> Occasion:
    return Occasion.objects.get(plan=plan, place=place, due_on=dt.date(2018, 3, 31))


def test_the_level_above_excuses_and_takes_it_back(cast: SimpleNamespace, plan: Plan) -> None:
    march = of_march(plan, cast.land.village)
    done = excuse(by=cast.town_office, occasion=march, why=" 汛期封路 ")
    assert (done.excuse, done.excused_by, done.excused_on) == ("汛期封路", cast.town_office, dt.date(2018, 4, 2))
    assert states(plan, cast.land.village)["2018-03"] == "excused"
    assert Entry.objects.get(action="schedules.excuse").place_id == cast.land.village.pk
    withdraw_excuse(by=cast.district_office, occasion=march, why="路已通")
    assert states(plan, cast.land.village)["2018-03"] == "overdue"


def test_nobody_excuses_their_own_place(cast: SimpleNamespace, plan: Plan) -> None:
    """Not even where somebody of the village holds the office's duty besides."""
    duties.grant_duty(
        by=system_account(), account=cast.secretary, role="town_office", place=cast.land.town, since=dt.date(2018, 1, 1)
    )
    with pytest.raises(Refusal) as refusal:
        excuse(by=cast.secretary, occasion=of_march(plan, cast.land.village), why="忙")
    assert refusal.value.code == "schedule.own_place"


@pytest.mark.parametrize("by", ["secretary", "village_lead", "other_town_office", "auditor", "stranger"])
def test_whoever_has_no_such_duty_is_refused(cast: SimpleNamespace, plan: Plan, by: str) -> None:
    with pytest.raises(Refusal) as refusal:
        excuse(by=getattr(cast, by), occasion=of_march(plan, cast.land.village), why="忙")
    assert refusal.value.code == "access.denied"


def test_why_is_needed(cast: SimpleNamespace, plan: Plan) -> None:
    with pytest.raises(Refusal) as refusal:
        excuse(by=cast.town_office, occasion=of_march(plan, cast.land.village), why="")
    assert refusal.value.code == "value.required"


def test_what_is_done_or_excused_is_refused(cast: SimpleNamespace, plan: Plan) -> None:
    march = of_march(plan, cast.land.village)
    with pytest.raises(Refusal) as refusal:
        withdraw_excuse(by=cast.town_office, occasion=march, why="x")
    assert refusal.value.code == "schedule.not_excused"
    excuse(by=cast.town_office, occasion=march, why="封路")
    with pytest.raises(Refusal) as refusal:
        excuse(by=cast.town_office, occasion=march, why="封路")
    assert refusal.value.code == "schedule.excused"
    survey_on(cast, dt.date(2018, 3, 3), cast.land.village2)
    with pytest.raises(Refusal) as refusal:
        excuse(by=cast.town_office, occasion=of_march(plan, cast.land.village2), why="封路")
    assert refusal.value.code == "schedule.done"
