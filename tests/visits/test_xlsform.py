"""An XLSForm as a checklist: what is held, what is named, what is refused; and files that mean harm."""

from __future__ import annotations

import io
import zipfile
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook
from pyxform.xls2json_backends import md_table_to_workbook

from huoshui.kernel.errors import Refusal
from huoshui.packs.queries import current
from huoshui.visits.answers import enter
from huoshui.visits.schema import Checklist, Evidence, Graded, Threshold, YesNoScoring
from huoshui.visits.xlsform.expressions import Bounds, Untranslatable, bounds, parsed
from huoshui.visits.xlsform.importing import FormImport, import_form
from tests.visits.staging import Stage

EXAMPLES = Path(__file__).parent / "xlsforms"
FORM = (EXAMPLES / "plaza.md").read_text("utf-8")
"""A form of our own, as pyxform reads Markdown."""


def book(table: str = FORM) -> Workbook:
    stream = io.BytesIO()
    md_table_to_workbook(table).save(stream)
    return load_workbook(stream)


def data(workbook: Workbook) -> bytes:
    stream = io.BytesIO()
    workbook.save(stream)
    return stream.getvalue()


def survey(*rows: str, columns: str = "type | name | label", more: str = "") -> bytes:
    lines = ["| survey | |", f"| | {columns} |", *(f"| | {row} |" for row in rows)]
    return data(book("\n".join(lines) + "\n" + more))


def bring(stage: Stage, file: bytes, **more: Any) -> FormImport:
    given = {"by": stage.lead, "pack": "trial", "name": "表单.xlsx", "data": file, "place_kinds": ["village"]}
    return import_form(**{**given, **more})


def named(report: FormImport) -> set[tuple[str, int | None, str]]:
    return {(note.code, note.row, note.where) for note in report.notes}


def full() -> bytes:
    workbook = book()
    sheet = workbook["survey"]
    at = sheet.max_column + 1
    sheet.cell(1, at, "calculation")
    sheet.cell(11, at, "${area} * 2")
    return data(workbook)


def test_a_form_becomes_a_checklist(stage: Stage) -> None:
    tried = bring(stage, full(), dry_run=True)
    assert (tried.problems, tried.number, current("trial").number) == ([], "1.0.1", "1.0.0")
    done = bring(stage, full(), agreed=tried.plan)
    assert done.number == "1.0.1"
    made: Checklist = current("trial").section("checklists")["plaza_form"]
    assert made.name.zh == "广场检查"
    assert [(section.name.zh, len(section.items)) for section in made.sections] == [("广场", 5), ("广场检查", 1)]
    has, clean, area = (made.items[code] for code in ("has", "clean", "area"))
    assert (has.points, str(has.name), has.name.en) == (2000, "有无广场", "A plaza?")
    assert isinstance(has.scoring, YesNoScoring)
    assert str(has.guidance) == "先看公示栏\n看现场"
    assert isinstance(clean.scoring, Graded)
    assert [(o.code, o.name.en, o.points) for o in clean.scoring.options] == [
        ("good", "Clean", 3000),
        ("bad", "Dirty", 0),
    ]
    assert clean.guidance is not None
    assert (clean.guidance.zh, clean.guidance.en) == ("仅当“有无广场”是“有”时评。", "Only if “A plaza?” is “Yes”.")
    assert isinstance(area.scoring, Threshold)
    assert (area.scoring.unit, area.scoring.minimum, area.scoring.maximum) == ("平方米", Decimal(0), Decimal(999))
    assert not area.scoring.bounded
    assert made.items["kit_ball"].name.zh == "器材：篮球架"
    assert made.items["photo"].evidence == Evidence(photos=1, when="always")
    assert made.rules.missing == "rescale"
    assert bring(stage, full(), into="plaza_form").number == ""


def test_everything_else_is_named_where_it_stands(stage: Stage) -> None:
    report = bring(stage, full(), dry_run=True)
    assert named(report) == {
        ("xlsform.note", 2, "“survey”表，label::中文(zh)（C 列）"),
        ("xlsform.yes_no", 4, "“survey”表，type（A 列）"),
        ("xlsform.relevant_words", 5, "“survey”表，relevant（F 列）"),
        ("xlsform.multiple", 7, "“survey”表，type（A 列）"),
        ("xlsform.image_required", 9, "“survey”表，type（A 列）"),
        ("xlsform.personal", 10, "“survey”表，type（A 列）"),
        ("xlsform.calculation", 11, "“survey”表，type（A 列）"),
        ("xlsform.optional", None, "“survey”表"),
        ("xlsform.setting", 2, "“settings”表，version（C 列）"),
        ("xlsform.warning", None, "“survey”表"),
        ("xlsform.warning", 9, "“survey”表，type（A 列）"),
    }
    assert {note.code for note in report.left_out} == {"xlsform.personal", "xlsform.calculation", "xlsform.setting"}
    assert all("{" not in note.message() + note.what_next() for note in report.notes)


def test_a_measured_value_without_a_standard_is_only_asked(stage: Stage) -> None:
    bring(stage, full())
    item = current("trial").section("checklists")["plaza_form"].items["area"]
    entered = enter(item, "320")
    assert (entered.value, entered.points, entered.fails) == (320, 0, False)
    with pytest.raises(Refusal):
        enter(item, "1000")


def test_an_update_keeps_what_a_form_cannot_say(stage: Stage) -> None:
    file = survey("integer | floor | 村部面积", "select_one theme | theme | 主题党日", more=(
        "| choices | | | |\n| | list_name | name | label |\n| | theme | good | 好 |\n| | theme | poor | 差 |\n"
    ))  # fmt: skip
    said = {problem.code for problem in bring(stage, file, into="trial").problems}
    assert "checklist.meaning_changed" in said  # it is published with two decimals
    file = survey("decimal | floor | 村部面积", "select_one theme | theme | 主题党日", more=(
        "| choices | | | |\n| | list_name | name | label |\n| | theme | good | 好 |\n| | theme | poor | 差 |\n"
    ))  # fmt: skip
    assert bring(stage, file, into="trial").problems == []
    made: Checklist = current("trial").section("checklists")["trial"]
    assert set(made.items) == {"floor", "theme"}
    assert (made.items["floor"].points, made.items["theme"].points) == (5000, 4000)
    assert made.items["floor"].opens is not None
    assert made.items["floor"].name.zh == "村部面积"
    assert (made.rules.missing, len(made.adjustments), made.ranking is not None) == ("blocks", 2, True)


def test_refused_for_the_right_reason(stage: Stage) -> None:
    inside = survey("begin repeat | r | 每户", "integer | n | 人数", "end repeat | |")
    assert [(p.code, p.row) for p in bring(stage, inside).problems] == [("xlsform.repeat", 2)]
    assert [p.code for p in bring(stage, survey("geopoint | t | 位置")).problems] == ["xlsform.nothing"]
    assert [p.code for p in bring(stage, survey("integer | n | 数"), place_kinds=[]).problems] == [
        "xlsform.place_kinds"
    ]
    bring(stage, full())
    assert [p.code for p in bring(stage, full()).problems] == ["xlsform.code_taken"]
    wrong = survey("integer | n | 数 | 很多", columns="type | name | label | points")
    (problem,) = bring(stage, wrong).problems
    assert (problem.code, problem.row, problem.where) == ("xlsform.own_value", 2, "“survey”表，points（D 列）")


def test_pyxform_s_own_refusal_is_told_with_its_row(stage: Stage) -> None:
    with pytest.raises(Refusal) as refused:
        bring(stage, survey("integer | n | 数", "select_one nothing | s | 选"))
    assert (refused.value.code, refused.value.problems[0].row) == ("xlsform.not_accepted", None)
    with pytest.raises(Refusal) as refused:
        bring(stage, survey("begin group | g | 组", "integer | n | 数"))
    assert (refused.value.code, refused.value.problems[0].row) == ("xlsform.not_accepted", 2)


def test_who_may_not_edit_may_not_import(stage: Stage) -> None:
    with pytest.raises(Refusal) as refused:
        bring(stage, full(), by=stage.cast.secretary)
    assert refused.value.code == "access.denied"


def cells_out_of_sight() -> bytes:
    workbook = load_workbook(io.BytesIO(full()))
    workbook["survey"]["P3"] = "旁注"
    workbook["survey"]["A90"] = "integer"
    workbook["survey"]["B90"] = "late"
    workbook.create_sheet("草稿")["A1"] = "想法"
    return data(workbook)


def test_what_pyxform_does_not_even_read_is_named(stage: Stage) -> None:
    said = {(code, row) for code, row, _where in named(bring(stage, cells_out_of_sight(), dry_run=True))}
    assert said >= {("xlsform.beyond", 3), ("xlsform.row", 90), ("xlsform.sheet", None)}


def bomb() -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * (101 * 1024 * 1024))
    return stream.getvalue()


def wide() -> bytes:
    workbook = Workbook()
    workbook.active["XFD2"] = "far"  # type: ignore[index]
    return data(workbook)


def tall() -> bytes:
    workbook = Workbook()
    workbook.active["A6000"] = "far"  # type: ignore[index]
    return data(workbook)


def formula() -> bytes:
    workbook = book()
    workbook["survey"]["C3"] = "=1+1"
    return data(workbook)


@pytest.mark.parametrize(
    ("file", "code"),
    [
        (b"", "file.empty"),
        (b"type,name,label\ninteger,n,N\n", "file.unreadable"),
        (b"<html><table></table></html>", "file.web_page"),
        (b"\xd0\xcf\x11\xe0" + b"\0" * 600, "file.old_excel"),
        (b"PK\x03\x04broken", "file.unreadable"),
        (bomb, "file.zip_bomb"),
        (wide, "file.too_many_cells"),
        (tall, "file.too_many_cells"),
        (formula, "file.formula_unread"),
        (lambda: data(Workbook()), "xlsform.not_accepted"),
        (b"x" * (10 * 1024 * 1024 + 1), "file.too_large"),
    ],
)
def test_files_that_mean_harm_or_are_something_else(stage: Stage, file: Any, code: str) -> None:
    with pytest.raises(Refusal) as refused:
        bring(stage, file if isinstance(file, bytes) else file())
    assert refused.value.code == code


def test_merged_cells_are_read_as_excel_keeps_them(stage: Stage) -> None:
    workbook = load_workbook(io.BytesIO(full()))
    workbook["survey"].merge_cells("C9:D9")
    assert bring(stage, data(workbook), dry_run=True).ok


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        (". >= 0 and . <= 100", Bounds(Decimal(0), Decimal(100))),
        ("0 < . and (. < 10)", Bounds(Decimal(1), Decimal(9))),
        (". = 5", Bounds(Decimal(5), Decimal(5))),
        (". != 5", None),
        ("${other} > 5", None),
        (". > 1 or . < 0", None),
    ],
)
def test_constraints_as_bounds(expression: str, expected: Bounds | None) -> None:
    assert bounds(parsed(expression), Decimal(1)) == expected


@pytest.mark.parametrize(
    "expression",
    ["", "count(${a}) > 1", "regex(., '[0-9]+')", "../a = 1", "${a} +", "(${a} = 1", "${a} = ${b}",
     "${last-saved#a} = 1", "1 = 1", "selected(${a}, ${b})", "not(", "${a} = 1)", " and ".join(["${a} = 1"] * 100)],
)  # fmt: skip
def test_what_is_not_understood_is_never_guessed_at(expression: str) -> None:
    with pytest.raises(Untranslatable):
        parsed(expression)


@pytest.mark.parametrize(
    ("file", "outcome"),
    [
        ("widgets.xls", "ok"),
        ("table-list.xls", "ok"),
        ("select_one_external.xlsx", "ok"),
        ("or_other.xlsx", "ok"),
        ("simple_loop.xls", "xlsform.not_accepted"),
        ("xlsform_spec_test.xlsx", "xlsform.repeat"),
        ("gps.xls", "xlsform.nothing"),
        ("duplicate_columns.xlsx", "xlsform.not_accepted"),
    ],
)
def test_pyxform_s_own_examples(stage: Stage, file: str, outcome: str) -> None:
    try:
        report = bring(stage, (EXAMPLES / file).read_bytes(), name=file, dry_run=True)
        code = "ok" if report.ok else report.problems[0].code
    except Refusal as refusal:
        code = refusal.code
    assert code == outcome
