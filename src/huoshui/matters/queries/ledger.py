"""The ledger 台账: filtered, sorted, and as typed rows for the page, Excel and print."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from django.db.models import Count, F, Prefetch, Q
from django.utils.translation import gettext as _

from huoshui.kernel import clock
from huoshui.kernel.access import Actor, Within, path_condition
from huoshui.kernel.choices import require_known, unknown
from huoshui.kernel.errors import Refusal
from huoshui.kernel.walking import walked
from huoshui.matters.columns import columns_for
from huoshui.matters.lights import LIGHTS, MatterQuerySet, light_condition
from huoshui.matters.models import CLOSED, OPEN, SUBMITTED, Matter, MatterValue
from huoshui.matters.queries.cells import Cells
from huoshui.matters.queries.order import (
    MOST_ROWS,
    VALUE_COLUMNS,
    page_of_keys,
    sortable_fields,
    sorted_by,
)
from huoshui.matters.schema import LedgerColumn
from huoshui.packs.queries import all_current
from huoshui.places.models import Place

CODES = ("kind", "state", "phase", "severity")
"""What a ledger is filtered by exactly."""
NO_LIGHT = "none"
FEW = 100
"""Rows of a page; more are read for a file."""
OWN_DATES = ("opened_on", "closed_on", "supervised_on")
"""Dates that every matter has, filtered from a day to a day."""


@dataclass(frozen=True)
class ValueFilter:
    """A typed value of a field, or a date of OWN_DATES: equal to it; ``side`` "from" or "to": not below, not above."""

    code: str
    value: Any
    side: str = ""


@dataclass(frozen=True)
class LedgerFilter:
    """What a ledger shows. Empty: no restriction. ``place`` is a path, ``source`` an id or "hand".

    ``light`` is red, yellow, blue or green; "none" shows the matters without any light.
    """

    kind: str = ""
    place: str = ""
    state: str = ""
    phase: str = ""
    light: str = ""
    severity: str = ""
    source: str = ""
    owner: str = ""
    text: str = ""
    due_from: dt.date | None = None
    due_to: dt.date | None = None
    supervised: bool = False
    values: tuple[ValueFilter, ...] = ()


def ledger(actor: Actor, filters: LedgerFilter | None = None, sort: str = "-number") -> MatterQuerySet:
    """Visible matters, filtered and sorted, each with ``light_now``, place, unit, owner and verifier.

    Raises matter.sort for an unknown key, value.choice for a code that is none, and matter.filter for a value that
    cannot be read.
    """
    wanted = filters or LedgerFilter()
    _require_known_codes(Matter.objects.visible_to(actor), wanted)
    return _related(sorted_by(_matching(actor, wanted), sort).with_light())


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
    _require_known_codes(Matter.objects.visible_to(actor), wanted)
    total = _matching(actor, wanted).count()
    last = max((min(total, MOST_ROWS) - 1) // size, 0)
    start = min(max(page - 1, 0), last) * size
    count = min(size, max(min(total, MOST_ROWS) - start, 0))
    keys = page_of_keys(lambda walking: _matching(actor, wanted, walking), sort, start, count, total)
    return LedgerPage(keys, total, start)


def _matching(actor: Actor, wanted: LedgerFilter, walking: bool = False) -> MatterQuerySet:
    """Visible matters that pass the filter; ``walking``: no condition has an index, so that an order's is walked."""
    passing = condition(wanted)
    if wanted.light:
        passing &= light_condition("" if wanted.light == NO_LIGHT else wanted.light, clock.today())
    if not walking:
        reader = Within(actor, wanted.place) if wanted.place else actor
        visible: MatterQuerySet = Matter.objects.visible_to(reader).filter(passing)
        return visible
    found: MatterQuerySet = walked(Matter.objects.all(), reached(actor) & passing)
    return found


def reached(actor: Actor) -> Q:
    """The rule of ``visible_to``, with the places that the actor reaches as a set and not as a join to walk over."""
    condition = Q(pk__in=[])
    for grant in set(actor.grants(Matter.scope.permission)):
        condition |= _at(path_condition("path", grant.path)) & (Q(pack=grant.pack) if grant.pack else Q())
    return condition


def _at(places: Q) -> Q:
    return Q(place__in=Place.objects.filter(places).order_by().values("pk"))


def _require_known_codes(visible: MatterQuerySet, wanted: LedgerFilter) -> None:
    kinds = all_current("matters") if any(getattr(wanted, name) for name in CODES) else {}
    declared = {
        "kind": list(kinds),
        "state": [state.code for kind in kinds.values() for state in kind.states],
        "phase": [OPEN, SUBMITTED, CLOSED],
        "severity": [severity.code for kind in kinds.values() for severity in kind.severities],
    }
    for name in CODES:
        require_known(visible, name, getattr(wanted, name), declared[name])
    shown = [light or NO_LIGHT for light in LIGHTS]
    if wanted.light and wanted.light not in shown:
        raise unknown("light", wanted.light, shown)


def condition(wanted: LedgerFilter) -> Q:
    """The filter, but for the light, as a condition."""
    exact = {name: getattr(wanted, name) for name in CODES}
    found = Q(**{name: value for name, value in exact.items() if value})
    if wanted.place:
        found &= _at(path_condition("path", wanted.place))
    if wanted.source:
        found &= (
            Q(source_id__isnull=True)
            if wanted.source == "hand"
            else Q(source_id=_id("source", _("来源"), wanted.source))
        )
    if wanted.owner:
        found &= Q(owner_id=_id("owner", _("责任人"), wanted.owner))
    if wanted.due_from:
        found &= Q(due_on__gte=wanted.due_from)
    if wanted.due_to:
        found &= Q(due_on__lte=wanted.due_to)
    if wanted.supervised:
        found &= Q(supervised_on__isnull=False)
    for word in wanted.text.split():
        found &= _holds(word)
    for value in wanted.values:
        found &= _having(value)
    return found


def _having(wanted: ValueFilter) -> Q:
    """The matters that have such a value, in a column of their own or in a field."""
    lookup = {"from": "gte", "to": "lte"}.get(wanted.side, "exact")
    if wanted.code in OWN_DATES:
        return Q(**{f"{wanted.code}__{lookup}": wanted.value})
    column = VALUE_COLUMNS.get(sortable_fields()[wanted.code].type, "text")
    rows = MatterValue.objects.filter(**{"code": wanted.code, f"{column}__{lookup}": wanted.value})
    return Q(pk__in=rows.values("matter"))


def _holds(word: str) -> Q:
    place = _at(Q(short_name__contains=word) | Q(initials__startswith=word.lower()))
    return Q(number__contains=word.upper()) | Q(title__contains=word) | Q(detail__contains=word) | place


def _id(field: str, label: str, text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise Refusal("matter.filter", field=field, label=label, value=text) from None


def matters_of_place(actor: Actor, place: Place) -> MatterQuerySet:
    """Visible matters at a place and below it, those that run first, the earliest deadline first."""
    found = ledger(actor, LedgerFilter(place=place.path), sort="-opened")
    return found.order_by(F("closed_on").desc(nulls_first=True), F("due_on").asc(nulls_last=True), "id")


def matters_of_source(actor: Actor, source_id: UUID, place: Place | None = None) -> MatterQuerySet:
    """Visible matters that a source (a sealed round) opened, at one place if it is given."""
    found: MatterQuerySet = Matter.objects.visible_to(actor).filter(source_id=source_id)
    return found.filter(place=place) if place else found


def running_lights(actor: Actor, filters: LedgerFilter | None = None) -> dict[str, int]:
    """How many visible matters that have not ended show each of their lights: keys red, yellow, blue."""
    wanted, today = replace(filters or LedgerFilter(), light=""), clock.today()
    asked = {light: Count("pk", filter=light_condition(light, today)) for light in ("red", "yellow", "blue")}
    found: dict[str, int] = _matching(actor, wanted).going().aggregate(**asked)
    return found


def light_counts(actor: Actor, filters: LedgerFilter | None = None, *, total: int | None = None) -> dict[str, int]:
    """How many visible matters show each light: keys red, yellow, blue, green and "" (none).

    Only what has not ended is told its light row by row: of the many that have, the green ones are counted at once.
    ``total``: how many pass the filter without its light, where that is known already.
    """
    wanted = replace(filters or LedgerFilter(), light="")
    lit = running_lights(actor, wanted)
    lit["green"] = _matching(actor, replace(wanted, light="green")).count()
    everything = _matching(actor, wanted).count() if total is None else total
    return {light: lit[light] for light in LIGHTS if light} | {"": everything - sum(lit.values())}


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
    lit = Matter.objects.filter(pk__in=keys).with_light()
    found = _related(lit) if len(keys) <= FEW else _related_once(lit)
    by_key = {matter.pk: matter for matter in found}
    return [by_key[key] for key in keys if key in by_key]


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
