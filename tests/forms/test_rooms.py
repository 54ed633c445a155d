"""Room that a form leaves without marking it, and targets as what a cell asks."""

from __future__ import annotations

import io
from types import SimpleNamespace

import pytest
from docx import Document

from huoshui.duties.queries import system_account
from huoshui.figures.reporting.targets import set_target
from huoshui.forms.comparing import answers_of
from huoshui.forms.files import data_of, read
from huoshui.forms.filling import fill_form
from huoshui.forms.grid import blanks_in
from huoshui.forms.mapping import accept_suggestions, newest
from huoshui.forms.suggesting import suggestions
from tests.forms.conftest import Registrar, sheet_of, workbook
from tests.matters.conftest import Opener

FOOT = "填报单位（盖章）：                    填表人：            填报日期：    年   月   日"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (FOOT, [("填报单位", " " * 20, False), ("填表人", " " * 12, False), ("填报日期", "    年   月   日", True)]),
        ("　　年　月　日", [("", "　　年　月　日", True)]),
        ("填报单位：\t\t", [("填报单位", "\t\t", False)]),
        ("2018 年   月   日", []),
        ("2018年3月5日", []),
        ("负责人（签字）：          单位：万元", []),
        ("主要做法：", []),
        ("这一句话很长很长长得不会是哪一格的名称后面也没有什么要填：      ", []),
    ],
)
def test_what_is_room(text: str, found: list[tuple[str, str, bool]]) -> None:
    rooms = blanks_in(text)
    assert [(text[one.start : one.end], one.is_date) for one in rooms] == [(room, date) for _of, room, date in found]
    assert all(one.is_room for one in rooms)


def test_marked_blanks_keep_their_numbers_beside_room() -> None:
    found = blanks_in("村名：        共有____件，期末____件，    年  月  日")
    assert [(one.number, one.is_room) for one in found] == [(3, True), (1, False), (2, False), (4, True)]


def paper_form() -> bytes:
    paper = Document()
    paper.add_paragraph("整改情况表")
    table = paper.add_table(rows=1, cols=2, style="Table Grid")
    table.cell(0, 0).text = "列入整改台账数"
    foot = paper.add_paragraph("填报单位（盖章）：")
    for piece in ("          ", "          填表人：", "            填报日期：    年", "   月   日"):
        foot.add_run(piece)
    paper.add_paragraph("负责人（签字）：            ")
    stream = io.BytesIO()
    paper.save(stream)
    return stream.getvalue()


def test_room_is_suggested_filled_and_kept_in_line(
    register: Registrar, open_item: Opener, cast: SimpleNamespace
) -> None:
    open_item()
    form = register(data=paper_form(), cells=[], approved=False, file_name="表.docx")
    version = accept_suggestions(by=cast.district_office, version=newest(form))
    mapped = {(one.sheet, one.cell): one.spec for one in version.cells.filter(until__isnull=True)}
    assert {at: spec["fact"] for at, spec in mapped.items() if spec["kind"] == "fact"} == {
        ("段2", "1"): "unit", ("段2", "2"): "person", ("段2", "3"): "today",
    }  # fmt: skip
    form = register(code="ZG-02", data=paper_form(), cells=[
        {"sheet": sheet, "cell": cell, "spec": spec} for (sheet, cell), spec in mapped.items()
    ], file_name="表.docx")  # fmt: skip
    filling = fill_form(by=cast.district_office, form=form, place=cast.land.district, period="2018")
    foot, signed = Document(io.BytesIO(data_of(filling.file))).paragraphs[1:]
    unit, person = str(cast.district_office.unit), cast.district_office.title
    beside = " " * (20 - 2 * len(unit))
    assert foot.text.startswith(f"填报单位（盖章）：{unit}{beside}填表人：{person}")
    assert foot.text.endswith("填报日期：2018年4月2日")
    assert signed.text == "负责人（签字）：            ", "it is signed by hand"
    assert [one for one in answers_of(filling) if one.missing] == []


def test_room_that_nobody_fills_stays_and_is_listed(register: Registrar, cast: SimpleNamespace) -> None:
    cells = [{"sheet": "段2", "cell": "1", "spec": {"kind": "fact", "fact": "unit"}}]
    form = register(data=paper_form(), cells=cells, file_name="表.docx")
    filling = fill_form(by=cast.district_office, form=form, place=cast.land.district, period="2018")
    assert Document(io.BytesIO(data_of(filling.file))).paragraphs[1].text.endswith("填报日期：    年   月   日")
    missing = {(one.sheet, one.cell): one.why for one in answers_of(filling) if one.missing}
    assert missing == dict.fromkeys([("段2", "2"), ("段2", "3"), ("表1", "B1")], "还没有映射")


def test_room_within_a_cell_keeps_its_label(register: Registrar, cast: SimpleNamespace) -> None:
    rows = [
        ["整改情况表", None],
        ["填报单位（盖章）：            ", "填报日期：    年  月  日"],
        ["列入整改台账数", None],
    ]
    data = workbook(rows, merges=("A1:B1",))
    form = register(data=data, cells=[], approved=False)
    version = accept_suggestions(by=cast.district_office, version=newest(form))
    facts = {one.cell: one.spec.get("fact") for one in version.cells.filter(until__isnull=True)}
    assert (facts["A2"], facts["B2"]) == ("unit", "today")
    cells = [{"sheet": "汇总", "cell": at, "spec": {"kind": "fact", "fact": facts[at]}} for at in ("A2", "B2")]
    form = register(code="ZG-02", data=data, cells=cells)
    filling = fill_form(by=cast.district_office, form=form, place=cast.land.district, period="2018")
    filled = sheet_of(data_of(filling.file))
    assert filled["A2"].value == f"填报单位（盖章）：{cast.district_office.unit}"
    assert filled["B2"].value == "填报日期：2018年4月2日"


TARGETS = [["任务表", None, None], ["指标", "2018年目标数", "完成数"], ["列入整改台账数（件）", None, None]]


def test_a_target_is_what_a_cell_asks(register: Registrar, open_item: Opener, cast: SimpleNamespace) -> None:
    open_item()
    data, district = workbook(TARGETS, merges=("A1:C1",)), cast.land.district
    _package, book = read(data, "表.xlsx")
    aimed, reached = (suggestions(book, "汇总", at, district)[0].spec for at in ("B3", "C3"))
    assert (aimed.indicator, aimed.part, reached.part) == ("rectification.opened", "target", "value")
    cells = [
        {"sheet": "汇总", "cell": at, "spec": {"kind": "figure", "indicator": "rectification.opened", "part": part}}
        for at, part in (("B3", "target"), ("C3", "value"))
    ]
    form = register(data=data, cells=cells)
    given = {"by": cast.district_office, "form": form, "place": district, "period": "2018"}
    missing = [one for one in answers_of(fill_form(**given)) if one.missing]
    assert [(one.cell, one.name, one.why) for one in missing] == [("B3", "列入整改台账数的目标", "没有定目标")]
    source = {"period": "2018", "value": "≤4", "source": "2018年工作要点"}
    set_target(by=system_account(), indicator="rectification.opened", place=district, **source)
    filling = fill_form(**given)
    assert [sheet_of(data_of(filling.file))[at].value for at in ("B3", "C3")] == [4, 1]
    told = next(one for one in answers_of(filling) if one.cell == "B3")
    assert (told.source["target"], told.source["document"], told.unit) == ("≤ 4", "2018年工作要点", "件")
    assert "numerator" not in told.source, "those are of what was reached"


def test_room_within_a_cell_leaves_what_follows_in_its_place(register: Registrar, cast: SimpleNamespace) -> None:
    foot = "单位负责人（签字）：            填表人：            联系电话："
    data = workbook([["整改情况表", None], ["列入整改台账数", None], [foot, None]], merges=("A1:B1", "A3:B3"))
    cells = [{"sheet": "汇总", "cell": "A3", "spec": {"kind": "fact", "fact": "person"}}]
    filling = fill_form(
        by=cast.district_office, form=register(data=data, cells=cells), place=cast.land.district, period="2018"
    )
    person = cast.district_office.title
    assert sheet_of(data_of(filling.file))["A3"].value == foot.replace(
        "填表人：            ", f"填表人：{person}{' ' * max(2, 12 - 2 * len(person))}"
    )
