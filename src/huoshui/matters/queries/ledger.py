"""The ledger 台账: filtered, sorted, and as typed rows for the page, Excel and print."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import F

from huoshui.duties.queries import accounts_with_ids, units_with_ids
from huoshui.kernel.access import Actor
from huoshui.matters.columns import columns_for
from huoshui.matters.lights import MatterQuerySet
from huoshui.matters.models import Matter
from huoshui.matters.queries.cells import Cells
from huoshui.matters.queries.filtering import LedgerFilter, how_many, matching, require_known_codes
from huoshui.matters.queries.order import (
    MOST_ROWS,
    page_of_keys,
    sorted_by,
)
from huoshui.matters.schema import LedgerColumn, MatterKind
from huoshui.packs.queries import all_current
from huoshui.places.directory import places_with_ids
from huoshui.places.models import Place


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


def profiles_of(actor: Actor, place: Place) -> list[Matter]:
    """What a place is known for: of each kind that is a profile, the latest visible one of the place itself that ended
    well."""
    here: dict[str, MatterKind] = {code: kind for code, kind in all_current("matters").items() if kind.profile}
    kinds = [code for code, kind in here.items() if not kind.place_kinds or place.kind in kind.place_kinds]
    seen = Matter.objects.visible_to(actor).filter(place=place, close_reason="resolved").order_by("-closed_on", "-id")
    latest = (seen.filter(kind=code).select_related("pack_version", "verifier").first() for code in kinds)
    return sorted((matter for matter in latest if matter), key=lambda matter: str(matter.closed_on), reverse=True)


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
        facts = Cells.read(found, codes)
        cells = [facts.reader(code) for code in codes]
        for matter in found:
            yield LedgerRow(matter, facts.towns[matter.place_id], tuple(cell(matter) for cell in cells), codes)


def _in_order(keys: list[UUID]) -> list[Matter]:
    found = _named(list(Matter.objects.filter(pk__in=keys).with_light()))
    by_key = {matter.pk: matter for matter in found}
    return [by_key[key] for key in keys if key in by_key]


def _named(found: list[Matter]) -> list[Matter]:
    """The matters with what a row names beside them: most name the same, which a page's process knows already."""
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


def _common_columns(matters: MatterQuerySet) -> list[LedgerColumn]:
    kinds = matters.values_list("kind", flat=True)
    codes = set(kinds if matters.query.is_sliced else kinds.order_by().distinct()[:2])
    first = next(iter(matters[:1]), None) if len(codes) == 1 else None
    return columns_for(first.definition if first else None)
