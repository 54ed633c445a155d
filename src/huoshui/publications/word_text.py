"""What a Word document says, as a reader of its pages sees it: paragraphs, tables, footnotes, text boxes, page heads.

python-docx leaves out what was inserted under tracked changes, what stands in content controls and text boxes, and
notes; it tells a merged cell once for each column. A number that is left out would never be checked, so that the
document's own XML is walked (ECMA-376 Part 1, 17).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import Any

from docx.oxml import parse_xml
from docx.oxml.ns import qn
from docx.text.paragraph import Paragraph

from huoshui.publications.blocks import Block, BlockKind, Where, heading, is_column, paragraphs, row

WRAPPERS = {qn(name) for name in ("w:sdt", "w:sdtContent", "w:ins", "w:moveTo", "w:customXml", "w:smartTag")}
"""What only stands around paragraphs, tables, rows or cells."""
ALTERNATE = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
GONE = {qn(name) for name in ("w:del", "w:moveFrom", "w:pPr", "w:tbl")} | {ALTERNATE}
"""What is not printed, or is told on its own."""
NOTES = {qn("w:footnoteReference"): "footnotes", qn("w:endnoteReference"): "endnotes"}
PRINTED = {qn("w:tab"): " ", qn("w:noBreakHyphen"): "-"}
NUMBERS_PAGES = re.compile(r"[\d第共页/,，\-—–·•\s]*")
CELL, ROW, TABLE, PARAGRAPH = qn("w:tc"), qn("w:tr"), qn("w:tbl"), qn("w:p")


@dataclass
class _Line:
    """The text of a paragraph, with the text boxes and notes that hang on it."""

    text: str = ""
    boxes: list[Any] = field(default_factory=list)
    notes: list[Any] = field(default_factory=list)


class WordText:
    """The blocks of a document opened with python-docx."""

    def __init__(self, document: Any) -> None:
        self._document = document
        self._notes = {name: self._notes_of(name) for name in NOTES.values()}

    def blocks(self) -> Iterator[Block]:
        """In the order in which they are read; a note after the paragraph that it belongs to, page heads last.

        Where a column of a paper was pasted line by line, its lines are joined again.
        """
        yield from _rejoined(self._parts(self._document.element.body, ""))
        yield from self._heads()

    def _notes_of(self, name: str) -> dict[str, Any]:
        for part in self._document.part.package.iter_parts():
            if part.partname == f"/word/{name}.xml":
                return {note.get(qn("w:id")): note for note in parse_xml(part.blob)}
        return {}

    def _heads(self) -> Iterator[Block]:
        """Heads and feet of pages, each once."""
        seen: set[str] = set()
        for section in self._document.sections:
            for edge in ("header", "first_page_header", "even_page_header", "footer", "first_page_footer",
                         "even_page_footer"):  # fmt: skip
                part = getattr(section, edge)
                if part.is_linked_to_previous:
                    continue
                for block in self._parts(part._element, Where.HEAD):
                    if block.text not in seen and not NUMBERS_PAGES.fullmatch(block.text):
                        yield block
                    seen.add(block.text)

    def _parts(self, parent: Any, where: str) -> Iterator[Block]:
        for child in _within(parent, {PARAGRAPH, TABLE}):
            yield from self._paragraph(child, where) if child.tag == PARAGRAPH else self._table(child, where)

    def _paragraph(self, element: Any, where: str) -> Iterator[Block]:
        line = _line(element)
        if text := line.text.strip():
            # An indent tells where a paragraph begins, should this be a line of a pasted column.
            indented = text if where else line.text.rstrip()
            style = Paragraph(element, self._document._body).style if not where else None
            marked = (style.name or "").lower() if style is not None else ""
            is_heading = marked.startswith(("heading", "title", "标题"))
            yield heading(text) if is_heading else Block(BlockKind.TEXT, indented, where=where)
        yield from self._hanging(line)

    def _hanging(self, line: _Line) -> Iterator[Block]:
        for box in line.boxes:
            yield from self._parts(box, Where.BOX)
        for note in line.notes:
            found = self._notes[NOTES[note.tag]].get(note.get(qn("w:id")))
            if found is not None:
                yield from self._parts(found, Where.NOTE)

    def _table(self, table: Any, where: str) -> Iterator[Block]:
        headings: list[str] = []
        above: list[str] = []
        for line in _within(table, {ROW}):
            cells, once, inner = self._cells(line, above)
            if any(once):
                yield row(once, headings, where)
            headings, above = headings or cells, cells
            for hanging, nested in inner:
                yield from self._hanging(hanging)
                for one in nested:
                    yield from self._table(one, where)

    def _cells(self, line: Any, above: list[str]) -> tuple[list[str], list[str], list[tuple[_Line, list[Any]]]]:
        """The texts of a row by column: as they reach over merged cells, and each number once; what hangs on them."""
        cells: list[str] = []
        once: list[str] = []
        inner = []
        for cell in _within(line, {CELL}):
            properties = cell.find(qn("w:tcPr"))
            merge = properties.find(qn("w:vMerge")) if properties is not None else None
            spanned = properties.find(qn("w:gridSpan")) if properties is not None else None
            span = int(spanned.get(qn("w:val")) or 1) if spanned is not None else 1
            lines = [_line(one) for one in _within(cell, {PARAGRAPH})]
            text = "".join(one.text for one in lines).strip()
            own = text
            if merge is not None and merge.get(qn("w:val")) != "restart" and not text:
                # It goes on from above: a name holds for this row too, a number was told.
                text = above[len(cells)] if len(cells) < len(above) else ""
                own = "" if any(map(str.isdigit, text)) else text
            cells += [text] * span
            once += [own, *[""] * (span - 1)]
            hanging = _Line("", [b for one in lines for b in one.boxes], [n for one in lines for n in one.notes])
            inner.append((hanging, list(_within(cell, {TABLE}))))
        return cells, once, inner


def _rejoined(blocks: Iterable[Block]) -> Iterator[Block]:
    """The same, with the lines of pasted columns made paragraphs."""
    for plain, run in groupby(blocks, key=lambda one: one.kind == BlockKind.TEXT and not one.where):
        found = list(run)
        lines = [one.text for one in found]
        if plain and is_column(lines):
            yield from paragraphs("\n".join(lines))
        else:
            yield from (replace(one, text=one.text.strip()) if plain else one for one in found)


def _within(parent: Any, tags: set[str]) -> Iterator[Any]:
    """The children with some tags, also within what only wraps them."""
    for child in parent:
        if child.tag in tags:
            yield child
        elif child.tag in WRAPPERS:
            yield from _within(child, tags)


def _line(paragraph: Any) -> _Line:
    found = _Line()
    _read(paragraph, found)
    return found


def _read(element: Any, line: _Line) -> None:
    """Add what is printed of an element; a line that was broken by hand goes on, as a number may be parted by it."""
    for child in element:
        if child.tag in GONE or _is_hidden(child):
            continue
        if child.tag == qn("w:t"):
            line.text += child.text or ""
        elif child.tag in PRINTED:
            line.text += PRINTED[child.tag]
        elif child.tag == qn("w:txbxContent"):
            line.boxes.append(child)
        elif child.tag in NOTES:
            line.notes.append(child)
        else:
            _read(child, line)


def _is_hidden(element: Any) -> bool:
    """Whether a run is marked as not to be shown."""
    vanish = element.find(f"{qn('w:rPr')}/{qn('w:vanish')}") if element.tag == qn("w:r") else None
    return vanish is not None and vanish.get(qn("w:val")) not in ("0", "false")
