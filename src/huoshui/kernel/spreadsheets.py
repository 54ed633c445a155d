"""What every workbook shares: text that stays text, whatever it begins with; borders; the MIME type."""

from __future__ import annotations

import re
from typing import Any

from openpyxl.styles import Border, Side

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
"""A text that begins so could be run as a formula by a spreadsheet."""
UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
LINE = Side(style="thin", color="999999")
BORDER = Border(left=LINE, right=LINE, top=LINE, bottom=LINE)


def cell_text(text: str) -> str:
    """A text as a workbook can hold it: line ends of Excel (LF), without characters that it refuses."""
    if text.isprintable():  # nearly every text: nothing to look for
        return text
    return UNPRINTABLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def set_value(cell: Any, value: Any) -> None:
    """Put a value into a cell; a text is never a formula.

    One that begins like a formula keeps its exact characters and carries Excel's mark for text (quote prefix), so
    that it stays text when somebody edits it.
    """
    if not isinstance(value, str):
        cell.value = value
        return
    text = cell_text(value)
    cell.value = text or None
    if text:
        cell.data_type = "s"
        if value.startswith(FORMULA_STARTS):
            cell.quotePrefix = True
