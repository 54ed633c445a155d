"""A publication as text: headings, paragraphs and rows of tables, in order, each of one article."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

WIDEST_WRAPPED = 60
"""Lines of more characters than this are paragraphs of their own; shorter ones may be a narrow column."""
SLACK, INDENT = 2.5, 2
"""A line that is so many characters shorter than its column is still full: no mark may begin the next line."""
FEW = 3
"""Fewer lines than this do not show how wide their column is; those above them do."""
NARROWEST = 8
"""A column of fewer characters is a list."""
MANY = 8
"""Fewer paragraphs than this never pass for the lines of a column."""
MOSTLY, SELDOM = 0.6, 0.1
LONGEST_HEADING = 34
LONGEST = 2_000
"""A longer paragraph is parted at the end of a sentence: nothing so far away says anything about a number."""
_ENDS = re.compile(r"[。！？…；：.!?;:][”’」』）)]*$")
_BEGINS = re.compile(r"本报讯|新华社|[（(]?记者|[（(]通讯员")
_SIGNED = re.compile(r"[（(]?本报(?:记者|通讯员)[\s　]*[\u4e00-\u9fff·　 ]{2,12}[)）]?")
_WIDE = r"[\u3000-\u9fff\uff00-\uffef]"
_SPREAD = re.compile(rf"(?<={_WIDE}) (?={_WIDE} )|(?<= {_WIDE}) (?={_WIDE})")
"""Blanks with which a line of few characters was spread over its column."""
_NUMBERED = re.compile(r"[（(]?(?:\d{1,3}|[一二三四五六七八九十]{1,3})[)）、.．]|[•·●◆■▪○]")
_ASCII_WORD = re.compile(r"[A-Za-z]")


class BlockKind(StrEnum):
    """What a block is."""

    HEADING = "heading"
    TEXT = "text"
    ROW = "row"


class Where(StrEnum):
    """Where a block stands, if not in the text itself."""

    NOTE = "note"
    BOX = "box"
    HEAD = "head"


@dataclass(frozen=True)
class Cell:
    """A cell of a table's row: where it stands in the row's text, and the heading of its column."""

    start: int
    end: int
    heading: str


@dataclass(frozen=True)
class Block:
    """A heading, a paragraph, or a row of a table, whose cells are parted by tabs. ``article`` counts from 0.

    ``where``: of ``Where``, or "" in the text itself; ``pages``: of a PDF, from which character on it stands on which
    page, counted from 1.
    """

    kind: BlockKind
    text: str
    article: int = 0
    cells: tuple[Cell, ...] = ()
    where: str = ""
    pages: tuple[tuple[int, int], ...] = ()

    def page_at(self, offset: int) -> int:
        """The page on which a character stands; 0 where nobody knows."""
        return next((page for begins, page in reversed(self.pages) if begins <= offset), 0)


def paragraphs(text: str) -> list[Block]:
    """Blocks of plain text; lines that were broken in a sentence, at columns and pages too, are joined again."""
    blocks: list[Block] = []
    joined = ""
    chunks = _chunks(text)
    for at, chunk in enumerate(chunks):
        width = _column(chunk if len(chunk) >= FEW or not at else [*chunks[at - 1], *chunk])
        for number, line in enumerate(chunk):
            first = not joined
            joined = _join(joined, line)
            following = _following(chunks, at, number)
            if following and not _begins_anew(following):
                alone = first and len(chunk) == 1
                if _goes_on(line, width, first=first, last=number == len(chunk) - 1) and not alone:
                    continue
            blocks.append(_block(joined))
            joined = ""
    if joined:
        blocks.append(_block(joined))
    return by_article(blocks)


def is_column(lines: Sequence[str]) -> bool:
    """Whether paragraphs are the lines of a narrow column, as they are pasted out of a paper: many, nearly all of one
    width, most of which end within a sentence, and hardly any an item of a list."""
    told = [line for line in lines if line.strip()]
    items = sum(1 for line in told if _NUMBERED.match(line.strip()))
    if len(told) < MANY or items > SELDOM * len(told):
        return False
    width = _column(told)
    full = [line for line in told if abs(_width(line) - width) <= SLACK + INDENT]
    broken = [line for line in full if _ENDS.search(line.rstrip()) is None]
    fits = NARROWEST <= width <= WIDEST_WRAPPED
    return fits and len(full) >= MOSTLY * len(told) and len(broken) >= MOSTLY * len(full)


def by_article(blocks: Sequence[Block]) -> list[Block]:
    """The same, told apart by article: one begins with 本报讯, and ends with its author's line."""
    found: list[Block] = []
    article = 0
    for block in (part for whole in blocks for part in _parted(whole)):
        if _BEGINS.match(block.text.lstrip()) and not _SIGNED.fullmatch(block.text.strip()):
            article += bool(found)
        found.append(replace(block, article=article))
        if _SIGNED.fullmatch(block.text.strip()):
            article += 1
    return found


def _parted(block: Block) -> list[Block]:
    """A block that is too long as several."""
    text, parts = block.text, []
    while block.kind == BlockKind.TEXT and len(text) > LONGEST:
        at = max(text.rfind(mark, 0, LONGEST) for mark in "。；！？，") + 1 or LONGEST
        parts.append(replace(block, text=text[:at]))
        text = text[at:]
    return [*parts, replace(block, text=text)] if parts else [block]


def row(cells: Sequence[str], headings: Sequence[str], where: str = "") -> Block:
    """A table's row as a block."""
    text, placed = "", []
    for at, cell in enumerate(cells):
        text += "\t" if at else ""
        placed.append(Cell(len(text), len(text) + len(cell), headings[at] if at < len(headings) else ""))
        text += cell
    return Block(BlockKind.ROW, text, cells=tuple(placed), where=where)


def heading(text: str) -> Block:
    """A heading that the file marks as one."""
    return Block(BlockKind.HEADING, text.strip())


def _chunks(text: str) -> list[list[str]]:
    """Lines between blank lines, without what is blank."""
    chunks: list[list[str]] = [[]]
    for line in text.replace("\r\n", "\n").replace("\r", "\n").replace("\f", "\n\n").split("\n"):
        clean = _SPREAD.sub("", line.rstrip())
        if clean.strip():
            chunks[-1].append(clean)
        elif chunks[-1]:
            chunks.append([])
    return [chunk for chunk in chunks if chunk]


def _following(chunks: list[list[str]], at: int, number: int) -> str:
    if number + 1 < len(chunks[at]):
        return chunks[at][number + 1]
    return chunks[at + 1][0] if at + 1 < len(chunks) else ""


def _goes_on(line: str, width: float, *, first: bool, last: bool) -> bool:
    """Whether the sentence or paragraph goes on in the next line; the first line of one may have lost its indent."""
    full = _width(line) >= width - SLACK - (INDENT if first else 0)
    if last or width > WIDEST_WRAPPED:
        return full and width >= NARROWEST and _ENDS.search(line.rstrip()) is None
    return full and width >= NARROWEST


def _begins_anew(line: str) -> bool:
    return _BEGINS.match(line.strip()) is not None or _is_indented(line)


def _column(chunk: list[str]) -> float:
    """How wide a column is: what three quarters of its lines do not exceed."""
    widths = sorted(map(_width, chunk))
    return widths[(len(widths) * 3) // 4 if len(widths) > 2 else -1]


def _is_indented(line: str) -> bool:
    return line.startswith(("　　", "    ", "\t")) and len(line.strip()) > 0


def _width(line: str) -> float:
    """In Chinese characters: a digit is half of one."""
    return sum(1 if unicodedata.east_asian_width(character) in "WFA" else 0.5 for character in line.strip())


def _join(before: str, line: str) -> str:
    line = line.strip()
    if before and _ASCII_WORD.search(before[-1:]) and _ASCII_WORD.match(line):
        return f"{before} {line}"
    return before + line


def _block(text: str) -> Block:
    short = len(text) <= LONGEST_HEADING and _ENDS.search(text) is None
    return Block(BlockKind.HEADING if short else BlockKind.TEXT, text)
