"""Moving a stop of the planned tour by hand: limits that break are shown, totals follow."""

from __future__ import annotations

import pytest

from huoshui.kernel.errors import Refusal
from huoshui.places.models import Place
from huoshui.visits import actions
from huoshui.visits.models import Round, TourPlan
from huoshui.visits.queries import tour_of
from tests.visits.staging import Stage

Key = tuple[int, int]


def order(stage: Stage, round: Round) -> dict[Key, list[str]]:
    return {
        (route.day, route.team): [stop.place.short_name for stop in route.stops]
        for route in tour_of(round, stage.lead).routes
    }


def test_up_to_another_day_out_and_back(stage: Stage) -> None:
    round = stage.toured()
    before = order(stage, round)
    name = before[1, 1][-1]
    place = Place.objects.get(short_name=name)
    move = {"by": stage.lead, "round": round, "place": place}
    actions.move_stop(**move, day=1, team=1, position=1)
    assert order(stage, round)[1, 1] == [name, *before[1, 1][:-1]]
    actions.move_stop(**move, day=2, team=1)
    assert order(stage, round) == {(1, 1): before[1, 1][:-1], (2, 1): [*before[2, 1], name]}
    found = tour_of(round, stage.lead)
    assert [route.day for route in found.over] in ([], [2])
    actions.move_stop(**move, day=None, team=None)
    assert tour_of(round, stage.lead).left_out == [(place, "taken_out")]
    tour = actions.move_stop(**move, day=1, team=1)
    assert order(stage, round) == before
    assert tour.by_hand
    version = tour.version
    assert actions.move_stop(**move, day=1, team=1).version == version


def test_broken_limits_are_shown(stage: Stage) -> None:
    round = stage.toured(together="寨卜昌村、苏家作村", fixed="1：寨卜昌村")
    for name in ("village", "village3", "other_village", "other_village2"):
        actions.move_stop(by=stage.lead, round=round, place=getattr(stage.land, name), day=2, team=1)
    found = tour_of(round, stage.lead)
    (late,) = found.over
    assert late.over == late.length - 240 > 0
    assert [stop.wrong_day for stop in late.stops if stop.place == stage.land.village] == [1]
    assert [[place.short_name for place in group] for group in found.apart] == [["寨卜昌村", "苏家作村"]]


def test_refused(stage: Stage) -> None:
    round, land = stage.toured(), stage.land
    version = TourPlan.objects.get().version
    move = {"by": stage.lead, "round": round, "place": land.village, "day": 2, "team": 1}
    for changed, code in (
        ({"by": stage.cast.tally_clerk}, "access.denied"),
        ({"place": land.town}, "tour.not_in_round"),
        ({"day": 3}, "tour.no_route"),
        ({"team": 2}, "tour.no_route"),
        ({"team": None}, "tour.no_route"),
        ({"seen_version": version + 1}, "record.stale"),
    ):
        with pytest.raises(Refusal) as refusal:
            actions.move_stop(**{**move, **changed})
        assert refusal.value.code == code
    with pytest.raises(Refusal) as refusal:
        actions.move_stop(**{**move, "round": stage.planned()})
    assert refusal.value.code == "tour.not_ready"
