"""The lock."""

from __future__ import annotations

import pytest

from huoshui.kernel.errors import Refusal
from huoshui.visits import actions
from huoshui.visits.models import Round
from tests.visits.staging import Stage


def test_it_locks(stage: Stage) -> None:
    round = stage.locked()
    assert round.state == Round.State.LOCKED
    assert round.locked_at


def test_only_an_open_round_and_only_once(stage: Stage) -> None:
    with pytest.raises(Refusal) as refusal:
        actions.lock_round(by=stage.lead, round=stage.planned())
    assert refusal.value.code == "round.state"
    with pytest.raises(Refusal) as refusal:
        actions.lock_round(by=stage.lead, round=stage.locked())
    assert refusal.value.code == "round.state"


@pytest.mark.parametrize("who", ["tally_clerk", "leader", "assessor"])
def test_only_who_runs_it(stage: Stage, who: str) -> None:
    with pytest.raises(Refusal) as refusal:
        actions.lock_round(by=getattr(stage.cast, who), round=stage.opened())
    assert refusal.value.code == "access.denied"
