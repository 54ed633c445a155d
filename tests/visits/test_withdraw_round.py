"""Taking a round off that was planned by mistake."""

from __future__ import annotations

import pytest

from huoshui.kernel.errors import Refusal
from huoshui.kernel.journal import history_of
from huoshui.visits import actions, queries
from huoshui.visits.models import Judge, Round, RoundPlace
from tests.visits.staging import Stage


def test_it_goes_with_its_places_and_judges_and_its_journal_stays(stage: Stage) -> None:
    round = stage.planned()
    kept = round.pk
    actions.withdraw_round(by=stage.lead, round=round, reason="重复筹备")
    assert not any(model.objects.exists() for model in (Round, RoundPlace, Judge))
    assert queries.rounds_waiting(stage.lead) == []
    told = list(history_of([("visits.round", kept)]).order_by("seq"))
    assert (told[0].action, told[-1].action) == ("visits.plan_round", "visits.withdraw_round")
    assert "重复筹备" in told[-1].data


def test_a_reason_is_needed(stage: Stage) -> None:
    with pytest.raises(Refusal) as refusal:
        actions.withdraw_round(by=stage.lead, round=stage.planned(), reason=" ")
    assert refusal.value.code == "value.required"
    assert Round.objects.exists()


@pytest.mark.parametrize("state", ["opened", "locked", "computed", "sealed"])
def test_what_has_begun_stays(stage: Stage, state: str) -> None:
    round = getattr(stage, state)()
    with pytest.raises(Refusal) as refusal:
        actions.withdraw_round(by=stage.lead, round=round, reason="重复筹备")
    assert refusal.value.code == "round.state"
    assert Round.objects.filter(pk=round.pk).exists()


@pytest.mark.parametrize("who", ["leader", "tally_clerk", "secretary"])
def test_only_by_who_plans(stage: Stage, who: str) -> None:
    round = stage.planned()
    with pytest.raises(Refusal) as refusal:
        actions.withdraw_round(by=getattr(stage.cast, who), round=round, reason="重复筹备")
    assert refusal.value.code == "access.denied"
    assert Round.objects.exists()
