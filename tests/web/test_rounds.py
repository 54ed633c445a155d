"""Pages of rounds: who sees which, planning, the steps from opening to the seal."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from huoshui.duties.models import Account
from huoshui.duties.queries import system_account
from huoshui.packs.actions import load_pack
from huoshui.places.actions import close_place, open_place
from huoshui.visits import actions
from huoshui.visits.models import Round, RoundPlace
from tests.places.helpers import relieved
from tests.visits.staging import CHECKLIST, PACK, Stage, write_pack
from tests.web.filled_form import filled

SignIn = Callable[[Account], Client]


@pytest.mark.parametrize(
    ("who", "status"),
    [("review_lead", 200), ("leader", 200), ("secretary", 200), ("tally_clerk", 200), ("auditor", 200)],
)
def test_who_sees_the_round(stage: Stage, signed_in: SignIn, who: str, status: int) -> None:
    client = signed_in(getattr(stage.cast, who))
    round = stage.opened()
    assert client.get(reverse("round", args=[round.pk])).status_code == status
    assert "第二季度观摩" in client.get(reverse("rounds")).content.decode()


def test_without_a_duty_it_is_not_there(stage: Stage, signed_in: SignIn) -> None:
    client, round = signed_in(stage.cast.stranger), stage.opened()
    assert client.get(reverse("round", args=[round.pk])).status_code == 404
    assert client.get(reverse("round_plan", args=[round.pk])).status_code == 404
    assert "第二季度观摩" not in client.get(reverse("rounds")).content.decode()


def test_signing_in_comes_first(stage: Stage) -> None:
    assert Client().get(reverse("rounds")).status_code == 302


def test_the_list_filters_by_state(stage: Stage, signed_in: SignIn) -> None:
    stage.opened()
    client = signed_in(stage.lead)
    assert "第二季度观摩" in client.get(reverse("rounds"), {"state": "open"}).content.decode()
    assert "第二季度观摩" not in client.get(reverse("rounds"), {"state": "sealed"}).content.decode()


READERS = ["review_lead", "leader", "auditor", "verifier", "scrutineer", "tally_clerk", "assessor", "village_lead",
           "secretary"]  # fmt: skip


@pytest.mark.parametrize("who", READERS)
def test_who_sees_the_round_reads_its_checklist(stage: Stage, signed_in: SignIn, who: str) -> None:
    round, client = stage.opened(), signed_in(getattr(stage.cast, who))
    address = reverse("round_checklist", args=[round.pk])
    assert address in client.get(reverse("round", args=[round.pk])).content.decode()
    answer = client.get(address)
    assert answer.status_code == 200
    page = answer.content.decode()
    for words in ("试评细则", "1.0.0", "总评"):
        assert words in page
    assert "编辑细则" not in page
    assert reverse("packs") + "trial/" not in page


def test_the_checklist_of_a_round_is_the_version_it_began_with(stage: Stage, signed_in: SignIn, tmp_path: Path) -> None:
    round = stage.opened()
    pack, checklist = PACK.replace("1.0.0", "1.1.0"), CHECKLIST.replace("zh: 总评", "zh: 总体评价")
    load_pack(by=system_account(), folder=write_pack(tmp_path / "next", pack=pack, checklist=checklist))
    page = signed_in(stage.cast.judges[0]).get(reverse("round_checklist", args=[round.pk])).content.decode()
    assert "总评" in page
    assert "总体评价" not in page


def test_without_a_duty_its_checklist_is_not_there(stage: Stage, signed_in: SignIn) -> None:
    address = reverse("round_checklist", args=[stage.opened().pk])
    assert signed_in(stage.cast.stranger).get(address).status_code == 404


def test_only_areas_that_hold_what_is_reviewed_are_offered(stage: Stage, signed_in: SignIn) -> None:
    land = stage.land
    grid = open_place(by=system_account(), kind="grid", code="410871203201001", name="第一网格", parent=land.village)
    for village in (land.other_village, land.other_village2):
        close_place(by=system_account(), place=relieved(village))
    scopes = signed_in(stage.lead).get(reverse("round_new")).context["scopes"]
    assert {place.short_name for place in scopes} == {
        land.district.short_name, "苏家作乡", "寨卜昌村", "苏家作村", "东寺河村", "阳庙镇",
    }  # fmt: skip
    assert grid not in scopes


def test_an_area_where_nothing_fits_is_refused_beside_the_field(stage: Stage, signed_in: SignIn) -> None:
    for village in (stage.land.other_village, stage.land.other_village2):
        close_place(by=system_account(), place=relieved(village))
    given = {"name": "年终", "checklist": "trial.trial", "opens_on": "2018-12-10", "closes_on": "2018-12-14"}
    client = signed_in(stage.lead)
    answer = client.post(reverse("round_new"), {**given, "place": stage.land.other_town.code})
    assert answer.status_code == 422
    assert "范围内没有“试评细则”适用的地点" in answer.content.decode()
    assert not Round.objects.exists()


def test_a_planned_round_is_withdrawn_with_a_reason(stage: Stage, signed_in: SignIn) -> None:
    round, client = stage.planned(), signed_in(stage.lead)
    address = reverse("round_withdraw", args=[round.pk])
    assert address in client.get(reverse("round_plan", args=[round.pk])).content.decode()
    page = client.get(address).content.decode()
    assert "3 个村、3 名评委" in page
    assert client.post(address, {"reason": ""}).status_code == 422
    assert signed_in(stage.cast.leader).post(address, {"reason": "重复筹备"}).status_code == 403
    assert Round.objects.exists()
    answer = client.post(address, {"reason": "重复筹备"}, follow=True)
    assert "“第二季度观摩”已撤销" in answer.content.decode()
    assert not Round.objects.exists()
    journal = signed_in(stage.cast.auditor).get(reverse("journal"), {"action": "visits."}).content.decode()
    for words in ("撤销轮次", "第二季度观摩", "重复筹备"):
        assert words in journal


def test_a_round_that_has_begun_cannot_be_withdrawn(stage: Stage, signed_in: SignIn) -> None:
    round, client = stage.opened(), signed_in(stage.lead)
    address = reverse("round_withdraw", args=[round.pk])
    assert address not in client.get(reverse("round_plan", args=[round.pk])).content.decode()
    assert client.post(address, {"reason": "重复筹备"}).status_code == 302
    assert Round.objects.filter(pk=round.pk).exists()


def test_the_plans_first_button_saves_until_all_is_complete(stage: Stage, signed_in: SignIn) -> None:
    client = signed_in(stage.lead)

    def buttons(round: Round) -> dict[str, bool]:
        page = client.get(reverse("round_plan", args=[round.pk])).content.decode()
        found = re.findall(r'<button class="(btn[^"]*)" type="submit"[^>]*>(保存[^<]*)<', page)
        return {words: "btn--primary" in looks for looks, words in found}

    assert buttons(stage.planned(judges=0)) == {"保存": True, "保存，核对后开始": False}
    assert buttons(stage.planned()) == {"保存": False, "保存，核对后开始": True}


def test_planning_takes_every_fitting_village_in(stage: Stage, signed_in: SignIn) -> None:
    answer = signed_in(stage.lead).post(
        reverse("round_new"),
        {
            "name": "年终考核",
            "checklist": "trial.trial",
            "place": stage.land.district.code,
            "opens_on": "2018-12-10",
            "closes_on": "2018-12-14",
        },
    )
    round = Round.objects.get(name="年终考核")
    assert answer.status_code == 302
    assert answer["Location"] == reverse("round_plan", args=[round.pk])
    assert RoundPlace.objects.filter(round=round).count() == 5


def test_a_round_cannot_close_before_it_opens(stage: Stage, signed_in: SignIn) -> None:
    answer = signed_in(stage.lead).post(
        reverse("round_new"),
        {
            "name": "年终考核",
            "checklist": "trial.trial",
            "place": stage.land.district.code,
            "opens_on": "2018-12-14",
            "closes_on": "2018-12-10",
        },
    )
    assert answer.status_code == 422
    assert "结束日期不能早于开始日期" in answer.content.decode()
    assert not Round.objects.exists()


def test_only_who_plans_gets_the_planning_page(stage: Stage, signed_in: SignIn) -> None:
    round = stage.planned()
    assert signed_in(stage.lead).get(reverse("round_plan", args=[round.pk])).status_code == 200
    assert signed_in(stage.cast.leader).get(reverse("round_plan", args=[round.pk])).status_code == 403
    assert signed_in(stage.cast.leader).get(reverse("round_new")).status_code == 404


def plan_of(client: Client, round: Round) -> dict[str, Any]:
    """The planning form as it stands."""
    return filled(client.get(reverse("round_plan", args=[round.pk])).content.decode(), "plan")


def test_villages_rules_and_judges_are_saved_at_once(stage: Stage, signed_in: SignIn) -> None:
    round, client = stage.planned(judges=2), signed_in(stage.lead)
    address, form = reverse("round_plan", args=[round.pk]), plan_of(client, round)
    town = stage.land.town.code
    form |= {"village": [stage.land.village.code], f"day-{town}": "2018-04-03", "minimum_judges": "4"}
    form |= {f"judge-{round.place.code}": ["judge3", "judge4"], "then": "judges"}
    answer = client.post(address, form)
    assert (answer.status_code, answer["Location"]) == (302, f"{address}#judges")
    entry = RoundPlace.objects.get(round=round)
    assert (entry.place.code, str(entry.visit_on)) == (stage.land.village.code, "2018-04-03")
    assert round.judges.count() == 4
    round.refresh_from_db()
    assert round.minimum_judges == 4
    assert client.post(address, plan_of(client, round) | {f"day-{town}": ""}).status_code == 302
    assert RoundPlace.objects.get(round=round).visit_on is None


def test_a_towns_day_leaves_other_days_of_its_villages_alone(stage: Stage, signed_in: SignIn) -> None:
    round, client, land = stage.planned(), signed_in(stage.lead), stage.land
    days = {land.village.pk: dt.date(2018, 4, 3), land.village2.pk: dt.date(2018, 4, 4)}
    actions.set_places(by=stage.lead, round=round, places=[land.village, land.village2], visit_on=days)
    assert client.post(reverse("round_plan", args=[round.pk]), plan_of(client, round)).status_code == 302
    assert {entry.place_id: entry.visit_on for entry in round.places.all()} == days


def test_a_refused_plan_writes_nothing_and_keeps_every_choice(stage: Stage, signed_in: SignIn) -> None:
    round, client = stage.planned(judges=2), signed_in(stage.lead)
    choices = {"village": [stage.land.village2.code], f"judge-{round.place.code}": ["judge3"], "drop_highest": "99"}
    answer = client.post(reverse("round_plan", args=[round.pk]), plan_of(client, round) | choices)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "“去掉最高分的个数”的值 99 超出范围（0 至 20）。" in page
    assert "<dd>去掉最高分的个数</dd>" in page
    assert "<dd>drop_highest</dd>" not in page
    sent = filled(page, "plan")
    assert {name: sent[name] for name in ("village", f"judge-{round.place.code}")} == {
        "village": [stage.land.village2.code],
        f"judge-{round.place.code}": ["judge3"],
    }
    assert (round.places.count(), round.judges.count()) == (3, 2)


def test_another_edit_in_between_is_said(stage: Stage, signed_in: SignIn) -> None:
    round, client = stage.planned(), signed_in(stage.lead)
    form = plan_of(client, round)
    actions.set_places(by=stage.lead, round=round, places=[stage.land.village])
    assert client.post(reverse("round_plan", args=[round.pk]), form).status_code == 409
    assert round.places.count() == 1


def test_a_judge_is_dismissed_with_a_reason(stage: Stage, signed_in: SignIn) -> None:
    round, client = stage.planned(), signed_in(stage.lead)
    judge, address = round.judges.get(number=3), reverse("round_plan", args=[round.pk])
    assert client.post(address, plan_of(client, round) | {"dismiss": str(judge.pk)}).status_code == 422
    assert round.judges.count() == 3
    client.post(address, plan_of(client, round) | {"dismiss": str(judge.pk), f"why-{judge.pk}": "出差"})
    assert round.judges.count() == 2


def test_what_is_missing_is_listed_and_nothing_can_begin(stage: Stage, signed_in: SignIn) -> None:
    round, client = stage.planned(judges=0), signed_in(stage.lead)
    actions.set_places(by=stage.lead, round=round, places=[])
    for name in ("round_plan", "round_begin"):
        page = client.get(reverse(name, args=[round.pk])).content.decode()
        assert "还没有参评地点" in page
        assert "还没有评委；每处至少要有 2 名" in page
        assert "#judges" in page
        assert "disabled" in page
    page = client.get(reverse("round", args=[round.pk])).content.decode()
    assert "继续筹备" in page
    assert "还没有评委" in page
    assert reverse("round_begin", args=[round.pk]) not in page
    assert step(client, round, "open") == 422


def test_beginning_asks_and_names_what_begins(stage: Stage, signed_in: SignIn) -> None:
    round, client = stage.planned(), signed_in(stage.lead)
    begin = reverse("round_begin", args=[round.pk])
    assert begin in client.get(reverse("round", args=[round.pk])).content.decode()
    answer = client.post(reverse("round_plan", args=[round.pk]), plan_of(client, round) | {"then": "begin"})
    assert answer["Location"] == begin
    page = client.get(begin).content.decode()
    for words in ("3 个村", "3 名", "1.0.0 版", "2018-04-02", "2018-04-06", "阳庙村", "不再更换"):
        assert words in page
    assert signed_in(stage.cast.leader).get(begin).status_code == 403
    assert step(client, round, "open") == 302
    assert client.get(begin).status_code == 302


def step(client: Client, round: Round, code: str, **more: str) -> int:
    return client.post(reverse("round_step", args=[round.pk]), {"step": code, **more}).status_code


def test_too_few_judges_keep_the_round_from_opening(stage: Stage, signed_in: SignIn) -> None:
    round = stage.planned(judges=1)
    answer = signed_in(stage.lead).post(reverse("round_step", args=[round.pk]), {"step": "open"})
    assert answer.status_code == 422
    assert "至少要有 2 名评委" in answer.content.decode()


def test_from_opening_to_the_seal(stage: Stage, signed_in: SignIn) -> None:
    round, lead = stage.planned(), signed_in(stage.lead)
    assert step(lead, round, "open") == 302
    stage.submitted(round, 1, meetings=6)
    stage.submitted(round, 2, meetings=6)
    stage.all_in(Round.objects.get(pk=round.pk))
    assert step(lead, round, "lock") == 302
    assert step(signed_in(stage.cast.tally_clerk), round, "compute") == 302
    for role in ("leader", "scrutineer", "tally_clerk"):
        client = signed_in(getattr(stage.cast, role))
        page = client.get(reverse("round", args=[round.pk]), {"tab": "signatures"})
        assert step(client, round, "sign", role=role, digest=page.context["digest"]) == 302
    assert step(lead, round, "seal") == 302
    assert Round.objects.get(pk=round.pk).state == Round.State.SEALED
    review = lead.get(reverse("round_place", args=[round.pk, stage.land.village.code])).content.decode()
    assert "不合格" in review
    assert "/matters/ZG-2018-0001/" in review


def test_a_step_that_is_not_ones_own_is_refused_with_who_can(stage: Stage, signed_in: SignIn) -> None:
    round = stage.opened()
    answer = signed_in(stage.cast.leader).post(reverse("round_step", args=[round.pk]), {"step": "lock"})
    assert answer.status_code == 403
    assert "考核组组长" in answer.content.decode()


def test_what_was_signed_must_be_what_stands(stage: Stage, signed_in: SignIn) -> None:
    round = stage.computed()
    assert step(signed_in(stage.cast.leader), round, "sign", role="leader", digest="0" * 64) == 409


def test_the_next_step_is_one_primary_button_for_who_takes_it(stage: Stage, signed_in: SignIn) -> None:
    address = reverse("round", args=[stage.opened().pk])
    own = signed_in(stage.lead).get(address).content.decode()
    other = signed_in(stage.cast.leader).get(address).content.decode()
    assert own.count('name="step" value="lock"') == 2  # the button, and the same in its confirmation
    assert 'name="step"' not in other
    assert "考核组组长办理" in other


def test_progress_refreshes_only_while_open(stage: Stage, signed_in: SignIn) -> None:
    round = stage.opened()
    client = signed_in(stage.lead)
    address = reverse("round_progress", args=[round.pk])
    assert "every 15s" in client.get(address).content.decode()
    stage.locked(round)
    assert "every 15s" not in client.get(address).content.decode()


@pytest.mark.parametrize(
    "tab", ["progress", "heat", "ranking", "outcome", "adjustments", "signatures", "judges", "journal"]
)
def test_every_tab_of_a_sealed_round(stage: Stage, signed_in: SignIn, tab: str) -> None:
    answer = signed_in(stage.lead).get(reverse("round", args=[stage.sealed().pk]), {"tab": tab})
    assert answer.status_code == 200
    assert answer.context["tab"] == tab


def test_no_heat_map_before_the_lock(stage: Stage, signed_in: SignIn) -> None:
    round = stage.opened()
    stage.submitted(round)
    answer = signed_in(stage.lead).get(reverse("round", args=[round.pk]), {"tab": "heat"})
    assert answer.context["tab"] == "progress"
    cell = reverse("round_cell", args=[round.pk, stage.land.village.code, "meetings"])
    assert signed_in(stage.lead).get(cell).status_code == 404
