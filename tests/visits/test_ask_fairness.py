"""Asking for a round's fairness: by the review lead alone, after the computation, once per results."""

from __future__ import annotations

import datetime as dt

import pytest
from django_tasks_db.models import DBTaskResult

from huoshui.kernel import clock
from huoshui.kernel.errors import Refusal
from huoshui.kernel.models import Entry
from huoshui.visits import actions
from huoshui.visits.models import FairnessAnalysis, Result
from huoshui.visits.queries import fairness_of
from huoshui.visits.tasks import analyse_fairness
from tests.visits.staging import Stage


def test_it_is_queued_once_and_computed_once(stage: Stage) -> None:
    round = stage.uneven()
    assert fairness_of(round, stage.lead).state == "none"
    analysis = actions.ask_fairness(by=stage.lead, round=round)
    actions.ask_fairness(by=stage.lead, round=round)
    assert fairness_of(round, stage.lead).state == "asked"
    assert DBTaskResult.objects.count() == 1
    analyse_fairness.call(str(analysis.pk))
    actions.ask_fairness(by=stage.lead, round=round)
    assert DBTaskResult.objects.count() == 1
    assert Entry.objects.filter(action="visits.ask_fairness").count() == 1
    found = fairness_of(round, stage.lead)
    (group,) = found.groups
    assert (found.state, group.problem, group.judges) == ("done", "", [1, 2, 3])
    assert [row.official for row in group.standings] == [1, 2, 3]
    assert {row.item.code for row in found.items if row.spread} == {"meetings"}
    assert found.items[0].percent == 21  # of 6 points 1.247: squares of 9.333, 6 degrees of freedom


def test_the_official_result_does_not_change(stage: Stage) -> None:
    round = stage.uneven()
    before = list(Result.objects.order_by("pk").values())
    analyse_fairness.call(str(actions.ask_fairness(by=stage.lead, round=round).pk))
    assert list(Result.objects.order_by("pk").values()) == before


def test_one_that_was_lost_may_be_asked_for_again(stage: Stage) -> None:
    round = stage.uneven()
    analysis = actions.ask_fairness(by=stage.lead, round=round)
    with clock.set_to(analysis.asked_at + dt.timedelta(minutes=3)):
        assert fairness_of(round, stage.lead).lost
        actions.ask_fairness(by=stage.lead, round=round)
        assert not fairness_of(round, stage.lead).lost
    assert DBTaskResult.objects.count() == 2


def test_other_results_need_another_analysis(stage: Stage) -> None:
    round = stage.uneven()
    analyse_fairness.call(str(actions.ask_fairness(by=stage.lead, round=round).pk))
    first = fairness_of(round, stage.lead)
    round = actions.withdraw_results(by=stage.lead, round=round, reason="登记加分")
    given = {"code": "honour", "points": 2, "reason": "市级表彰"}
    actions.record_adjustment(by=stage.cast.tally_clerk, round=round, place=stage.land.village2, **given)
    actions.compute_round(by=stage.lead, round=round)
    round.refresh_from_db()
    assert fairness_of(round, stage.lead).state == "stale"
    analyse_fairness.call(str(actions.ask_fairness(by=stage.lead, round=round).pk))
    again = fairness_of(round, stage.lead)
    assert again.digest != first.digest
    assert again.groups[0].severities == first.groups[0].severities
    adjusted = [{row.place.pk: row.adjusted for row in found.groups[0].standings} for found in (first, again)]
    assert adjusted[1][stage.land.village2.pk] == adjusted[0][stage.land.village2.pk] + 2000
    assert FairnessAnalysis.objects.count() == 1


@pytest.mark.parametrize("who", ["leader", "scrutineer", "tally_clerk", "assessor", "secretary", "auditor"])
def test_for_the_review_lead_alone(stage: Stage, who: str) -> None:
    round, account = stage.uneven(), getattr(stage.cast, who)
    analyse_fairness.call(str(actions.ask_fairness(by=stage.lead, round=round).pk))
    assert not FairnessAnalysis.objects.visible_to(account).exists()
    for ask in (
        lambda: actions.ask_fairness(by=account, round=round),
        lambda: fairness_of(round, account),
    ):
        with pytest.raises(Refusal) as refusal:
            ask()
        assert refusal.value.code == "access.denied"


def test_not_before_the_computation(stage: Stage) -> None:
    round = stage.locked()
    for ask in (
        lambda: actions.ask_fairness(by=stage.lead, round=round),
        lambda: fairness_of(round, stage.lead),
    ):
        with pytest.raises(Refusal) as refusal:
            ask()
        assert refusal.value.code == "round.state"


def test_results_withdrawn_hide_it(stage: Stage) -> None:
    round = stage.uneven()
    actions.ask_fairness(by=stage.lead, round=round)
    actions.withdraw_results(by=stage.lead, round=round, reason="漏计一份")
    assert not FairnessAnalysis.objects.visible_to(stage.lead).exists()
