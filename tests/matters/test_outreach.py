"""Difficulties and disputes: about a thing, never routed to the unit that they are about, merged in silence."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client

from huoshui.duties import actions as duties
from huoshui.duties.models import Account
from huoshui.duties.queries import system_account
from huoshui.kernel.errors import Refusal
from huoshui.matters.actions import advance, assign, open_matter
from huoshui.matters.models import Matter, MatterValue
from huoshui.matters.permits import people_for
from huoshui.notices.models import Notice
from huoshui.packs.actions import check_pack
from huoshui.visits.actions import save_answers, start_visit, submit_visit
from tests.matters.conftest import at
from tests.matters.test_soundness import SOUND, findings, line_of
from tests.web.api_client import codes, done, send
from tests.web.api_client import signed_in as program
from tests.web.conftest import signed_in

__all__ = ["signed_in"]

SignIn = Callable[[Account], Client]
SINCE = dt.date(2017, 1, 1)


@pytest.fixture
def people(cast: SimpleNamespace) -> SimpleNamespace:
    """The cast, with ``petitions`` of the district, ``mediator`` and ``cadre`` of the town."""
    by, land = system_account(), cast.land
    for name, role, place, unit in (
        ("petitions", "petitions_office", land.district, "区群众工作办"),
        ("mediator", "mediator", land.town, "乡调解委员会"),
        ("cadre", "visiting_cadre", land.town, "包村工作队"),
    ):
        there = duties.open_unit(by=by, place=place, name=unit)
        account = duties.open_account(by=by, username=name, title=f"{unit}人员", unit=there)
        duties.grant_duty(by=by, account=account, role=role, place=place, since=SINCE)
        setattr(cast, name, account)
    return cast


def heard(people: SimpleNamespace, kind: str = "difficulty", **given: Any) -> Matter:
    """Registered by the lead of the village, or as given."""
    values = {"thing": "other", "wanted": "公开栏多月没有更新"} | given.pop("values", {})
    told = {"by": people.village_lead, "place": people.land.village, "title": "财务公开不及时"} | given
    return open_matter(kind=f"outreach.{kind}", values=values, **told)


def about_village(people: SimpleNamespace, **given: Any) -> Matter:
    """About the village's committee, registered at the town."""
    values = {"about_unit": people.secretary.unit}
    return heard(people, by=people.cadre, place=people.land.town, values=values, **given)


def code_of(action: Callable[..., Any], **given: Any) -> str:
    with pytest.raises(Refusal) as caught:
        action(**given)
    return caught.value.code


def test_a_difficulty_is_handled_answered_and_called_back_by_another_unit(people: SimpleNamespace) -> None:
    matter = heard(people)
    assert (matter.owner, str(matter.unit)) == (people.petitions, "区群众工作办")
    matter = advance(by=people.petitions, matter=matter, transition="accept")
    answer: dict[str, Any] = {"by": people.petitions, "matter": matter, "transition": "answer"}
    assert code_of(advance, **answer) == "matter.field_required"
    said = {"measures": "已更新", "reply": "当面说明", "replied_on": dt.date(2018, 4, 2)}
    matter = advance(**answer, values=said)
    assert code_of(advance, by=people.petitions, matter=matter, transition="settle") == "matter.role_needed"
    matter = advance(by=people.village_lead, matter=matter, transition="settle")
    assert (matter.state, matter.close_reason, matter.verifier) == ("settled", "resolved", people.village_lead)


def test_a_dispute_keeps_its_mediations_and_is_settled_by_another_unit(people: SimpleNamespace) -> None:
    matter = heard(people, "dispute", title="滴水檐纠纷", values={"thing": "neighbours", "wanted": "檐水落到院内"})
    assert matter.owner == people.mediator
    matter = advance(by=people.mediator, matter=matter, transition="accept")
    for day, outcome in ((dt.date(2018, 4, 3), "failed"), (dt.date(2018, 4, 9), "written")):
        with at(day.isoformat()):
            told = {"mediated_on": day, "mediation": "听取甲方、乙方意见", "outcome": outcome}
            matter = advance(by=people.mediator, matter=matter, transition="mediate", values=told)
    told = {"reply": "双方认可", "replied_on": dt.date(2018, 4, 9)}
    with at("2018-04-10"):
        matter = advance(by=people.mediator, matter=matter, transition="answer", values=told)
        matter = advance(by=people.cadre, matter=matter, transition="settle")
    assert matter.state == "settled"
    assert list(matter.steps.filter(transition="mediate").values_list("data__调解结果", flat=True)) != []


def test_what_is_about_a_unit_stands_above_it(people: SimpleNamespace) -> None:
    values = {"about_unit": people.secretary.unit}
    with pytest.raises(Refusal) as caught:
        heard(people, values=values)
    assert caught.value.code == "matter.concerned_place"
    assert "“苏家作乡”" in caught.value.problems[0].what_next()
    matter = about_village(people)
    assert not Matter.objects.visible_to(people.secretary).filter(pk=matter.pk).exists()
    assert code_of(heard, people=people, place=people.land.town, by=people.town_office,
                   values={"about_unit": people.town_office.unit}) == "matter.unit_concerned"  # fmt: skip


def test_the_unit_that_it_is_about_takes_no_part(people: SimpleNamespace, signed_in: SignIn) -> None:
    """Not even where its people hold a duty over the town."""
    by, town = system_account(), people.land.town
    for role in ("petitions_office", "verifier", "visiting_cadre"):
        duties.grant_duty(by=by, account=people.secretary, role=role, place=town, since=SINCE)
    matter = about_village(people)
    assert matter.owner == people.petitions, "the nearest holder of the role is of the unit that it is about"
    assert people.secretary not in people_for(matter)
    assert code_of(advance, by=people.secretary, matter=matter, transition="accept") == "matter.unit_concerned"
    assert code_of(assign, by=people.secretary, matter=matter, owner=people.petitions) == "matter.unit_concerned"
    assert code_of(assign, by=people.petitions, matter=matter, owner=people.secretary) == "matter.owner_concerned"
    unit = {"by": people.petitions, "matter": matter, "unit": people.secretary.unit}
    assert code_of(assign, **unit) == "matter.owner_concerned"
    assert not Notice.objects.filter(account=people.secretary, subject_id=matter.pk).exists()
    page = signed_in(people.secretary).get(f"/matters/{matter.number}/").content.decode()
    assert "matter.unit_concerned" in page or "您须回避" in page
    assert code_of(about_village, people=people, owner=people.secretary) == "matter.owner_concerned"


def test_the_form_offers_the_units_of_the_county(people: SimpleNamespace, signed_in: SignIn) -> None:
    client = signed_in(people.cadre)
    address = f"/matters/new?place={people.land.town.code}&kind=outreach.difficulty"
    form = client.get(address).content.decode()
    unit = people.secretary.unit
    assert f'<option value="{unit.pk}">' in form
    told = {
        "place": people.land.town.code, "kind": "outreach.difficulty", "severity": "ordinary", "title": "公开不及时",
        "thing": "service", "wanted": "公开栏没有更新", "about_unit": str(unit.pk),
    }  # fmt: skip
    answer = client.post(address, told)
    assert answer.status_code == 302, answer.content.decode()[:2000]
    matter = Matter.objects.get(title="公开不及时")
    page = client.get(f"/matters/{matter.number}/").content.decode()
    assert "反映的是哪个单位" in page
    assert unit.name in page
    kind = signed_in(people.petitions).get("/packs/outreach/matters/difficulty/").content.decode()
    assert "单位" in kind


def test_over_the_api_a_unit_goes_by_its_id_or_its_one_name(people: SimpleNamespace) -> None:
    api = program(people.cadre)
    body = {
        "kind": "outreach.difficulty", "place": people.land.town.code, "title": "公开不及时",
        "values": {"thing": "service", "wanted": "公开栏没有更新", "about_unit": "村委会"},
    }  # fmt: skip
    assert codes(send(api, "POST", "/matters", body, key="a")) == ["matter.office_unknown"]  # each village has one
    body["values"]["about_unit"] = str(people.secretary.unit_id)
    made = send(api, "POST", "/matters", body, key="b")
    assert made.status_code in (200, 201), made.content.decode()
    told = done(send(api, "GET", f"/matters/{made.json()['number']}"))
    assert told["values"]["about_unit"] == "村委会"


def test_a_merge_tells_nothing_of_whoever_spoke_of_one(people: SimpleNamespace, signed_in: SignIn) -> None:
    first, second = heard(people), heard(people, by=people.cadre, values={"wanted": "公开栏坏了"})
    step: dict[str, Any] = {"by": people.petitions, "matter": second, "transition": "merge"}
    advance(**step, values={"duplicate_of": first.number, "keep": {"wanted": "that"}})
    page = signed_in(people.village_lead).get(f"/matters/{first.number}/").content.decode()
    assert "公开栏坏了" not in page
    kinds = {field.code for field in first.definition.fields if field.personal}
    assert not kinds, "nobody who spoke of something is kept"


def test_what_it_is_about_does_not_go_over_in_a_merge(people: SimpleNamespace) -> None:
    plain = heard(people, by=people.cadre, place=people.land.town)
    named = about_village(people)
    advance(by=people.petitions, matter=named, transition="merge", values={"duplicate_of": plain.number})
    assert not MatterValue.objects.filter(matter=plain, code="about_unit").exists()


def test_visits_count_households_and_name_none(people: SimpleNamespace) -> None:
    sheet = start_visit(by=people.cadre, place=people.land.village, checklist="outreach.village_visit")
    answers = {"households": 8, "topics": ["water_roads"], "registered": True, "replied": True}
    sheet = submit_visit(by=people.cadre, visit=save_answers(by=people.cadre, visit=sheet, answers=answers))
    assert sheet.state == "submitted"
    items = sheet.checklist.items
    assert {items[code].scoring.type for code in items} == {"threshold", "choices", "yes_no"}, "nowhere a name fits"


RANKED = """\
- code: complaints
  name: {zh: 困难件数, en: Difficulties}
  definition: {zh: 当期登记的。, en: Registered.}
  unit: 件
  numerator: {from: matters, where: "kind = 'outreach.difficulty'", value: "count(*)", period: opened_on}
  better: less
  ranked: true
  ranked_for: {zh: 比一比, en: To compare}
"""
PACK = """\
code: ranking
version: 1.0.0
name: {zh: 排名, en: Ranking}
description: {zh: 试验, en: Trial}
requires: [core, outreach]
"""


def test_no_pack_ranks_villages_by_difficulties(people: SimpleNamespace, tmp_path: Path) -> None:
    (tmp_path / "pack.yaml").write_text(PACK, encoding="utf-8")
    (tmp_path / "indicators.yaml").write_text(RANKED, encoding="utf-8")
    assert [f.problem.code for f in check_pack(tmp_path).findings] == ["indicator.ranks_complaints"]


def test_the_unit_is_named_at_the_opening_alone_and_of_complaints(packs: None, tmp_path: Path) -> None:
    field = "    - {code: about, name: {zh: 单位, en: Unit}, type: office}\n  slots:"
    text = SOUND.replace("  slots:", field, 1).replace("  opened_by:", "  concerns: about\n  opened_by:", 1)
    where = line_of(text, "concerns:")
    assert findings(tmp_path, text) == [f"matters.yaml:{where}: workflow.concerns_complaint"]
    text = text.replace("  concerns: about", "  complaint: true\n  concerns: about")
    assert findings(tmp_path, text) == []
    wrong = text.replace("concerns: about", "concerns: until")
    assert findings(tmp_path, wrong) == [f"matters.yaml:{line_of(wrong, 'concerns:')}: workflow.field_type"]
    changed = text.replace("to: done,", "to: done, fields: [about],", 1)
    line = line_of(changed, "code: hand_in")
    assert findings(tmp_path, changed) == [f"matters.yaml:{line}: workflow.concerns_changed"]


def test_a_place_has_no_unit_among_its_attributes(packs: None, tmp_path: Path) -> None:
    (tmp_path / "place_kinds.yaml").write_text(
        "- code: shed\n  name: {zh: 棚, en: Shed}\n  category: site\n  parents: [village]\n  attributes:\n"
        "    - {code: keeper, name: {zh: 管理单位, en: Keeper}, type: office}\n",
        encoding="utf-8",
    )
    assert findings(tmp_path, SOUND) == ["place_kinds.yaml:6: pack.attribute_office"]
