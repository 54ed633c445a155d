"""Questions without points: texts, dates, several choices, bounds; asked only where they are relevant."""

from __future__ import annotations

import datetime as dt
import io
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.utils.translation import override
from openpyxl import load_workbook

from huoshui.kernel.errors import Refusal
from huoshui.kernel.models import Entry
from huoshui.packs.actions import check_pack
from huoshui.packs.queries import current
from huoshui.visits import actions
from huoshui.visits.answers import shown_answer
from huoshui.visits.exchange.export import checklist_workbook
from huoshui.visits.exchange.importing import ChecklistImport, import_checklist
from huoshui.visits.exchange.layout import ITEMS
from huoshui.visits.models import Answer, Chosen, Visit
from huoshui.visits.queries import sheet_form
from tests.kept import kept
from tests.visits.staging import Stage, write_pack
from tests.visits.survey import CHECKLIST, NO, PACK, YES, load_survey, surveyed


@pytest.fixture
def visit(stage: Stage, tmp_path: Path) -> Visit:
    kept("toilets", lambda: load_survey(tmp_path / "toilets"))
    return actions.start_visit(by=stage.cast.assessor, place=stage.land.village, checklist="toilets.toilets")


def save(stage: Stage, visit: Visit, **answers: Any) -> Visit:
    return actions.save_answers(by=stage.cast.assessor, visit=visit, answers=answers)


def answer_of(visit: Visit, item: str) -> Answer:
    return Answer.objects.get(visit=visit, item=item)


@pytest.mark.parametrize(
    ("item", "raw", "columns", "told"),
    [
        ("why", "  没地方\r\n也没钱 ", {"text": "没地方\n也没钱"}, "没地方\n也没钱"),
        ("soap_brand", "每周\n一次", {"text": "每周 一次"}, "每周 一次"),
        ("built", "2016年5月4日", {"day": dt.date(2016, 5, 4)}, "2016-05-04"),
        ("built", dt.date(2016, 5, 4), {"day": dt.date(2016, 5, 4)}, "2016-05-04"),
        ("kit", ["paper", "soap"], {"text": "soap paper"}, "洗手液、纸"),
        ("kit", "soap\npaper", {"text": "soap paper"}, "洗手液、纸"),
        ("kit", "纸、洗手液", {"text": "soap paper"}, "洗手液、纸"),
        ("kit", "Dryer", {"text": "dryer"}, "烘手机"),
        ("kind", "旱厕", {"choice": "dry"}, "旱厕"),
        ("seats", "40", {"value": 40}, "40 个"),
    ],
)
def test_an_answer_is_kept(stage: Stage, visit: Visit, item: str, raw: Any, columns: dict[str, Any], told: str) -> None:
    save(stage, visit, **{item: raw})
    answer = answer_of(visit, item)
    assert {column: getattr(answer, column) for column in columns} == columns
    assert (answer.points, answer.fails) == (0, False)
    assert shown_answer(visit.checklist.items[item], answer) == told


@pytest.mark.parametrize(
    ("item", "raw", "code"),
    [
        ("why", "长" * 21, "value.too_long"),
        ("why", ["没有"], "value.type"),
        ("built", "昨天", "value.type"),
        ("built", "2018-02-30", "value.type"),
        ("built", "1979-12-31", "value.too_early"),
        ("built", "2999-01-01", "value.too_late"),
        ("kit", ["towel"], "value.choice"),
        ("kit", ["soap", "paper", "dryer"], "value.too_many"),
        ("seats", "0", "value.constraint"),
        ("seats", "41", "value.constraint"),
        ("seats", "many", "value.type"),
    ],
)
def test_what_is_out_of_bounds_is_refused(stage: Stage, visit: Visit, item: str, raw: Any, code: str) -> None:
    with pytest.raises(Refusal) as refused:
        save(stage, visit, **{item: raw})
    assert [(problem.code, problem.field) for problem in refused.value.problems] == [(code, item)]
    assert not Answer.objects.filter(visit=visit).exists()


def test_the_question_s_own_message_is_said(stage: Stage, visit: Visit) -> None:
    with pytest.raises(Refusal) as refused:
        save(stage, visit, seats="0")
    assert refused.value.problems[0].message("zh") == "“蹲位”：蹲位在 1 到 40 个之间"
    with override("en"):
        assert refused.value.problems[0].message() == "“Seats”: Between 1 and 40 seats"


def test_a_sheet_asks_what_is_relevant(stage: Stage, visit: Visit) -> None:
    def asked() -> tuple[list[str], int]:
        form = sheet_form(Visit.objects.get(pk=visit.pk))
        return [item.item.code for item in form.items if item.asked], form.asked

    assert asked() == (["has"], 1)
    save(stage, visit, has="no")
    assert asked() == (["has", "why"], 2)
    save(stage, visit, has="yes", kit=["soap"], seats=2)
    assert asked() == (["has", "built", "kind", "kit", "seats", "soap_brand"], 6)
    save(stage, visit, seats=1)
    assert asked()[1] == 5


def test_only_what_is_asked_is_required(stage: Stage, visit: Visit) -> None:
    save(stage, visit, has="yes", kind="dry")
    with pytest.raises(Refusal) as refused:
        actions.submit_visit(by=stage.cast.assessor, visit=visit)
    assert [(p.code, p.field) for p in refused.value.problems] == [
        ("value.required", "built"),
        ("value.required", "kit"),
        ("value.required", "seats"),
    ]
    save(stage, visit, has="no", why="没有地方")
    assert actions.submit_visit(by=stage.cast.assessor, visit=visit).state == Visit.State.SUBMITTED


def test_what_became_irrelevant_is_kept_in_the_draft_and_not_handed_in(stage: Stage, visit: Visit) -> None:
    save(stage, visit, **YES)
    save(stage, visit, **NO)
    assert answer_of(visit, "kit").text == "soap paper"
    actions.submit_visit(by=stage.cast.assessor, visit=visit)
    counted = Answer.objects.filter(visit=visit, points__isnull=False)
    assert sorted(counted.values_list("item", flat=True)) == ["has", "why"]
    assert answer_of(visit, "kit").text == ""
    assert not Chosen.objects.filter(visit=visit).exists()
    entry = Entry.objects.filter(action="visits.submit_visit").latest("seq")
    told = json.loads(entry.data)
    assert told["before"]["answers"]["kit"] == [["soap", "paper"], 0, ""]
    assert told["after"]["answers"]["kit"] == [None, None, ""]


def test_too_few_choices_are_kept_and_not_handed_in(stage: Stage, tmp_path: Path) -> None:
    text = CHECKLIST.replace("at_least: 1", "at_least: 2").replace("code: toilets", "code: two")
    folder = write_pack(tmp_path / "two", checklist=text, pack=PACK.replace("code: toilets", "code: two"))
    assert check_pack(folder).ok
    kept("two", lambda: load_two(folder))
    visit = actions.start_visit(by=stage.cast.assessor, place=stage.land.village, checklist="two.two")
    save(stage, visit, **{**YES, "kit": ["soap"]})
    assert (answer_of(visit, "kit").text, answer_of(visit, "kit").points) == ("soap", None)
    with pytest.raises(Refusal) as refused:
        actions.submit_visit(by=stage.cast.assessor, visit=visit)
    assert [(p.code, p.field) for p in refused.value.problems] == [("value.too_few", "kit")]


def load_two(folder: Path) -> None:
    from huoshui.duties.queries import system_account
    from huoshui.packs.actions import load_pack

    load_pack(by=system_account(), folder=folder)


def test_a_survey_is_handed_in(stage: Stage, visit: Visit) -> None:
    done = surveyed(stage.cast.assessor, stage.land.village2, YES)
    assert done.answers.filter(points=0).count() == 6
    assert sorted(Chosen.objects.filter(visit=done).values_list("item", "option")) == [
        ("kit", "paper"),
        ("kit", "soap"),
    ]


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("relevant: not has", "relevant: not had", "checklist.relevant_unknown"),
        ("relevant: not has", "relevant: not has and", "checklist.relevant"),
        ("relevant: not has", "relevant: has > 3", "checklist.relevant"),
        ("relevant: not has", "relevant: kind = 'dry'", "checklist.relevant_unknown"),
        ("'soap' = any(kit)", "'towel' = any(kit)", "checklist.relevant_option"),
        ("relevant: has\n", "relevant: built is null\n", "checklist.relevant_unknown"),
        ("earliest: 1980-01-01, latest: today", "earliest: 1980-01-01, latest: 1979-01-01", "checklist.bounds"),
        ("minimum: 1, maximum: 40", "minimum: 41, maximum: 40", "checklist.bounds"),
        ("minimum: 1, maximum: 40", 'minimum: "1.5", maximum: 40', "checklist.bound_decimals"),
        ("at_most: 2", "at_most: 2\n            at_least: 4", "pack.yaml"),
        ("at_least: 1\n", "at_least: 4\n", "checklist.too_few_options"),
        ("code: dryer", "code: soap", "pack.code_twice"),
        ("zh: 没有的原因", "zh: 厕所管护员姓名", "checklist.personal_question"),
        ("en: Why not", "en: Phone of the keeper", "checklist.personal_question"),
        (
            "relevant: not has",
            "guidance: {zh: 写明谁说的，不写电话, en: Say so}\n          relevant: not has",
            "checklist.personal_question",
        ),
        ("zh: 蹲位, en", "zh: 身份证号, en", "checklist.personal_question"),
        ("scoring: {type: text}", "scoring: {type: yes_no}\n          constraint_message: {zh: 无, en: None}",
         "checklist.unbounded_message"),
    ],
)  # fmt: skip
def test_an_unsound_question_is_refused(packs: None, tmp_path: Path, old: str, new: str, code: str) -> None:
    assert old in CHECKLIST
    report = check_pack(write_pack(tmp_path / "toilets", checklist=CHECKLIST.replace(old, new, 1), pack=PACK))
    assert code in [finding.problem.code for finding in report.findings]


SCORED = {
    "points: 0\n          scoring: {type: text, long": "points: 2\n          scoring: {type: text, long",
    "points: 0\n          scoring: {type: threshold": "points: 3\n          scoring: {type: threshold",
    "points: 0\n          scoring: {type: text}": "points: 1\n          scoring: {type: text}",
}
"""Points for an item with a condition of its own, for one of a section with a condition, for one with both."""


@pytest.mark.parametrize("old", SCORED)
def test_what_is_scored_is_asked_of_every_place(packs: None, tmp_path: Path, old: str) -> None:
    """A condition on points, and points on a text, would compare places by different totals."""
    text = CHECKLIST.replace(old, SCORED[old])
    report = check_pack(write_pack(tmp_path / "toilets", checklist=text, pack=PACK))
    said = {finding.problem.code for finding in report.findings}
    assert said >= {"checklist.relevant_points"} | ({"checklist.unscored"} if "text" in old else set())


def workbook_of_survey() -> bytes:
    version = current("toilets")
    return checklist_workbook(version, version.section("checklists")["toilets"])


def brought(stage: Stage, data: bytes) -> ChecklistImport:
    lead = stage.lead
    return import_checklist(by=lead, pack="toilets", code="toilets", data=data, name="调查.xlsx")


def edited(heading: str, item: str, value: Any, sheet: str = ITEMS) -> bytes:
    book = load_workbook(io.BytesIO(workbook_of_survey()))
    page: Any = book[sheet]
    headings = [cell.value for cell in page[1]]
    row = next(row for row in page.iter_rows(min_row=2) if item in [cell.value for cell in row])
    page.cell(row[0].row, headings.index(heading) + 1).value = value
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


@pytest.mark.usefixtures("visit")
def test_the_survey_goes_out_to_excel_and_comes_back_the_same(stage: Stage) -> None:
    report = brought(stage, workbook_of_survey())
    assert (report.problems, report.number) == ([], "")


@pytest.mark.usefixtures("visit")
@pytest.mark.parametrize(
    ("heading", "item", "value", "at", "wanted"),
    [
        ("至多几字", "why", 50, ("why", "scoring", "max_length"), 50),
        ("最早哪天", "built", "2000年1月1日", ("built", "scoring", "earliest"), dt.date(2000, 1, 1)),
        ("最晚哪天", "built", None, ("built", "scoring", "latest"), None),
        ("至多选几项", "kit", 3, ("kit", "scoring", "at_most"), 3),
        ("最小能填", "seats", -2, ("seats", "scoring", "minimum"), Decimal(-2)),
        ("何时问", "soap_brand", "seats >= 3", ("soap_brand", "relevant"), "seats >= 3"),
        ("填错时说", "seats", "数一数", ("seats", "constraint_message", "zh"), "数一数"),
    ],
)
def test_an_edited_cell_is_published(
    stage: Stage, heading: str, item: str, value: Any, at: tuple[str, ...], wanted: Any
) -> None:
    report = brought(stage, edited(heading, item, value))
    assert (report.problems, report.number) == ([], "1.0.1")
    found: Any = current("toilets").section("checklists")["toilets"].items[at[0]]
    for name in at[1:]:
        found = getattr(found, name)
    assert found == wanted


@pytest.mark.usefixtures("visit")
@pytest.mark.parametrize(
    ("heading", "item", "value", "code", "column"),
    [
        ("最早哪天", "built", "某天", "value.type", "最早哪天"),
        ("至多几字", "built", 5, "checklist_file.not_for", "至多几字"),
        ("至少选几项", "kit", 9, "checklist.too_few_options", "至少选几项"),
        ("何时问", "why", "nobody", "checklist.relevant_unknown", "何时问"),
        ("分值", "why", 2, "checklist.unscored", "分值"),
    ],
)
def test_a_wrong_cell_is_named(stage: Stage, heading: str, item: str, value: Any, code: str, column: str) -> None:
    report = brought(stage, edited(heading, item, value))
    assert any(problem.code == code and column in problem.where for problem in report.problems), report.problems


def test_a_question_may_say_that_no_names_are_wanted(packs: None, tmp_path: Path) -> None:
    told = "guidance: {zh: 写原因，不写姓名和电话, en: The reason; do not give a name or phone}"
    text = CHECKLIST.replace("relevant: not has", f"{told}\n          relevant: not has", 1)
    assert check_pack(write_pack(tmp_path / "toilets", checklist=text, pack=PACK)).ok
