"""Handing in a sheet."""

from __future__ import annotations

import pytest

from huoshui.kernel.errors import Refusal
from huoshui.media.actions import attach_file
from huoshui.places.models import Place
from huoshui.visits import actions
from huoshui.visits.models import Visit
from tests.visits.staging import GOOD, Stage


def test_a_full_sheet_is_submitted(stage: Stage) -> None:
    visit = stage.submitted(stage.opened())
    assert visit.state == Visit.State.SUBMITTED
    assert visit.submitted_at


def test_missing_answers_are_named_where_they_block(stage: Stage, hub: Place) -> None:
    judge = stage.cast.judges[0]
    visit = actions.open_sheet(by=judge, round=stage.opened(), place=stage.land.village)
    actions.save_answers(by=judge, visit=visit, answers={"theme": "good"})
    with pytest.raises(Refusal) as refusal:
        actions.submit_visit(by=judge, visit=visit)
    assert {p.code for p in refusal.value.problems} == {"value.required"}
    # What the register filled in is no answer until the judge confirms it.
    assert {p.field for p in refusal.value.problems} == {"meetings", "floor", "plaza", "overall"}


@pytest.mark.parametrize("missing", ["zero", "rescale"])
def test_where_they_do_not_block_they_may_be_missing(stage: Stage, missing: str) -> None:
    judge = stage.cast.judges[0]
    visit = actions.open_sheet(by=judge, round=stage.opened(missing=missing), place=stage.land.village)
    with pytest.raises(Refusal) as refusal:
        actions.submit_visit(by=judge, visit=visit)
    assert refusal.value.code == "visit.empty"
    actions.save_answers(by=judge, visit=visit, answers={"theme": "good"})
    assert actions.submit_visit(by=judge, visit=visit).state == Visit.State.SUBMITTED


def test_wanted_photos_must_be_there(stage: Stage, photo: bytes) -> None:
    judge, village = stage.cast.judges[0], stage.land.village
    visit = stage.sheet(stage.opened(), plaza="no")
    with pytest.raises(Refusal) as refusal:
        actions.submit_visit(by=judge, visit=visit)
    assert [(p.code, p.field) for p in refusal.value.problems] == [("visit.photos", "plaza")]
    attach_file(by=judge, subject=visit, place=village, slot="plaza", data=photo, name="a.jpg")
    assert actions.submit_visit(by=judge, visit=visit).state == Visit.State.SUBMITTED
    with pytest.raises(Refusal) as refusal:
        attach_file(by=judge, subject=visit, place=village, slot="theme", data=photo, name="b.jpg")
    assert refusal.value.code == "photo.slot_closed"
    assert f"（{visit.checklist.items['theme'].name}）" in refusal.value.problems[0].message()
    with pytest.raises(Refusal) as refusal:
        attach_file(by=judge, subject=visit, place=village, slot="", data=photo, name="b.jpg")
    assert "（整张评分表）" in refusal.value.problems[0].message()


def test_after_the_lock_it_is_kept_late(stage: Stage) -> None:
    round, judge = stage.opened(), stage.cast.judges[2]
    late = stage.sheet(round, 3)
    stage.all_in(round, judges=2)
    actions.lock_round(by=stage.lead, round=round)
    actions.save_answers(by=judge, visit=late, answers={**GOOD, "meetings": 1})
    assert actions.submit_visit(by=judge, visit=late).state == Visit.State.LATE


def test_a_sheet_captured_offline_still_arrives_after_the_lock(stage: Stage) -> None:
    round, judge = stage.opened(), stage.cast.judges[2]
    stage.all_in(round, judges=2)
    actions.lock_round(by=stage.lead, round=round)
    assert stage.submitted(round, 3).state == Visit.State.LATE
    assert Visit.objects.get(judge=judge).counts is False


def test_a_stale_sheet_and_a_strangers_are_refused(stage: Stage) -> None:
    visit = stage.sheet(stage.opened())
    with pytest.raises(Refusal) as refusal:
        actions.submit_visit(by=stage.cast.judges[0], visit=visit, seen_version=visit.version - 1)
    assert refusal.value.code == "record.stale"
    with pytest.raises(Refusal) as refusal:
        actions.submit_visit(by=stage.cast.judges[1], visit=visit)
    assert refusal.value.code == "access.not_found"


def test_twice_is_refused(stage: Stage) -> None:
    visit = stage.submitted(stage.opened())
    with pytest.raises(Refusal) as refusal:
        actions.submit_visit(by=stage.cast.judges[0], visit=visit)
    assert refusal.value.code == "visit.not_draft"
