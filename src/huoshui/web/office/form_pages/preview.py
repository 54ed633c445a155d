"""A form as HTML, true to its layout: what the templates ``office/forms/preview.html`` show."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from huoshui.forms.grid import Book, GridCell, Paragraph, Sheet

PIXELS_A_CHARACTER, PIXELS_A_POINT = 7.4, 1.34
NARROWEST = 14
"""Pixels of the narrowest column, so that it can be hit."""
SIZES = ((16, "xl"), (13, "l"), (8.5, "m"), (0.1, "s"))
"""Points from which on a text is shown larger; below them smaller."""


@dataclass(frozen=True)
class Mark:
    """What is shown of a cell beyond its layout: where it leads, how it is coloured, what is said on hover."""

    url: str = ""
    kind: str = ""
    tip: str = ""
    text: str = ""
    """Shown in place of an empty cell's nothing."""
    chosen: bool = False
    outside: bool = False
    """A link of its own page, not of the panel beside."""


Marks = Mapping[tuple[str, str], Mark]


@dataclass
class ShownCell:
    """One <td>."""

    at: str
    id: str
    text: str
    css: str
    align: str
    valign: str
    fill: str
    wide: int
    tall: int
    mark: Mark | None


@dataclass
class ShownBlock:
    """A sheet, or a paragraph in parts."""

    name: str
    widths: list[int] = field(default_factory=list)
    rows: list[tuple[int, list[ShownCell]]] = field(default_factory=list)
    parts: list[tuple[str, str, Mark | None]] = field(default_factory=list)
    css: str = ""

    @property
    def width(self) -> int:
        return sum(self.widths)


def shown_book(book: Book, marks: Marks, only: str = "") -> list[ShownBlock]:
    """The blocks of a form; ``only``: that sheet alone."""
    return [
        _paragraph(block, marks) if isinstance(block, Paragraph) else _sheet(block, marks)
        for block in book.blocks
        if not only or block.name == only
    ]


def cell_id(sheet: str, cell: str) -> str:
    """The id of a cell on the page."""
    return f"at-{sheet.encode().hex()}-{cell}"


def _paragraph(block: Paragraph, marks: Marks) -> ShownBlock:
    css = " ".join(
        filter(
            None,
            (f"form-text--{block.align}" if block.align else "", "form-text--bold" * block.bold, _size(block.size)),
        )
    )
    parts = [(text, at, marks.get((block.name, at)) if at else None) for text, at in block.parts]
    return ShownBlock(block.name, parts=parts, css=css)


def _sheet(block: Sheet, marks: Marks) -> ShownBlock:
    widths = [max(NARROWEST, round(width * PIXELS_A_CHARACTER)) if width else 0 for width in block.widths]
    rows = [
        (
            round(block.heights.get(number, 0) * PIXELS_A_POINT),
            [_cell(block, cell, marks) for cell in line if _shows(cell, widths)],
        )
        for number, line in enumerate(block.lines(), start=1)
    ]
    while rows and not any(cell.text or "fc--" in cell.css or cell.mark for cell in rows[-1][1]):
        rows.pop()
    return ShownBlock(block.name, widths, rows)


def _shows(cell: GridCell, widths: list[int]) -> bool:
    return any(widths[cell.column - 1 : cell.column - 1 + cell.colspan])


def _cell(block: Sheet, cell: GridCell, marks: Marks) -> ShownCell:
    look, mark = cell.look, marks.get((block.name, cell.at))
    numeral = cell.text and cell.text.replace(",", "").replace(".", "", 1).removeprefix("-").rstrip("%").isdigit()
    classes = [f"fc--{edge}" for edge in look.borders]
    classes += ["fc-bold"] * look.bold + [_size(look.size)]
    if mark is not None:
        classes += ["fc-open", f"fc-open--{mark.kind}" if mark.kind else "", "fc-open--chosen" * mark.chosen]
    return ShownCell(
        cell.at, cell_id(block.name, cell.at), cell.text, " ".join(filter(None, classes)),
        look.align or ("right" if numeral else ""), look.valign or "middle", look.fill, cell.colspan, cell.rowspan,
        mark,
    )  # fmt: skip


def _size(points: float) -> str:
    if not points or 8.5 <= points < 13:
        return ""
    return f"fc-size-{next(name for least, name in SIZES if points >= least)}"


def open_marks(book: Book, mark: Callable[[str, str], Mark]) -> dict[tuple[str, str], Mark]:
    """A mark for every place of a form that something may be written into, drawn or not."""
    found: dict[tuple[str, str], Mark] = {}
    for block in book.blocks:
        if isinstance(block, Paragraph):
            found |= {(block.name, at): mark(block.name, at) for _text, at in block.parts if at}
        else:
            found |= {(block.name, c.at): mark(block.name, c.at) for c in block.cells.values() if c.is_open}
    return found


def sheet_tabs(book: Book, chosen: str, address: str) -> list[dict[str, Any]]:
    """The sheets of a workbook as tabs; none for a document, which is shown whole."""
    if book.kind != "xlsx" or len(book.sheets) < 2:
        return []
    return [
        {"label": sheet.name, "url": f"{address}?sheet={sheet.name}", "active": sheet.name == chosen, "count": None}
        for sheet in book.sheets
    ]
