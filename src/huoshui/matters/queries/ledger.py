"""The ledger 台账: filtered, sorted, and as typed rows for the page, Excel and print."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import F, Prefetch

from huoshui.duties.models import Account
from huoshui.duties.queries import accounts_with_ids, units_with_ids
from huoshui.kernel.access import Actor
from huoshui.matters import personal, values
from huoshui.matters.columns import BY_HAND, CLOSE_REASONS, MONEY, OWN_COLUMNS, columns_for, light_word
from huoshui.matters.evidence import evidence_counts
from huoshui.matters.lights import MatterQuerySet
from huoshui.matters.models import ClockRun, Matter, MatterValue, stored_value
from huoshui.matters.money.sums import sums_of_all, yuan
from huoshui.matters.queries.filtering import LedgerFilter, how_many, matching, require_known_codes
from huoshui.matters.queries.order import (
    MOST_ROWS,
    page_of_keys,
    sorted_by,
)
from huoshui.matters.schema import LedgerColumn
from huoshui.packs.schema import FieldDef
from huoshui.places.directory import places_with_ids
from huoshui.places.models import Place
from huoshui.places.queries import township_names
from huoshui.vault.queries import Kept

FEW = 100
"""Rows of a page; more are read for a file."""


def ledger(actor: Actor, filters: LedgerFilter | None = None, sort: str = "-number") -> MatterQuerySet:
    """Visible matters, filtered and sorted, each with ``light_now``, place, unit, owner and verifier.

    Raises matter.sort for an unknown key, value.choice for a code that is none, and matter.filter for a value that
    cannot be read.
    """
    wanted = filters or LedgerFilter()
    require_known_codes(Matter.objects.visible_to(actor), wanted)
    return _related(sorted_by(matching(actor, wanted), sort).with_light())


@dataclass(frozen=True)
class LedgerPage:
    """One page of a ledger. ``reachable``: how many rows one can leaf through; at most MOST_ROWS."""

    keys: list[UUID]
    total: int
    start: int

    @property
    def reachable(self) -> int:
        return min(self.total, MOST_ROWS)


def ledger_page(actor: Actor, filters: LedgerFilter | None, sort: str, page: int, size: int) -> LedgerPage:
    """The keys of one page, from 1; beyond the last page the last one. Raises as ``ledger``."""
    wanted = filters or LedgerFilter()
    require_known_codes(Matter.objects.visible_to(actor), wanted)
    total = how_many(actor, wanted)
    last = max((min(total, MOST_ROWS) - 1) // size, 0)
    start = min(max(page - 1, 0), last) * size
    count = min(size, max(min(total, MOST_ROWS) - start, 0))
    keys = page_of_keys(lambda walking: matching(actor, wanted, walking), sort, start, count, total)
    return LedgerPage(keys, total, start)


def matters_of_place(actor: Actor, place: Place) -> MatterQuerySet:
    """Visible matters at a place and below it, those that run first, the earliest deadline first."""
    found = ledger(actor, LedgerFilter(place=place.path), sort="-opened")
    return found.order_by(F("closed_on").desc(nulls_first=True), F("due_on").asc(nulls_last=True), "id")


def matters_of_source(actor: Actor, source_id: UUID, place: Place | None = None) -> MatterQuerySet:
    """Visible matters that a source (a sealed round) opened, at one place if it is given."""
    found: MatterQuerySet = Matter.objects.visible_to(actor).filter(source_id=source_id)
    return found.filter(place=place) if place else found


@dataclass(frozen=True)
class LedgerRow:
    """One row: the matter, and a typed value for each column (text, int, date or None), in their order."""

    matter: Matter
    town: str
    """The township that its place lies in, or is; "" above townships."""
    cells: tuple[Any, ...]
    columns: tuple[str, ...]

    def cell(self, column: str) -> Any:
        """The value of a column by its code. Raises ValueError when the ledger has no such column."""
        return self.cells[self.columns.index(column)]


def ledger_rows(
    matters: MatterQuerySet | list[UUID], columns: Sequence[LedgerColumn] | None = None, *, batch: int = 1_000
) -> Iterator[LedgerRow]:
    """Typed rows for a queryset of ``ledger``, or the keys of a page, read in batches.

    The number of queries does not grow with a page. Without ``columns`` (only for a queryset) they are those of the
    first matter's kind if all are of one kind, else the usual ones.
    """
    # The order is found once, not for each batch.
    keys = matters if isinstance(matters, list) else list(matters.values_list("pk", flat=True))
    chosen = list(columns or ()) if columns is not None or isinstance(matters, list) else _common_columns(matters)
    codes = tuple(column.column for column in chosen)
    for start in range(0, len(keys), batch):
        found = _in_order(keys[start : start + batch])
        facts = _Batch.read(found, codes)
        for matter in found:
            town = facts.towns[matter.place_id]
            yield LedgerRow(matter, town, tuple(facts.cell(matter, code) for code in codes), codes)


def _in_order(keys: list[UUID]) -> list[Matter]:
    lit = Matter.objects.filter(pk__in=keys).with_light()
    found = _named(list(lit)) if len(keys) <= FEW else _related_once(lit)
    by_key = {matter.pk: matter for matter in found}
    return [by_key[key] for key in keys if key in by_key]


def _named(found: list[Matter]) -> list[Matter]:
    """The matters of a page with what a row names beside them, most of which the process knows already."""
    places = places_with_ids(matter.place_id for matter in found)
    units = units_with_ids(matter.unit_id for matter in found if matter.unit_id)
    people = accounts_with_ids(pk for matter in found for pk in (matter.owner_id, matter.verifier_id) if pk)
    doubled = Matter.objects.in_bulk({matter.duplicate_of_id for matter in found if matter.duplicate_of_id})
    for matter in found:
        matter.place = places[matter.place_id]
        matter.unit = units[matter.unit_id] if matter.unit_id else None
        matter.owner = people[matter.owner_id] if matter.owner_id else None
        matter.verifier = people[matter.verifier_id] if matter.verifier_id else None
        matter.duplicate_of = doubled[matter.duplicate_of_id] if matter.duplicate_of_id else None
    return found


RELATED = ("place", "unit", "owner", "verifier", "duplicate_of")
"""What a row shows beside the matter; outlines of places are large, and no row shows one."""


def _related(matters: MatterQuerySet) -> MatterQuerySet:
    return matters.select_related(*RELATED).defer("place__outline")


def _related_once(matters: MatterQuerySet) -> MatterQuerySet:
    """The same in a query for each: of many rows, most name the same places and people, which are then made once."""
    places = Prefetch("place", Place.objects.defer("outline"))
    return matters.prefetch_related(places, *RELATED[1:])


def _common_columns(matters: MatterQuerySet) -> list[LedgerColumn]:
    kinds = matters.values_list("kind", flat=True)
    codes = set(kinds if matters.query.is_sliced else kinds.order_by().distinct()[:2])
    first = next(iter(matters[:1]), None) if len(codes) == 1 else None
    return columns_for(first.definition if first else None)


def fields_of(matter: Matter) -> dict[str, FieldDef]:
    """The fields of a matter's kind by code."""
    return {field.code: field for field in matter.definition.fields}


@dataclass(frozen=True)
class _Batch:
    """What the cells of some matters are read from, without a query for each."""

    values: dict[tuple[UUID, str], Any]
    """Stored values, by matter and field."""
    limits: dict[tuple[UUID, str], dt.date]
    towns: dict[UUID, str]
    """Names of townships, by the place."""
    evidence: Counter[UUID]
    people: dict[str, str]
    """Titles of the accounts named in account fields, by id."""
    personal: dict[UUID, dict[str, Kept]]
    """Masked personal values, by matter and field."""
    sums: dict[tuple[UUID, str], int]
    """Fen, by matter and type of money line."""

    @classmethod
    def read(cls, matters: list[Matter], columns: Sequence[str]) -> _Batch:
        # A deadline that runs stands in the matter itself.
        ended = [matter.pk for matter in matters if matter.due_on is None] if "deadline" in columns else []
        declared = not set(columns) <= set(OWN_COLUMNS)
        keys = [matter.pk for matter in matters]
        stored = MatterValue.objects.filter(matter_id__in=keys if declared else ended).values_list(
            "matter_id", "code", "day", "number", "text"
        )
        rows = {(key, code): stored_value(day, number, text) for key, code, day, number, text in stored}
        runs = ClockRun.objects.filter(matter_id__in=ended).values_list("matter_id", "clock", "limit_on")
        towns = township_names(matter.place for matter in matters)
        evidence = evidence_counts(matters) if "evidence" in columns else Counter()
        named = {
            held
            for matter in matters
            for code, field in fields_of(matter).items()
            if field.type == "account" and (held := rows.get((matter.pk, code)))
        }
        people = {str(a.pk): a.title for a in Account.objects.get_queryset().filter(pk__in=named)}
        limits = {(key, clock): limit for key, clock, limit in runs}
        sums = sums_of_all(keys) if any(code.startswith(MONEY) for code in columns) else {}
        return cls(rows, limits, towns, evidence, people, personal.read_all(matters, columns), sums)

    def cell(self, matter: Matter, code: str) -> Any:
        """The typed value of a column."""
        if code in OWN_COLUMNS:
            return self._own(matter, code)
        kind = matter.definition
        field = fields_of(matter).get(code)
        if field is None:
            total = self.sums.get((matter.pk, code.removeprefix(MONEY)))
            return None if total is None else yuan(total)
        if code == kind.owner_field:
            return self._own(matter, "owner")
        if field.personal:
            return str(self.personal.get(matter.pk, {}).get(code, "")) or None
        held = self.values.get((matter.pk, code))
        if held is None:
            return None
        value = values.typed(field, held)
        if field.type == "account":
            return self.people.get(value, value)
        return value if field.type in ("integer", "date") else values.shown(kind, code, value)

    def _own(self, matter: Matter, code: str) -> Any:
        match code:
            case "source":
                return matter.source_label or str(BY_HAND)
            case "town":
                return self.towns[matter.place_id]
            case "place" | "unit" | "owner" | "verifier":
                return str(getattr(matter, code) or "")
            case "severity" | "state" | "clock":
                return getattr(matter, f"{code}_name")
            case "light":
                return light_word(matter.light(), matter.close_reason)
            case "deadline":
                return self._deadline(matter)
            case "evidence":
                return self.evidence[matter.pk]
            case "close_reason":
                return str(CLOSE_REASONS[matter.close_reason]) if matter.close_reason else ""
            case "duplicate_of":
                return matter.duplicate_of.number if matter.duplicate_of else ""
            case _:
                return getattr(matter, code)

    def _deadline(self, matter: Matter) -> dt.date | None:
        """The deadline that counts now, whichever clock runs; without one, that of the kind's first clock.

        That one is the responsible unit's own deadline, else the limit.
        """
        clocks = matter.definition.clocks
        if matter.due_on or not clocks:
            return matter.due_on
        own = self.values.get((matter.pk, clocks[0].own_deadline_field or ""))
        days = (own, self.limits.get((matter.pk, clocks[0].code)))
        return min((day for day in days if day), default=None)
