"""The files of the demo's forms: made here, of nobody's pattern, as plain as what offices send round."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.shared import Pt
from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.worksheet.worksheet import Worksheet

LINE = Side(style="thin", color="000000")
LINES = Border(left=LINE, right=LINE, top=LINE, bottom=LINE)
CENTRE = Alignment(horizontal="center", vertical="center", wrap_text=True)
HEAD = PatternFill("solid", fgColor="EFEFEF")
MONEY = "#,##0.00"


def _sheet(title: str, heading: str, widths: Sequence[float], *, landscape: bool = False) -> tuple[Workbook, Worksheet]:
    book = Workbook()
    sheet = book.active
    assert sheet is not None  # noqa: S101 - a new workbook has one
    sheet.title = title
    for at, width in enumerate(widths):
        sheet.column_dimensions["ABCDEFGHIJKLMN"[at]].width = width
    last = "ABCDEFGHIJKLMN"[len(widths) - 1]
    sheet.merge_cells(f"A1:{last}1")
    sheet["A1"] = heading
    sheet["A1"].font, sheet["A1"].alignment = Font(size=16, bold=True), CENTRE
    sheet.row_dimensions[1].height = 32
    sheet.page_setup.orientation = "landscape" if landscape else "portrait"
    sheet.page_setup.paperSize = 9
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True  # type: ignore[union-attr]
    return book, sheet


def _row(sheet: Worksheet, row: int, cells: Sequence[Any], *, head: bool = False) -> None:
    for column, value in enumerate(cells, start=1):
        cell = sheet.cell(row, column, value)
        cell.border = LINES
        cell.alignment = CENTRE if head or column == 1 else Alignment(vertical="center", wrap_text=True)
        if head:
            cell.font, cell.fill = Font(bold=True), HEAD


def saved(file: Any) -> bytes:
    """A workbook or a Word document as bytes."""
    stream = io.BytesIO()
    file.save(stream)
    return stream.getvalue()


def hub_summary(towns: Sequence[str]) -> bytes:
    """阵地建设情况汇总表: towns down, works and money across, a sum under them."""
    book, sheet = _sheet("汇总表", "村级党建阵地建设情况汇总表", [16, 11, 14, 11, 14, 12, 12], landscape=True)
    sheet["A2"], sheet["D2"], sheet["F2"] = "填报单位：", "填报日期：", "单位：个、万元"
    sheet.merge_cells("B2:C2")
    sheet.merge_cells("F2:G2")
    _row(
        sheet,
        3,
        ["乡镇（街道）", "新建", None, "规范提升", None, "行政村总数（个）", "上年同期新建村级党建阵地数（个）"],
        head=True,
    )
    heads = [
        "新建村级党建阵地数（个）",
        "新建村级党建阵地投入（万元）",
        "规范提升村级党建阵地数（个）",
        "规范提升村级党建阵地投入（万元）",
    ]
    _row(sheet, 4, [None, *heads, None, None], head=True)
    for merge in ("A3:A4", "B3:C3", "D3:E3", "F3:F4", "G3:G4"):
        sheet.merge_cells(merge)
    sheet.row_dimensions[4].height = 46
    for at, town in enumerate(towns, start=5):
        _row(sheet, at, [town, *[None] * 6])
        sheet.row_dimensions[at].height = 22
        for column in (3, 5):
            sheet.cell(at, column).number_format = MONEY
    last = 4 + len(towns)
    sums = [f"=SUM({letter}5:{letter}{last})" for letter in "BCDEFG"]
    _row(sheet, last + 1, ["合计", *sums])
    for column in (3, 5):
        sheet.cell(last + 1, column).number_format = MONEY
    sheet.cell(last + 3, 1, "填表人：")
    return saved(book)


def items_list() -> bytes:
    """问题整改台账: the items of the period as rows, five of them blank, a count under them."""
    heads = ["序号", "编号", "所在村", "问题", "整改措施", "时限", "责任单位", "状态"]
    book, sheet = _sheet("台账", "问题整改台账", [6, 15, 13, 30, 30, 12, 16, 10], landscape=True)
    sheet["A2"], sheet["E2"] = "乡镇（街道）：", "填报日期："
    sheet.merge_cells("A2:B2")
    _row(sheet, 3, heads, head=True)
    for row in range(4, 9):
        _row(sheet, row, [None] * len(heads))
        sheet.row_dimensions[row].height = 30
    _row(sheet, 9, ["件数", "=COUNT(A4:A8)", *[None] * 6])
    sheet.print_title_rows = "1:3"
    return saved(book)


def village_card(asks: Sequence[str]) -> bytes:
    """村情况登记表: label and blank side by side; ``asks``: the last ones, which the register does not know."""
    book, sheet = _sheet("登记表", "村基本情况登记表", [22, 18, 22, 18])
    pairs = [
        "村名",
        "代码",
        "乡镇",
        "户数",
        "列入整改台账数",
        "整改销号数",
        "期末未销号数",
        "新建村级党建阵地数（个）",
        *asks,
    ]
    for at, label in enumerate(pairs):
        row, column = 2 + at // 2, 1 + 2 * (at % 2)
        for beside, text in ((column, label), (column + 1, None)):
            cell = sheet.cell(row, beside, text)
            cell.border, cell.alignment = LINES, CENTRE
            if text:
                cell.fill = HEAD
        sheet.row_dimensions[row].height = 26
    row = 3 + len(pairs) // 2 + len(pairs) % 2
    sheet.cell(row, 1, "填报人：")
    sheet.cell(row, 3, "填报日期：")
    return saved(book)


def town_report() -> bytes:
    """整改情况报告: a text with blanks, and a table."""
    paper = Document()
    paper.styles["Normal"].font.size = Pt(12)
    title = paper.add_paragraph()
    title.alignment = WD_ALIGN_PARAGRAPH.CENTER
    run = title.add_run("{{ 乡镇 }}{{ 期间 }}整改工作情况")
    run.bold, run.font.size = True, Pt(16)
    paper.add_paragraph(
        "本期列入整改台账{{ 列入整改台账数 }}件，整改销号{{ 整改销号数 }}件，"
        "期末未销号{{ 期末未销号数 }}件，办结事项的销号率{{ 销号率 }}%。"
    )
    paper.add_paragraph("下一步打算：{{ 下一步打算 }}")
    table = paper.add_table(rows=4, cols=3, style="Table Grid")
    rows = [
        ["项目", "本期", "上年同期"],
        ["列入整改台账数（件）", "", ""],
        ["整改销号数（件）", "", ""],
        ["期末未销号数（件）", "", ""],
    ]
    for line, texts in zip(table.rows, rows, strict=True):
        for cell, text in zip(line.cells, texts, strict=True):
            cell.text = text
    foot = paper.add_paragraph("{{ 填报单位 }}　{{ 填报日期 }}")
    foot.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    return saved(paper)
