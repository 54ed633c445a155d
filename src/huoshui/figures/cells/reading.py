"""Reading counts of measures: from kept cells where nothing changed since, else from the records."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Callable, Collection, Hashable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.db import connection

from huoshui.figures.cells.marking import EVERY
from huoshui.figures.cells.models import Cell, Kept, Touch
from huoshui.figures.compiling import PARENTS, Count, count, nothing, to_id, to_key
from huoshui.figures.facts import FACT_VIEWS
from huoshui.figures.schema import Measure
from huoshui.kernel.periods import Period
from huoshui.kernel.reading import KeptForGood, read_once, remember

KEPT, CELLS = Kept._meta.db_table, Cell._meta.db_table
MOST_TOUCHES = 2_000
"""With more marks than this, whatever is kept counts as changed."""

Asked = tuple[Measure, Period]
Answer = dict[tuple[str, Period, UUID], Count]
"""By digest of the measure, period and place."""
KeptFor = tuple[str, str, dt.date]
"""Digest of a measure, and a period's code and first day."""
MOST_BESIDE = 500
_beside: KeptForGood[Hashable, list[Any]] = KeptForGood(MOST_BESIDE)


@lru_cache(maxsize=2000)
def digest_of(measure: Measure) -> str:
    """What a measure counts, as 32 hex digits: another content, other cells."""
    said = json.dumps(measure.model_dump(mode="json"), sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(said.encode()).hexdigest()[:32]


@dataclass(frozen=True)
class Change:
    """One mark as seen from a place: what it touches there."""

    source: str
    first: dt.date
    last: dt.date

    def reaches(self, measure: Measure, first: dt.date, last: dt.date) -> bool:
        """Whether it may have changed the measure in a period from one day to another."""
        if self.source not in (EVERY, measure.source):
            return False
        if self.source == EVERY:
            return True
        if measure.period is not None:
            return self.first <= last and self.last >= first
        # A row without a beginning was always there, and its mark does not say so.
        bounded = FACT_VIEWS[measure.source].columns[str(measure.since)].required
        return not bounded or self.first <= last


def counts(asked: Collection[Asked], places: Collection[UUID]) -> Answer:
    """What each measure comes to in its period at each of the places."""
    changes = changes_at(places)  # before the cells: a change that is marked later was made later
    kept = {} if changes is None else _kept(asked, places)
    found: Answer = {}
    open_ones: dict[Measure, tuple[set[Period], set[UUID]]] = {}
    for measure, period in asked:
        name = digest_of(measure)
        known = kept.get((name, period.code, period.first))
        for place in places:
            marks = changes.get(place, ()) if changes else ()
            if known is None or any(one.reaches(measure, period.first, period.last) for one in marks):
                periods, at = open_ones.setdefault(measure, (set(), set()))
                periods.add(period)
                at.add(place)
            else:
                found[name, period, place] = known.get(place) or nothing(measure)
    for measure, (periods, at) in open_ones.items():
        counted = count(measure, periods, at)
        for period in periods:
            for place in at:
                found[digest_of(measure), period, place] = counted.get((place, period)) or nothing(measure)
    return found


def _kept(asked: Iterable[Asked], places: Collection[UUID]) -> dict[KeptFor, dict[UUID, Count]]:
    """The kept cells of the places, by measure and period; an empty row for what has none there."""
    pairs = {(digest_of(measure), period.code) for measure, period in asked}
    names, codes = sorted({name for name, _code in pairs}), sorted({code for _name, code in pairs})
    parts = [to_key(pk) for pk in places]
    sql = (
        f"SELECT k.measure, k.period, k.first, k.id, k.times, c.place_id, c.value, c.rows FROM {KEPT} k "  # noqa: S608
        f"LEFT JOIN {CELLS} c ON c.kept_id = k.id AND c.place_id IN ({_marks(parts)}) "
        f"WHERE k.measure IN ({_marks(names)}) AND k.period IN ({_marks(codes)})"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, [*parts, *names, *codes])
        rows = cursor.fetchall()
    found: dict[KeptFor, dict[UUID, Count]] = {}
    states: dict[KeptFor, tuple[int, int] | None] = {}
    for name, code, first, pk, times, place, value, many in rows:
        key = (name, code, _day(first))
        states[key] = (pk, times)
        cells = found.setdefault(key, {})
        if place is not None:
            cells[to_id(place)] = Count(value, many)
    remember(_state, states)
    return found


@read_once
def _state(key: KeptFor) -> tuple[int, int] | None:
    """What tells one count of the cells of a measure and period from the next; None where they are not kept."""
    name, code, first = key
    return Kept.objects.filter(measure=name, period=code, first=first).values_list("pk", "times").first()


def read_beside(
    measure: Measure, period: Period, place: UUID, what: Hashable, read: Callable[[], list[Any]]
) -> list[Any]:
    """What ``read()`` tells of the rows that a cell counts, such as the first of them; ``what`` names it.

    The process keeps it for as long as the cell is good and was not counted anew. Nobody may change the answer.
    """
    marks = changes_at([place])
    state = _state((digest_of(measure), period.code, period.first)) if marks is not None else None
    touched = any(one.reaches(measure, period.first, period.last) for one in (marks or {}).get(place, ()))
    if state is None or touched:
        return read()
    key = (state, place, what)
    return _beside.of([key], lambda _keys: {key: read()})[key]


def _marks(values: Collection[object]) -> str:
    return ", ".join(["%s"] * len(values))


def changes_at(places: Collection[UUID]) -> dict[UUID, list[Change]] | None:
    """The marks that concern each of the places: made there, or below it at any time; None: too many to tell."""
    found = _changes()
    return None if found is None else {place: found[place] for place in places if place in found}


@read_once
def _changes() -> dict[UUID, list[Change]] | None:
    """The same of every place that any mark concerns: a page asks of several, and seldom is anything marked."""
    touches = Touch._meta.db_table
    sql = (
        f"WITH RECURSIVE marked AS (SELECT source, place_id, first, last FROM {touches} LIMIT {MOST_TOUCHES + 1}), "  # noqa: S608
        "up(mark, place) AS (SELECT DISTINCT place_id, place_id FROM marked UNION "
        f"SELECT up.mark, p.parent_id FROM up JOIN {PARENTS} p ON p.place_id = up.place) "
        "SELECT DISTINCT up.place, marked.source, marked.first, marked.last, (SELECT COUNT(*) FROM marked) "
        "FROM up JOIN marked ON marked.place_id = up.mark"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql)
        rows = cursor.fetchall()
    if rows and rows[0][-1] > MOST_TOUCHES:
        return None
    found: dict[UUID, list[Change]] = {}
    for place, source, first, last, _many in rows:
        found.setdefault(to_id(place), []).append(Change(source, _day(first), _day(last)))
    return found


def _day(value: Any) -> dt.date:
    return value if isinstance(value, dt.date) else dt.date.fromisoformat(value)
