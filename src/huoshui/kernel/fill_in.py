"""Workbooks that people fill in and send back: a row of headings, a row of what belongs there, and the rows read.

Accounts, activities and older ledgers come in this way.
"""

from __future__ import annotations

import io
from collections.abc import Iterable
from itertools import islice
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font

from huoshui.kernel.spreadsheets import BORDER, set_value
from huoshui.kernel.tables import ZIP_MARK, Row, read_rows, require_size, require_unpacked
from huoshui.kernel.workbooks import MAX_BYTES, MAX_UNPACKED_BYTES

HINT_MARK = "※"
"""Begins each cell of the row of hints, which is not read as a row."""
HEADINGS_AND_HINTS = 2


def workbook_to_fill_in(title: str, columns: Iterable[tuple[str, str]], *, width: float, text_rows: int = 0) -> bytes:
    """An empty .xlsx with a sheet of this title: each column a heading and a hint, ``width`` characters wide.

    ``text_rows``: so many rows below keep whatever is typed as text: codes their zeros, days as they were written.
    """
    book = Workbook()
    sheet: Any = book.active
    sheet.title = title
    sheet.freeze_panes = f"A{HEADINGS_AND_HINTS + 1}"
    for at, (heading, said) in enumerate(columns, start=1):
        head, hint = sheet.cell(1, at), sheet.cell(2, at)
        set_value(head, heading)
        set_value(hint, HINT_MARK + said)
        head.font, hint.font = Font(bold=True), Font(italic=True, color="777777")
        head.border, hint.alignment = BORDER, Alignment(wrap_text=True, vertical="top")
        sheet.column_dimensions[head.column_letter].width = width
        for row in range(HEADINGS_AND_HINTS + 1, HEADINGS_AND_HINTS + 1 + text_rows):
            sheet.cell(row, at).number_format = "@"
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def rows_filled_in(data: bytes, name: str, most: int) -> list[Row]:
    """The first ``most`` rows of a file without its hints: of one that is longer, the rest is not read.

    Raises what ``read_rows`` raises; file.too_large and file.unreadable above the bounds of a workbook that somebody
    wrote by hand.
    """
    require_size(data, name, MAX_BYTES)
    if data.startswith(ZIP_MARK):
        require_unpacked(data, name, MAX_UNPACKED_BYTES)
    rows = (row for row in read_rows(data, name) if not str(row.cells[0]).startswith(HINT_MARK))
    return list(islice(rows, most))
