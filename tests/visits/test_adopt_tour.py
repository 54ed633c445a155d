"""Adopting the planned tour: places get day, team, time and position; what is under way is not disturbed."""

from __future__ import annotations

import datetime as dt
import json

import pytest

from huoshui.kernel.errors import Refusal
from huoshui.kernel.models import Entry
from huoshui.visits import actions
from huoshui.visits.models import Judge, Round, RoundPlace, TourPlan
from huoshui.visits.queries import tour_of
from tests.visits.staging import Stage


def test_it_holds_for_the_places_and_touches_no_judge(stage: Stage) -> None:
    round = stage.toured()
    judges = list(Judge.objects.order_by("number").values_list("account", "place"))
    assert not tour_of(round, stage.lead).adopted
    actions.adopt_tour(by=stage.lead, round=round)
    actions.adopt_tour(by=stage.lead, round=round)
    found = tour_of(round, stage.lead)
    assert found.adopted
    assert Entry.objects.filter(action="visits.adopt_tour").count() == 1
    planned = [(stop.place.pk, route.on, route.team, stop.arrives) for route in found.routes for stop in route.stops]
    rows = RoundPlace.objects.filter(round=round).order_by("position")
    assert list(rows.values_list("place", "visit_on", "team", "arrives")) == planned
    assert list(Judge.objects.order_by("number").values_list("account", "place")) == judges
    after = json.loads(Entry.objects.get(action="visits.adopt_tour").data)["after"]
    assert after["visit_on"] == ["2018-04-02"] * len(found.routes[0].stops) + ["2018-04-03"] * len(
        found.routes[1].stops
    )


def test_what_is_left_out_stays_in_the_round_without_a_day(stage: Stage) -> None:
    round = stage.toured()
    actions.adopt_tour(by=stage.lead, round=round)
    actions.move_stop(by=stage.lead, round=round, place=stage.land.village, day=None, team=None)
    assert not tour_of(round, stage.lead).adopted
    actions.adopt_tour(by=stage.lead, round=round)
    entry = RoundPlace.objects.get(round=round, place=stage.land.village)
    assert (entry.position, entry.visit_on, entry.team, entry.arrives) == (5, None, None, None)
    assert tour_of(round, stage.lead).adopted


def test_another_day_set_by_hand_takes_the_tours_time_away(stage: Stage) -> None:
    round, village = stage.toured(), stage.land.village
    actions.adopt_tour(by=stage.lead, round=round)
    order = [entry.place for entry in round.places.select_related("place").order_by("position")]
    actions.set_places(by=stage.lead, round=round, places=order, visit_on={village.pk: dt.date(2018, 4, 4)})
    times = dict(RoundPlace.objects.filter(round=round).values_list("place", "arrives"))
    assert times.pop(village.pk) is None
    assert None not in times.values()


def test_places_that_are_being_scored_keep_their_day(stage: Stage) -> None:
    round = stage.toured()
    actions.adopt_tour(by=stage.lead, round=round)
    round = actions.open_round(by=stage.lead, round=Round.objects.get(pk=round.pk))
    first = tour_of(round, stage.lead).routes[0].stops[0].place
    stage.sheet(round, place=first)
    actions.move_stop(by=stage.lead, round=round, place=first, day=2, team=1)
    with pytest.raises(Refusal) as refusal:
        actions.adopt_tour(by=stage.lead, round=round)
    assert refusal.value.code == "tour.begun"
    assert first.short_name in refusal.value.problems[0].message()
    assert RoundPlace.objects.get(round=round, place=first).visit_on == dt.date(2018, 4, 2)
    actions.move_stop(by=stage.lead, round=round, place=first, day=1, team=1)
    actions.adopt_tour(by=stage.lead, round=round)


def test_refused(stage: Stage) -> None:
    round = stage.toured()
    version = TourPlan.objects.get().version
    for how, code in (
        ({"by": stage.cast.leader}, "access.denied"),
        ({"seen_version": version + 1}, "record.stale"),
        ({"round": stage.planned()}, "tour.not_ready"),
        ({"round": stage.locked(day=dt.date(2018, 5, 2))}, "round.state"),
    ):
        with pytest.raises(Refusal) as refusal:
            actions.adopt_tour(**{"by": stage.lead, "round": round, **how})
        assert refusal.value.code == code
    assert not RoundPlace.objects.filter(team__isnull=False).exists()
