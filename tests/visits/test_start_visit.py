"""A visit that stands by itself: the survey of the three withouts."""

from __future__ import annotations

import pytest

from huoshui.kernel.errors import Refusal
from huoshui.kernel.ids import new_id
from huoshui.media.actions import attach_file
from huoshui.visits import actions
from huoshui.visits.models import Visit
from tests.visits.staging import Stage

SURVEY = "hubs.three_withouts"


def test_a_survey_is_begun_filled_in_and_handed_in(stage: Stage, photo: bytes) -> None:
    assessor, village = stage.cast.assessor, stage.land.village
    visit = actions.start_visit(by=assessor, place=village, checklist=SURVEY)
    answers = {"site": "是", "service_room": "否", "recreation_facility": "是"}
    actions.save_answers(by=assessor, visit=visit, answers=answers)
    attach_file(by=assessor, subject=visit, place=village, slot="site", data=photo, name="a.jpg")
    done = actions.submit_visit(by=assessor, visit=visit)
    assert done.state == Visit.State.SUBMITTED
    assert {answer.item: answer.fails for answer in done.answers.all()} == {
        "site": False,
        "service_room": True,
        "recreation_facility": False,
    }


def test_it_can_be_taken_back(stage: Stage, photo: bytes) -> None:
    assessor, village = stage.cast.assessor, stage.land.village
    visit = actions.start_visit(by=assessor, place=village, checklist=SURVEY)
    attach_file(by=assessor, subject=visit, place=village, slot="site", data=photo, name="a.jpg")
    answers = {"site": "是", "service_room": "否", "recreation_facility": "是"}
    actions.save_answers(by=assessor, visit=visit, answers=answers)
    actions.submit_visit(by=assessor, visit=visit)
    assert actions.take_back_visit(by=assessor, visit=visit).state == Visit.State.DRAFT


def test_the_same_id_begins_one_visit(stage: Stage) -> None:
    given = {"by": stage.cast.assessor, "place": stage.land.village, "checklist": SURVEY, "visit_id": new_id()}
    assert actions.start_visit(**given).pk == actions.start_visit(**given).pk
    assert Visit.objects.count() == 1


def test_a_place_of_another_kind_is_refused(stage: Stage) -> None:
    with pytest.raises(Refusal) as refusal:
        actions.start_visit(by=stage.cast.assessor, place=stage.land.town, checklist=SURVEY)
    assert refusal.value.code == "round.place_kind"


def test_an_unknown_checklist_is_refused(stage: Stage) -> None:
    with pytest.raises(Refusal) as refusal:
        actions.start_visit(by=stage.cast.assessor, place=stage.land.village, checklist="hubs.nothing")
    assert refusal.value.code == "checklist.unknown"


@pytest.mark.parametrize("who", ["other_assessor", "secretary", "town_office", "stranger"])
def test_only_who_scores_there(stage: Stage, who: str) -> None:
    with pytest.raises(Refusal) as refusal:
        actions.start_visit(by=getattr(stage.cast, who), place=stage.land.village, checklist=SURVEY)
    assert refusal.value.code == "access.denied"
