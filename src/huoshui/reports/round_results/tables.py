"""One sheet of a workbook of results: title, marks, heads, rows, notes; set up for printing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter

from huoshui.kernel.demonstration import demonstration_mark
from huoshui.kernel.spreadsheets import BORDER, set_value
from huoshui.reports.round_results.words import provisional
from huoshui.visits.models import Round

HEAD_ROW = 4
NARROW, WIDE, LONG, UPRIGHT = 9, 16, 40, 5
"""Widths of columns, in characters."""
MARK = PatternFill("solid", fgColor="F4C7C3")
STRUCK = Font(strike=True, color="777777")
CENTRED = Alignment(horizontal="center", vertical="center", wrap_text=True)
ON_END = Alignment(horizontal="center", vertical="bottom", text_rotation=255)
"""Chinese from top to bottom."""
WRAPPED = Alignment(vertical="top", wrap_text=True)


@dataclass
class Table:
    """What a sheet holds; columns are counted from 0, numbers are in points, fractions or counts."""

    title: str
    heads: list[str]
    formats: dict[int, str] = field(default_factory=dict)
    frozen: int = 0
    """How many columns stay when one scrolls."""
    wide: set[int] = field(default_factory=set)
    long: set[int] = field(default_factory=set)
    """Columns of sentences."""
    upright: set[int] = field(default_factory=set)
    """Columns whose heads are set from top to bottom."""
    notes: list[str] = field(default_factory=list)
    standing: str = ""
    """How far what it holds is settled; "" says it of the round's results."""
    rows: list[tuple[list[Any], set[int], set[int]]] = field(default_factory=list)

    def add(self, values: Sequence[Any], *, struck: set[int] | None = None, marked: set[int] | None = None) -> None:
        """A row, with the columns that are struck out and those that are marked."""
        self.rows.append((list(values), struck or set(), marked or set()))


def add_table(book: Workbook, round: Round, table: Table) -> None:
    """Add the table as a sheet: the round above it, the mark of a demonstration, notes below."""
    sheet: Any = book.create_sheet(table.title)
    _put(sheet, 1, 0, round.name).font = Font(bold=True, size=14)
    days = f"{round.opens_on:%Y-%m-%d} — {round.closes_on:%Y-%m-%d}"
    state = table.standing or f"{round.get_state_display()}{provisional(round)}"
    _put(sheet, 2, 0, f"{table.title}  {round.place.short_name}  {days}  {state}")
    _put(sheet, 3, 0, demonstration_mark()).font = Font(bold=True)
    for column, head in enumerate(table.heads):
        cell = _put(sheet, HEAD_ROW, column, head)
        cell.font, cell.border = Font(bold=True), BORDER
        cell.alignment = ON_END if column in table.upright else CENTRED
    for at, (values, struck, marked) in enumerate(table.rows, start=HEAD_ROW + 1):
        for column, value in enumerate(values):
            _body_cell(_put(sheet, at, column, value), table, column, struck, marked)
    foot = HEAD_ROW + len(table.rows) + 2
    for at, note in enumerate(table.notes, start=foot):
        _put(sheet, at, 0, note)
    _set_up(sheet, table)


def _body_cell(cell: Any, table: Table, column: int, struck: set[int], marked: set[int]) -> None:
    cell.border = BORDER
    if column in table.formats:
        cell.number_format = table.formats[column]
    if column in struck:
        cell.font = STRUCK
    if column in marked:
        cell.fill = MARK
    if column in table.long:
        cell.alignment = WRAPPED


def _put(sheet: Any, row: int, column: int, value: Any) -> Any:
    """Write a cell; a text stays a text, whatever it begins with."""
    cell = sheet.cell(row, column + 1)
    set_value(cell, value)
    return cell


def _set_up(sheet: Any, table: Table) -> None:
    for column in range(len(table.heads)):
        width = WIDE if column in table.wide else NARROW
        width = LONG if column in table.long else UPRIGHT if column in table.upright else width
        sheet.column_dimensions[get_column_letter(column + 1)].width = width
    sheet.freeze_panes = sheet.cell(HEAD_ROW + 1, table.frozen + 1)
    sheet.print_title_rows = f"1:{HEAD_ROW}"
    if table.frozen:
        sheet.print_title_cols = f"A:{get_column_letter(table.frozen)}"
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", sheet.PAPERSIZE_A4
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.oddFooter.center.text = _("第 &P 页　共 &N 页")
