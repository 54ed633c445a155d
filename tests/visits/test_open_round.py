"""Opening a round."""

from __future__ import annotations

import datetime as dt

import pytest

from huoshui.duties import actions as duties
from huoshui.duties.queries import system_account
from huoshui.kernel.errors import Refusal
from huoshui.visits import actions
from huoshui.visits.models import Round
from tests.visits.staging import Stage


def test_it_opens(stage: Stage) -> None:
    assert stage.opened().state == Round.State.OPEN


def test_without_places_it_does_not(stage: Stage) -> None:
    round = actions.plan_round(
        by=stage.lead,
        place=stage.land.district,
        checklist="trial.trial",
        name="空",
        opens_on=dt.date(2018, 4, 2),
        closes_on=dt.date(2018, 4, 2),
    )
    with pytest.raises(Refusal) as refusal:
        actions.open_round(by=stage.lead, round=round)
    assert [problem.code for problem in refusal.value.problems] == ["round.no_places", "round.no_judges"]


def test_places_with_too_small_a_team_are_named(stage: Stage) -> None:
    round = stage.planned(judges=1)
    actions.appoint_judges(by=stage.lead, round=round, accounts=[stage.cast.assessor], place=stage.land.town)
    with pytest.raises(Refusal) as refusal:
        actions.open_round(by=stage.lead, round=round)
    assert refusal.value.code == "round.too_few_judges"
    assert "阳庙村" in str(refusal.value)
    assert "寨卜昌村" not in str(refusal.value)


def test_who_answers_for_a_place_is_not_counted_there(stage: Stage) -> None:
    round = stage.planned(judges=2)
    duties.grant_duty(by=system_account(), account=stage.cast.judges[0], role="village_lead", place=stage.land.village)
    with pytest.raises(Refusal) as refusal:
        actions.open_round(by=stage.lead, round=round)
    assert "寨卜昌村" in str(refusal.value)


def test_only_once_and_only_by_who_runs_it(stage: Stage) -> None:
    round = stage.planned()
    with pytest.raises(Refusal) as refusal:
        actions.open_round(by=stage.cast.judges[0], round=round)
    assert refusal.value.code == "access.denied"
    actions.open_round(by=stage.lead, round=round)
    with pytest.raises(Refusal) as refusal:
        actions.open_round(by=stage.lead, round=round)
    assert refusal.value.code == "round.state"
