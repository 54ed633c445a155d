"""The columns of a places file: which header names what, and a row's cells as typed values."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import Any

from django.utils.translation import gettext, gettext_noop

from huoshui.kernel.errors import Problem, Refusal
from huoshui.kernel.tables import Cell, Row, column_at
from huoshui.kernel.wording import listed
from huoshui.packs.schema import FieldDef
from huoshui.packs.values import clean_value
from huoshui.places.datums import system_of, to_wgs84
from huoshui.places.models import Place
from huoshui.places.schema import PlaceKind

FIXED: dict[str, tuple[str, ...]] = {
    "code": (gettext_noop("代码"), "区划代码"),
    "parent": (gettext_noop("上级"), "上级代码"),
    "name": (gettext_noop("名称"),),
    "kind": (gettext_noop("种类"),),
    "latitude": (gettext_noop("纬度"),),
    "longitude": (gettext_noop("经度"),),
    "system": (gettext_noop("坐标系"),),
    "precision": (gettext_noop("位置精度"),),
    "opened_on": (gettext_noop("设立日期"),),
}
"""Columns that every kind has: English name, then the Chinese ones; the first Chinese one is exported."""
REQUIRED = ("code", "parent", "name", "kind")
HEADER_WITHIN = 10
"""The header is looked for in the first rows: offices like a title above it."""
LIMITS = {"latitude": 90, "longitude": 180}
OPENED_ON = FieldDef.model_validate(
    {"code": "opened_on", "name": {"zh": "设立日期", "en": "Opened on"}, "type": "date"}
)
PRECISIONS = {
    text: worth
    for worth, texts in {
        Place.Precision.EXACT: ("exact", "准确"),
        Place.Precision.SCHEMATIC: ("schematic", "示意", "示意位置"),
    }.items()
    for text in texts
}
"""What a cell may say of what its row's point is worth; a new point of which nothing is said is exact."""
_FIXED_BY_NAME = {name: key for key, names in FIXED.items() for name in (key, *names)}
_ROUNDED = re.compile(r"\d(\.\d+)?[Ee]\+\d+")
"""A long code as Excel shows and saves it when the column is not formatted as text."""
_UNIT = re.compile(r"[（(][^（()）]*[)）]$")


def column_word(key: str) -> str:
    """A fixed column in the reader's language."""
    return gettext(FIXED[key][0])


def labelled(key: str, params: dict[str, Any]) -> dict[str, Any]:
    """A problem's parameters with the label of its fixed column, by which the report names where it stands."""
    return {"label": column_word(key), **params} if key in FIXED else params


def column_name(key: str) -> str:
    """A fixed column by the names that a header may have: the reader's word and the English code."""
    return f"{column_word(key)} {key}"


@dataclass
class Columns:
    """Where each column stands: fixed ones by key, attributes by position and then by kind of place."""

    header_row: int
    fixed: dict[str, int] = field(default_factory=dict)
    attributes: dict[int, dict[str, FieldDef]] = field(default_factory=dict)
    headers: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def named(self, key: str, kind: str = "") -> str:
        """The column of a fixed key or an attribute's code (of a kind) as the file names it; "" when it has none."""
        if key in self.fixed:
            return self.at(self.fixed[key])
        found = (
            at
            for at, by_kind in self.attributes.items()
            for code, definition in by_kind.items()
            if definition.code == key and kind in ("", code)
        )
        return next(map(self.at, found), "")

    def at(self, position: int) -> str:
        """The column at a position by its heading and its letter."""
        return column_at(self.headers, position)


@dataclass
class PlaceRow:
    """One row as understood. Of the optional values only those given; an empty cell changes nothing."""

    number: int
    code: str
    parent: str
    name: str
    kind: str
    latitude: int | None = None
    longitude: int | None = None
    precision: str = ""
    """Of the row's point; "" where nothing is said."""
    opened_on: dt.date | None = None
    attributes: dict[str, Any] = field(default_factory=dict)


def _plain(header: Cell) -> str:
    return re.sub(r"\s+", "", str(header)).casefold()


def find_header(rows: Sequence[Row]) -> int | None:
    """Position in ``rows`` of the header: the first row that names a code and a name column."""
    for at, row in enumerate(rows[:HEADER_WITHIN]):
        keys = {_FIXED_BY_NAME.get(_plain(cell)) for cell in row.cells}
        if {"code", "name"} <= keys or len(keys - {None}) >= 3:
            return at
    return None


def kind_codes(kinds: Mapping[str, PlaceKind]) -> dict[str, str]:
    """Every way to write a kind: its code and its labels, to its code."""
    return {_plain(text): code for code, kind in kinds.items() for text in (code, kind.name.zh, kind.name.en)}


def resolve_columns(header: Row, rows: Sequence[Row], kinds: Mapping[str, PlaceKind]) -> Columns:
    """What each header means; attribute headers are those of the kinds that occur in the rows."""
    columns = Columns(header.number, headers=[str(cell) for cell in header.cells])
    seen: set[tuple[str, str]] = set()
    unknown: list[int] = []
    for at, cell in enumerate(header.cells):
        if key := _FIXED_BY_NAME.get(_plain(cell)):
            if key in columns.fixed:
                columns.problems.append(_column_problem("import.column_twice", columns, str(cell), at))
            columns.fixed[key] = at
    # Where no kind can be told, that is what is wrong, row by row, and not the columns.
    present = _kinds_present(columns, rows, kinds) or dict(kinds)
    for at, cell in enumerate(header.cells):
        plain = _plain(cell)
        if not plain or plain in _FIXED_BY_NAME:
            continue
        by_kind = _attribute_by_kind(plain, present)
        if not by_kind:
            unknown.append(at)
        meant = {(kind, attribute.code) for kind, attribute in by_kind.items()}
        if meant & seen:
            columns.problems.append(_column_problem("import.column_twice", columns, str(cell), at))
        seen |= meant
        columns.attributes[at] = by_kind
    missing = [column_name(key) for key in REQUIRED if key not in columns.fixed]
    if missing:
        columns.problems.append(_column_problem("import.columns_missing", columns, listed(missing)))
    if unknown:
        names = listed(columns.headers[at] for at in unknown)
        columns.problems.append(_column_problem("import.columns_unknown", columns, names, *unknown))
    return columns


def _column_problem(code: str, columns: Columns, names: str, *positions: int) -> Problem:
    column = listed(map(columns.at, positions))
    params = {"names": names, "label": names}
    return Problem(code, field=names, row=columns.header_row, params=params, column=column)


def _kinds_present(columns: Columns, rows: Sequence[Row], kinds: Mapping[str, PlaceKind]) -> dict[str, PlaceKind]:
    codes = kind_codes(kinds)
    at = columns.fixed.get("kind")
    written = {_plain(row.cells[at]) for row in rows if at < len(row.cells)} if at is not None else set()
    present = {codes[text] for text in written if text in codes}
    return {code: kinds[code] for code in present}


def _attribute_by_kind(plain: str, kinds: Mapping[str, PlaceKind]) -> dict[str, FieldDef]:
    found: dict[str, FieldDef] = {}
    for code, kind in kinds.items():
        for attribute in kind.attributes:
            names = {_plain(text) for text in (attribute.code, attribute.name.zh, attribute.name.en)}
            if plain in names or _UNIT.sub("", plain) in names:
                found[code] = attribute
    return found


class RowParser:
    """Turns rows into PlaceRows and collects what is wrong with their cells."""

    def __init__(self, columns: Columns, kinds: Mapping[str, PlaceKind]) -> None:
        self.columns, self.kinds = columns, kinds
        self.problems: list[Problem] = []
        self.unread: set[str] = set()
        """Codes of rows with problems of their own: whoever names them as parent is not to blame."""
        self._kind_codes = kind_codes(kinds)

    def parse(self, row: Row) -> PlaceRow | None:
        """The row's values, or None when code, name or kind cannot be told."""
        before = len(self.problems)
        texts = {key: str(self._cell(row, key)) for key in REQUIRED}
        for key in ("code", "name", "kind"):
            if not texts[key]:
                self._add(row, "value.required", key, label=column_word(key))
        kind = self._kind_codes.get(_plain(texts["kind"]))
        if texts["kind"] and kind is None:
            known = listed(k.name for k in self.kinds.values())
            self._add(row, "place.kind", "kind", kind=texts["kind"], known=known)
        if _ROUNDED.fullmatch(texts["code"]):
            self._add(row, "import.code_rounded", "code", code=texts["code"])
        if re.search(r"[\u4e00-\u9fff]", texts["code"]) and re.fullmatch(r"\d{2,}", texts["name"]):
            self._add(row, "import.swapped", "code", first=column_word("code"), second=column_word("name"))
        if len(texts["name"]) > 120:
            self._add(row, "value.too_long", "name", label=column_word("name"), length=len(texts["name"]), limit=120)
        extra = [cell for cell in row.cells[len(self.columns.headers) :] if cell]
        if extra:
            self._add(row, "import.cells_extra", value=str(extra[0]))
            self.problems[-1].column = self.columns.at(row.cells.index(extra[0], len(self.columns.headers)))
        parsed = PlaceRow(row.number, texts["code"], texts["parent"], texts["name"], kind or "")
        self._position(row, parsed)
        self._opened_on(row, parsed)
        if kind:
            self._attributes(row, parsed)
        if len(self.problems) == before:
            return parsed
        self.unread.add(parsed.code)
        return None

    def _add(self, row: Row, rule: str, key: str = "", /, **params: Any) -> None:
        column = self.columns.named(key)
        self.problems.append(Problem(rule, field=key, row=row.number, params=labelled(key, params), column=column))

    def _cell(self, row: Row, key: str) -> Cell:
        at = self.columns.fixed.get(key)
        return row.cells[at] if at is not None and at < len(row.cells) else ""

    def _position(self, row: Row, parsed: PlaceRow) -> None:
        cells = {key: self._cell(row, key) for key in LIMITS}
        if not any(cells.values()):
            return
        degrees = {key: _degrees(cell) for key, cell in cells.items()}
        latitude, longitude = degrees["latitude"], degrees["longitude"]
        if latitude is None or longitude is None:
            for key, value in degrees.items():
                if value is None:
                    self._add(row, "place.degrees", key, label=column_word(key), value=cells[key], limit=LIMITS[key])
        elif abs(latitude) > LIMITS["latitude"] >= abs(longitude):
            self._add(row, "import.swapped", "latitude", first=column_word("latitude"), second=column_word("longitude"))
        elif abs(latitude) > LIMITS["latitude"] or abs(longitude) > LIMITS["longitude"]:
            key = "latitude" if abs(latitude) > LIMITS["latitude"] else "longitude"
            self._add(row, "place.degrees", key, label=column_word(key), value=cells[key], limit=LIMITS[key])
        else:
            try:
                system = system_of(str(self._cell(row, "system")))
            except Refusal as refusal:
                self._add(row, refusal.code, "system", **refusal.problems[0].params)
                return
            parsed.latitude, parsed.longitude = to_wgs84(latitude, longitude, system)
            parsed.precision = self._precision(row)

    def _precision(self, row: Row) -> str:
        cell = str(self._cell(row, "precision"))
        worth = PRECISIONS.get(_plain(cell))
        if cell and worth is None:
            choices = listed(str(label) for label in Place.Precision.labels)
            self._add(row, "value.choice", "precision", label=column_word("precision"), value=cell, choices=choices)
        return worth or ""

    def _opened_on(self, row: Row, parsed: PlaceRow) -> None:
        if raw := self._cell(row, "opened_on"):
            parsed.opened_on = self._clean(row, OPENED_ON, raw, self.columns.fixed["opened_on"])

    def _attributes(self, row: Row, parsed: PlaceRow) -> None:
        for at, by_kind in self.columns.attributes.items():
            raw = row.cells[at] if at < len(row.cells) else ""
            if raw == "":
                continue
            definition = by_kind.get(parsed.kind)
            if definition is None:
                label = self.columns.headers[at]
                kind = str(self.kinds[parsed.kind].name)
                self._add(row, "place.attribute", label, label=label, kind=kind)
                self.problems[-1].column = self.columns.at(at)
                continue
            parsed.attributes[definition.code] = self._clean(row, definition, raw, at)

    def _clean(self, row: Row, definition: FieldDef, raw: Cell, at: int) -> Any:
        try:
            return clean_value(definition, raw)
        except Refusal as refusal:
            for problem in refusal.problems:
                problem.row, problem.column = row.number, self.columns.at(at)
            self.problems += refusal.problems
            return None


def _degrees(cell: Cell) -> Fraction | None:
    """Decimal degrees, or None when the cell holds none."""
    try:
        value = Decimal(str(cell))
    except InvalidOperation:
        return None
    return Fraction(value) if value.is_finite() else None
