"""The words around a cell: what its row and its column are headed by, and the unit that they name."""

from __future__ import annotations

import re
from dataclasses import dataclass

from huoshui.forms.grid import Book, GridCell, Paragraph, Sheet, label_before, position
from huoshui.forms.units import is_unit

NUMERAL = re.compile(r"[\d.,%\-—/、()（）\s]*")
IN_BRACKETS = re.compile(r"[（(\[]\s*(?:单位\s*[:：]?\s*)?([^（()）\[\]]{1,8}?)\s*[）)\]]")
SAID = re.compile(r"(?:计量)?单位\s*[:：]\s*([^\s，,；;（()）]{1,6})")
DATE_LABEL = "日期"
"""What 年  月  日 asks where no label stands before it."""
HIGHEST, NEAR = 3, 24
"""Rows of column headings that are read; characters of a text before a blank."""
TITLE_SHARE = 0.6
"""A merged cell that spans so much of the sheet is its title, not a heading."""


@dataclass(frozen=True)
class Around:
    """``row``: from the left margin to the cell; ``column``: from the topmost heading down to the cell."""

    row: tuple[str, ...]
    column: tuple[str, ...]
    unit: str

    @property
    def words(self) -> str:
        """All of it as one line, by which a cell is told from others of its sheet."""
        return " / ".join((*self.row, *self.column))[:200]

    @property
    def nearest(self) -> str:
        """What the cell is called for short: no unit that stands in a column of its own."""
        called = [word for word in self.row if not is_unit(word)] or self.column or self.row or ("",)
        return called[-1]


def around(book: Book, sheet: str, at: str) -> Around:
    """The words around a cell or a blank; none for what is not in the form."""
    found: Around | None = book.heard.get((sheet, at))
    if found is None:
        found = book.heard[sheet, at] = _around(book, sheet, at)
    return found


def _around(book: Book, sheet: str, at: str) -> Around:
    paragraph = book.paragraph(sheet)
    if paragraph is not None:
        return _in_text(paragraph, at)
    found = book.sheet(sheet)
    if found is None:
        return Around((), (), "")
    row, column = position(at)
    above = _above(found, row, column)
    left = _left(found, row, column, paired=not above)
    cell = found.cell(row, column)
    if cell is not None and cell.blank is not None and cell.blank.is_room:
        left.append(label_before(cell.text, cell.blank.start) or DATE_LABEL)
    named = next((unit for text in (*reversed(left), *reversed(above)) if (unit := unit_in(text))), "")
    stands = next((text for text in reversed(left) if is_unit(text)), "")  # a column 计量单位
    return Around(tuple(left), tuple(above), named or stands or _said_unit(book, found))


def unit_in(text: str) -> str:
    """The unit that a heading names in brackets; "" for none."""
    return next((found for found in IN_BRACKETS.findall(text) if is_unit(found)), "")


def _said_unit(book: Book, sheet: Sheet) -> str:
    key = ("", sheet.name)
    if key not in book.heard:
        book.heard[key] = _unit_of(sheet)
    return str(book.heard[key])


def _unit_of(sheet: Sheet) -> str:
    """The unit that the sheet as a whole says: 单位：万元."""
    for cell in sheet.cells.values():
        for found in SAID.findall(cell.text):
            if is_unit(found):
                return str(found)
    return ""


def _left(sheet: Sheet, row: int, column: int, *, paired: bool) -> list[str]:
    """From the left margin. ``paired``: labels and what they ask take turns, so that those of another cell are out."""
    found: list[str] = []
    for at in range(column - 1, 0, -1):
        cell = sheet.cell(row, at)
        if cell is None or cell.row > row:
            continue
        if not _heads(cell):
            if paired and found and cell.is_open:
                break
        elif _plain(cell) not in found:
            found.insert(0, _plain(cell))
    return found


def _above(sheet: Sheet, row: int, column: int) -> list[str]:
    """Upwards over what is open to the first heading, and from it over further headings."""
    found: list[str] = []
    for at in range(row - 1, 0, -1):
        cell = sheet.cell(at, column)
        if cell is None or (cell.column + cell.colspan <= column) or not _heads(cell):
            if found:
                break
            continue
        if cell.text.rstrip().endswith(("：", ":")):
            break  # a label of what stands beside it
        if _take_turns(sheet, at):
            break
        if cell.colspan >= max(2, sheet.columns * TITLE_SHARE):
            break
        if not found or _plain(cell) != found[0]:
            found.insert(0, _plain(cell))
        if len(found) == HIGHEST:
            break
    return found


def _take_turns(sheet: Sheet, row: int) -> bool:
    """Whether labels and what they ask take turns in a row, so that none of them heads a column."""
    cells = [cell for at in range(1, sheet.columns + 1) if (cell := sheet.cells.get((row, at))) is not None]
    return 0 < sum(_heads(cell) for cell in cells) <= sum(cell.is_open for cell in cells)


def _heads(cell: GridCell) -> bool:
    return not cell.is_open and not cell.formula and not NUMERAL.fullmatch(cell.text)


def _plain(cell: GridCell) -> str:
    return re.sub(r"\s+", "", cell.text)


def _in_text(paragraph: Paragraph, at: str) -> Around:
    parts = paragraph.parts
    place = next((n for n, (_text, number) in enumerate(parts) if number == at), None)
    if place is None:
        return Around((), (), "")
    blank = next(one for one in paragraph.blanks if str(one.number) == at)
    before = parts[place - 1][0] if place and not parts[place - 1][1] else ""
    after = parts[place + 1][0] if place + 1 < len(parts) and not parts[place + 1][1] else ""
    words = [re.split(r"[，。；;,:：、]", before.rstrip("：: "))[-1][-NEAR:].strip()]
    if blank.name:
        words.insert(0, blank.name)
    if blank.is_date and not any(words):
        words = [DATE_LABEL]
    behind = re.match(r"\s*([^\s，。；,;、）)]{1,3})", after)
    unit = behind[1] if behind and is_unit(behind[1]) else ""
    return Around(tuple(word for word in words if word), (), unit)
