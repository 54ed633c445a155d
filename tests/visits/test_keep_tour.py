"""Keeping a computed plan: once, and only the one that was asked for last."""

from __future__ import annotations

from huoshui.duties.queries import system_account
from huoshui.kernel.ids import new_id
from huoshui.kernel.models import Entry
from huoshui.visits import actions
from huoshui.visits.models import TourPlan
from huoshui.visits.queries import tour_of
from huoshui.visits.tasks import plan_tour
from tests.visits.staging import TERMS, Stage


def test_the_same_task_twice_keeps_one(stage: Stage) -> None:
    round = stage.toured()
    tour = TourPlan.objects.get()
    plan_tour.call(str(tour.pk))
    actions.keep_tour(by=system_account(), tour=tour, plan={"routes": [], "left_out": {}})
    assert tour_of(round, stage.lead).villages == 5
    assert Entry.objects.filter(action="visits.keep_tour").count() == 1


def test_a_plan_of_other_terms_is_not_kept(stage: Stage) -> None:
    round = stage.planned(places=stage.located())
    first = actions.ask_tour(by=stage.lead, round=round, terms=TERMS)
    actions.ask_tour(by=stage.lead, round=round, terms={**TERMS, "teams": 2})
    actions.keep_tour(by=system_account(), tour=first, plan={"routes": [], "left_out": {}})
    assert tour_of(round, stage.lead).state == "asked"


def test_of_a_round_that_changed_or_went_nothing_is_computed(stage: Stage) -> None:
    plan_tour.call(str(new_id()))
    round = stage.planned(places=stage.located())
    tour = actions.ask_tour(by=stage.lead, round=round, terms=TERMS)
    actions.set_places(by=stage.lead, round=round, places=[stage.land.village])
    plan_tour.call(str(tour.pk))
    assert tour_of(round, stage.lead).state == "stale"
    assert not Entry.objects.filter(action="visits.keep_tour").exists()


def test_the_same_inputs_give_the_same_plan(stage: Stage) -> None:
    round = stage.toured(teams=2)
    kept = TourPlan.objects.get().routes
    actions.move_stop(by=stage.lead, round=round, place=stage.land.village, day=None, team=None)
    stage.toured(round, teams=2)
    assert TourPlan.objects.get().routes == kept
