"""Changing a round before its lock."""

from __future__ import annotations

import datetime as dt

import pytest

from huoshui.kernel.errors import Refusal
from huoshui.visits import actions
from tests.visits.staging import Stage


def test_name_dates_and_rules_change(stage: Stage) -> None:
    round = stage.planned()
    amended = actions.amend_round(
        by=stage.lead, round=round, name="补考", closes_on=dt.date(2018, 4, 9), rules={"missing": "zero"}
    )
    assert (amended.name, amended.closes_on, amended.missing) == ("补考", dt.date(2018, 4, 9), "zero")
    assert amended.opens_on == round.opens_on
    assert amended.version == round.version + 1


def test_the_same_again_changes_nothing(stage: Stage) -> None:
    round = stage.planned()
    assert actions.amend_round(by=stage.lead, round=round, name=round.name).version == round.version


def test_a_stale_edit_is_refused(stage: Stage) -> None:
    round = stage.planned()
    actions.amend_round(by=stage.lead, round=round, name="甲", seen_version=round.version)
    with pytest.raises(Refusal) as refusal:
        actions.amend_round(by=stage.lead, round=round, name="乙", seen_version=round.version)
    assert refusal.value.code == "record.stale"


def test_nothing_changes_after_the_lock(stage: Stage) -> None:
    with pytest.raises(Refusal) as refusal:
        actions.amend_round(by=stage.lead, round=stage.locked(), name="乙")
    assert refusal.value.code == "round.state"


def test_rules_that_leave_no_total_are_refused(stage: Stage) -> None:
    with pytest.raises(Refusal) as refusal:
        actions.amend_round(by=stage.lead, round=stage.planned(), rules={"drop_lowest": 2})
    assert refusal.value.code == "checklist.minimum_judges"
