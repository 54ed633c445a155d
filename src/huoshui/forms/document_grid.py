"""A Word document as it looks: its paragraphs and tables, in their order."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from huoshui.forms.grid import Book, GridCell, Look, Paragraph, Sheet
from huoshui.forms.xml import attribute, parsed, text_of_runs, w
from huoshui.kernel.errors import Refusal
from huoshui.kernel.office_parts import MOST_SPANNED, widest
from huoshui.kernel.tables import unreadable

TWIPS_A_CHARACTER, TWIPS_A_POINT, HALF_POINTS = 105, 20, 2
MOST_TABLES, MOST_CELLS = 60, 20_000
SIDES = {"left": "left", "start": "left", "center": "center", "right": "right", "end": "right"}
LANDSCAPE = "landscape"


def read_document(part: bytes, name: str) -> Book:
    """The paragraphs and tables of ``word/document.xml``.

    Raises file.unreadable, form.too_wide or form.too_many_cells.
    """
    try:
        if widest(part) > MOST_SPANNED:
            raise Refusal("form.too_wide", field="file", name=name, limit=MOST_SPANNED)
        body = parsed(part).find(w("body"))
        return _book(body, name)
    except Refusal:
        raise
    except Exception as error:
        raise unreadable(name, _("不是完好的文件（%(fault)s）") % {"fault": type(error).__name__}, ".docx") from None


def _book(body: Any, name: str) -> Book:
    book = Book("docx")
    page = body.find(f"{w('sectPr')}/{w('pgSz')}")
    wide = page is not None and attribute(page, "orient") == LANDSCAPE
    tables, paragraphs, cells = 0, 0, 0
    for child in body:
        if child.tag == w("tbl"):
            tables += 1
            table = _table(child, f"表{tables}")
            table.landscape = wide
            cells += len(table.cells)
            if tables > MOST_TABLES or cells > MOST_CELLS:
                raise Refusal("form.too_many_cells", field="file", name=name, limit=MOST_CELLS)
            book.blocks.append(table)
        elif child.tag == w("p"):
            paragraphs += 1
            book.blocks.append(_paragraph(child, f"段{paragraphs}"))
    return book


def tables_of(body: Any) -> list[Any]:
    """The tables that stand in the body itself, in their order."""
    return [child for child in body if child.tag == w("tbl")]


def paragraphs_of(body: Any) -> list[Any]:
    """The paragraphs that stand in the body itself."""
    return [child for child in body if child.tag == w("p")]


def _paragraph(element: Any, name: str) -> Paragraph:
    look = _text_look([element])
    return Paragraph(name, text_of_runs(element), look.align, look.bold, look.size)


def _table(element: Any, name: str) -> Sheet:
    sheet = Sheet(name)
    grid = element.find(w("tblGrid"))
    sheet.widths = [
        int(attribute(column, "w") or 0) / TWIPS_A_CHARACTER or 9.0 for column in (grid if grid is not None else ())
    ]
    drawn = "trbl" if _has_lines(element) else ""
    begun: dict[int, tuple[int, int]] = {}
    for row, line in enumerate(element.findall(w("tr")), start=1):
        height = line.find(f"{w('trPr')}/{w('trHeight')}")
        if height is not None:
            sheet.heights[row] = int(attribute(height, "val") or 0) / TWIPS_A_POINT
        for column, cell, span in cells_of(line):
            _put(sheet, begun, (row, column), cell, span, drawn)
        sheet.widths += [9.0] * (max((c + s - 1 for c, _cell, s in cells_of(line)), default=0) - len(sheet.widths))
    return sheet


def cells_of(line: Any) -> list[tuple[int, Any, int]]:
    """The cells of a table's row: column from 1, element, columns spanned."""
    before = line.find(f"{w('trPr')}/{w('gridBefore')}")
    column, found = 1 + int(attribute(before, "val") or 0 if before is not None else 0), []
    for cell in line.findall(w("tc")):
        wide = cell.find(f"{w('tcPr')}/{w('gridSpan')}")
        span = int(attribute(wide, "val") or 1) if wide is not None else 1
        found.append((column, cell, span))
        column += span
    return found


def _put(
    sheet: Sheet, begun: dict[int, tuple[int, int]], at: tuple[int, int], cell: Any, span: int, drawn: str
) -> None:
    """A cell of a row; one that goes on a merge downwards only makes the cell above taller."""
    row, column = at
    merge = cell.find(f"{w('tcPr')}/{w('vMerge')}")
    goes_on = merge is not None and attribute(merge, "val") != "restart"
    if goes_on and column in begun:
        first = begun[column]
        known = sheet.cells[first]
        sheet.cells[first] = GridCell(*first, known.text, known.look, row - first[0] + 1, known.colspan)
    else:
        first = at
        text = "\n".join(text_of_runs(part) for part in cell.findall(w("p")))
        look = _text_look(cell.findall(w("p")))
        middle = cell.find(f"{w('tcPr')}/{w('vAlign')}")
        valign = "middle" if middle is not None and attribute(middle, "val") == "center" else ""
        shade = cell.find(f"{w('tcPr')}/{w('shd')}")
        fill = (attribute(shade, "fill") or "") if shade is not None else ""
        full = vars(look) | {"borders": drawn, "valign": valign, "fill": f"#{fill.lower()}" if len(fill) == 6 else ""}
        sheet.cells[at] = GridCell(row, column, text, Look(**full), 1, span)
        if merge is not None:
            begun[column] = at
        else:
            begun.pop(column, None)
    for beside in range(column, column + span):
        if (row, beside) != first:
            sheet.covered[row, beside] = first


def _text_look(paragraphs: list[Any]) -> Look:
    """Alignment of the first paragraph, boldness and size of its first run."""
    if not paragraphs:
        return Look()
    side = paragraphs[0].find(f"{w('pPr')}/{w('jc')}")
    run = paragraphs[0].find(f"{w('r')}/{w('rPr')}")
    bold = run is not None and run.find(w("b")) is not None and attribute(run.find(w("b")), "val") not in ("0", "false")
    size = run.find(w("sz")) if run is not None else None
    return Look(
        align=SIDES.get((attribute(side, "val") or "") if side is not None else "", ""),
        bold=bold,
        size=int(attribute(size, "val") or 0) / HALF_POINTS if size is not None else 0,
    )


def _has_lines(table: Any) -> bool:
    properties = table.find(w("tblPr"))
    if properties is None:
        return False
    borders = properties.find(w("tblBorders"))
    if borders is not None:
        return any(attribute(edge, "val") not in ("none", "nil", None) for edge in borders)
    return properties.find(w("tblStyle")) is not None or table.find(f".//{w('tcBorders')}") is not None
