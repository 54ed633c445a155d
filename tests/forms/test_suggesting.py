"""What the words around a cell do not ask is not proposed for certain: a wrong number is worse than none."""

from __future__ import annotations

import io
from types import SimpleNamespace
from typing import Any

import pytest
from docx import Document

from huoshui.forms.files import read
from huoshui.forms.headings import around
from huoshui.forms.suggesting import Suggestion, suggestions
from tests.forms.conftest import workbook


def best(data: bytes, sheet: str, cell: str, cast: SimpleNamespace, name: str = "表.xlsx") -> Suggestion | None:
    """The likeliest proposal for a cell, if there is one."""
    _package, book = read(data, name)
    return next(iter(suggestions(book, sheet, cell, cast.land.district)), None)


def sure(found: Suggestion | None) -> str:
    """The indicator or fact that is proposed for certain; "" for none."""
    return (found.spec.indicator or found.spec.fact) if found and found.is_sure else ""


def paper() -> bytes:
    """A table of Word in which labels and rooms take turns, as forms for people have them."""
    document = Document()
    table = document.add_table(rows=5, cols=4, style="Table Grid")
    words = [
        ["行政村总数（个）", "", "新建村级党建阵地数（个）", ""],
        ["列入整改台账数（件）", "", "驻村干部总数（人）", ""],
        ["存在问题", "", "填表人", ""],
        ["整改销号数（件）", "", "联系电话", ""],
        ["党建", "规范提升村级党建阵地数（个）", "", ""],
    ]
    for row, texts in enumerate(words):
        for column, text in enumerate(texts):
            table.cell(row, column).text = text
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


@pytest.mark.parametrize(
    ("cell", "asked"),
    [
        ("B1", "core.villages"), ("D1", "hubs.built"), ("B2", "rectification.opened"), ("D2", ""), ("B3", ""),
        ("D3", "person"), ("B4", "rectification.closed"), ("D4", ""), ("C5", "hubs.upgraded"),
    ],
)  # fmt: skip
def test_labels_and_rooms_that_take_turns(cell: str, asked: str, cast: SimpleNamespace) -> None:
    assert sure(best(paper(), "表1", cell, cast, "表.docx")) == asked


TABLE: list[list[Any]] = [
    ["阵地与整改情况", None, None, None, None, None],
    ["指标名称", "计量单位", "上年", "本年", "增减", "备注"],
    ["列入整改台账数", "件", None, None, None, None],
    ["新建村级党建阵地投入", "万元", None, None, None, None],
    ["农村危房改造完成户数", "户", None, None, None, None],
]


@pytest.mark.parametrize(
    ("cell", "asked"),
    [
        ("C3", "rectification.opened"), ("D3", "rectification.opened"), ("E3", ""), ("F3", ""),
        ("D4", "hubs.built_cost"), ("F4", ""), ("D5", ""),
    ],
)  # fmt: skip
def test_a_remark_and_a_change_are_not_the_figure(cell: str, asked: str, cast: SimpleNamespace) -> None:
    found = best(workbook(TABLE, merges=("A1:F1",)), "汇总", cell, cast)
    assert sure(found) == asked
    if cell[0] == "F":
        assert found is None, "a remark is words: no number is proposed at all"


def test_rows_of_a_list_do_not_ask_of_the_forms_own_place(cast: SimpleNamespace) -> None:
    rows: list[list[Any]] = [
        ["各村整改", None, None],
        ["序号", "村名", "列入整改台账数（件）"],
        [1, None, None],
        [2, None, None],
    ]
    data = workbook(rows, merges=("A1:C1",))
    assert [sure(best(data, "汇总", cell, cast)) for cell in ("B3", "C3", "B4", "C4")] == ["", "", "", ""]
    alone = workbook([*rows[:3]], merges=("A1:C1",))
    assert sure(best(alone, "汇总", "C3", cast)) == "rectification.opened", "one row is the form's own place"


def test_what_is_called_for_short_is_no_unit(cast: SimpleNamespace) -> None:
    _package, book = read(workbook(TABLE, merges=("A1:F1",)), "表.xlsx")
    assert around(book, "汇总", "D5").nearest == "农村危房改造完成户数"
