"""Bonuses and deductions after the lock."""

from __future__ import annotations

from typing import Any

import pytest

from huoshui.kernel.errors import Refusal
from huoshui.visits import actions
from huoshui.visits.models import Adjustment, Result, Round
from tests.visits.staging import Stage


def record(stage: Stage, round: Round, **other: Any) -> Adjustment:
    given = {"place": stage.land.village, "code": "honour", "points": "1.5", "reason": "市级文明村"}
    return actions.record_adjustment(**{"by": stage.cast.tally_clerk, "round": round, **given, **other})


def test_bonus_and_deduction_enter_the_total(stage: Stage) -> None:
    round = stage.locked()
    assert record(stage, round).points == 1500
    assert record(stage, round, code="falsified", points=4).points == -4000
    actions.compute_round(by=stage.cast.tally_clerk, round=round)
    result = Result.objects.get(round=round, place=stage.land.village)
    assert (result.mean, result.adjustments, result.total, result.rank) == (20_000, -2500, 17_500, 3)


@pytest.mark.parametrize(
    ("other", "code"),
    [
        ({"points": "2.5"}, "value.range"),
        ({"points": "-1"}, "value.range"),
        ({"points": "many"}, "value.type"),
        ({"points": "1.125"}, "value.decimals"),
        ({"code": "luck"}, "adjustment.unknown"),
        ({"reason": " "}, "value.required"),
    ],
)
def test_what_does_not_fit_is_refused(stage: Stage, other: dict[str, Any], code: str) -> None:
    with pytest.raises(Refusal) as refusal:
        record(stage, stage.locked(), **other)
    assert refusal.value.code == code
    assert not Adjustment.objects.exists()


def test_once_per_place_and_code(stage: Stage) -> None:
    round = stage.locked()
    record(stage, round)
    record(stage, round, place=stage.land.village2)
    with pytest.raises(Refusal) as refusal:
        record(stage, round, points=1)
    assert refusal.value.code == "adjustment.twice"


def test_only_places_of_the_round(stage: Stage) -> None:
    with pytest.raises(Refusal) as refusal:
        record(stage, stage.locked(), place=stage.land.village3)
    assert refusal.value.code == "round.place_outside"


def test_only_between_lock_and_computing(stage: Stage) -> None:
    for round in (stage.opened(), stage.computed()):
        with pytest.raises(Refusal) as refusal:
            record(stage, round)
        assert refusal.value.code == "round.state"


@pytest.mark.parametrize("who", ["review_lead", "leader", "secretary"])
def test_only_by_the_tally_clerk(stage: Stage, who: str) -> None:
    with pytest.raises(Refusal) as refusal:
        record(stage, stage.locked(), by=getattr(stage.cast, who))
    assert refusal.value.code == "access.denied"
