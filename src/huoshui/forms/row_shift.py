"""Rows inserted into a sheet, in the file's own XML: whatever names a row below moves along.

Formulas, merges, conditional formats, validations, filters, print areas, pictures and comments follow. A range that
ends in the last row before the new ones grows over them, so that a sum of a list stays the sum of the list.
"""

from __future__ import annotations

import copy
import re
from dataclasses import dataclass
from typing import Any

from lxml import etree
from openpyxl.formula import Tokenizer
from openpyxl.formula.tokenizer import Token
from openpyxl.formula.translate import Translator

from huoshui.forms.grid import address, position
from huoshui.forms.xml import s

REF = re.compile(r"(\$?[A-Z]{1,3}\$?)(\d+)(?::(\$?[A-Z]{1,3}\$?)(\d+))?\Z")
WHOLE_ROWS = re.compile(r"(\$?)(\d+):(\$?)(\d+)\Z")
DRAWING = "{http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing}"
LISTED_REFS = ("conditionalFormatting", "dataValidation", "protectedRange")


@dataclass(frozen=True)
class Insert:
    """``count`` rows after row ``after``, each like row ``model``."""

    after: int
    model: int
    count: int

    def moved(self, row: int) -> int:
        """Where a row stands afterwards."""
        return row + self.count if row > self.after else row

    def last(self, first: int, last: int) -> int:
        """The last row of a range afterwards; one that ends right before the new rows takes them in."""
        return last + self.count if last > self.after or (last == self.after and first <= last) else last


def shift_sheet(root: Any, insert: Insert) -> None:
    """Insert into a sheet's part; its shared formulas are plain already (``plain_formulas``).

    Formulas stay as they are, those of the new rows as the model's: the caller shifts all of them, then has the new
    ones told of their own rows (``translate_new``).
    """
    data = root.find(s("sheetData"))
    for number in (insert.model, insert.after):
        row_of(data, number)
    rows = {int(row.get("r")): row for row in data.findall(s("row"))}
    for number, row in rows.items():
        if number > insert.after:
            _renumber(row, insert.moved(number))
    model, before = rows[insert.model], rows[insert.after]
    numbering = _numbering(model, before, insert)
    for step in range(insert.count, 0, -1):
        clone = copy.deepcopy(model)
        for cell in clone.findall(s("c")):
            for part in list(cell):
                if part.tag != s("f"):
                    cell.remove(part)
            cell.attrib.pop("t", None)
            if position(cell.get("r"))[1] in numbering:
                etree.SubElement(cell, s("v")).text = str(insert.after - insert.model + 1 + step)
        _renumber(clone, insert.after + step)
        before.addnext(clone)
    _shift_refs(root, insert)
    _clone_merges(root, insert)
    dimension = root.find(s("dimension"))
    if dimension is not None:
        dimension.set("ref", shifted_ref(dimension.get("ref"), insert))


def _numbering(model: Any, before: Any, insert: Insert) -> set[int]:
    """The columns that number the rows of a list, from 1 in the model to the row before the new ones."""
    found = []
    for row, number in ((model, 1), (before, insert.after - insert.model + 1)):
        cells = {position(cell.get("r"))[1]: cell for cell in row.findall(s("c")) if cell.get("t", "n") == "n"}
        found.append({at for at, cell in cells.items() if cell.findtext(s("v")) == str(number) and _is_plain(cell)})
    return found[0] & found[1]


def _is_plain(cell: Any) -> bool:
    return cell.find(s("f")) is None


def _renumber(row: Any, number: int) -> None:
    row.set("r", str(number))
    for cell in row.findall(s("c")):
        cell.set("r", re.sub(r"\d+", str(number), cell.get("r")))


def translate_new(root: Any, insert: Insert) -> None:
    """The formulas of the new rows, each for where it stands; they were shifted as the model's own."""
    rows = {int(row.get("r")): row for row in root.find(s("sheetData")).findall(s("row"))}
    for step in range(1, insert.count + 1):
        _translate(rows[insert.after + step], insert.model, insert.after + step)


def numbered(root: Any) -> None:
    """Write out the numbers of rows and cells: a file may leave them to be counted."""
    number = 0
    for row in root.find(s("sheetData")).findall(s("row")):
        number = int(row.get("r") or number + 1)
        row.set("r", str(number))
        column = 0
        for cell in row.findall(s("c")):
            column = position(cell.get("r"))[1] if cell.get("r") else column + 1
            cell.set("r", address(number, column))


def row_of(data: Any, number: int) -> Any:
    """A row of a sheet's data, made where the file has none."""
    for row in data.findall(s("row")):
        at = int(row.get("r"))
        if at == number:
            return row
        if at > number:
            made = etree.Element(s("row"), r=str(number))
            row.addprevious(made)
            return made
    return etree.SubElement(data, s("row"), r=str(number))


def _translate(row: Any, model: int, number: int) -> None:
    """The formulas of a copied row, for where it now stands."""
    for cell in row.findall(s("c")):
        formula = cell.find(s("f"))
        if formula is not None and formula.text:
            column = re.sub(r"\d+", "", cell.get("r"))
            moved = Translator(f"={formula.text}", f"{column}{model}").translate_formula(f"{column}{number}")
            formula.text = moved[1:]


def _shift_refs(root: Any, insert: Insert) -> None:
    for tag in LISTED_REFS:
        for element in root.iter(s(tag)):
            if element.get("sqref"):
                element.set("sqref", " ".join(shifted_ref(one, insert) for one in element.get("sqref").split()))
    for element in root.iter(s("mergeCell")):
        found = REF.match(element.get("ref"))
        tall = found is not None and found[3] is not None and int(found[2]) < int(found[4])
        element.set("ref", shifted_ref(element.get("ref"), insert, grows=tall))
    for tag in ("hyperlink", "autoFilter"):
        for element in root.iter(s(tag)):
            element.set("ref", shifted_ref(element.get("ref"), insert))
    for element in root.iter(s("brk")):
        if element.getparent().tag == s("rowBreaks"):
            element.set("id", str(insert.moved(int(element.get("id")))))


def _clone_merges(root: Any, insert: Insert) -> None:
    """Merges within the model's row stand in each of the new rows too."""
    merges = root.find(s("mergeCells"))
    if merges is None:
        return
    for merge in merges.findall(s("mergeCell")):
        found = REF.match(merge.get("ref"))
        if found and found[3] and int(found[2]) == int(found[4]) == insert.model:
            for step in range(1, insert.count + 1):
                clone = copy.deepcopy(merge)
                clone.set("ref", f"{found[1]}{insert.after + step}:{found[3]}{insert.after + step}")
                merges.append(clone)
    merges.set("count", str(len(merges)))


def shifted_ref(ref: str, insert: Insert, *, grows: bool = True, row: int = 0) -> str:
    """A reference such as B7, $B$2:C9 or 3:5 after the insertion; what is none stays as it is.

    ``row``: of the formula that refers. A range that ends in that very row means its own row and does not grow, unless
    the end is fixed (B5:C5 and B$3:B5 in row 5 stay, B$3:B$5 grows).
    """
    if found := REF.match(ref):
        first = int(found[2])
        if found[3] is None:
            return f"{found[1]}{insert.moved(first)}"
        grows = grows and (int(found[4]) != row or found[3].endswith("$"))
        last = insert.last(first, int(found[4])) if grows else insert.moved(int(found[4]))
        return f"{found[1]}{insert.moved(first)}:{found[3]}{last}"
    if found := WHOLE_ROWS.match(ref):
        first, last = int(found[2]), int(found[4])
        return f"{found[1]}{insert.moved(first)}:{found[3]}{insert.last(first, last)}"
    return ref


def shifted_formula(text: str, own: str, name: str, insert: Insert, row: int = 0) -> str:
    """A formula (without its sign) of sheet ``own``, after rows were inserted into sheet ``name``.

    ``row``: in which it stands now; 0 for one that stands in no cell.
    """
    if own != name:
        row = 0
    elif insert.after < row <= insert.after + insert.count:
        row = insert.model  # a new row: its formulas are still those of the model
    tokens = Tokenizer(f"={text}")
    found = []
    for token in tokens.items:
        value = token.value
        if token.type == Token.OPERAND and token.subtype == Token.RANGE:
            sheet, mark, ref = value.rpartition("!")
            of_sheet = sheet.strip("'").replace("''", "'") if mark else own
            value = f"{sheet}{mark}{shifted_ref(ref, insert, row=row)}" if of_sheet == name else value
        found.append(value)
    return "".join(found)


def plain_formulas(root: Any) -> None:
    """Each formula written out: those that share one get their own."""
    masters: dict[str, tuple[str, str]] = {}
    for cell in root.iter(s("c")):
        formula = cell.find(s("f"))
        if formula is None or formula.get("t") != "shared":
            continue
        shared = formula.get("si")
        if formula.text:
            masters[shared] = (formula.text, cell.get("r"))
        else:
            text, at = masters[shared]
            formula.text = Translator(f"={text}", at).translate_formula(cell.get("r"))[1:]
        for key in ("t", "si", "ref"):
            formula.attrib.pop(key, None)


def shift_drawing(root: Any, insert: Insert) -> None:
    """Pictures and shapes below the new rows move along; an anchor counts its rows from 0."""
    for element in root.iter(f"{DRAWING}row"):
        element.text = str(insert.moved(int(element.text) + 1) - 1)


def shift_comments(root: Any, insert: Insert) -> None:
    """Comments follow their cells."""
    for comment in root.iter(s("comment")):
        comment.set("ref", shifted_ref(comment.get("ref"), insert))


def shift_boxes(data: bytes, insert: Insert) -> bytes:
    """The boxes of comments (VML) follow their cells."""
    return re.sub(
        rb"(<x:Row>)(\d+)(</x:Row>)", lambda f: f[1] + str(insert.moved(int(f[2]) + 1) - 1).encode() + f[3], data
    )
