"""Asking for the tour of a round: by who plans it, before the lock, by sound terms, with distances that are known."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django_tasks_db.models import DBTaskResult

from huoshui.duties.queries import system_account
from huoshui.kernel import clock
from huoshui.kernel.errors import Refusal
from huoshui.kernel.models import Entry
from huoshui.places import actions as places
from huoshui.visits import actions
from huoshui.visits.models import TourPlan
from huoshui.visits.queries import tour_of
from huoshui.visits.tasks import plan_tour
from tests.visits.staging import TERMS, Stage


def refused(**how: Any) -> list[str]:
    with pytest.raises(Refusal) as refusal:
        actions.ask_tour(**how)
    assert all(problem.message() and "—" not in problem.what_next() for problem in refusal.value.problems)
    return [problem.code for problem in refusal.value.problems]


def test_it_is_queued_once_and_computed_once(stage: Stage) -> None:
    round = stage.planned(places=stage.located())
    assert tour_of(round, stage.lead).state == "none"
    tour = actions.ask_tour(by=stage.lead, round=round, terms=TERMS)
    actions.ask_tour(by=stage.lead, round=round, terms=TERMS)
    assert tour_of(round, stage.lead).state == "asked"
    assert DBTaskResult.objects.count() == 1
    plan_tour.call(str(tour.pk))
    actions.ask_tour(by=stage.lead, round=round, terms=TERMS)
    assert Entry.objects.filter(action="visits.ask_tour").count() == 1
    found = tour_of(round, stage.lead)
    assert (found.state, found.villages, found.left_out, found.over) == ("done", 5, [], [])
    assert [route.on for route in found.routes] == [dt.date(2018, 4, 2), dt.date(2018, 4, 3)]
    first = found.routes[0].stops[0]
    assert (found.routes[0].begins_at, first.arrives) == ("08:30", 510 + first.driven)
    assert found.driving == sum(route.driving for route in found.routes) <= found.plain


def test_minutes_by_the_great_circle(stage: Stage) -> None:
    """A hundredth of a degree of latitude is 1,111.95 m; by road 1.3 times as far; 40 km/h: 2.17 minutes, that is 3."""
    round = stage.toured()
    legs = tour_of(round, stage.lead).inputs.legs
    stage.land.town.refresh_from_db()
    stage.land.village.refresh_from_db()
    assert legs.minutes(stage.land.town, stage.land.village) == 3 == legs.minutes(stage.land.village, stage.land.town)


def test_one_that_was_lost_may_be_asked_for_again(stage: Stage) -> None:
    round = stage.planned(places=stage.located())
    tour = actions.ask_tour(by=stage.lead, round=round, terms=TERMS)
    with clock.set_to(tour.asked_at + dt.timedelta(minutes=4)):
        assert tour_of(round, stage.lead).tour.lost
        actions.ask_tour(by=stage.lead, round=round, terms=TERMS)
    assert DBTaskResult.objects.count() == 2


def test_what_it_rests_on_has_changed(stage: Stage) -> None:
    round = stage.toured()
    village = stage.land.village
    village.refresh_from_db()
    places.locate_place(by=system_account(), place=village, latitude=35_100_000, longitude=113_100_000)
    assert tour_of(round, stage.lead).state == "stale"
    for act in (
        lambda: actions.adopt_tour(by=stage.lead, round=round),
        lambda: actions.move_stop(by=stage.lead, round=round, place=village, day=1, team=1),
    ):
        with pytest.raises(Refusal) as refusal:
            act()
        assert refusal.value.code == "tour.not_ready"
    assert tour_of(stage.toured(round), stage.lead).state == "done"


def test_what_is_not_known_is_named_and_nothing_is_made_up(stage: Stage) -> None:
    round = stage.planned()
    with pytest.raises(Refusal) as refusal:
        actions.ask_tour(by=stage.lead, round=round, terms=TERMS)
    assert refusal.value.code == "tour.no_points"
    said = refusal.value.problems[0].message("zh")
    assert "4 处" in said
    assert all(name in said for name in ("苏家作乡", "寨卜昌村", "苏家作村", "阳庙村"))
    assert refused(by=stage.lead, round=round, terms={**TERMS, "source": "table"}) == ["tour.no_table"]
    assert not TourPlan.objects.exists()


@pytest.mark.parametrize(
    ("terms", "code"),
    [
        ({"teams": "0"}, "value.range"),
        ({"teams": ""}, "value.required"),
        ({"hours": "x"}, "value.type"),
        ({"leaves": "8点"}, "value.type"),
        ({"leaves": "16:00", "hours": "9"}, "tour.past_midnight"),
        ({"begins": "无名村"}, "tour.place_unknown"),
        ({"days": "4"}, "tour.days_beyond"),  # 5 and 6 April 2018 are holidays
        ({"together": "寨卜昌村、北西尚镇"}, "tour.place_unknown"),
        ({"together": "寨卜昌村、苏家作乡"}, "tour.not_in_round"),
        ({"together": "寨卜昌村、苏家作村\n苏家作村、阳庙村"}, "tour.grouped_twice"),
        ({"fixed": "第二天 寨卜昌村"}, "tour.fixed_line"),
        ({"fixed": "3：寨卜昌村"}, "tour.day_unknown"),
        ({"fixed": "1：寨卜昌村\n2：苏家作村", "together": "寨卜昌村、苏家作村"}, "tour.group_days"),
    ],
)
def test_terms_that_do_not_hold(stage: Stage, terms: dict[str, Any], code: str) -> None:
    assert refused(by=stage.lead, round=stage.planned(), terms={**TERMS, **terms}) == [code]


def test_together_on_a_fixed_day(stage: Stage) -> None:
    wish = {"together": "阳庙村、东寺河村", "fixed": "2：东寺河村"}
    found = tour_of(stage.toured(**wish), stage.lead)
    by_day = {stop.place.short_name: route.day for route in found.routes for stop in route.stops}
    assert (by_day["阳庙村"], by_day["东寺河村"], found.apart) == (2, 2, [])


def test_what_cannot_be_served_is_listed_with_the_reason(stage: Stage) -> None:
    found = tour_of(stage.toured(days=1, hours="3"), stage.lead)
    assert found.villages + len(found.left_out) == 5
    assert {why for _, why in found.left_out} == {"no_room"}
    found = tour_of(stage.toured(found.tour.round, hours="1.2"), stage.lead)
    assert {place.short_name: why for place, why in found.left_out}["北西尚村"] == "too_far"


@pytest.mark.parametrize("who", ["leader", "tally_clerk", "assessor", "secretary", "auditor"])
def test_for_the_review_lead_alone(stage: Stage, who: str) -> None:
    round, account = stage.planned(places=stage.located()), getattr(stage.cast, who)
    assert refused(by=account, round=round, terms=TERMS) == ["access.denied"]
    with pytest.raises(Refusal) as refusal:
        tour_of(round, account)
    assert refusal.value.code == "access.denied"


def test_not_after_the_lock_nor_without_places(stage: Stage) -> None:
    assert refused(by=stage.lead, round=stage.locked(), terms=TERMS) == ["round.state"]
    round = stage.planned()
    actions.set_places(by=stage.lead, round=round, places=[])
    assert refused(by=stage.lead, round=round, terms=TERMS) == ["round.no_places"]
