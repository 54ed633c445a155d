"""Appointing judges, in teams by town."""

from __future__ import annotations

import pytest

from huoshui.kernel.errors import Refusal
from huoshui.kernel.models import Entry
from huoshui.visits import actions
from huoshui.visits.teams import teams
from tests.visits.staging import Stage


def test_numbers_go_on_and_teams_are_by_town(stage: Stage) -> None:
    round, cast, land = stage.planned(judges=2), stage.cast, stage.land
    added = actions.appoint_judges(by=stage.lead, round=round, accounts=[cast.assessor], place=land.town)
    assert [judge.number for judge in added] == [3]
    numbers = {place: [judge.number for judge in team] for place, team in teams(round).items()}
    assert numbers == {land.village.pk: [1, 2, 3], land.village2.pk: [1, 2, 3], land.other_village.pk: [1, 2]}


def test_the_journal_names_them_only_restricted(stage: Stage) -> None:
    stage.planned()
    assert Entry.objects.get(action="visits.appoint_judges").restricted


def test_twice_is_refused(stage: Stage) -> None:
    round = stage.planned()
    with pytest.raises(Refusal) as refusal:
        actions.appoint_judges(by=stage.lead, round=round, accounts=[stage.cast.judges[0]])
    assert refusal.value.code == "judge.twice"


def test_who_may_not_score_there_is_refused_by_name(stage: Stage) -> None:
    round, cast = stage.planned(), stage.cast
    with pytest.raises(Refusal) as refusal:
        actions.appoint_judges(by=stage.lead, round=round, accounts=[cast.secretary, cast.assessor, cast.judges[3]])
    assert [problem.code for problem in refusal.value.problems] == ["judge.no_duty", "judge.no_duty"]
    assert cast.secretary.title in str(refusal.value)


def test_not_after_the_lock(stage: Stage) -> None:
    with pytest.raises(Refusal) as refusal:
        actions.appoint_judges(by=stage.lead, round=stage.locked(), accounts=[stage.cast.judges[4]])
    assert refusal.value.code == "round.state"


def test_only_who_runs_the_round(stage: Stage) -> None:
    round = stage.planned()
    with pytest.raises(Refusal) as refusal:
        actions.appoint_judges(by=stage.cast.district_office, round=round, accounts=[stage.cast.judges[4]])
    assert refusal.value.code == "access.denied"
