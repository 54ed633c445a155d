"""Correcting a sealed result."""

from __future__ import annotations

import json

import pytest

from huoshui.kernel.errors import Refusal
from huoshui.kernel.models import Entry
from huoshui.visits import actions, queries
from huoshui.visits.models import Result
from tests.visits.staging import Stage


@pytest.fixture
def result(stage: Stage) -> Result:
    round = stage.sealed()
    return Result.objects.get(round=round, place=stage.land.village2)


def test_both_values_stay_and_ranks_are_set_anew(stage: Stage, result: Result) -> None:
    assert set(Result.objects.values_list("rank", flat=True)) == {1}
    correction = actions.correct_result(by=stage.lead, result=result, total="18.5", reason="登分有误")
    assert (correction.before, correction.after) == (20_000, 18_500)
    rows = queries.ranking(result.round, stage.lead)
    assert [row.rank for row in rows] == [1, 1, 3]
    last = rows[-1]
    assert (last.place, last.total_shown, last.corrected_from) == (stage.land.village2, "18.50", "20.00")
    data = json.loads(Entry.objects.get(action="visits.correct_result").data)
    assert data == {
        "before": {"rank": 1, "total": 20_000},
        "after": {"rank": 3, "total": 18_500},
        "note": "登分有误",
    }


@pytest.mark.parametrize(
    ("total", "reason", "code"),
    [("20", "登分有误", "result.same"), ("18", "", "value.required"), ("x", "登分有误", "value.type"),
     ("-1", "登分有误", "value.range"), ("500", "登分有误", "value.range")],
)  # fmt: skip
def test_what_does_not_fit_is_refused(stage: Stage, result: Result, total: str, reason: str, code: str) -> None:
    with pytest.raises(Refusal) as refusal:
        actions.correct_result(by=stage.lead, result=result, total=total, reason=reason)
    assert refusal.value.code == code
    assert Result.objects.get(pk=result.pk).total == 20_000


def test_a_correction_is_no_finer_than_the_rounds_scores(stage: Stage, result: Result) -> None:
    with pytest.raises(Refusal) as refusal:
        actions.correct_result(by=stage.lead, result=result, total="18.714", reason="登分有误")
    assert refusal.value.code == "value.decimals"
    assert "最多 2 位小数" in str(refusal.value)
    assert actions.correct_result(by=stage.lead, result=result, total="18.710", reason="登分有误").after == 18_710


def test_a_round_without_decimals_takes_whole_points_alone(stage: Stage) -> None:
    result = Result.objects.filter(round=stage.sealed(stage.opened(decimals=0))).first()
    with pytest.raises(Refusal) as refusal:
        actions.correct_result(by=stage.lead, result=result, total="18.5", reason="登分有误")
    assert refusal.value.code == "value.type"
    assert "整数" in str(refusal.value)
    assert actions.correct_result(by=stage.lead, result=result, total="18", reason="登分有误").after == 18_000


def test_a_stale_correction_is_refused(stage: Stage, result: Result) -> None:
    actions.correct_result(by=stage.lead, result=result, total=19, reason="登分有误", seen_version=1)
    with pytest.raises(Refusal) as refusal:
        actions.correct_result(by=stage.lead, result=result, total=18, reason="登分有误", seen_version=1)
    assert refusal.value.code == "record.stale"


def test_before_the_seal_there_is_nothing_to_correct(stage: Stage) -> None:
    result = Result.objects.filter(round=stage.computed()).first()
    with pytest.raises(Refusal) as refusal:
        actions.correct_result(by=stage.lead, result=result, total=18, reason="登分有误")
    assert refusal.value.code == "round.state"


@pytest.mark.parametrize("who", ["tally_clerk", "leader", "secretary2"])
def test_only_who_may_correct(stage: Stage, result: Result, who: str) -> None:
    with pytest.raises(Refusal) as refusal:
        actions.correct_result(by=getattr(stage.cast, who), result=result, total=18, reason="登分有误")
    assert refusal.value.code == "access.denied"
