"""Taking back a bonus or deduction."""

from __future__ import annotations

import json

import pytest

from huoshui.kernel.errors import Refusal
from huoshui.kernel.models import Entry
from huoshui.visits import actions
from huoshui.visits.models import Adjustment
from tests.visits.staging import Stage


@pytest.fixture
def adjustment(stage: Stage) -> Adjustment:
    return actions.record_adjustment(
        by=stage.cast.tally_clerk,
        round=stage.locked(),
        place=stage.land.village,
        code="honour",
        points=2,
        reason="省级荣誉",
    )


def test_it_goes_and_the_journal_keeps_it(stage: Stage, adjustment: Adjustment) -> None:
    actions.withdraw_adjustment(by=stage.cast.tally_clerk, adjustment=adjustment, reason="年度不符")
    assert not Adjustment.objects.exists()
    data = json.loads(Entry.objects.get(action="visits.withdraw_adjustment").data)
    assert (data["before"]["points"], data["note"]) == (2000, "年度不符")


def test_a_reason_is_needed(stage: Stage, adjustment: Adjustment) -> None:
    with pytest.raises(Refusal) as refusal:
        actions.withdraw_adjustment(by=stage.cast.tally_clerk, adjustment=adjustment, reason="")
    assert refusal.value.code == "value.required"


def test_not_after_computing_and_not_by_others(stage: Stage, adjustment: Adjustment) -> None:
    with pytest.raises(Refusal) as refusal:
        actions.withdraw_adjustment(by=stage.lead, adjustment=adjustment, reason="年度不符")
    assert refusal.value.code == "access.denied"
    actions.compute_round(by=stage.lead, round=adjustment.round)
    with pytest.raises(Refusal) as refusal:
        actions.withdraw_adjustment(by=stage.cast.tally_clerk, adjustment=adjustment, reason="年度不符")
    assert refusal.value.code == "round.state"
