"""Reading every sheet of a small workbook that somebody wrote by hand: bounded, and nothing in it overlooked."""

from __future__ import annotations

import datetime as dt
import io
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _
from openpyxl import load_workbook
from openpyxl.utils import get_column_letter

from huoshui.kernel.errors import Problem, Refusal
from huoshui.kernel.tables import ZIP_MARK, cell_of, refuse_other_kinds, require_size, require_unpacked, unreadable

MAX_BYTES = 10 * 1024 * 1024
MAX_UNPACKED_BYTES = 100 * 1024 * 1024
MOST_SHEETS, MOST_ROWS, MOST_COLUMNS = 50, 5000, 200
EXPECTED = ".xlsx"


@dataclass(frozen=True)
class Line:
    """One row that is not blank: its 1-based number in the sheet, and its cells as trimmed text."""

    number: int
    cells: list[str]


@dataclass
class Book:
    """A workbook as it was read: the lines of its sheets by their names, and what of it could not be read."""

    sheets: dict[str, list[Line]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)


def place_in(sheet: str, column: int | None = None, heading: str = "") -> str:
    """Where in a workbook: “条目”表，分值（F 列）. ``column`` counts from 1."""
    if column is None:
        return _("“%(sheet)s”表") % {"sheet": sheet}
    named = {"sheet": sheet, "heading": heading, "letter": get_column_letter(column)}
    return (_("“%(sheet)s”表，%(heading)s（%(letter)s 列）") if heading else _("“%(sheet)s”表，%(letter)s 列")) % named


def read_book(data: bytes, name: str) -> Book:
    """Every sheet. Of a formula the value it last had counts; one that has none is a problem, as it would be lost.

    The content decides, not the name's ending. Raises file.too_large (10 MB), file.empty, file.old_excel,
    file.web_page, file.macros, file.zip_bomb, file.unreadable (also above 100 MB unpacked) or file.too_many_cells
    (50 sheets, 5000 rows, 200 columns).
    """
    require_size(data, name, MAX_BYTES)
    refuse_other_kinds(data, name)
    if not data.startswith(ZIP_MARK):
        raise unreadable(name, _("不是工作簿"), EXPECTED)
    require_unpacked(data, name, MAX_UNPACKED_BYTES)
    try:
        return _read(data, name)
    except Refusal:
        raise
    except Exception as error:  # the parser's errors for broken files have no common base
        raise unreadable(name, _("不是完好的工作簿（%(fault)s）") % {"fault": type(error).__name__}, EXPECTED) from None


def _read(data: bytes, name: str) -> Book:
    book = Book()
    values = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
    formulas = load_workbook(io.BytesIO(data), read_only=True, data_only=False)
    if len(values.worksheets) > MOST_SHEETS:
        raise _too_many(name, values.sheetnames[MOST_SHEETS])
    for sheet, written in zip(values.worksheets, formulas.worksheets, strict=True):
        lines = book.sheets.setdefault(sheet.title, [])
        for number, (seen, typed) in enumerate(zip(_rows(sheet), _rows(written), strict=True), start=1):
            if number > MOST_ROWS or any(value is not None for value in seen[MOST_COLUMNS:]):
                raise _too_many(name, sheet.title)
            cells = [text_of(value) for value in seen[:MOST_COLUMNS]]
            book.problems += _lost(sheet.title, number, cells, typed)
            if any(cells):
                lines.append(Line(number, cells))
    return book


def _rows(sheet: Any) -> Any:
    """Rows up to one beyond what is read. They come one by one, so that a cell far out ends it at its own row."""
    sheet.reset_dimensions()
    return sheet.iter_rows(max_row=MOST_ROWS + 1, values_only=True)


def _lost(sheet: str, number: int, cells: list[str], typed: Any) -> list[Problem]:
    return [
        Problem("file.formula_unread", "file", number, {"formula": str(value)[:60]}, place_in(sheet, at))
        for at, (text, value) in enumerate(zip(cells, typed, strict=False), start=1)
        if not text and isinstance(value, str) and value.startswith("=")
    ]


def _too_many(name: str, sheet: str) -> Refusal:
    most = {"sheets": MOST_SHEETS, "rows": MOST_ROWS, "columns": MOST_COLUMNS}
    return Refusal("file.too_many_cells", field="file", name=name, sheet=sheet, **most)


def text_of(value: object) -> str:
    """A cell as text: dates as 2018-03-28, truth values as Excel shows them."""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    cell = cell_of(value)
    return cell.isoformat() if isinstance(cell, dt.date) else cell
