"""Taking one's own sheet back."""

from __future__ import annotations

import pytest

from huoshui.kernel.errors import Refusal
from huoshui.visits import actions
from huoshui.visits.models import Visit
from tests.visits.staging import Stage


def test_before_the_lock_it_becomes_a_draft_again(stage: Stage) -> None:
    visit = actions.take_back_visit(by=stage.cast.judges[0], visit=stage.submitted(stage.opened()))
    assert (visit.state, visit.submitted_at) == (Visit.State.DRAFT, None)


def test_a_draft_cannot_be_taken_back(stage: Stage) -> None:
    with pytest.raises(Refusal) as refusal:
        actions.take_back_visit(by=stage.cast.judges[0], visit=stage.sheet(stage.opened()))
    assert refusal.value.code == "visit.not_submitted"


def test_after_the_lock_it_stands(stage: Stage) -> None:
    round = stage.opened()
    visit = stage.submitted(round)
    stage.locked(round)
    with pytest.raises(Refusal) as refusal:
        actions.take_back_visit(by=stage.cast.judges[0], visit=visit)
    assert refusal.value.code == "round.state"


def test_only_ones_own(stage: Stage) -> None:
    with pytest.raises(Refusal) as refusal:
        actions.take_back_visit(by=stage.lead, visit=stage.submitted(stage.opened()))
    assert refusal.value.code == "access.not_found"
