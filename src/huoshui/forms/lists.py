"""Lists that fill the rows of a form: matters of a kind as in their ledger, places below, honours."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import partial
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from huoshui.forms.figure_values import FINEST, nearest_at
from huoshui.forms.grid import Book, address, position
from huoshui.forms.schema import CellSpec
from huoshui.forms.units import factor
from huoshui.forms.workbook_write import Value
from huoshui.kernel import clock
from huoshui.kernel.access import path_condition
from huoshui.kernel.errors import Refusal
from huoshui.kernel.periods import Period
from huoshui.matters.columns import COLUMN_NAMES, MONEY, columns_for, with_sums, with_town
from huoshui.matters.models import Matter
from huoshui.matters.queries import ledger_rows
from huoshui.matters.schema import LedgerColumn, MatterKind
from huoshui.packs.queries import all_current
from huoshui.packs.schema import FieldDef, Text
from huoshui.packs.values import shown_value
from huoshui.places.models import Honour, Place, PlaceAttribute
from huoshui.places.queries import township_names

MATTERS, PLACES, HONOURS = "matters:", "places:", "honours"
ORDER = "order"
"""The column that numbers the rows."""
MOST_ROWS = 2_000
NUMBERS = ("integer", "decimal", "money", "area")


@dataclass(frozen=True)
class RowList:
    """A list by its code, with the columns that it has."""

    code: str
    name: str
    columns: dict[str, str]


@dataclass(frozen=True)
class ListRow:
    """One row: the values of the columns asked for, and the record that it is."""

    values: tuple[Value | None, ...]
    kind: str
    record: str
    label: str


def row_lists() -> dict[str, RowList]:
    """Every list that a form's rows can be filled from, by code."""
    return {code: read() for code, read in _readers().items()}


def row_list(code: str) -> RowList | None:
    """One of them by its code; None for one that there is not."""
    read = _readers().get(code)
    return read() if read else None


def _readers() -> dict[str, Callable[[], RowList]]:
    """By code of a list: what tells its name and columns."""
    found: dict[str, Callable[[], RowList]] = {}
    for code, kind in all_current("matters").items():
        found[f"{MATTERS}{code}"] = partial(_of_matters, code, kind)
    for code, kind in all_current("place_kinds").items():
        if kind.level in ("village", "township"):
            found[f"{PLACES}{code}"] = partial(_of_places, code, kind)
    return found | {HONOURS: _of_honours}


def _of_honours() -> RowList:
    own = {"place": _("地点"), "town": _("乡镇"), "name": _("荣誉"), "level": _("级别"), "year": _("年度")}
    return RowList(HONOURS, _("荣誉"), {ORDER: _("序号"), **own})


def _of_matters(code: str, kind: MatterKind) -> RowList:
    columns = {column.column: str(column.name) for column in with_sums(with_town(columns_for(kind)), kind)}
    columns |= {code: str(name) for code, name in COLUMN_NAMES.items() if code not in columns}
    columns |= {field.code: str(field.name) for field in kind.fields if field.code not in columns}
    return RowList(f"{MATTERS}{code}", str(kind.name), {ORDER: _("序号"), **columns})


def _of_places(code: str, kind: Any) -> RowList:
    own = {"name": _("名称"), "official": _("全称"), "code": _("代码"), "town": _("乡镇"), "honours": _("荣誉")}
    attributes = {f"attribute_{field.code}": str(field.name) for field in kind.attributes}
    return RowList(f"{PLACES}{code}", str(kind.name), {ORDER: _("序号"), **own, **attributes})


def list_rows(by: Any, code: str, columns: list[str], place: Place, period: Period, which: str) -> list[ListRow]:
    """The rows of a list at a place and below it, as far as ``by`` sees them.

    Raises form.list_unknown, form.column_unknown or form.list_long.
    """
    known = row_list(code)
    if known is None:
        raise Refusal("form.list_unknown", field="rows", name=code)
    if missing := [column for column in columns if column not in known.columns]:
        raise Refusal("form.column_unknown", field="column", name=missing[0], list=known.name)
    if code.startswith(MATTERS):
        rows = _matters(by, code.removeprefix(MATTERS), columns, place, period, which)
    elif code.startswith(PLACES):
        rows = _places(by, code.removeprefix(PLACES), columns, place, period)
    else:
        rows = _honours(by, columns, place, period)
    if len(rows) > MOST_ROWS:
        raise Refusal("form.list_long", field="rows", name=known.name, rows=len(rows), limit=MOST_ROWS)
    return rows


def _matters(by: Any, kind: str, columns: list[str], place: Place, period: Period, which: str) -> list[ListRow]:
    span = (period.first, period.last)
    in_time = {
        "opened": Q(opened_on__range=span),
        "closed": Q(closed_on__range=span),
        "going": Q(opened_on__lte=period.last) & (Q(closed_on__isnull=True) | Q(closed_on__gt=period.last)),
    }[which]
    rows = Matter.objects.visible_to(by).filter(
        in_time, path_condition("place__path", place.path), kind=kind, duplicate_of__isnull=True
    )
    keys = list(rows.order_by("number").values_list("pk", flat=True)[: MOST_ROWS + 1])
    asked = [LedgerColumn(column=c, name=_name(c)) for c in columns if c != ORDER]
    found = []
    for at, row in enumerate(ledger_rows(keys, asked or [LedgerColumn(column="number", name=_name("number"))]), 1):
        cells = dict(zip(row.columns, row.cells, strict=True))
        values = tuple(Decimal(at) if c == ORDER else _typed(cells[c], c.startswith(MONEY)) for c in columns)
        found.append(ListRow(values, "matters.matter", str(row.matter.pk), row.matter.number))
    return found


def _name(code: str) -> Text:
    return Text(zh=code, en=code)


def _typed(value: Any, money: bool = False) -> Value | None:
    if value is None or value == "":
        return None
    if isinstance(value, bool):
        return _("是") if value else _("否")
    if isinstance(value, int | Decimal):
        return Decimal(value)
    if money:
        try:
            return Decimal(str(value).replace(",", ""))
        except ArithmeticError:
            return str(value)
    return value if isinstance(value, dt.date) else str(value)


def _places(by: Any, kind: str, columns: list[str], place: Place, period: Period) -> list[ListRow]:
    day = as_of(period)
    there = (Q(closed_on__isnull=True) | Q(closed_on__gt=day)) & (Q(opened_on__isnull=True) | Q(opened_on__lte=day))
    rows = list(
        Place.objects.visible_to(by).under(place.path).filter(there, kind=kind).order_by("path")[: MOST_ROWS + 1]
    )
    towns = township_names(rows) if "town" in columns else {}
    facts = attributes_as_of(rows, day) if any(c.startswith("attribute_") for c in columns) else {}
    honours = _honours_of(rows, day) if "honours" in columns else {}
    fields = {field.code: field for field in all_current("place_kinds")[kind].attributes}
    found = []
    for at, one in enumerate(rows, start=1):
        own: dict[str, Value | None] = {
            ORDER: Decimal(at), "name": one.short_name, "official": one.name, "code": one.code,
            "town": towns.get(one.pk) or None, "honours": "、".join(honours.get(one.pk, [])) or None,
        }  # fmt: skip
        for code, field in fields.items():
            own[f"attribute_{code}"] = attribute_value(field, facts.get(one.pk, {}).get(code))
        found.append(ListRow(tuple(own[c] for c in columns), "places.place", str(one.pk), one.short_name))
    return found


def _honours_of(places: list[Place], day: dt.date) -> dict[Any, list[str]]:
    found: dict[Any, list[str]] = {}
    for honour in Honour.objects.filter(_held(day), place__in=places).order_by("-year", "level", "name"):
        found.setdefault(honour.place_id, []).append(f"{honour.get_level_display()}{honour.name}")
    return found


def _held(day: dt.date) -> Q:
    return Q(year__lte=day.year) & (Q(withdrawn_on__isnull=True) | Q(withdrawn_on__gt=day))


def _honours(by: Any, columns: list[str], place: Place, period: Period) -> list[ListRow]:
    rows = Honour.objects.visible_to(by).filter(
        _held(as_of(period)),
        path_condition("place__path", place.path),
        year__range=(period.first.year, period.last.year),
    )
    listed = list(rows.select_related("place").order_by("place__path", "level", "name")[: MOST_ROWS + 1])
    towns = township_names([honour.place for honour in listed]) if "town" in columns else {}
    found = []
    for at, one in enumerate(listed, start=1):
        own: dict[str, Value | None] = {
            ORDER: Decimal(at), "place": one.place.short_name, "town": towns.get(one.place_id) or None,
            "name": one.name, "level": one.get_level_display(), "year": Decimal(one.year),
        }  # fmt: skip
        found.append(ListRow(tuple(own[c] for c in columns), "places.honour", str(one.pk), str(one)))
    return found


def as_of(period: Period) -> dt.date:
    """The day for which facts are told: the last of the period, or today while it runs."""
    return min(period.last, clock.today())


def attributes_as_of(places: list[Place], day: dt.date) -> dict[Any, dict[str, Any]]:
    """The attributes that held on a day, by the place's id and their code: one query for all."""
    held = (Q(since__isnull=True) | Q(since__lte=day)) & (Q(until__isnull=True) | Q(until__gt=day))
    found: dict[Any, dict[str, Any]] = {}
    for row in PlaceAttribute.objects.filter(held, place__in=places):
        found.setdefault(row.place_id, {})[row.code] = row.value
    return found


def attribute_value(field: FieldDef, stored: Any, unit: str = "") -> Value | None:
    """A stored attribute as a form takes it: a number as a number, in the unit asked for; None where it cannot be."""
    if stored is None or stored == "":
        return None
    if field.type in ("integer", "decimal"):
        number = Decimal(stored) / Decimal(10) ** (field.decimals if field.type == "decimal" else 0)
        times = factor(field.unit, unit) if field.unit else Fraction(1)
        if times is None or times == 1:
            return None if times is None else number
        exact = nearest_at(Fraction(number) * times, FINEST)
        return Decimal(exact.numerator) / Decimal(exact.denominator)
    return stored if isinstance(stored, dt.date) else str(shown_value(field, stored))


def below_lists(book: Book, mapped: Mapping[tuple[str, str], CellSpec]) -> set[tuple[str, str]]:
    """The open cells under a list's first row, by sheet and address: the list fills them."""
    found: set[tuple[str, str]] = set()
    for (name, cell), spec in mapped.items():
        sheet = book.sheet(name)
        if spec.kind != "record" or sheet is None:
            continue
        row, column = position(cell)
        below = sheet.cells.get((row + 1, column))
        while below is not None and below.is_open and (name, below.at) not in mapped:
            found.add((name, address(below.row, below.column)))
            below = sheet.cells.get((below.row + below.rowspan, column))
    return found
