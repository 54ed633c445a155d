"""Going back from computed to locked."""

from __future__ import annotations

import pytest

from huoshui.kernel.errors import Refusal
from huoshui.visits import actions
from huoshui.visits.models import Result, Round, Signature
from tests.visits.staging import Stage


def test_results_go_signatures_are_void_and_the_tally_is_open_again(stage: Stage) -> None:
    round = actions.withdraw_results(by=stage.lead, round=stage.signed(), reason="漏登荣誉加分")
    assert round.state == Round.State.LOCKED
    assert not Result.objects.exists()
    assert not Signature.objects.filter(voided_at__isnull=True).exists()
    actions.record_adjustment(
        by=stage.cast.tally_clerk, round=round, place=stage.land.village, code="honour", points=1, reason="补登"
    )


def test_a_reason_is_needed(stage: Stage) -> None:
    with pytest.raises(Refusal) as refusal:
        actions.withdraw_results(by=stage.lead, round=stage.computed(), reason="")
    assert refusal.value.code == "value.required"


def test_a_sealed_round_stands(stage: Stage) -> None:
    with pytest.raises(Refusal) as refusal:
        actions.withdraw_results(by=stage.lead, round=stage.sealed(), reason="重来")
    assert refusal.value.code == "round.state"


def test_only_by_who_runs_it(stage: Stage) -> None:
    with pytest.raises(Refusal) as refusal:
        actions.withdraw_results(by=stage.cast.tally_clerk, round=stage.computed(), reason="重来")
    assert refusal.value.code == "access.denied"
