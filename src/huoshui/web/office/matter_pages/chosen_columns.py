"""Which columns a ledger shows, in which order, and the filters that typed columns bring: all of it in the address."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from django.utils.translation import gettext as _

from huoshui.kernel.choices import unknown
from huoshui.matters.columns import COLUMN_NAMES, OWN_COLUMNS, columns_for
from huoshui.matters.queries import OWN_DATES, ValueFilter, sortable_fields
from huoshui.matters.schema import LedgerColumn, MatterKind
from huoshui.packs.queries import all_current
from huoshui.packs.schema import FieldDef
from huoshui.packs.values import clean_value
from huoshui.web.requests import SignedInRequest

COLUMNS = "columns"
"""Name in the address of the codes of the columns, in their order, with commas between."""
SIDES = ("from", "to")
Input = tuple[str, str, dict[str, str] | None]
"""Label, type of the input, and what can be chosen."""
RANGED = ("date", "integer", "decimal", "money")


def known_columns(kind: MatterKind | None) -> dict[str, LedgerColumn]:
    """Every column that the ledger of a kind (None: of all kinds) can show, by code, its usual ones first."""
    kinds = [kind] if kind else list(all_current("matters").values())
    found = {column.column: column for column in columns_for(kind)}
    for code, name in COLUMN_NAMES.items():
        found.setdefault(code, LedgerColumn(column=code, name=name))
    for each in kinds:
        for field in each.fields:
            if field.code != each.owner_field:
                found.setdefault(field.code, LedgerColumn(column=field.code, name=field.name))
    return found


def columns_asked(request: SignedInRequest, kind: MatterKind | None) -> list[LedgerColumn]:
    """The columns of the address; without any the kind's own. Raises value.choice for one that is none."""
    text = request.GET.get(COLUMNS, "")
    if not text:
        return []
    known = known_columns(kind)
    codes = dict.fromkeys(["number", *text.split(",")])  # a row without its number could not be opened
    for code in codes:
        if code not in known:
            raise unknown(COLUMNS, code, (column.name for column in known.values()), _("列"))
    return [known[code] for code in codes]


@dataclass(frozen=True)
class Choice:
    """A column in the chooser, with the addresses that show, hide or move it."""

    name: str
    toggle: str
    earlier: str = ""
    later: str = ""


def chooser(request: SignedInRequest, kind: MatterKind | None, shown: list[LedgerColumn]) -> dict[str, Any]:
    """The shown columns with the ways to hide and move them, those that could be shown, and the way back."""
    codes = [column.column for column in shown]
    known = known_columns(kind)
    address = _addresses(request)
    return {
        "shown": [
            Choice(
                str(column.name),
                toggle=address([code for code in codes if code != column.column]) if at else "",
                earlier=address(_swapped(codes, at - 1)) if at > 1 else "",
                later=address(_swapped(codes, at)) if 0 < at < len(codes) - 1 else "",
            )
            for at, column in enumerate(shown)
        ],
        "others": [
            Choice(str(column.name), toggle=address([*codes, code]))
            for code, column in known.items()
            if code not in codes
        ],
        "usual": address([]) if request.GET.get(COLUMNS) else "",
    }


def _swapped(codes: list[str], at: int) -> list[str]:
    return [*codes[:at], codes[at + 1], codes[at], *codes[at + 2 :]]


def _addresses(request: SignedInRequest) -> Callable[[list[str]], str]:
    """The address of the same table with other columns; with none, of the usual ones."""
    query = request.GET.copy()
    for name in (COLUMNS, "page"):
        query.pop(name, None)
    rest = query.urlencode(safe=",")

    def address(codes: list[str]) -> str:
        asked = "&".join(
            part for part in (rest, f"{COLUMNS}={quote(','.join(codes), safe=',')}" if codes else "") if part
        )
        return f"{request.path}?{asked}" if asked else request.path

    return address


def value_filters(request: SignedInRequest, kind: MatterKind | None) -> tuple[ValueFilter, ...]:
    """The filters by typed columns that the address gives. Raises value.type, value.choice and the like."""
    found = []
    for name, (definition, side) in _named(kind).items():
        if text := request.GET.get(name, ""):
            found.append(ValueFilter(definition.code, clean_value(_loose(definition, name), text), side))
    return tuple(found)


def _loose(definition: FieldDef, name: str) -> FieldDef:
    """The field without the limits of what may be recorded, named as the filter is in the address."""
    return definition.model_copy(update={"minimum": None, "maximum": None, "code": name})


def value_inputs(
    kind: MatterKind | None, shown: list[LedgerColumn]
) -> dict[str, tuple[str, str, dict[str, str] | None]]:
    """Inputs for the typed columns that are shown: by name in the address, label, type, and what can be chosen."""
    codes = {column.column for column in shown}
    inputs: dict[str, Input] = {}
    for name, (definition, side) in _named(kind).items():
        if definition.code not in codes:
            continue
        label = {"from": _("%(name)s从"), "to": _("%(name)s到"), "": "%(name)s"}[side] % {"name": definition.name}
        inputs[name] = (label, "date" if definition.type == "date" else "", _options(definition))
    return inputs


def _options(definition: FieldDef) -> dict[str, str] | None:
    if definition.type == "yes_no":
        return {"1": _("是"), "0": _("否")}
    return {choice.code: str(choice.name) for choice in definition.choices} or None


def _named(kind: MatterKind | None) -> dict[str, tuple[FieldDef, str]]:
    """Every filter by a typed column, by its name in the address, with its side."""
    mine = {field.code for field in kind.fields} if kind else None
    dates = [FieldDef(code=code, name=COLUMN_NAMES[code], type="date") for code in OWN_DATES]
    fields = [f for code, f in sortable_fields().items() if code not in OWN_COLUMNS and (mine is None or code in mine)]
    named: dict[str, tuple[FieldDef, str]] = {}
    for field in (*dates, *fields):
        if field.type in RANGED:
            named |= {f"{field.code}_{side}": (field, side) for side in SIDES}
        elif field.type in ("choice", "yes_no"):
            named[f"{field.code}_is"] = (field, "")
    return named
