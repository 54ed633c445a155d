"""Values written into a Word file's own XML: blanks of its paragraphs, cells of its tables, rows repeated."""

from __future__ import annotations

import copy
import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from lxml import etree

from huoshui.forms.document_grid import cells_of, paragraphs_of, tables_of
from huoshui.forms.grid import blanks_in, room_left
from huoshui.forms.packing import packed
from huoshui.forms.row_shift import Insert
from huoshui.forms.workbook_write import Value
from huoshui.forms.xml import SPACE, parsed, pieces, text_of_runs, w, written
from huoshui.kernel.office_files import Package
from huoshui.kernel.spreadsheets import cell_text

MAIN = "word/document.xml"


def fill_document(
    package: Package,
    values: Mapping[str, Mapping[tuple[int, int], Value]],
    blanks: Mapping[str, Mapping[int, Value]],
    inserts: Mapping[str, Sequence[Insert]],
) -> bytes:
    """The document with values of table cells (table, row, column) and of blanks (paragraph, number)."""
    root = parsed(package.parts[MAIN])
    body = root.find(w("body"))
    tables = {f"表{number}": table for number, table in enumerate(tables_of(body), start=1)}
    paragraphs = {f"段{number}": paragraph for number, paragraph in enumerate(paragraphs_of(body), start=1)}
    for name, several in inserts.items():
        for insert in several:
            _insert(tables[name], insert)
    for name, cells in values.items():
        lines = tables[name].findall(w("tr"))
        for (row, column), value in cells.items():
            cell = next(cell for at, cell, _span in cells_of(lines[row - 1]) if at == column)
            _put(cell, shown_value(value))
    for name, texts in blanks.items():
        _write_blanks(paragraphs[name], {number: shown_value(value) for number, value in texts.items()})
    return packed(package, {MAIN: written(root)})


def shown_value(value: Value) -> str:
    """A value as a text: Word knows no numbers."""
    if isinstance(value, dt.date):
        return value.isoformat()
    return f"{value:f}" if isinstance(value, Decimal) else cell_text(value)


def _insert(table: Any, insert: Insert) -> None:
    lines = table.findall(w("tr"))
    for _step in range(insert.count):
        clone = copy.deepcopy(lines[insert.model - 1])
        for text in clone.iter(w("t")):
            text.text = ""
        lines[insert.after - 1].addnext(clone)


def _put(cell: Any, text: str) -> None:
    """Into the cell's blank, where it has one; else as its whole text, in the look of its first run."""
    for paragraph in cell.findall(w("p")):
        if found := blanks_in(text_of_runs(paragraph)):
            _write_blanks(paragraph, {min(one.number for one in found): text})
            return
    paragraphs = cell.findall(w("p"))
    for surplus in paragraphs[1:]:
        cell.remove(surplus)
    _set_text(paragraphs[0], text)


def _write_blanks(paragraph: Any, texts: dict[int, str]) -> None:
    """Blanks may run over several runs: the first of them takes the text, the others lose their part."""
    nodes = pieces(paragraph)
    whole = "".join(text for _node, text in nodes)
    for blank in reversed(blanks_in(whole)):
        if blank.number in texts:
            _replace(nodes, blank.start, blank.end, texts[blank.number] + room_left(blank, whole, texts[blank.number]))


def _replace(nodes: list[tuple[Any, str]], start: int, end: int, text: str) -> None:
    """Put a text in place of a span; a later one was put in already, so that what lies before it stands as it was."""
    at = 0
    for node, known in nodes:
        own = node.text or "" if node.tag == w("t") else ""
        first, last = max(start - at, 0), min(end - at, len(known))
        if first < last and node.tag == w("tab"):
            node.tag, own = w("t"), known  # part of a room, as spaces are
            node.attrib.clear()
        if first < last and node.tag == w("t"):
            node.text = own[:first] + text + own[last:]
            node.set(SPACE, "preserve")
            text = ""
        at += len(known)


def _set_text(paragraph: Any, text: str) -> None:
    runs = paragraph.findall(w("r"))
    look = runs[0].find(w("rPr")) if runs else paragraph.find(f"{w('pPr')}/{w('rPr')}")
    for run in runs:
        paragraph.remove(run)
    run = etree.SubElement(paragraph, w("r"))
    if look is not None:
        own = copy.deepcopy(look)
        own.tag = w("rPr")
        run.append(own)
    for number, line in enumerate(text.split("\n")):
        if number:
            etree.SubElement(run, w("br"))
        shown = etree.SubElement(run, w("t"))
        shown.text = line
        shown.set(SPACE, "preserve")
