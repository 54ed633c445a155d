"""A survey from an Excel question list to its answers: imported, answered on the phone, read by question and place."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from click.testing import CliRunner
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from huoshui.commands.checklists import checklists
from huoshui.duties.models import Account
from huoshui.kernel.errors import Refusal
from huoshui.packs.queries import current
from huoshui.visits import actions
from huoshui.visits.models import Answer, Visit
from huoshui.web.office.round_pages.sheet_items import stored_value
from tests.visits.staging import Stage
from tests.visits.survey import NO, YES, load_survey, surveyed
from tests.visits.test_xlsform_questions import TOILETS
from tests.web import api_client
from tests.web.test_checklist_files import agreed

SignIn = Callable[[Account], Client]
PAGE = "/packs/toilets/checklists/toilets/answers/"
API = "/packs/toilets/checklists/toilets"


@pytest.fixture
def stage(cast: SimpleNamespace, tmp_path: Path) -> Stage:
    load_survey(tmp_path / "toilets")
    return Stage(cast)


@pytest.fixture
def answered(stage: Stage) -> Stage:
    """Three places: one answered no and then yes, one yes, one no."""
    by, land = stage.cast.assessor, stage.land
    surveyed(by, land.village, NO)
    surveyed(by, land.village, YES)
    surveyed(by, land.village2, {**YES, "kit": ["paper"], "seats": 2, "built": "2012-01-09"} | {"soap_brand": ""})
    surveyed(stage.cast.judges[0], land.other_village, NO)
    return stage


def field(client: Client, visit: Visit, name: str, *values: str) -> Any:
    visit.refresh_from_db()
    sent = {"field": f"item-{name}", "value": list(values), "version": visit.version}
    return client.post(reverse("sheet_save", args=[visit.pk]), sent)


def started(stage: Stage) -> Visit:
    return actions.start_visit(by=stage.cast.assessor, place=stage.land.village, checklist="toilets.toilets")


def test_a_question_list_becomes_a_survey_that_is_answered(stage: Stage, signed_in: SignIn) -> None:
    """From the file to the answers, over the pages alone."""
    office, phone = signed_in(stage.lead), signed_in(stage.cast.assessor)
    form = "/packs/toilets/xlsform"
    tried = office.post(form, {"file": SimpleUploadedFile("问卷.xlsx", TOILETS), "place_kinds": ["village"]})
    assert office.post(form, agreed(tried.content.decode())).status_code == 302
    code = next(code for code in current("toilets").section("checklists") if code != "toilets")
    given = {"checklist": f"toilets.{code}", "place": stage.land.village.code}
    assert phone.post("/sheets/start", given).status_code == 302
    visit = Visit.objects.get(checklist_code=code)
    for name, values in {"has": ["yes"], "kit": ["soap", "heat"], "built": ["2015-06-01"], "seats": ["4"]}.items():
        assert field(phone, visit, name, *values).status_code == 200
    phone.post(reverse("sheet", args=[visit.pk]), {"submit": "1", "version": version(visit), **typed(visit)})
    visit.refresh_from_db()
    assert visit.state == Visit.State.SUBMITTED
    html = office.get(f"/packs/toilets/checklists/{code}/answers/").content.decode()
    assert "洗手液、暖气" in html


def version(visit: Visit) -> int:
    visit.refresh_from_db()
    return visit.version


def typed(visit: Visit) -> dict[str, Any]:
    """The inputs of the sheet's page as they stand."""
    items = visit.checklist.items
    found = {f"item-{a.item}": stored_value(items[a.item], a).split("\n") for a in visit.answers.all()}
    return {name: values if len(values) > 1 else values[0] for name, values in found.items()}


def test_the_page_hides_what_is_not_asked_without_script_too(stage: Stage, signed_in: SignIn) -> None:
    visit, client = started(stage), signed_in(stage.cast.assessor)
    address = reverse("sheet", args=[visit.pk])

    def shown() -> dict[str, bool]:
        html = client.get(address).content.decode()
        parts = html.split('<section class="sheet-item" id="i-')[1:]
        return {part.split('"', 1)[0]: " hidden" not in part.split(">", 1)[0] for part in parts}

    assert [code for code, is_shown in shown().items() if is_shown] == ["has", "end"]
    client.post(address, {"item-has": "yes", "version": version(visit)})
    client.post(
        address, {"item-has": "yes", "item-kit": ["soap", "paper"], "item-seats": "3", "version": version(visit)}
    )
    assert [code for code, is_shown in shown().items() if not is_shown] == ["why"]
    assert Answer.objects.get(visit=visit, item="kit").text == "soap paper"
    client.post(address, {"item-has": "yes", "item-seats": "3", "version": version(visit)})
    assert Answer.objects.get(visit=visit, item="kit").text == ""


def test_one_answer_at_a_time(stage: Stage, signed_in: SignIn) -> None:
    visit, client = started(stage), signed_in(stage.cast.assessor)
    assert field(client, visit, "kit", "paper", "soap").status_code == 200
    assert Answer.objects.get(visit=visit, item="kit").text == "soap paper"
    refused = field(client, visit, "seats", "41")
    assert refused.status_code == 422
    assert "蹲位在 1 到 40 个之间" in json.loads(refused.content)["problems"][0]["message"]
    assert field(client, visit, "kit").status_code == 200
    assert Answer.objects.get(visit=visit, item="kit").text == ""


def test_answers_by_question_and_by_place(answered: Stage, signed_in: SignIn) -> None:
    html = signed_in(answered.lead).get(PAGE).content.decode()
    assert "3 处作答" in html
    assert "另有以前的 1 张不计入" in html
    for told in ("66.7%", "33.3%", "洗手液、纸", "2012-01-09", "没有地方"):
        assert told in html
    # On a phone each place is a fold with the same answers.
    folds = html.partition('class="survey-folds"')[2].partition("</table>")[0]
    assert folds.count("<details") == 3
    assert folds.count("洗手液、纸") == 2  # in its fold, and in its row of the table
    town = answered.land.other_village.parent
    within = signed_in(answered.lead).get(PAGE, {"area": town.code}).content.decode()
    assert "没有地方" in within
    assert "洗手液、纸" not in within


def test_the_rounds_page_leads_to_it(answered: Stage, signed_in: SignIn) -> None:
    assert PAGE in signed_in(answered.lead).get("/rounds/").content.decode()


def test_all_answers_as_a_workbook(answered: Stage, signed_in: SignIn, tmp_path: Path) -> None:
    client = signed_in(answered.lead)
    book = load_workbook(io.BytesIO(client.get(PAGE.rstrip("/") + ".xlsx").content))
    rows = [list(row) for row in book.active.iter_rows(min_row=2, values_only=True)]  # type: ignore[union-attr]
    head, sheets = rows[0], rows[1:]
    assert head[4:8] == ["计入汇总", "村里有公厕吗", "没有的原因", "哪天建成"]
    assert len(sheets) == 4
    assert sorted(row[4] for row in sheets) == ["否", "是", "是", "是"]
    yes = next(row for row in sheets if row[4] == "是" and row[head.index("配了什么")] == "洗手液、纸")
    assert yes[head.index("蹲位（个）")] == 6
    assert str(yes[head.index("哪天建成")])[:10] == "2016-05-04"
    path = tmp_path / "回答.xlsx"
    given = ["answers", "toilets.toilets", str(path), "--by", answered.lead.username]
    assert "已写入" in CliRunner().invoke(checklists, given, catch_exceptions=False).output
    assert load_workbook(path).active.max_row == 6  # type: ignore[union-attr]
    unknown = CliRunner().invoke(checklists, ["answers", "toilets.none", str(tmp_path / "x"), *given[3:]])
    assert isinstance(unknown.exception, Refusal)


def test_the_api_tells_the_same(answered: Stage) -> None:
    client = api_client.signed_in(answered.lead)
    told = api_client.done(api_client.send(client, "GET", f"{API}/answers"))
    assert (told["total"], {row["counts"] for row in told["items"]}) == (3, {True})
    every = api_client.done(api_client.send(client, "GET", f"{API}/answers?every=true"))
    assert every["total"] == 4
    summary = api_client.done(api_client.send(client, "GET", f"{API}/answers/summary"))
    by_code = {question["code"]: question for question in summary["questions"]}
    assert [(s["code"], s["count"], s["per_mille"]) for s in by_code["has"]["shares"]] == [
        ("yes", 2, 667),
        ("no", 1, 333),
    ]
    assert [(s["code"], s["count"]) for s in by_code["kit"]["shares"]] == [("soap", 1), ("paper", 2), ("dryer", 0)]
    seats = by_code["seats"]
    assert (seats["low"], seats["middle"], seats["high"], seats["total"]) == ("2", "2", "6", "8")
    assert (by_code["built"]["low"], by_code["built"]["high"]) == ("2012-01-09", "2016-05-04")
    assert api_client.codes(api_client.send(client, "GET", f"{API}/answers?area=none")) != []


def test_a_program_fills_in_a_survey(stage: Stage) -> None:
    client = api_client.signed_in(stage.cast.assessor)
    body = {"place": stage.land.village.code, "checklist": "toilets.toilets"}
    sheet = api_client.done(api_client.send(client, "POST", "/sheets", body))
    form = api_client.done(api_client.send(client, "GET", f"/sheets/{sheet['id']}/form"))
    asked = {item["code"]: (item["asked"], item["condition"]) for item in form["items"]}
    assert (form["asked"], asked["has"], asked["why"]) == (1, (True, None), (False, ["not", ["yes", "has"]]))
    saved = api_client.done(
        api_client.send(client, "PATCH", f"/sheets/{sheet['id']}", {"answers": YES, "seen_version": 1})
    )
    assert (saved["answers"]["kit"]["text"], saved["answers"]["built"]["day"]) == ("soap paper", "2016-05-04")
    assert api_client.done(api_client.send(client, "POST", f"/sheets/{sheet['id']}/submit"))["state"] == "submitted"


def test_who_does_not_see_the_sheets_sees_no_answers(answered: Stage, signed_in: SignIn) -> None:
    html = signed_in(answered.cast.stranger).get(PAGE)
    assert html.status_code == 404 or "没有地方" not in html.content.decode()
    told = api_client.send(api_client.signed_in(answered.cast.secretary), "GET", f"{API}/answers")
    seen = {row["place"] for row in told.json().get("items", [])}
    assert answered.land.other_village.code not in seen


def test_the_checklist_says_when_a_question_is_asked(stage: Stage, signed_in: SignIn) -> None:
    html = signed_in(stage.lead).get("/packs/toilets/checklists/toilets/").content.decode()
    assert "只在“村里有公厕吗”答“否”时问" in html
    assert "“配了什么”选了“洗手液”，且“蹲位”不小于 2" in html
