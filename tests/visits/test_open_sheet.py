"""A judge opens their own sheet."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from huoshui.duties import actions as duties
from huoshui.duties.queries import system_account
from huoshui.kernel.errors import Refusal
from huoshui.kernel.ids import new_id
from huoshui.kernel.models import Entry
from huoshui.places import actions as places
from huoshui.places.models import Place
from huoshui.visits import actions
from huoshui.visits.models import Visit
from tests.visits.staging import Stage


def test_the_register_fills_in_what_it_knows(stage: Stage, hub: Place) -> None:
    judge = stage.cast.judges[0]
    visit = actions.open_sheet(by=judge, round=stage.opened(), place=stage.land.village)
    known = {a.item: (a.value, a.yes, a.points, a.prefilled) for a in visit.answers.all()}
    assert known == {"floor": (32050, None, None, True), "plaza": (None, True, None, True)}
    assert visit.visited_on == dt.date(2018, 4, 2)
    assert Entry.objects.get(action="visits.open_sheet").restricted


def test_hubs_that_disagree_fill_in_nothing(stage: Stage, hub: Place) -> None:
    village = stage.land.village
    places.open_place(
        by=system_account(),
        kind="hub",
        code="410871203201-old",
        name="老村部",
        parent=village,
        attributes={"floor_area": "90", "plaza": "是"},
    )
    visit = actions.open_sheet(by=stage.cast.judges[0], round=stage.opened(), place=village)
    assert [answer.item for answer in visit.answers.all()] == ["plaza"]


def test_opened_twice_it_is_the_same_sheet(stage: Stage) -> None:
    round, judge, village = stage.opened(), stage.cast.judges[0], stage.land.village
    chosen = new_id()
    first = actions.open_sheet(by=judge, round=round, place=village, visit_id=chosen)
    again = actions.open_sheet(by=judge, round=round, place=village, visit_id=new_id())
    assert first.pk == again.pk == chosen
    assert Visit.objects.count() == 1


def test_another_judges_id_is_not_taken_over(stage: Stage) -> None:
    round, judges, village = stage.opened(), stage.cast.judges, stage.land.village
    taken = actions.open_sheet(by=judges[0], round=round, place=village).pk
    with pytest.raises(Refusal) as refusal:
        actions.open_sheet(by=judges[1], round=round, place=village, visit_id=taken)
    assert refusal.value.code == "access.not_found"


def test_not_before_the_round_opens(stage: Stage) -> None:
    with pytest.raises(Refusal) as refusal:
        actions.open_sheet(by=stage.cast.judges[0], round=stage.planned(), place=stage.land.village)
    assert refusal.value.code == "round.state"


def test_only_for_places_of_ones_team(stage: Stage) -> None:
    round, cast = stage.planned(), stage.cast
    actions.appoint_judges(by=stage.lead, round=round, accounts=[cast.assessor], place=stage.land.town)
    actions.open_round(by=stage.lead, round=round)
    actions.open_sheet(by=cast.assessor, round=round, place=stage.land.village)
    for place in (stage.land.other_village, stage.land.village3):  # another town; not in the round
        with pytest.raises(Refusal) as refusal:
            actions.open_sheet(by=cast.assessor, round=round, place=place)
        assert refusal.value.code == "visit.not_judge"


def test_nobody_scores_what_they_answer_for(stage: Stage) -> None:
    round, judge = stage.opened(), stage.cast.judges[0]
    duties.grant_duty(by=system_account(), account=judge, role="village_lead", place=stage.land.village)
    with pytest.raises(Refusal) as refusal:
        actions.open_sheet(by=judge, round=round, place=stage.land.village)
    assert refusal.value.code == "visit.own_place"


def test_a_judge_whose_duty_ended_cannot(stage: Stage) -> None:
    round, judge = stage.opened(), stage.cast.judges[0]
    duty: Any = judge.duties.get()
    duties.end_duty(by=system_account(), duty=duty, until=dt.date(2018, 4, 1))
    judge.__dict__.pop("_grants", None)
    with pytest.raises(Refusal) as refusal:
        actions.open_sheet(by=judge, round=round, place=stage.land.village)
    assert refusal.value.code == "access.denied"
