"""Reading an XLSForm: bounded, checked by pyxform as a form, with the row and the column of everything in it."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _
from pyxform import aliases
from pyxform.errors import PyXFormError
from pyxform.parsing.sheet_headers import process_header
from pyxform.question import MultipleChoiceQuestion, Option
from pyxform.survey import Survey
from pyxform.xls2json_backends import get_xlsform
from pyxform.xls2xform import convert

from huoshui.kernel.errors import Problem, Refusal
from huoshui.kernel.tables import OLE_MARK, require_size, unreadable
from huoshui.kernel.workbooks import MAX_BYTES, MOST_COLUMNS, MOST_ROWS, Book, Line, place_in, read_book, text_of

ROW = "huoshui_row"
"""The key under which each row of the survey keeps its number on its way through pyxform."""
OWN = re.compile(r"(?:huoshui::?)?(points|unit|decimals|at_least|at_most|method|place_kinds)", re.IGNORECASE)
"""Columns of ours in an XLSForm, with or without huoshui:: before them."""
SHEETS = ("survey", "choices", "settings")
HEADERS = {
    "survey": (aliases.survey_header, set(MultipleChoiceQuestion.get_slot_names())),
    "choices": (aliases.list_header, set(Option.get_slot_names())),
    "settings": (aliases.settings_header, set(Survey.get_slot_names())),
}
EXPECTED = ".xlsx"
ROW_SAID = re.compile(r"\[row : (\d+)\]|row '?(\d+)")


@dataclass(frozen=True)
class Cell:
    """A cell of the form that is filled in: where it stands, its heading, and what pyxform takes the heading for."""

    sheet: str
    row: int
    column: int
    heading: str
    key: tuple[str, ...]
    text: str

    @property
    def where(self) -> str:
        """Sheet and column, for people."""
        return place_in(self.sheet, self.column, self.heading)


@dataclass
class Form:
    """A form that pyxform accepts."""

    json: dict[str, Any]
    """As pyxform understands it; each question with its row of the survey under ``ROW``."""
    book: Book
    warnings: list[str] = field(default_factory=list)
    names: dict[str, str] = field(default_factory=dict)
    """The true name of each of the sheets that count, which may be written in capitals."""

    def lines(self, sheet: str) -> list[Line]:
        """The rows of a sheet, its headings first."""
        return self.book.sheets.get(self.names.get(sheet, ""), [])

    @cached_property
    def cells(self) -> dict[tuple[str, int], list[Cell]]:
        """The filled cells of survey, choices and settings, by sheet and row."""
        found: dict[tuple[str, int], list[Cell]] = {}
        for sheet in SHEETS:
            for cell in self._cells(sheet):
                found.setdefault((sheet, cell.row), []).append(cell)
        return found

    def _cells(self, sheet: str) -> Iterator[Cell]:
        lines = self.lines(sheet)
        if not lines:
            return
        headings, title = lines[0].cells, self.names[sheet]
        keys = [_key(sheet, heading, any("::" in text for text in headings)) for heading in headings]
        for line in lines[1:]:
            for at, text in enumerate(line.cells):
                if text:
                    heading, key = (headings[at], keys[at]) if at < len(headings) else ("", ())
                    yield Cell(title, line.number, at + 1, heading, key, text)

    def cell(self, sheet: str, row: int, *key: str) -> Cell | None:
        """The cell of a row under a heading that means ``key``."""
        return next((cell for cell in self.cells.get((sheet, row), []) if cell.key[: len(key)] == key), None)

    def own(self, sheet: str, row: int, name: str) -> Cell | None:
        """The cell of a row under a heading of ours."""
        return self.cell(sheet, row, "huoshui", name)

    def where(self, sheet: str, row: int, *key: str) -> str:
        """Sheet and column of a cell, or the sheet alone."""
        cell = self.cell(sheet, row, *key)
        return cell.where if cell else place_in(self.names.get(sheet, sheet))


def _key(sheet: str, heading: str, double: bool) -> tuple[str, ...]:
    """What a heading means: ours under "huoshui", otherwise as pyxform reads it."""
    ours = OWN.fullmatch(heading.strip())
    if ours:
        return ("huoshui", ours[1].lower())
    if not heading:
        return ()
    known, columns = HEADERS[sheet]
    key: tuple[str, ...] = process_header(heading, double, known, columns)[1]
    return key


def read_form(data: bytes, name: str) -> Form:
    """The form in an .xlsx or .xls file.

    Raises what ``read_book`` raises, and xlsform.not_accepted with pyxform's own words.
    """
    old = data.startswith(OLE_MARK)
    book = _old_book(data, name) if old else read_book(data, name)
    if book.problems:
        raise Refusal.of(book.problems)
    names = {title.strip().lower(): title for title in book.sheets}
    if "survey" not in names and len(book.sheets) == 1:
        names["survey"] = next(iter(book.sheets))  # pyxform takes a single sheet for the survey
    warnings: list[str] = []
    try:
        with_rows = _with_rows(get_xlsform(io.BytesIO(data), ".xls" if old else ".xlsx"))
        with_rows["fallback_form_name"] = Path(name).stem or None
        json = convert(with_rows, warnings=warnings, validate=False)._pyxform
    except PyXFormError as error:
        raise _not_accepted(str(error), names) from None
    except (RecursionError, ValueError, KeyError, TypeError, AttributeError, IndexError) as error:
        # pyxform does not foresee every form; its failure is the form's refusal, never ours.
        raise _not_accepted(f"{type(error).__name__}: {error}", names) from None
    return Form(json, book, warnings, names)


def _with_rows(definition: Any) -> dict[str, Any]:
    """What pyxform read, each row of the survey with its number, and without our own columns."""
    sheets = asdict(definition)
    for sheet in ("survey", "choices", "settings"):
        rows, headers = sheets[sheet] or [], sheets[f"{sheet}_header"] or []
        for part in [*rows, *headers]:
            for heading in [heading for heading in part if OWN.fullmatch(heading.strip())]:
                del part[heading]
    for number, row in enumerate(sheets["survey"] or [], start=2):
        if row:
            row[ROW] = str(number)
    for header in sheets["survey_header"] or []:
        header[ROW] = None
    return sheets


def _not_accepted(reason: str, names: dict[str, str]) -> Refusal:
    said = ROW_SAID.search(reason)
    row = int(said[1] or said[2]) if said else None
    column = place_in(names["survey"]) if said and "survey" in names else ""
    reason = re.sub(r"\s+", " ", reason.replace(ROW, "")).strip()[:400]
    return Refusal.of([Problem("xlsform.not_accepted", "file", row, {"reason": reason}, column)])


def _old_book(data: bytes, name: str) -> Book:
    """An .xls, which xlrd reads for pyxform; with a password, or anything else of that kind, file.old_excel."""
    import xlrd

    require_size(data, name, MAX_BYTES)
    book = Book()
    try:
        with xlrd.open_workbook(file_contents=data, logfile=io.StringIO()) as workbook:
            for sheet in workbook.sheets():
                if sheet.nrows > MOST_ROWS or sheet.ncols > MOST_COLUMNS:
                    limits = {"sheets": 50, "rows": MOST_ROWS, "columns": MOST_COLUMNS}
                    raise Refusal("file.too_many_cells", field="file", name=name, sheet=sheet.name, **limits)
                rows = ([text_of(value) for value in sheet.row_values(row)] for row in range(sheet.nrows))
                lines = [Line(number, cells) for number, cells in enumerate(rows, start=1) if any(cells)]
                book.sheets[sheet.name] = lines
    except Refusal:
        raise
    except xlrd.XLRDError:
        raise Refusal("file.old_excel", field="file", name=name) from None
    except Exception as error:  # xlrd's errors for broken files have no common base
        raise unreadable(name, _("不是完好的工作簿（%(fault)s）") % {"fault": type(error).__name__}, EXPECTED) from None
    return book
