"""Documents for the demo, as villages keep them beside photos: minutes in Word, counts in Excel, costs in PDF.

Made here from what the demo's own records say; each says that it is demonstration, and names nobody.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from openpyxl import Workbook
from openpyxl.styles import Alignment, Font

from huoshui.demo.form_files import saved
from huoshui.media.actions import attach_file
from huoshui.places.models import Place
from huoshui.reports.papers import Column, Heading, Row, Signer, TablePaper
from huoshui.reports.typesetting import typeset

COSTS = (("土建与粉刷", 42), ("门窗与水电", 23), ("场地硬化", 21), ("标识与设施", 14))
"""What a hub's works consist of, and their share in percent; invented."""


def minutes(title: str, place: Place, on: dt.date, people: int, length: int, topic: str) -> bytes:
    """Minutes of a meeting as .docx: when, where, how many, how long, and what was talked about."""
    paper = Document()
    head = paper.add_heading(f"{title}会议记录", level=1)
    head.alignment = WD_ALIGN_PARAGRAPH.CENTER
    table = paper.add_table(rows=0, cols=2, style="Table Grid")
    facts = {
        "地点": f"{place.short_name}村部",
        "时间": f"{on:%Y年%m月%d日}，{length}分钟",
        "到会": f"{people}人",
        "议题": topic,
    }
    for name, said in facts.items():
        row = table.add_row()
        row.cells[0].text, row.cells[1].text = name, said
    paper.add_paragraph()
    for said in ("一、通报上次会议议定事项的办理情况。", f"二、围绕“{topic}”逐人发言。", "三、议定事项列入本月计划。"):
        paper.add_paragraph(said)
    paper.add_paragraph("示范材料，内容虚构，不记姓名。")
    return saved(paper)


def attendance(title: str, on: dt.date, groups: dict[str, tuple[int, int]]) -> bytes:
    """How many came of how many, by group, as .xlsx; ``groups``: by name, those who came and those who should have."""
    book = Workbook()
    sheet: Any = book.active
    sheet.title = "到会人数"
    sheet.append([f"{title}到会人数（{on.isoformat()}，示范）"])
    sheet.append(["党小组", "应到", "实到", "请假"])
    for name, (came, due) in groups.items():
        sheet.append([name, due, came, due - came])
    last = sheet.max_row
    sheet.append(["合计", *(f"=SUM({column}3:{column}{last})" for column in "BCD")])
    sheet.merge_cells("A1:D1")
    sheet["A1"].font, sheet["A1"].alignment = Font(size=14, bold=True), Alignment(horizontal="center")
    sheet.column_dimensions["A"].width = 22
    return saved(book)


def cost_list(by: Any, place: Place, work: str, total: str) -> bytes:
    """What the works of a hub cost, part by part, as PDF; the parts come to ``total`` yuan."""
    whole = Decimal(total)
    parts = [(name, whole * share / 100) for name, share in COSTS]
    title = f"{place.short_name}党建阵地{work}工程造价清单"
    columns = [Column("序号", 12, "center"), Column("分项", 60), Column("金额（元）", 40, "right")]
    rows: list[Row] = [[str(at), name, f"{amount:,.2f}"] for at, (name, amount) in enumerate(parts, start=1)]
    paper = TablePaper(
        Heading(f"{place.short_name}村民委员会", title, []),
        columns,
        [*rows, ["", "合计", f"{whole:,.2f}"]],
        notes=["示范材料，分项金额虚构。"],
        signers=[Signer("编制"), Signer("审核")],
    )
    return typeset("table", paper, title=title, by=by)


def put_beside(*, by: Any, subject: Any, place: Place, data: bytes, name: str) -> None:
    """Attach a document to the materials of a record, as its user would."""
    caption = f"示范材料：{name.rpartition('.')[0]}"
    attach_file(by=by, subject=subject, place=place, slot="files", data=data, name=name, caption=caption)
