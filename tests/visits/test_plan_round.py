"""Planning a round."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.utils import translation

from huoshui.duties.queries import system_account
from huoshui.kernel.errors import Refusal
from huoshui.kernel.journal import history_of
from huoshui.places.actions import close_place
from huoshui.visits import actions
from huoshui.visits.models import Round
from tests.places.helpers import relieved
from tests.visits.staging import Stage

APRIL = {"opens_on": dt.date(2018, 4, 2), "closes_on": dt.date(2018, 4, 6)}


def plan(stage: Stage, **other: Any) -> Round:
    given = {"by": stage.lead, "place": stage.land.district, "checklist": "trial.trial", "name": "春季", **APRIL}
    return actions.plan_round(**{**given, **other})


def test_it_copies_the_checklists_rules_and_keeps_the_version(stage: Stage) -> None:
    round = plan(stage)
    assert round.state == Round.State.PLANNED
    assert str(round.pack_version) == "trial 1.0.0"
    assert (round.minimum_judges, round.missing, round.quorum, round.decimals) == (2, "blocks", 0, 2)
    entry = history_of([("visits.round", round.pk)]).get()
    assert entry.action == "visits.plan_round"


def test_rules_can_be_overridden(stage: Stage) -> None:
    round = plan(stage, rules={"drop_highest": 1, "drop_lowest": "1", "minimum_judges": 5, "quorum": "majority"})
    assert (round.drop_highest, round.drop_lowest, round.minimum_judges, round.quorum) == (1, 1, 5, 0)


def test_an_area_without_a_fitting_open_place_is_refused(stage: Stage) -> None:
    planned = plan(stage, place=stage.land.village3)
    assert planned.place == stage.land.village3
    planned.delete()
    close_place(by=system_account(), place=relieved(stage.land.village3))
    with pytest.raises(Refusal) as refusal:
        plan(stage, place=stage.land.village3)
    assert refusal.value.code == "round.nothing_fits"
    assert "东寺河村" in str(refusal.value)


@pytest.mark.parametrize(
    ("other", "code"),
    [
        ({"closes_on": dt.date(2018, 4, 1)}, "round.dates"),
        ({"name": "  "}, "value.required"),
        ({"checklist": "trial.unknown"}, "checklist.unknown"),
        ({"checklist": "nowhere.trial"}, "checklist.unknown"),
        ({"rules": {"drop_highest": 1, "drop_lowest": 1}}, "checklist.minimum_judges"),
        ({"rules": {"minimum_judges": 0}}, "value.range"),
        ({"rules": {"minimum_judges": "many"}}, "value.type"),
        ({"rules": {"missing": "forgive"}}, "value.choice"),
        ({"rules": {"luck": 1}}, "value.unknown"),
    ],
)
def test_what_does_not_fit_is_refused(stage: Stage, other: dict[str, Any], code: str) -> None:
    with pytest.raises(Refusal) as refusal:
        plan(stage, **other)
    assert refusal.value.code == code
    assert not Round.objects.exists()


@pytest.mark.parametrize(
    ("rules", "language", "said"),
    [
        ({"drop_highest": 99}, "zh-hans", "“去掉最高分的个数”的值 99 超出范围（0 至 20）。"),
        ({"drop_highest": 99}, "en", "“Highest scores to drop”: 99 is outside 0 to 20."),
        ({"minimum_judges": "many"}, "zh-hans", "“每村最少评委数”的值“many”不是整数。"),
        ({"missing": "forgive"}, "zh-hans", "“缺项”的值“forgive”不在可选项中：不得缺项、缺项计零分、按已答项折算。"),
    ],
)
def test_a_rule_is_called_as_the_page_calls_it(stage: Stage, rules: dict[str, Any], language: str, said: str) -> None:
    with translation.override(language), pytest.raises(Refusal) as refusal:
        plan(stage, rules=rules)
    with translation.override(language):
        assert refusal.value.problems[0].message() == said
        assert refusal.value.problems[0].where in said


@pytest.mark.parametrize("who", ["town_office", "assessor", "leader", "tally_clerk", "stranger"])
def test_only_who_runs_rounds_plans_them(stage: Stage, who: str) -> None:
    with pytest.raises(Refusal) as refusal:
        plan(stage, by=getattr(stage.cast, who))
    assert refusal.value.code == "access.denied"
