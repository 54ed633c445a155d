"""The places of a round."""

from __future__ import annotations

import datetime as dt

import pytest

from huoshui.kernel.errors import Refusal
from huoshui.kernel.models import Entry
from huoshui.visits import actions
from tests.visits.staging import Stage


def test_places_stand_in_the_order_of_the_tour(stage: Stage) -> None:
    round, land = stage.planned(), stage.land
    day = dt.date(2018, 4, 3)
    actions.set_places(
        by=stage.lead, round=round, places=[land.village3, land.village], visit_on={land.village.pk: day}
    )
    entries = [(e.place.pk, e.position, e.visit_on) for e in round.places.order_by("position")]
    assert entries == [(land.village3.pk, 1, None), (land.village.pk, 2, day)]


def test_a_date_is_taken_back_and_the_same_list_again_is_no_change(stage: Stage) -> None:
    round, village = stage.planned(), stage.land.village
    day = {village.pk: dt.date(2018, 4, 3)}
    actions.set_places(by=stage.lead, round=round, places=[village], visit_on=day)
    written = Entry.objects.count()
    actions.set_places(by=stage.lead, round=round, places=[village], visit_on=day)
    assert Entry.objects.count() == written
    actions.set_places(by=stage.lead, round=round, places=[village], visit_on={village.pk: None})
    assert round.places.get().visit_on is None


def test_a_place_named_twice_stands_once(stage: Stage) -> None:
    round, land = stage.planned(), stage.land
    assert len(actions.set_places(by=stage.lead, round=round, places=[land.village, land.village])) == 1


def test_a_place_of_another_kind_is_refused(stage: Stage) -> None:
    with pytest.raises(Refusal) as refusal:
        actions.set_places(by=stage.lead, round=stage.planned(), places=[stage.land.town])
    assert refusal.value.code == "round.place_kind"


def test_a_place_outside_the_round_is_refused(stage: Stage) -> None:
    round = actions.plan_round(
        by=stage.lead,
        place=stage.land.town,
        checklist="trial.trial",
        name="一乡",
        opens_on=dt.date(2018, 4, 2),
        closes_on=dt.date(2018, 4, 2),
    )
    with pytest.raises(Refusal) as refusal:
        actions.set_places(by=stage.lead, round=round, places=[stage.land.other_village])
    assert refusal.value.code == "round.place_outside"


def test_a_place_with_sheets_cannot_be_left_out(stage: Stage) -> None:
    round = stage.opened()
    stage.sheet(round)
    with pytest.raises(Refusal) as refusal:
        actions.set_places(by=stage.lead, round=round, places=[stage.land.village2])
    assert refusal.value.code == "round.place_has_sheets"


def test_nobody_else_sets_them(stage: Stage) -> None:
    with pytest.raises(Refusal) as refusal:
        actions.set_places(by=stage.cast.town_office, round=stage.planned(), places=[stage.land.village])
    assert refusal.value.code == "access.denied"
