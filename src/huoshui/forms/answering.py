"""What each mapped cell of a form says for a place and a period, and where it comes from. Nothing is written here."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from huoshui.forms.document_write import shown_value
from huoshui.forms.figure_values import Asked, FigureValues, number_of
from huoshui.forms.files import book_of
from huoshui.forms.grid import Book, address, position, room_left
from huoshui.forms.headings import around
from huoshui.forms.lists import MATTERS, ListRow, as_of, attribute_value, attributes_as_of, below_lists, list_rows
from huoshui.forms.models import FormVersion, MappedCell
from huoshui.forms.row_shift import Insert
from huoshui.forms.schema import ATTRIBUTE, HERE, TARGET, CellSpec
from huoshui.forms.units import is_unit
from huoshui.forms.workbook_write import Value
from huoshui.kernel import clock
from huoshui.kernel.access import require
from huoshui.kernel.errors import Problem, Refusal
from huoshui.kernel.periods import Period
from huoshui.kernel.spreadsheets import cell_text
from huoshui.packs.queries import all_current
from huoshui.places.models import Place
from huoshui.places.queries import ancestors, township_names

EMPTY_BLANK = "____"
"""What stands in a text where there is no value: a line to write on."""
UNMAPPED = "unmapped"
"""Kind of an answer to what the form asks and the register was never told."""
CHANGES_BY_ITSELF = ("today", "unit", "person")
"""Facts of the filling, not of the place: nobody compares them with today."""


@dataclass
class Answer:
    """One cell: what was written, and where it comes from.

    ``cell`` is its address in the form, ``at`` in the filled one, below rows that were added. ``value`` is a numeral,
    a text or an ISO date; None was left empty, and ``why`` says why.
    """

    sheet: str
    cell: str
    at: str
    kind: str
    name: str
    value: str | None
    type: str = "text"
    unit: str = ""
    why: str = ""
    missing: bool = False
    source: dict[str, Any] = field(default_factory=dict)
    digest: str = ""

    @property
    def written(self) -> Value | None:
        """The value as it is put into the file."""
        if self.value is None:
            return None
        if self.type == "number":
            return Decimal(self.value)
        return dt.date.fromisoformat(self.value) if self.type == "date" else self.value

    @property
    def key(self) -> tuple[str, ...]:
        """By which the same question is found again another day, also when a list became longer."""
        return (self.sheet, self.cell, str(self.source.get("record", "")))


@dataclass
class Answers:
    """All answers of a form, with the rows that lists need beyond those that the form has."""

    cells: list[Answer]
    inserts: dict[str, list[Insert]]
    lists: str

    @property
    def missing(self) -> list[Answer]:
        return [answer for answer in self.cells if answer.missing]


def answered(
    by: Any, version: FormVersion, place: Place, period: Period, typed: dict[str, str], *, strict: bool = True
) -> Answers:
    """What the cells of the present mapping say, as far as ``by`` may see it.

    ``typed``: by sheet!cell; ``strict``: what is wrong or lacking in it is refused. Raises access.denied, form.no_room,
    form.list_long, value.required or value.type.
    """
    require(by, "figure.view", path=place.path)
    cells = list(version.cells.filter(until__isnull=True).order_by("sheet", "pk"))
    return _Answering(by, version, cells, place, period).all(typed, strict)


class _Answering:
    def __init__(self, by: Any, version: FormVersion, cells: list[MappedCell], place: Place, period: Period) -> None:
        self.by, self.place, self.period = by, place, period
        self.book = book_of(version.file)
        self.cells = [(cell, CellSpec(**cell.spec)) for cell in cells]
        self.inserts: dict[str, list[Insert]] = {}

    def all(self, typed: dict[str, str], strict: bool) -> Answers:
        found = [*self._figures(), *self._facts(), *self._typed(typed, strict), *self._unmapped()]
        rows, packs = self._records()
        for answer in found:
            answer.at = self._moved(answer.sheet, answer.cell)
        whole = [*found, *rows]
        whole.sort(key=lambda answer: (answer.sheet, _order(answer.at)))
        for answer in whole:
            answer.digest = digest_of(answer)
        return Answers(whole, self.inserts, packs)

    def _of(self, kind: str) -> list[tuple[MappedCell, CellSpec]]:
        return [(cell, spec) for cell, spec in self.cells if spec.kind == kind]

    def _figures(self) -> Iterable[Answer]:
        values = FigureValues(self.by, self.place, self.period)
        asked: list[tuple[MappedCell, CellSpec, Asked]] = []
        for cell, spec in self._of("figure"):
            words = around(self.book, cell.sheet, cell.cell)
            named = () if spec.place == HERE else words.row if spec.place == "row" else words.column
            asked.append((cell, spec, values.ask(spec, named)))
        values.read()
        for cell, spec, one in asked:
            value, why = values.value(spec, one, percent=self._is_percent(cell))
            source = one.source | ({} if spec.part == TARGET else values.counted(one)) | values.aimed(spec, one)
            source |= {"part": spec.part} if spec.part != "value" else {}
            name = _("%(name)s的目标") % {"name": values.name(spec)} if spec.part == TARGET else values.name(spec)
            yield Answer(
                cell.sheet, cell.cell, "", "figure", name, number_of(value), "number",
                "" if value is None else spec.unit or values.unit(spec), why, value is None, source,
            )  # fmt: skip

    def _is_percent(self, cell: MappedCell) -> bool:
        sheet = self.book.sheet(cell.sheet)
        known = sheet.cell(*position(cell.cell)) if sheet else None
        return known is not None and known.look.percent

    def _facts(self) -> Iterable[Answer]:
        facts = self._place_facts()
        for cell, spec in self._of("fact"):
            (name, value), why = facts.get(spec.fact, (spec.fact, None)), ""
            if spec.fact.startswith(ATTRIBUTE):
                name, value, why = self._attribute(spec)
            elif isinstance(value, dt.date) and not self._shows_dates(cell):
                value = _("%(year)s年%(month)s月%(day)s日") % {
                    "year": value.year,
                    "month": value.month,
                    "day": value.day,
                }
            kind, text = self._told(cell, value)
            why = "" if text is not None else why or _("登记里没有")
            source = {"fact": spec.fact, "place": self.place.code}
            yield Answer(cell.sheet, cell.cell, "", "fact", name, text, kind, spec.unit, why, text is None, source)

    def _shows_dates(self, cell: MappedCell) -> bool:
        sheet = self.book.sheet(cell.sheet)
        known = sheet.cell(*position(cell.cell)) if sheet else None
        return known is not None and known.look.date

    def _told(self, cell: MappedCell, value: Value | None) -> tuple[str, str | None]:
        """Type and text of a value; a date is one only where the cell's number format shows dates."""
        if value is None or value == "":
            return "text", None
        if isinstance(value, dt.date):
            return "date" if self._shows_dates(cell) else "text", value.isoformat()
        return ("number", number_of(value)) if isinstance(value, Decimal) else ("text", value)

    def _place_facts(self) -> dict[str, tuple[str, Value | None]]:
        line = [*ancestors(self.place), self.place]
        levels = all_current("place_kinds")
        county = [one for one in line if levels.get(one.kind) and levels[one.kind].level == "county"]
        unit = getattr(self.by, "unit", None)
        return {
            "place_name": (_("地点名称"), self.place.short_name),
            "place_official": (_("地点全称"), self.place.name),
            "place_code": (_("地点代码"), self.place.code),
            "town": (_("所属乡镇"), township_names([self.place])[self.place.pk] or None),
            "district": (_("所属县区"), county[-1].short_name if county else None),
            "period": (_("期间"), self.period.name),
            "year": (_("年份"), Decimal(self.period.last.year)),
            "month": (_("月份"), Decimal(self.period.last.month)),
            "today": (_("填报日期"), clock.today()),
            "unit": (_("填报单位"), unit.name if unit else None),
            "person": (_("填报人"), self.by.title),
        }

    def _attribute(self, spec: CellSpec) -> tuple[str, Value | None, str]:
        """Name and value of an attribute of the place, and why there is none where that can be told."""
        code = spec.fact.removeprefix(ATTRIBUTE)
        kind = all_current("place_kinds").get(self.place.kind)
        known = next((one for one in (kind.attributes if kind else ()) if one.code == code), None)
        if known is None:
            return code, None, ""
        stored = attributes_as_of([self.place], as_of(self.period)).get(self.place.pk, {}).get(code)
        value, why = attribute_value(known, stored, spec.unit), ""
        if value is None and stored not in (None, ""):
            why = _("单位 %(own)s 换不成 %(wanted)s") % {"own": known.unit, "wanted": spec.unit}
        return str(known.name), value, why

    def _typed(self, typed: dict[str, str], strict: bool) -> Iterable[Answer]:
        problems: list[Problem] = []
        found: list[Answer] = []
        for cell, spec in self._of("typed"):
            key = f"{cell.sheet}!{cell.cell}"
            label = spec.label or around(self.book, cell.sheet, cell.cell).nearest or key
            raw = cell_text(str(typed.get(key, ""))).strip()
            try:
                value = _clean(spec, raw, key, label)
            except Refusal as refusal:
                problems += refusal.problems
                continue
            why = "" if value is not None else _("没有填")
            kind = "text" if spec.type == "date" and not self._shows_dates(cell) else spec.type
            source = {"typed": True}
            found.append(
                Answer(cell.sheet, cell.cell, "", "typed", label, value, kind, spec.unit, why, value is None, source)
            )
        if problems and strict:
            raise Refusal.of(problems)
        return found

    def _unmapped(self) -> Iterable[Answer]:
        """What the form asks and nobody mapped: it stays empty, and nothing that adds it up comes to a number."""
        mapped = {(cell.sheet, cell.cell): spec for cell, spec in self.cells}
        taken = mapped.keys() | below_lists(self.book, mapped)
        for sheet, cell in self.book.open_cells():
            if (sheet, cell) not in taken:
                words = around(self.book, sheet, cell)
                told = [word for word in words.row if not is_unit(word)]
                name = " / ".join((*told[-1:], *words.column[-1:]))
                yield Answer(sheet, cell, "", UNMAPPED, name, None, why=_("还没有映射"), missing=True)

    def _records(self) -> tuple[list[Answer], str]:
        """The rows of lists; and the pack whose matters they show."""
        blocks: dict[tuple[str, int, str, str], list[tuple[int, MappedCell, CellSpec]]] = {}
        for cell, spec in self._of("record"):
            row, column = position(cell.cell)
            blocks.setdefault((cell.sheet, row, spec.rows, spec.which), []).append((column, cell, spec))
        read = [(key, cells, self._rows(key, cells)) for key, cells in blocks.items()]
        for (sheet, row, _code, _which), cells, rows in read:
            self._make_room(sheet, row, [column for column, _cell, _spec in cells], len(rows))
        found = [answer for key, cells, rows in read for answer in self._lines(key, cells, rows)]
        packs = {key[2].removeprefix(MATTERS).partition(".")[0] for key in blocks if key[2].startswith(MATTERS)}
        return found, "*" if len(packs) > 1 else next(iter(packs), "")

    def _rows(self, key: tuple[str, int, str, str], cells: list[tuple[int, MappedCell, CellSpec]]) -> list[ListRow]:
        columns = [spec.column for _column, _cell, spec in cells]
        return list_rows(self.by, key[2], columns, self.place, self.period, key[3])

    def _make_room(self, name: str, row: int, columns: list[int], needed: int) -> None:
        """Note the rows that have to be added. Raises form.no_room where a sheet's objects would not follow."""
        sheet = self.book.sheet(name)
        if sheet is None:
            return
        mapped = {position(cell.cell) for cell, _spec in self.cells if cell.sheet == name}
        room = 1
        while all(
            (row + room, column) not in mapped
            and (below := sheet.cells.get((row + room, column))) is not None
            and below.is_open
            and below.look.borders
            for column in columns
        ):
            room += 1
        if needed > room:
            if sheet.has_objects:
                raise Refusal("form.no_room", field="cells", sheet=name, rows=needed, room=room)
            self.inserts.setdefault(name, []).append(Insert(row + room - 1, row, needed - room))
            self.inserts[name].sort(key=lambda insert: -insert.after)

    def _lines(
        self, key: tuple[str, int, str, str], cells: list[tuple[int, MappedCell, CellSpec]], rows: list[ListRow]
    ) -> Iterable[Answer]:
        sheet, row, code, _which = key
        first = position(self._moved(sheet, address(row, cells[0][0])))[0]
        for at, line in enumerate(rows):
            for (column, cell, spec), value in zip(cells, line.values, strict=True):
                kind, text = self._told(cell, value)
                source = {
                    "list": code,
                    "column": spec.column,
                    "kind": line.kind,
                    "record": line.record,
                    "of": line.label,
                }
                name = f"{line.label} {around(self.book, sheet, cell.cell).nearest}".strip()
                yield Answer(
                    sheet, cell.cell, address(first + at, column), "record", name, text, kind, "", "", False, source
                )
        if not rows:
            for _column, cell, _spec in cells[:1]:
                place, words = self._moved(sheet, cell.cell), _("期内没有记录")
                yield Answer(sheet, cell.cell, place, "record", words, None, "text", "", words, False, {"list": code})

    def _moved(self, sheet: str, cell: str) -> str:
        if sheet not in self.inserts:
            return cell
        row, column = position(cell)
        return address(row + sum(i.count for i in self.inserts[sheet] if i.after < row), column)


def _order(at: str) -> tuple[int, int]:
    return (int(at), 0) if at.isdigit() else position(at)


def _clean(spec: CellSpec, raw: str, key: str, label: str) -> str | None:
    """What was typed, by its type; a date as ISO. Raises value.required or value.type."""
    if not raw:
        if spec.required:
            raise Refusal("value.required", field=key, label=label)
        return None
    if len(raw) > 500:
        raise Refusal("value.too_long", field=key, label=label, limit=500, length=len(raw))
    try:
        if spec.type == "number":
            number = Decimal(raw.replace(",", "").replace("，", ""))
            if not number.is_finite() or abs(number.adjusted()) > 15:
                raise ValueError
            return f"{number:f}"
        return dt.date.fromisoformat(raw).isoformat() if spec.type == "date" else raw
    except (ValueError, ArithmeticError):
        expected = _("数字") if spec.type == "number" else _("日期，如 2018-03-28")
        raise Refusal("value.type", field=key, label=label, value=raw[:40], expected=expected) from None


def digest_of(answer: Answer) -> str:
    """SHA-256 of where a cell stands, what it says and where that comes from."""
    told = {key: getattr(answer, key) for key in ("sheet", "at", "value", "type", "source")}
    return hashlib.sha256(json.dumps(told, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def _in_cell(book: Book, answer: Answer) -> Value | None:
    """What is put into a cell: the value, around which a label stays; "" over a placeholder without one; None:
    the cell stays as it is, and so does room that nobody fills."""
    sheet, value = book.sheet(answer.sheet), answer.written
    known = sheet.cell(*position(answer.cell)) if sheet else None
    blank = known.blank if known else None
    if known is None or blank is None:
        return value
    if value is None:
        value = None if blank.is_room else ""
    if book.kind != "xlsx" or value is None:
        return value  # of a table in Word the blank alone is written over
    before, after = known.text[: blank.start], known.text[blank.end :]
    if not (before + after).strip():
        return value
    shown = shown_value(value)
    return f"{before}{shown}{room_left(blank, known.text, shown)}{after}"


def _is_room(book: Book, answer: Answer) -> bool:
    """Whether a paragraph's blank is room, which stays to be written in by hand."""
    paragraph = book.paragraph(answer.sheet)
    return paragraph is not None and any(one.is_room and str(one.number) == answer.at for one in paragraph.blanks)


def values_of(answers: Iterable[Answer], book: Book) -> tuple[dict[str, Any], dict[str, Any]]:
    """What is to be written: by sheet and (row, column), and by paragraph and number of its blank."""
    cells: dict[str, dict[tuple[int, int], Value]] = {}
    blanks: dict[str, dict[int, Value]] = {}
    for answer in answers:
        value = answer.written
        if book.paragraph(answer.sheet) is not None:
            if value is not None or not _is_room(book, answer):
                blanks.setdefault(answer.sheet, {})[int(answer.at)] = EMPTY_BLANK if value is None else value
        elif (put := _in_cell(book, answer)) is not None:
            cells.setdefault(answer.sheet, {})[position(answer.at)] = put
    return cells, blanks
