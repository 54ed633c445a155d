"""An Excel workbook as it looks. Read for showing alone: what is filled is written into the file's own XML."""

from __future__ import annotations

import io
import math
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from django.utils.translation import gettext as _
from openpyxl import load_workbook
from openpyxl.styles.numbers import is_date_format
from openpyxl.utils import get_column_letter, range_boundaries

from huoshui.forms.grid import Book, GridCell, Look, Sheet
from huoshui.kernel import numbers
from huoshui.kernel.errors import Refusal
from huoshui.kernel.office_parts import elements
from huoshui.kernel.tables import unreadable
from huoshui.kernel.workbooks import text_of

MOST_SHEETS, MOST_ROWS, MOST_COLUMNS = 30, 3000, 100
LAST_ROW, LAST_COLUMN = 1_048_576, 16_384
"""Of any sheet."""
USUAL_WIDTH = 9.0
"""Characters of a column that declares no width."""
EDGES = (("t", "top"), ("r", "right"), ("b", "bottom"), ("l", "left"))


def read_workbook(data: bytes, name: str) -> Book:
    """The visible sheets of a workbook. Raises file.unreadable or file.too_many_cells."""
    try:
        written = load_workbook(io.BytesIO(data))
        values = load_workbook(io.BytesIO(data), data_only=True)
        return _book(written, values, name)
    except Refusal:
        raise
    except Exception as error:  # the parser's errors for broken files have no common base
        raise unreadable(name, _("不是完好的工作簿（%(fault)s）") % {"fault": type(error).__name__}, ".xlsx") from None


def require_bounded(parts: Mapping[str, bytes], name: str) -> None:
    """Before openpyxl makes a cell of each that a merge covers. Raises file.too_many_cells or file.unreadable."""
    for part, content in parts.items():
        if not part.lower().endswith(".xml"):
            continue
        try:
            merged = 0
            for merge in elements(content, "mergeCell"):
                left, top, right, bottom = range_boundaries(merge.get("ref", ""))
                merged += ((right or LAST_COLUMN) - (left or 1) + 1) * ((bottom or LAST_ROW) - (top or 1) + 1)
                if merged > MOST_ROWS * MOST_COLUMNS:
                    raise _too_many(name, part)
        except ValueError as error:
            fault = _("不是完好的工作簿（%(fault)s）") % {"fault": f"{part}: {error}"[:120]}
            raise unreadable(name, fault, ".xlsx") from None


def _too_many(name: str, sheet: str) -> Refusal:
    most = {"sheets": MOST_SHEETS, "rows": MOST_ROWS, "columns": MOST_COLUMNS}
    return Refusal("file.too_many_cells", field="file", name=name, sheet=sheet, **most)


def _book(written: Any, values: Any, name: str) -> Book:
    book = Book("xlsx")
    for sheet in written.worksheets:
        too_many = sheet.max_row > MOST_ROWS or sheet.max_column > MOST_COLUMNS
        if too_many or len(book.blocks) >= MOST_SHEETS:
            raise _too_many(name, sheet.title)
        if sheet.sheet_state == "visible":
            book.blocks.append(_sheet(sheet, values[sheet.title]))
    return book


def _sheet(sheet: Any, values: Any) -> Sheet:
    found = Sheet(sheet.title, landscape=sheet.page_setup.orientation == "landscape")
    found.has_objects = bool(sheet._charts or sheet.tables or getattr(sheet, "_pivots", ()))
    spans: dict[tuple[int, int], tuple[int, int]] = {}
    for merge in sheet.merged_cells.ranges:
        first = (merge.min_row, merge.min_col)
        spans[first] = (merge.max_row - merge.min_row + 1, merge.max_col - merge.min_col + 1)
        for row in range(merge.min_row, merge.max_row + 1):
            for column in range(merge.min_col, merge.max_col + 1):
                if (row, column) != first:
                    found.covered[row, column] = first
    looks: dict[int, Look] = {}
    for line in sheet.iter_rows():
        for cell in line:
            at = (cell.row, cell.column)
            if at in found.covered:
                continue
            seen = _cell(cell, values, spans.get(at, (1, 1)), looks)
            found.cells[at] = seen if at not in spans else _with_edges(seen, sheet, spans[at])
    found.widths = _widths(sheet)
    found.heights = {number: row.height for number, row in sheet.row_dimensions.items() if row.height}
    return found


def _cell(cell: Any, values: Any, span: tuple[int, int], looks: dict[int, Look]) -> GridCell:
    formula = cell.value if isinstance(cell.value, str) and cell.data_type == "f" else ""
    if cell.data_type == "f" and not formula:
        formula = str(getattr(cell.value, "text", "") or "=")  # an array formula
    shown = values.cell(cell.row, cell.column).value if formula else cell.value
    style = hash(tuple(cell._style or ()))
    look = looks.get(style) or looks.setdefault(style, _look(cell))
    return GridCell(cell.row, cell.column, _text(shown, look), look, *span, formula=formula)


def _text(value: Any, look: Look) -> str:
    """A value as its number format shows it, as far as decimals, percent and grouping go."""
    if isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value):
        exact = Fraction(repr(value))  # the numeral in the file, as Excel rounds it: not the binary fraction
        if look.percent:
            return f"{_rounded(exact * 100, look.decimals or 0)}%"
        if look.decimals is not None:
            return _rounded(exact, look.decimals)
    # Blanks at the end of a text may be room to write in.
    return value if isinstance(value, str) else text_of(value)


def _rounded(value: Fraction, decimals: int) -> str:
    scale = 10**decimals
    return numbers.shown(numbers.rounded(value * scale), scale, decimals)


def _look(cell: Any) -> Look:
    fill = cell.fill.fgColor.rgb if cell.fill.fill_type == "solid" and isinstance(cell.fill.fgColor.rgb, str) else ""
    borders = "".join(letter for letter, edge in EDGES if getattr(cell.border, edge).style)
    form = cell.number_format or "General"
    plain = form.split(";")[0]
    decimals = len(plain.partition(".")[2].rstrip("%_ )")) if plain.strip("#,0.%_ ()") == "" and "0" in plain else None
    return Look(
        align=cell.alignment.horizontal if cell.alignment.horizontal in ("left", "center", "right") else "",
        valign={"center": "middle", "top": "top"}.get(cell.alignment.vertical or "", ""),
        bold=bool(cell.font.b),
        borders=borders,
        fill=f"#{fill[-6:].lower()}" if fill and fill[-6:].upper() != "FFFFFF" else "",
        size=float(cell.font.sz or 0),
        percent="%" in plain,
        date=is_date_format(form),
        decimals=decimals,
    )


def _with_edges(cell: GridCell, sheet: Any, span: tuple[int, int]) -> GridCell:
    """A merged cell has the lines of the cells at its far edges too."""
    far = sheet.cell(cell.row + span[0] - 1, cell.column + span[1] - 1).border
    edges = {letter for letter, edge in EDGES[1:3] if getattr(far, edge).style}
    look = cell.look
    return GridCell(
        cell.row,
        cell.column,
        cell.text,
        Look(**(vars(look) | {"borders": "".join(sorted({*look.borders, *edges}, key="trbl".index))})),
        *span,
        formula=cell.formula,
    )


def _widths(sheet: Any) -> list[float]:
    """The width of each column in characters; groups of columns share one declaration."""
    widths = [USUAL_WIDTH] * sheet.max_column
    for letter, known in sheet.column_dimensions.items():
        first = known.min or _number(letter)
        for at in range(first, min(known.max or first, sheet.max_column) + 1):
            widths[at - 1] = 0.0 if known.hidden else float(known.width or USUAL_WIDTH)
    return widths


def _number(letter: str) -> int:
    return next(n for n in range(1, MOST_COLUMNS + 1) if get_column_letter(n) == letter)
