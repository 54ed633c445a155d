"""A survey from an Excel list of questions: tried, published, answered by the villages it asks, read on the map."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable, Sequence
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from openpyxl import Workbook, load_workbook

from huoshui.duties import actions as duties
from huoshui.duties.models import Account
from huoshui.duties.queries import system_account
from huoshui.kernel.errors import Refusal
from huoshui.packs.queries import current, current_definition
from huoshui.places.actions import locate_place
from huoshui.visits import actions
from huoshui.visits.exchange.source import source_of
from huoshui.visits.models import Visit
from huoshui.visits.queries import surveys_waiting
from huoshui.visits.question_list.template import EXAMPLE, template
from tests.web.test_figures import text_of

SignIn = Callable[[Account], Client]
NEW = "/surveys/new/"
HEAD = ("问题", "类型", "选项", "单位", "必填", "条件")
TOILETS = (
    HEAD,
    ("村里有没有公厕", "是否", "", "", "", ""),
    ("几座", "数字", "", "座", "", "1=是"),
    ("哪一种", "单选", "水冲、旱厕", "", "", "1=是 且 2>=1"),
    ("配了什么", "多选", "洗手池|照明", "", "", "1=是"),
    ("为什么没有", "备注", "", "", "", "1=否"),
)


def book(rows: Sequence[Sequence[object]]) -> bytes:
    made = Workbook()
    assert made.active is not None
    for row in rows:
        made.active.append(list(row))
    written = io.BytesIO()
    made.save(written)
    return written.getvalue()


def sent(rows: Sequence[Sequence[object]] | bytes, **changed: Any) -> dict[str, Any]:
    data = rows if isinstance(rows, bytes) else book(rows)
    given = {"name": "公厕摸底", "place_kinds": ["village"], "roles": ["village_secretary"], "until": "2018-04-20"}
    return {**given, "file": SimpleUploadedFile("题单.xlsx", data), **changed}


def hidden(html: str) -> dict[str, Any]:
    """The fields of the form that publishes what was tried."""
    form = next(part for part in html.split("<form") if 'value="write"' in part)
    fields: dict[str, Any] = {}
    for name, value in re.findall(r'name="(\w+)" value="([^"]*)"', form):
        fields.setdefault(name, []).append(value)
    return fields


@pytest.fixture
def office(cast: SimpleNamespace) -> Account:
    """Whoever runs surveys of the district."""
    account: Account = cast.auditor
    for pack in ("own_surveys", "surveys"):
        duties.grant_duty(
            by=system_account(), account=account, role="survey_office", place=cast.land.district, pack=pack
        )
    return account


@pytest.fixture
def published(office: Account, signed_in: SignIn) -> str:
    """The code of the survey, with its pack's."""
    browser = signed_in(office)
    tried = browser.post(NEW, sent(TOILETS))
    assert tried.status_code == 200, text(tried)
    assert browser.post(NEW, hidden(tried.content.decode())).status_code == 302
    (code,) = current("own_surveys").section("checklists")
    return f"own_surveys.{code}"


def text(answer: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def test_the_template_is_a_list_that_can_be_published(office: Account, signed_in: SignIn) -> None:
    browser = signed_in(office)
    file = browser.get("/surveys/template.xlsx")
    assert load_workbook(io.BytesIO(file.content)).sheetnames == ["题目", "怎么填"]
    tried = browser.post(NEW, sent(template()))
    said = text(tried)
    assert (tried.status_code, f"共 {len(EXAMPLE)} 题" in said) == (200, True)
    assert "“村里有没有公共厕所”答“是”" in said
    assert "有 2 题不是必答" in said
    assert not current("own_surveys").section("checklists")  # nothing is published by a trial


def test_a_list_is_published_as_it_was_read(published: str) -> None:
    _version, checklist = current_definition("checklists", published)
    told = source_of(checklist)
    assert told["asks"] == {"roles": ["village_secretary"], "until": "2018-04-20"}
    assert told["rules"]["missing"] == "blocks"
    items = told["sections"][0]["items"]
    assert [item["scoring"]["type"] for item in items] == ["yes_no", "threshold", "graded", "choices", "text"]
    first, second = items[0]["code"], items[1]["code"]
    assert [item.get("relevant", "") for item in items] == [
        "", first, f"{first} and {second} >= 1", first, f"not {first}",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("row", "code", "where"),
    [
        (("开门吗", "开关", "", "", "", ""), "question_list.type", "类型（B 列）"),
        (("哪一种", "单选", "水冲", "", "", ""), "question_list.options", "选项（C 列）"),
        (("哪一种", "多选", "甲、乙、甲", "", "", ""), "question_list.option_twice", "选项（C 列）"),
        (("几座", "数字", "", "座", "看情况", ""), "question_list.yes_no", "必填（E 列）"),
        (("几座", "数字", "", "座", "", "有公厕时"), "question_list.condition", "条件（F 列）"),
        (("几座", "数字", "", "座", "", "1=是 且 2>1 或 1=否"), "question_list.condition", "条件（F 列）"),
        (("几座", "数字", "", "座", "", "7=是"), "question_list.condition_before", "条件（F 列）"),
        (("几座", "数字", "", "座", "", "1=水冲"), "question_list.condition_answer", "条件（F 列）"),
        (("", "数字", "", "座", "", ""), "value.required", "问题（A 列）"),
        (("户主姓名", "文字", "", "", "", ""), "checklist.personal_question", "问题（A 列）"),
    ],
)
def test_what_is_wrong_names_row_and_column(
    office: Account, signed_in: SignIn, row: tuple[str, ...], code: str, where: str
) -> None:
    answer = signed_in(office).post(NEW, sent((HEAD, TOILETS[1], row)))
    said = text(answer)
    assert answer.status_code == 422
    assert "第 3 行" in said
    assert where in said
    assert code in said
    assert 'value="write"' not in answer.content.decode()


def test_what_the_file_does_not_say_is_asked_for(office: Account, signed_in: SignIn, published: str) -> None:
    browser = signed_in(office)
    nothing = text(browser.post(NEW, {"name": "", "roles": ["grid_worker"]}))
    assert all(f"“{label}”必须填写" in nothing for label in ("调查名称", "题单文件", "调查哪种地点"))  # all at once
    for changed, said in (
        ({"name": ""}, "调查名称"),
        ({"place_kinds": []}, "调查哪种地点"),
        ({"roles": []}, "由谁填"),
        ({"roles": ["king"]}, "king"),
        ({"until": "2018-04-01"}, "已经过去"),
        ({"until": "明天"}, "日期"),
        ({}, "已经有叫“公厕摸底”的调查"),
    ):
        answer = browser.post(NEW, sent(TOILETS, **changed))
        assert answer.status_code in (409, 422)
        assert said in text(answer)
    assert "没有找到表头" in text(browser.post(NEW, sent((("甲", "乙"), ("丙", "丁")), name="另一份")))
    assert "没有题目" in text(browser.post(NEW, sent((HEAD,), name="另一份")))
    assert (
        browser.post(NEW, {"name": "另一份", "place_kinds": ["village"], "roles": ["grid_worker"]}).status_code == 422
    )


def test_only_who_edits_surveys_makes_one(cast: SimpleNamespace, signed_in: SignIn) -> None:
    for address in (NEW, "/surveys/template.xlsx"):
        assert signed_in(cast.secretary).get(address).status_code == 403
    assert signed_in(cast.secretary).post(NEW, sent(TOILETS)).status_code == 403


def test_a_village_finds_it_on_today_and_answers_for_itself_alone(
    published: str, cast: SimpleNamespace, signed_in: SignIn
) -> None:
    secretary, land = cast.secretary, cast.land
    phone = signed_in(secretary)
    today = text_of(phone, "/")
    assert "公厕摸底" in today
    assert [row.place for row in surveys_waiting(secretary)] == [land.village]
    assert "2018-04-20 截止" in text_of(phone, "/sheets/")
    shown = phone.get(f"/sheets/start?checklist={published}&place={land.village.code}").content.decode()
    assert land.village2.code not in shown
    with pytest.raises(Refusal, match=r"access\.denied"):
        actions.start_visit(by=secretary, place=land.village2, checklist=published)
    with pytest.raises(Refusal, match=r"access\.denied"):
        actions.start_visit(by=secretary, place=land.village, checklist="hubs.three_withouts")
    assert phone.post("/sheets/start", {"checklist": published, "place": land.village.code}).status_code == 302
    visit = Visit.objects.get(checklist_code=published.partition(".")[2])
    assert [row.visit for row in surveys_waiting(secretary)] == [visit]
    sheet = text_of(phone, f"/sheets/{visit.pk}/")
    assert "亮点" not in sheet  # they tell of their village, they do not judge it
    assert "折算" not in sheet
    assert "不计分" not in sheet
    answer(secretary, visit, has=False)
    assert surveys_waiting(secretary) == []
    assert "公厕摸底" not in text_of(phone, "/")
    assert [row.place for row in surveys_waiting(cast.secretary2)] == [land.village2]


def answer(by: Account, visit: Visit, *, has: bool, kind: str = "水冲", number: int = 1) -> None:
    items = list(visit.checklist.items.values())
    given: dict[str, Any] = {items[0].code: has}
    if has:
        option = next(one.code for one in items[2].scoring.options if one.name.zh == kind)
        chosen = [items[3].scoring.options[0].code]
        given |= {items[1].code: number, items[2].code: option, items[3].code: chosen}
    else:
        given[items[4].code] = "没有地方"
    visit = actions.save_answers(by=by, visit=visit, answers=given)
    actions.submit_visit(by=by, visit=visit)


@pytest.fixture
def answered(published: str, cast: SimpleNamespace) -> str:
    """Two of five villages answered, both drawn on the map; a third one is drawn."""
    land, by = cast.land, system_account()
    for n, village in enumerate((land.village, land.village2, land.village3)):
        locate_place(by=by, place=village, latitude=35_200_000 + n, longitude=113_200_000)
    for secretary, village, has in ((cast.secretary, land.village, True), (cast.secretary2, land.village2, False)):
        answer(secretary, actions.start_visit(by=secretary, place=village, checklist=published), has=has, number=3)
    return published


def address_of(survey: str, name: str = "survey") -> str:
    pack, _dot, code = survey.partition(".")
    return reverse(name, args=[pack, code])


def test_answers_are_told_on_the_map_and_beside_it(answered: str, office: Account, signed_in: SignIn) -> None:
    browser = signed_in(office)
    page = text_of(browser, address_of(answered))
    for said in ("由 村党支部书记 填", "2018-04-20 截止", "还没交 3 处", "是 1 处", "否 1 处", "另有 2 处没有标位置"):
        assert said in page
    _version, checklist = current_definition("checklists", answered)
    has, number, kind, kit, why = (item.code for item in checklist.items.values())
    option = checklist.items[kit].scoring.options[1].code

    def shades(question: str) -> dict[str, int]:
        found = json.loads(browser.get(address_of(answered, "survey_map"), {"question": question}).content)
        return {one["properties"]["name"]: one["properties"]["shade"] for one in found["features"]}

    assert shades(has) == {"寨卜昌村": 0, "苏家作村": 1, "东寺河村": -1}
    assert shades(number) == {"寨卜昌村": 0, "苏家作村": 7, "东寺河村": -1}  # a village without any was not asked
    assert shades(kind) == {"寨卜昌村": 0, "苏家作村": 7, "东寺河村": -1}
    assert shades(f"{kit}:{option}") == {"寨卜昌村": 1, "苏家作村": 7, "东寺河村": -1}
    numbers = text_of(browser, f"{address_of(answered)}?question={number}")
    assert "3 座 1 处" in numbers
    refused = browser.get(address_of(answered, "survey_map"), {"question": why})
    assert refused.status_code == 422


def test_a_survey_of_a_pack_asks_nobody_until_somebody_says_whom(
    cast: SimpleNamespace, office: Account, signed_in: SignIn
) -> None:
    survey = "surveys.public_toilets"
    assert surveys_waiting(cast.secretary) == []
    browser = signed_in(office)
    assert "发到各处去填" in text_of(browser, address_of(survey))
    form = {"roles": ["village_secretary"], "until": "2018-04-30"}
    assert browser.post(address_of(survey, "survey_ask"), form).status_code == 302
    assert [row.until.isoformat() for row in surveys_waiting(cast.secretary) if row.until] == ["2018-04-30"]
    assert browser.post(address_of(survey, "survey_ask"), {}).status_code == 302
    assert surveys_waiting(cast.secretary) == []
    assert signed_in(cast.secretary).post(address_of(survey, "survey_ask"), form).status_code in (403, 404)


def test_nobody_scores_their_own_place(cast: SimpleNamespace) -> None:
    version, checklist = current_definition("checklists", "review.hub_review")
    definition = {**source_of(checklist), "asks": {"roles": ["village_secretary"]}}
    with pytest.raises(Refusal) as caught:
        actions.edit_checklist(by=cast.review_lead, pack="review", definition=definition, seen_number=version.number)
    assert "checklist.asks_scored" in {problem.code for problem in caught.value.problems}
