"""Taking a judge off a round."""

from __future__ import annotations

import pytest

from huoshui.kernel.errors import Refusal
from huoshui.visits import actions
from huoshui.visits.models import Judge
from tests.visits.staging import Stage


def test_a_judge_without_sheets_goes(stage: Stage) -> None:
    round = stage.planned()
    actions.dismiss_judge(by=stage.lead, judge=Judge.objects.get(round=round, number=3), reason="生病")
    assert list(round.judges.order_by("number").values_list("number", flat=True)) == [1, 2]


def test_a_reason_is_needed(stage: Stage) -> None:
    judge = Judge.objects.get(round=stage.planned(), number=3)
    with pytest.raises(Refusal) as refusal:
        actions.dismiss_judge(by=stage.lead, judge=judge, reason=" ")
    assert refusal.value.code == "value.required"
    assert Judge.objects.filter(pk=judge.pk).exists()


def test_a_judge_with_a_sheet_stays(stage: Stage) -> None:
    round = stage.opened()
    stage.sheet(round)
    with pytest.raises(Refusal) as refusal:
        actions.dismiss_judge(by=stage.lead, judge=Judge.objects.get(round=round, number=1), reason="换人")
    assert refusal.value.code == "judge.has_sheets"


def test_only_who_runs_the_round(stage: Stage) -> None:
    judge = Judge.objects.get(round=stage.planned(), number=3)
    with pytest.raises(Refusal) as refusal:
        actions.dismiss_judge(by=stage.cast.judges[0], judge=judge, reason="换人")
    assert refusal.value.code == "access.denied"
