"""What is wrong with a file, as a workbook to correct it by."""

from __future__ import annotations

import io
from typing import Any

from django.http import HttpResponse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.styles import Alignment, Font

from huoshui.kernel.errors import Problem
from huoshui.kernel.spreadsheets import XLSX, set_value

SHOWN_PROBLEMS = 200
"""Problems on a page; all of them are in the workbook."""
WIDTHS = (8, 26, 56, 48, 22)
"""Column widths of the workbook, in characters."""


def problem_list(problems: list[Problem]) -> HttpResponse:
    """Every problem with its row and column, to be saved; text stays text."""
    response = HttpResponse(_workbook(problems), content_type=XLSX)
    response["Content-Disposition"] = content_disposition_header(True, f"{_('导入错误')}.xlsx")
    return response


def _workbook(problems: list[Problem]) -> bytes:
    book = Workbook()
    sheet: Any = book.active
    sheet.title = _("导入错误")
    sheet.freeze_panes = "A2"
    rows: list[list[Any]] = [[_("行"), _("列"), _("错在哪里"), _("怎么改"), _("规则")]]
    rows += [[p.row, p.where, p.message(), p.what_next(), p.code] for p in problems]
    for number, row in enumerate(rows, start=1):
        for at, value in enumerate(row, start=1):
            cell = sheet.cell(number, at)
            set_value(cell, value)
            cell.alignment = Alignment(wrap_text=True, vertical="top")
            cell.font = Font(bold=number == 1)
    for letter, width in zip("ABCDE", WIDTHS, strict=True):
        sheet.column_dimensions[letter].width = width
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()
