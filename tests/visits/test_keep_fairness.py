"""Keeping an analysis: once, and only that of the results that were asked about."""

from __future__ import annotations

from huoshui.duties.queries import system_account
from huoshui.kernel.ids import new_id
from huoshui.kernel.models import Entry
from huoshui.visits import actions
from huoshui.visits.models import FairnessAnalysis
from huoshui.visits.tasks import analyse_fairness
from tests.visits.staging import Stage


def test_it_is_kept_once(stage: Stage) -> None:
    analysis = actions.ask_fairness(by=stage.lead, round=stage.uneven())
    for _time in range(2):
        analyse_fairness.call(str(analysis.pk))
    actions.keep_fairness(by=system_account(), analysis=analysis, findings={})
    kept = FairnessAnalysis.objects.get()
    assert kept.findings["groups"]
    assert kept.done_at is not None
    assert Entry.objects.filter(action="visits.keep_fairness").count() == 1


def test_what_was_asked_for_anew_meanwhile_is_not_answered_with_the_old(stage: Stage) -> None:
    analysis = actions.ask_fairness(by=stage.lead, round=stage.uneven())
    FairnessAnalysis.objects.update(digest="another")
    actions.keep_fairness(by=system_account(), analysis=analysis, findings={"groups": [], "items": {}})
    assert FairnessAnalysis.objects.get().done_at is None


def test_what_is_gone_is_not_analysed(stage: Stage) -> None:
    analyse_fairness.call(str(new_id()))
    assert not FairnessAnalysis.objects.exists()
