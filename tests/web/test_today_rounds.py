"""What Today says to judges and to those who run a round; and what a sealed round brings into the ledger."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from django.test import Client
from django.urls import reverse

from huoshui.duties.models import Account
from huoshui.kernel import clock
from huoshui.matters.models import Matter
from huoshui.visits import actions
from tests.conftest import NOON
from tests.visits.staging import Stage

SignIn = Callable[[Account], Client]


def test_a_judge_sees_the_sheets_still_owed(stage: Stage, signed_in: SignIn) -> None:
    round = stage.opened()
    stage.submitted(round, 1, stage.land.village)
    judge = signed_in(stage.cast.judges[0])
    response = judge.get(reverse("today"))
    (mine,) = response.context["rounds"]
    assert (mine["done"], mine["total"]) == (1, 3)
    words = response.content.decode()
    assert words.count("btn--primary") == 1
    assert "去打分" in words
    begun = stage.sheet(round, 1, stage.land.village2)
    words = judge.get(reverse("today")).content.decode()
    assert "接着打分" in words
    assert reverse("sheet", args=[begun.pk]) in words


def test_the_round_waits_for_a_signature(stage: Stage, signed_in: SignIn) -> None:
    round = stage.computed()
    response = signed_in(stage.cast.leader).get(reverse("today"))
    (task,) = response.context["tasks"]
    assert "签字" in task.what
    assert task.step_url == reverse("round", args=[round.pk])
    assert response.context["lines"][2].count == 1


def test_the_lead_sees_the_next_step_of_a_round(stage: Stage, signed_in: SignIn) -> None:
    stage.planned()
    (task,) = signed_in(stage.lead).get(reverse("today")).context["tasks"]
    assert "开始轮次" in task.what


def test_a_round_past_its_day_is_late(stage: Stage, signed_in: SignIn) -> None:
    stage.opened()
    with clock.set_to(NOON + dt.timedelta(days=10)):
        (task,) = signed_in(stage.lead).get(reverse("today")).context["tasks"]
        assert (task.light, task.days) == ("red", "已超 6 天")


def test_findings_come_into_the_ledger_with_their_source(stage: Stage, signed_in: SignIn) -> None:
    round = stage.opened()
    for judge in (1, 2, 3):
        stage.submitted(round, judge, stage.land.village, meetings=5)
    stage.sealed(round)
    matter = Matter.objects.get(source_id=round.pk)
    office = signed_in(stage.cast.town_office)
    listed = office.get(f"{reverse('ledger')}?source={round.pk}").context["rows"]
    assert [row.matter.pk for row in listed] == [matter.pk]
    words = office.get(reverse("matter", args=[matter.number])).content.decode()
    assert reverse("round_place", args=[round.pk, stage.land.village.code]) in words


def test_those_who_are_visited_see_when(stage: Stage, signed_in: SignIn) -> None:
    round = stage.planned()
    day = clock.today() + dt.timedelta(days=2)
    places = [entry.place for entry in round.places.order_by("position")]
    actions.set_places(by=stage.lead, round=round, places=places, visit_on={stage.land.village.pk: day})
    for person in (stage.cast.secretary, stage.cast.town_office, stage.cast.leader):
        response = signed_in(person).get(reverse("today"))
        (tour,) = response.context["tours"]
        assert (tour.what, tour.light_word, tour.days) == (stage.land.village.short_name, "4月4日", "还有 2 天")
        assert "近几天到访" in response.content.decode()
    assert signed_in(stage.cast.secretary2).get(reverse("today")).context["tours"] == []


def test_the_rail_counts_sheets_and_steps_of_rounds(stage: Stage, signed_in: SignIn) -> None:
    stage.opened()
    judge = signed_in(stage.cast.judges[0]).get(reverse("rounds"))
    assert judge.context["rail"][0].count == 3
    stage.planned()
    assert signed_in(stage.lead).get(reverse("rounds")).context["rail"][0].count == 1
