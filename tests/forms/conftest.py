"""What the tests of matters use, and forms of our own making."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from docx import Document
from openpyxl import Workbook, load_workbook
from openpyxl.styles import Border, Side

from huoshui.forms.actions import approve_form, propose_form
from huoshui.forms.mapping import map_cells, newest
from huoshui.forms.models import Form
from tests.matters.conftest import item, open_item

__all__ = ["item", "open_item"]
LINE = Side(style="thin")
LINES = Border(left=LINE, right=LINE, top=LINE, bottom=LINE)


def workbook(rows: list[list[Any]], *, title: str = "汇总", merges: tuple[str, ...] = (), drawn_from: int = 2) -> bytes:
    """A workbook of one sheet; cells from row ``drawn_from`` on have lines."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = title
    for row, cells in enumerate(rows, start=1):
        for column, value in enumerate(cells, start=1):
            cell = sheet.cell(row, column, value)
            if row >= drawn_from:
                cell.border = LINES
    for merge in merges:
        sheet.merge_cells(merge)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


SUMMARY = [
    ["整改情况统计表", None, None, None],
    ["填报单位：", None, "填报日期：", None],
    ["乡镇", "列入整改台账数", "整改销号数", "上年同期列入台账数"],
    ["苏家作乡", None, None, None],
    ["阳庙镇", None, None, None],
    ["合计", "=SUM(B4:B5)", "=SUM(C4:C5)", None],
    ["入户走访次数", None, None, None],
]


def summary(title: str = "汇总") -> bytes:
    """A district's form: two towns, three figures each, a sum, and something that only a person knows."""
    return workbook(SUMMARY, title=title, merges=("A1:D1",))


def ledger_form() -> bytes:
    """A list of two open rows over a sum and a remark."""
    rows = [
        ["整改台账", None, None, None],
        ["序号", "编号", "问题", "立项日期"],
        [None, None, None, None],
        [None, None, None, None],
        ["件数", "=COUNT(A3:A4)", None, None],
    ]
    return workbook(rows, title="台账", merges=("A1:D1", "C5:D5"))


def document() -> bytes:
    """A text with placeholders and a table."""
    paper = Document()
    paper.add_paragraph("{{ 村名 }}共列入整改台账____件，期末还有____件。")
    table = paper.add_table(rows=2, cols=2, style="Table Grid")
    table.cell(0, 0).text, table.cell(0, 1).text = "户数", ""
    table.cell(1, 0).text, table.cell(1, 1).text = "整改销号数", ""
    stream = io.BytesIO()
    paper.save(stream)
    return stream.getvalue()


def with_part(data: bytes, name: str, content: bytes) -> bytes:
    """The file with one more part."""
    stream = io.BytesIO(data)
    with zipfile.ZipFile(stream, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return stream.getvalue()


def sheet_of(data: bytes, *, values: bool = False) -> Any:
    """The first sheet of a workbook, formulas or their values."""
    return load_workbook(io.BytesIO(data), data_only=values).worksheets[0]


FIGURE = {"kind": "figure"}
OPENED = {"kind": "figure", "indicator": "rectification.opened", "place": "row"}
SUMMARY_CELLS = [
    {"sheet": "汇总", "cell": "B2", "spec": {"kind": "fact", "fact": "unit"}},
    {"sheet": "汇总", "cell": "D2", "spec": {"kind": "fact", "fact": "today"}},
    {"sheet": "汇总", "cell": "B4", "spec": OPENED},
    {"sheet": "汇总", "cell": "B5", "spec": OPENED},
    {"sheet": "汇总", "cell": "C4", "spec": OPENED | {"indicator": "rectification.closed"}},
    {"sheet": "汇总", "cell": "D4", "spec": OPENED | {"period": "year_ago"}},
    {"sheet": "汇总", "cell": "B7", "spec": {"kind": "typed", "label": "入户走访次数", "type": "number"}},
]
Registrar = Callable[..., Form]


@pytest.fixture
def register(cast: SimpleNamespace) -> Registrar:
    """Register a form by the district's office, mapped, and approved by the leader unless said otherwise."""

    def registering(
        code: str = "ZG-01",
        data: bytes | None = None,
        cells: list[dict[str, Any]] | None = None,
        approved: bool = True,
        **given: Any,
    ) -> Form:
        told = {
            "place": cast.land.district, "name": "整改情况统计表", "asker": "市整改办", "right": "市整改办〔2018〕1号",
            "frequency": "year", "level": "district", "ends_on": "2018-12-31", "file_name": "表.xlsx",
        } | given  # fmt: skip
        from datetime import date

        told["ends_on"] = date.fromisoformat(str(told["ends_on"]))
        form = propose_form(by=cast.district_office, code=code, data=data or summary(), **told)
        map_cells(by=cast.district_office, version=newest(form), cells=SUMMARY_CELLS if cells is None else cells)
        return approve_form(by=cast.leader, form=form) if approved else form

    return registering
