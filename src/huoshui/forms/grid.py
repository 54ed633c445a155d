"""A form as it looks: sheets of cells, and paragraphs; the same for Excel and Word."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from openpyxl.utils import get_column_letter
from openpyxl.utils.cell import column_index_from_string, coordinate_from_string

MARKED = re.compile(r"\{\{\s*([^{}]{0,60}?)\s*\}\}|_{2,}|＿{2,}")
"""What is marked to be written over in a text: {{ placeholder }}, or a line of underscores."""
DATE = r"[ \t\u00a0\u3000]*年[ \t\u00a0\u3000]+月[ \t\u00a0\u3000]+日"
ROOM = re.compile(rf"(?<!\d){DATE}|(?<=[：:])[ \t\u00a0\u3000]{{2,}}(?!\s*年[ \t\u00a0\u3000]+月)")
"""Room that an office leaves to be written in: behind 填报单位（盖章）：, and 年  月  日 without digits."""
BY_HAND = re.compile(r"签字|签名|签章|手印")
"""Whoever leaves room behind these wants it written by hand."""
LONGEST_LABEL = 14


@dataclass(frozen=True)
class Blank:
    """A place in a text that is to be written in. Marked ones are numbered first, so that they keep their numbers."""

    number: int
    start: int
    end: int
    name: str = ""
    """What a placeholder says."""
    is_room: bool = False
    is_date: bool = False


def blanks_in(text: str) -> list[Blank]:
    """The blanks of a text, in the order in which they stand."""
    marked = [(found.start(), found.end(), found[1] or "") for found in MARKED.finditer(text)]
    taken = [(start, end) for start, end, _name in marked]
    rooms = [
        (found.start(), found.end())
        for found in ROOM.finditer(text)
        if _is_asked(text, found) and not any(start < found.end() and found.start() < end for start, end in taken)
    ]
    blanks = [Blank(at, *one) for at, one in enumerate(marked, start=1)]
    blanks += [
        Blank(at, start, end, is_room=True, is_date="年" in text[start:end])
        for at, (start, end) in enumerate(rooms, start=len(marked) + 1)
    ]
    return sorted(blanks, key=lambda one: one.start)


def label_before(text: str, at: int) -> str:
    """The words that end before a position: what the room behind them is for."""
    return re.split(r"[\s，。；;,、：:]", text[:at].rstrip("：: \t\u00a0\u3000"))[-1]


def room_left(blank: Blank, whole: str, text: str) -> str:
    """What is left of a room behind the text written into it, so that the words that follow stay where they are."""
    if not blank.is_room or blank.is_date or not whole[blank.end :].strip():
        return ""
    left = _width(whole[blank.start : blank.end]) - _width(text)
    return " " * max(left, 2)


def _width(text: str) -> int:
    """In half-width characters."""
    return sum(2 if unicodedata.east_asian_width(one) in "WFA" else 1 for one in text)


def _is_asked(text: str, room: re.Match[str]) -> bool:
    """Whether the words before a room are a short label, behind which nobody has to sign, and no year is given."""
    if text[: room.start()].rstrip()[-1:].isdigit():
        return False
    label = label_before(text, room.start())
    return len(label) <= LONGEST_LABEL and not BY_HAND.search(label) and (bool(label) or "年" in room[0])


@dataclass(frozen=True)
class Look:
    """How a cell looks. Borders: of t, r, b, l those that are drawn."""

    align: str = ""
    valign: str = ""
    bold: bool = False
    borders: str = ""
    fill: str = ""
    size: float = 0
    """Points; 0: the usual."""
    percent: bool = False
    """The number format shows hundredths as percent."""
    date: bool = False
    decimals: int | None = None
    """Decimals that the number format shows; None: as the number has them."""


@dataclass(frozen=True)
class GridCell:
    """A cell that shows: not one that a merge covers. Rows and columns count from 1."""

    row: int
    column: int
    text: str
    look: Look
    rowspan: int = 1
    colspan: int = 1
    formula: str = ""

    @property
    def at(self) -> str:
        return f"{get_column_letter(self.column)}{self.row}"

    @property
    def is_open(self) -> bool:
        """Whether something may be written into it: it is empty, or holds a placeholder."""
        return not self.formula and (not self.text.strip() or self.blank is not None)

    @property
    def blank(self) -> Blank | None:
        """The blank within its text: the first that is marked, or the only room; several rooms are not told apart."""
        found = blanks_in(self.text)
        marked = [one for one in found if not one.is_room]
        return marked[0] if marked else found[0] if len(found) == 1 else None


@dataclass
class Sheet:
    """A sheet of a workbook, or a table of a document."""

    name: str
    widths: list[float] = field(default_factory=list)
    """Of each column, in characters; 0: hidden."""
    cells: dict[tuple[int, int], GridCell] = field(default_factory=dict)
    covered: dict[tuple[int, int], tuple[int, int]] = field(default_factory=dict)
    """Cells under a merge, with the cell that shows."""
    heights: dict[int, float] = field(default_factory=dict)
    """Points."""
    landscape: bool = False
    has_objects: bool = False
    """Charts, tables or pivots whose ranges would not follow inserted rows."""

    @cached_property
    def is_ruled(self) -> bool:
        """Whether lines are drawn on it at all."""
        return any(cell.look.borders for cell in self.cells.values())

    def is_headed(self, cell: GridCell) -> bool:
        """Whether a text stands left of a cell in its row, and another above it in its own column alone."""
        before = (self.cell(cell.row, at) for at in range(1, cell.column))
        above = (self.cell(at, cell.column) for at in range(1, cell.row))
        return any(one is not None and one.text.strip() for one in before) and any(
            one is not None and one.text.strip() and one.colspan == 1 for one in above
        )

    @property
    def rows(self) -> int:
        return max((row for row, _column in self.cells), default=0)

    @property
    def columns(self) -> int:
        return len(self.widths)

    def cell(self, row: int, column: int) -> GridCell | None:
        """The cell that shows at a position, through merges."""
        return self.cells.get(self.covered.get((row, column), (row, column)))

    def lines(self) -> list[list[GridCell]]:
        """The cells that show, row by row."""
        found: list[list[GridCell]] = [[] for _row in range(self.rows)]
        for cell in sorted(self.cells.values(), key=lambda one: (one.row, one.column)):
            found[cell.row - 1].append(cell)
        return found


@dataclass
class Paragraph:
    """A paragraph of a document; its blanks are numbered from 1, those that are marked first."""

    name: str
    text: str
    align: str = ""
    bold: bool = False
    size: float = 0

    @cached_property
    def blanks(self) -> list[Blank]:
        """Where something is to be written, in order."""
        return blanks_in(self.text)

    @property
    def parts(self) -> list[tuple[str, str]]:
        """The text in pieces: (words, "") or (what stands there, address of the blank)."""
        found, last = [], 0
        for blank in self.blanks:
            if blank.start > last:
                found.append((self.text[last : blank.start], ""))
            found.append((self.text[blank.start : blank.end], str(blank.number)))
            last = blank.end
        if last < len(self.text) or not found:
            found.append((self.text[last:], ""))
        return found


@dataclass
class Book:
    """A whole form."""

    kind: str
    blocks: list[Sheet | Paragraph] = field(default_factory=list)
    heard: dict[tuple[str, str], Any] = field(default_factory=dict, compare=False, repr=False)
    """What ``headings`` found around a cell, and by ("", sheet) the unit that the sheet says."""

    @property
    def sheets(self) -> list[Sheet]:
        return [block for block in self.blocks if isinstance(block, Sheet)]

    def sheet(self, name: str) -> Sheet | None:
        """A sheet by its name."""
        return next((sheet for sheet in self.sheets if sheet.name == name), None)

    def paragraph(self, name: str) -> Paragraph | None:
        """A paragraph by its name."""
        found = (block for block in self.blocks if isinstance(block, Paragraph) and block.name == name)
        return next(found, None)

    def open_cells(self) -> list[tuple[str, str]]:
        """Every place that looks like a question: an empty cell within lines, a placeholder, a blank in a text.

        On a sheet that was left without lines: an empty cell under a heading and right of one.
        """
        found: list[tuple[str, str]] = []
        for block in self.blocks:
            if isinstance(block, Paragraph):
                found += [(block.name, at) for _text, at in block.parts if at]
            else:
                asks = block.is_headed if not block.is_ruled else _is_drawn
                drawn = (c for c in block.cells.values() if c.is_open and (c.text.strip() or asks(c)))
                found += [(block.name, cell.at) for cell in sorted(drawn, key=lambda c: (c.row, c.column))]
        return found


def _is_drawn(cell: GridCell) -> bool:
    return bool(cell.look.borders)


def position(at: str) -> tuple[int, int]:
    """Row and column of an address such as B7. Raises ValueError for what is none."""
    try:
        letters, row = coordinate_from_string(at.upper())
        return row, column_index_from_string(letters)
    except Exception:  # openpyxl's own exception has no common base with what int and str raise
        raise ValueError(f"no cell: {at}") from None


def address(row: int, column: int) -> str:
    """B7 of (7, 2)."""
    return f"{get_column_letter(column)}{row}"
