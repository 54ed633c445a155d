"""Values written into a workbook's own XML: what is not written stays as it was, to the byte.

openpyxl would drop what it does not know (shapes, some pictures, slicers, printer settings), so it is not used here.
"""

from __future__ import annotations

import copy
import datetime as dt
import re
from collections.abc import Mapping, Sequence, Set
from decimal import Decimal
from typing import Any

from lxml import etree
from openpyxl.utils.datetime import to_excel

from huoshui.forms import row_shift
from huoshui.forms.grid import address, position
from huoshui.forms.packing import packed
from huoshui.forms.row_shift import Insert
from huoshui.forms.sums import WORDS, Cells, Formula, Reckoner, Unknown
from huoshui.forms.xml import PACKAGE, RELATIONS, SPACE, parsed, s, written
from huoshui.kernel.office_files import Package
from huoshui.kernel.spreadsheets import FORMULA_STARTS, cell_text

Value = Decimal | str | dt.date
WORKBOOK, STYLES = "xl/workbook.xml", "xl/styles.xml"
WORKBOOK_RELS, CONTENT_TYPES = "xl/_rels/workbook.xml.rels", "[Content_Types].xml"


def fill_workbook(
    package: Package,
    values: Mapping[str, Mapping[tuple[int, int], Value]],
    inserts: Mapping[str, Sequence[Insert]],
    gaps: Set[tuple[str, int, int]] = frozenset(),
) -> tuple[bytes, list[str], list[str]]:
    """The workbook with values by sheet and (row, column), as the rows stand after the inserts.

    ``gaps``: cells that were left empty for want of data. Also the formulas (sheet!cell) whose values could not be
    reckoned here (Excel does so on opening), and those that count such a gap.
    """
    book = _Workbook(package)
    for name, several in inserts.items():
        for insert in several:
            book.insert(name, insert)
    for name, cells in values.items():
        book.write(name, cells)
    unknown, over_gaps = book.reckon(gaps)
    return book.file(), unknown, over_gaps


class _Workbook:
    """The parts of a workbook, each parsed when it is needed."""

    def __init__(self, package: Package) -> None:
        self._package = package
        self._roots: dict[str, Any] = {}
        self._raw: dict[str, bytes] = {}
        self._quoted: dict[str, str] = {}
        targets = self._targets(WORKBOOK)
        self.sheets = {
            sheet.get("name"): targets[sheet.get(f"{{{RELATIONS}}}id")][1]
            for sheet in self.root(WORKBOOK).find(s("sheets"))
            if targets[sheet.get(f"{{{RELATIONS}}}id")][0].endswith("/worksheet")
        }
        self._dropped: set[str] = set()
        for part in self.sheets.values():
            row_shift.numbered(self.root(part))
            row_shift.plain_formulas(self.root(part))

    def root(self, part: str) -> Any:
        """A part's root element; what is asked for is written again."""
        if part not in self._roots:
            self._roots[part] = parsed(self._package.parts[part])
        return self._roots[part]

    def _targets(self, part: str) -> dict[str, tuple[str, str]]:
        """By id of a relationship of a part: its type, and the part that it leads to."""
        folder, _slash, name = part.rpartition("/")
        rels = self._package.parts.get(f"{folder}/_rels/{name}.rels")
        found: dict[str, tuple[str, str]] = {}
        for rel in parsed(rels).findall(f"{{{PACKAGE}}}Relationship") if rels else ():
            target = rel.get("Target")
            where = target.lstrip("/") if target.startswith("/") else _joined(folder, target)
            found[rel.get("Id")] = (rel.get("Type"), where)
        return found

    def insert(self, name: str, insert: Insert) -> None:
        """Insert rows into a sheet, and let everything that names its rows follow."""
        part = self.sheets[name]
        row_shift.shift_sheet(self.root(part), insert)
        for other, of_other in self.sheets.items():
            for formula in self.root(of_other).iter(s("f"), s("formula"), s("formula1"), s("formula2")):
                if formula.text:
                    row = position(formula.getparent().get("r"))[0] if formula.tag == s("f") else 0
                    formula.text = row_shift.shifted_formula(formula.text, other, name, insert, row)
        row_shift.translate_new(self.root(part), insert)
        for defined in self.root(WORKBOOK).iter(s("definedName")):
            if defined.text and "!" in defined.text:
                defined.text = row_shift.shifted_formula(defined.text, "", name, insert)
        for kind, target in self._targets(part).values():
            if kind.endswith("/drawing"):
                row_shift.shift_drawing(self.root(target), insert)
            elif kind.endswith("/comments"):
                row_shift.shift_comments(self.root(target), insert)
            elif kind.endswith("/vmlDrawing"):
                known = self._raw.get(target, self._package.parts[target])
                self._raw[target] = row_shift.shift_boxes(known, insert)
        self._drop_chain()

    def _drop_chain(self) -> None:
        """Without the order in which Excel last reckoned: it names cells that moved, and Excel makes it anew."""
        for key, (kind, target) in self._targets(WORKBOOK).items():
            if not kind.endswith("/calcChain") or target in self._dropped:
                continue
            self._dropped.add(target)
            named = [
                *(rel for rel in self.root(WORKBOOK_RELS) if rel.get("Id") == key),
                *(one for one in self.root(CONTENT_TYPES) if one.get("PartName") == f"/{target}"),
            ]
            for one in named:
                one.getparent().remove(one)

    def write(self, name: str, cells: Mapping[tuple[int, int], Value]) -> None:
        """Put values into a sheet; a cell keeps its style."""
        data = self.root(self.sheets[name]).find(s("sheetData"))
        rows = {int(row.get("r")): row for row in data.findall(s("row"))}
        by_row: dict[int, dict[int, Value]] = {}
        for (row, column), value in cells.items():
            by_row.setdefault(row, {})[column] = value
        for number in sorted(by_row):
            line = rows.get(number)
            if line is None:
                line = row_shift.row_of(data, number)
            known = {position(cell.get("r"))[1]: cell for cell in line.findall(s("c"))}
            for column, value in by_row[number].items():
                cell = known.get(column)
                if cell is None:
                    new = etree.Element(s("c"), r=address(number, column))
                    cell = _inserted(line, new, column)
                self._put(cell, value)

    def _put(self, cell: Any, value: Value) -> None:
        for part in list(cell):
            cell.remove(part)
        cell.attrib.pop("t", None)
        if isinstance(value, dt.date):
            value = Decimal(int(to_excel(value)))
        if isinstance(value, Decimal):
            etree.SubElement(cell, s("v")).text = f"{value:f}"
            return
        text = cell_text(value)
        cell.set("t", "inlineStr")
        shown = etree.SubElement(etree.SubElement(cell, s("is")), s("t"))
        shown.text = text
        shown.set(SPACE, "preserve")
        if value.startswith(FORMULA_STARTS):
            cell.set("s", self._quoted_style(cell.get("s", "0")))

    def _quoted_style(self, style: str) -> str:
        """The same style with Excel's mark for text, so that nothing becomes a formula when somebody edits it."""
        if style not in self._quoted:
            formats = self.root(STYLES).find(s("cellXfs"))
            clone = copy.deepcopy(formats[int(style)])
            clone.set("quotePrefix", "1")
            formats.append(clone)
            formats.set("count", str(len(formats)))
            self._quoted[style] = str(len(formats) - 1)
        return self._quoted[style]

    def reckon(self, gaps: Set[tuple[str, int, int]]) -> tuple[list[str], list[str]]:
        """Write the value of each formula beside it, and have Excel reckon all of them again on opening."""
        cells: Cells = {name: _numbers(self.root(part)) for name, part in self.sheets.items()}
        reckoner, unknown = Reckoner(cells, gaps), []
        for name, part in self.sheets.items():
            for cell in self.root(part).iter(s("c")):
                if cell.find(s("f")) is not None and not _reckoned(reckoner, name, cell):
                    unknown.append(f"{name}!{cell.get('r')}")
        if any(isinstance(one, Formula) for known in cells.values() for one in known.values()):
            workbook = self.root(WORKBOOK)
            known = workbook.find(s("calcPr"))
            if known is None:
                known = etree.Element(s("calcPr"))
                after = [workbook.find(s(tag)) for tag in ("sheets", "externalReferences", "definedNames")]
                next(one for one in reversed(after) if one is not None).addnext(known)
            known.set("fullCalcOnLoad", "1")
        self._without_values(reckoner.over_gaps)
        over = [f"{sheet}!{address(row, column)}" for sheet, row, column in sorted(reckoner.over_gaps)]
        return unknown, over

    def _without_values(self, cells: Set[tuple[str, int, int]]) -> None:
        """What counts a cell that should have a value and has none shows no number where nobody reckons it again."""
        for name in {name for name, _row, _column in cells}:
            for cell in self.root(self.sheets[name]).iter(s("c")):
                if (name, *position(cell.get("r"))) in cells and (value := cell.find(s("v"))) is not None:
                    cell.remove(value)

    def file(self) -> bytes:
        """The workbook."""
        changed = {part: written(root) for part, root in self._roots.items()}
        return packed(self._package, changed | self._raw, self._dropped)


def _reckoned(reckoner: Reckoner, name: str, cell: Any) -> bool:
    value = cell.find(s("v"))
    if value is not None:
        cell.remove(value)
    cell.attrib.pop("t", None)
    try:
        found = reckoner.value(name, *position(cell.get("r")))
    except (Unknown, ArithmeticError, RecursionError, IndexError):
        return False
    if isinstance(found, str):
        cell.set("t", "str")
    if found is not None:
        etree.SubElement(cell, s("v")).text = found if isinstance(found, str) else f"{found:f}"
    return True


def _numbers(root: Any) -> dict[tuple[int, int], Any]:
    """The numbers and formulas of a sheet, and which cells hold words: these count for nothing in a sum."""
    found: dict[tuple[int, int], Any] = {}
    for cell in root.iter(s("c")):
        formula, value = cell.find(s("f")), cell.find(s("v"))
        if formula is not None:
            found[position(cell.get("r"))] = Formula(formula.text or "")
        elif value is not None and value.text and cell.get("t", "n") == "n":
            found[position(cell.get("r"))] = Decimal(value.text)
        elif value is not None or cell.get("t") == "inlineStr":
            found[position(cell.get("r"))] = WORDS
    return found


def _inserted(line: Any, element: Any, column: int) -> Any:
    """A new cell among those of its row, in their order."""
    after = [one for one in line.findall(s("c")) if position(one.get("r"))[1] > column]
    if after:
        after[0].addprevious(element)
    else:
        line.append(element)
    return element


def _joined(folder: str, target: str) -> str:
    """The part that a relative target means."""
    path = f"{folder}/{target}"
    while "/../" in path:
        path = re.sub(r"[^/]+/\.\./", "", path, count=1)
    return path
