"""The result sheet of a round as an Excel workbook."""

from __future__ import annotations

import io
from typing import Any

from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from huoshui.kernel import clock
from huoshui.kernel.demonstration import demonstration_mark
from huoshui.kernel.numbers import POINTS
from huoshui.kernel.spreadsheets import BORDER, set_value
from huoshui.visits.models import Round
from huoshui.visits.queries.results import ResultRow, ResultSheet


def result_workbook(round: Round, sheet: ResultSheet) -> bytes:
    """Title, one row a village with the judges' totals as numbers (dropped ones struck), who signed."""
    book = Workbook()
    table: Any = book.active
    table.title = _("成绩表")
    heads = [_("名次"), _("乡镇"), _("村"), *sheet.judge_labels, _("均分"), _("加减分"), _("总分"), _("更正前")]
    _put(table, 1, 1, round.name).font = Font(bold=True, size=14)
    days = f"{round.opens_on:%Y-%m-%d} — {round.closes_on:%Y-%m-%d}"
    _put(table, 2, 1, f"{round.place.short_name}  {days}  {round.get_state_display()}")
    _put(table, 3, 1, demonstration_mark()).font = Font(bold=True)
    for column, head in enumerate(heads, start=1):
        cell = _put(table, 4, column, head)
        cell.font, cell.border = Font(bold=True), BORDER
        cell.alignment = Alignment(horizontal="center", vertical="center", wrap_text=True)
    for at, row in enumerate(sheet.rows, start=5):
        _row(table, at, row, sheet.judge_numbers, round.decimals)
    last = 5 + len(sheet.rows)
    for at, signature in enumerate(sheet.signatures, start=last + 1):
        _put(
            table,
            at,
            1,
            _("%(who)s：%(note)s") % {"who": signature.role, "note": signature.title}
            + f"  {clock.local_date(signature.at):%Y-%m-%d}",
        )
    foot = last + len(sheet.signatures) + 1
    _put(table, foot, 1, f"{_('成绩摘要')} {sheet.signed_digest or sheet.digest}")
    if sheet.corrected_since_signing:
        _put(table, foot + 1, 1, _("封存后有更正，更正后的成绩没有重新签字"))
    _page_setup(table, len(heads))
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _row(table: Any, at: int, row: ResultRow, numbers: list[int], decimals: int) -> None:
    rank = row.rank
    form = "0." + "0" * max(decimals, 2)
    totals = {total.number: total for total in row.totals}
    _put(table, at, 1, rank.rank)
    _put(table, at, 2, rank.town.short_name if rank.town else "")
    _put(table, at, 3, rank.place.short_name)
    for column, number in enumerate(numbers, start=4):
        total = totals.get(number)
        cell = _put(table, at, column, total.total / POINTS if total else None, form)
        if total and total.dropped:
            cell.font = Font(strike=True, color="777777")
    after = 4 + len(numbers)
    _put(table, at, after, rank.mean / POINTS, form)
    _put(table, at, after + 1, rank.adjustments / POINTS, form)
    _put(table, at, after + 2, rank.total / POINTS, form).font = Font(bold=True)
    _put(table, at, after + 3, rank.corrected_from or None)
    for column in range(1, after + 4):
        table.cell(at, column).border = BORDER


def _put(table: Any, row: int, column: int, value: Any, number_format: str = "") -> Any:
    """Write a cell; a text stays a text, whatever it begins with."""
    cell = table.cell(row, column)
    set_value(cell, value)
    if number_format:
        cell.number_format = number_format
    return cell


def _page_setup(table: Any, columns: int) -> None:
    for column in range(1, columns + 1):
        table.column_dimensions[get_column_letter(column)].width = 14 if column in (2, 3) else 9
    table.freeze_panes = "D5"
    table.print_title_rows = "1:4"
    table.page_setup.orientation, table.page_setup.paperSize = "landscape", table.PAPERSIZE_A4
    table.page_setup.fitToWidth, table.page_setup.fitToHeight = 1, 0
    table.sheet_properties.pageSetUpPr.fitToPage = True
    table.oddFooter.center.text = "第 &P 页　共 &N 页"
