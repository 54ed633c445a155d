"""Keeping the cells: what is marked is counted anew, with the places above; all of it, on demand.

One process at a time counts and writes. Marks are read before the records are counted and only those are taken away
after, so that whatever is written meanwhile stays marked.
"""

from __future__ import annotations

import datetime as dt
import time
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import F

from huoshui.figures.cells.models import Cell, Kept, Touch
from huoshui.figures.cells.reading import Change, changes_at, digest_of
from huoshui.figures.compiling import Count, Key, count
from huoshui.figures.schema import Indicator, Measure
from huoshui.kernel import clock
from huoshui.kernel.locks import file_lock
from huoshui.kernel.models import ReferenceStamp
from huoshui.kernel.periods import Period, PeriodKind, period_before, period_of
from huoshui.packs.queries import all_current
from huoshui.places.models import PlaceParent

KEPT_PERIODS = {PeriodKind.YEAR: 20, PeriodKind.HALF: 20, PeriodKind.QUARTER: 40, PeriodKind.MONTH: 120}
"""How many periods of each kind are kept, the present one the last. Others are counted when they are asked for."""
MOST_AT_ONCE = 5_000
"""With more marks than this, counting everything is quicker."""
BATCH = 2_000


@dataclass(frozen=True)
class Difference:
    """A kept cell that was not what the records say."""

    source: str
    period: str
    place: UUID
    kept: Count | None
    counted: Count | None


@dataclass
class Rebuilt:
    """What counting everything came to."""

    measures: int = 0
    cells: int = 0
    seconds: float = 0.0
    differing: list[Difference] = field(default_factory=list)


def wanted() -> dict[Measure, list[Period]]:
    """The measures of all current indicators, with the periods for which their cells are kept."""
    found: dict[Measure, set[Period]] = defaultdict(set)
    for indicator in all_current("indicators").values():
        for period in _periods(indicator):
            then = indicator.on(period.last)
            for measure in (then.numerator, then.denominator, then.register_rows):
                if measure is not None:
                    found[measure].add(period)
    return {measure: sorted(periods) for measure, periods in found.items()}


def _periods(indicator: Indicator) -> Iterator[Period]:
    for kind, many in KEPT_PERIODS.items():
        if kind not in indicator.periods:
            continue
        for period in _last_periods(clock.today(), kind, many, indicator.month_begins):
            if indicator.is_told_on(period.last):
                yield period


@lru_cache(maxsize=100)
def _last_periods(day: dt.date, kind: PeriodKind, many: int, month_begins: int) -> tuple[Period, ...]:
    """The period of a day and those before it: the same for all indicators that are told for such."""
    found = [period_of(day, kind, month_begins)]
    while len(found) < many:
        found.append(period_before(found[-1], 1, month_begins))
    return tuple(found)


class Keeper:
    """The background's work: looks whether anything is to be counted, and counts it."""

    def __init__(self) -> None:
        self._state: tuple[object, dt.date] | None = None

    def keep_up(self) -> None:
        """Count what is marked, and what nobody has counted yet, as after another version of a pack or at midnight."""
        state = ReferenceStamp.objects.values_list("value", flat=True).first(), clock.today()
        if state != self._state:
            keep_missing()
            self._state = state
        if Touch.objects.exists():
            keep_marked()


def keep_missing() -> None:
    """Count the measures and periods that are wanted and not kept; forget those that are not wanted any more."""
    with _alone():
        asked = {(digest_of(m), p.code, p.first): (m, p) for m, periods in wanted().items() for p in periods}
        rows = Kept.objects.values_list("pk", "measure", "period", "first")
        there = {(measure, code, first): pk for pk, measure, code, first in rows}
        _forget([pk for key, pk in there.items() if key not in asked])
        missing: dict[Measure, list[Period]] = defaultdict(list)
        for key, (measure, period) in asked.items():
            if key not in there:
                missing[measure].append(period)
        for measure, periods in missing.items():
            _write_new(measure, periods, count(measure, periods, None))


def keep_marked() -> None:
    """Count the cells anew that marks touch, at their places and at all above, and take the marks away."""
    with _alone():
        marks = list(Touch.objects.values_list("pk", "source", "place_id", "first", "last")[: MOST_AT_ONCE + 1])
        if len(marks) > MOST_AT_ONCE:
            _rebuild()
            return
        above = _above({place for _pk, _source, place, _first, _last in marks})
        changes: dict[Change, set[UUID]] = defaultdict(set)
        for _pk, source, place, first, last in marks:
            changes[Change(source, first, last)] |= above[place]
        with_cells = [
            (measure, periods, places)
            for measure, kept in _kept_periods().items()
            for periods, places in [_touched(measure, kept, changes)]
            if periods
        ]
        counted = [(periods, places, count(m, periods.values(), places)) for m, periods, places in with_cells]
        with transaction.atomic():
            for periods, places, found in counted:
                _write(periods, places, found)
            _take_away([pk for pk, *_rest in marks])


def rebuild() -> Rebuilt:
    """Count every cell anew from the records, and tell which of those that were not marked were something else."""
    began = time.perf_counter()
    keep_missing()
    keep_marked()
    with _alone():
        done, excused = _rebuild()
        if done.differing:  # what was written meanwhile is marked, and no fault
            changes = changes_at({one.place for one in done.differing})
            excused |= {one.place for one in done.differing} if changes is None else set(changes)
            done.differing = [one for one in done.differing if one.place not in excused]
    done.seconds = time.perf_counter() - began
    return done


def _rebuild() -> tuple[Rebuilt, set[UUID]]:
    """Count every cell, and take away the marks that were there before; with the places that the first concerned."""
    marks = list(Touch.objects.values_list("pk", flat=True))
    excused = _above(set(Touch.objects.filter(pk__in=marks[:BATCH]).values_list("place_id", flat=True)))
    done = Rebuilt()
    for measure, kept in _kept_periods().items():
        counted = count(measure, kept.values(), None)
        keys = {period: pk for pk, period in kept.items()}
        now = {(keys[period], place): one for (place, period), one in counted.items()}
        cells = Cell.objects.filter(kept__in=kept).values_list("kept_id", "place_id", "value", "rows")
        before = {(pk, place): Count(value, rows) for pk, place, value, rows in cells}
        changed = sorted(key for key in before.keys() | now.keys() if before.get(key) != now.get(key))
        done.differing += [
            Difference(measure.source, kept[pk].code, place, before.get((pk, place)), now.get((pk, place)))
            for pk, place in changed
        ]
        done.measures, done.cells = done.measures + 1, done.cells + len(now)
        if changed:
            others = {pk for pk, _place in changed}
            with transaction.atomic():
                _replace(others, None, [(pk, place, one) for (pk, place), one in now.items() if pk in others])
    with transaction.atomic():
        # Also where the cells are what they were: another breakdown can come to the same.
        Kept.objects.update(times=F("times") + 1)
        _take_away(marks)
    return done, set().union(*excused.values())


def _kept_periods() -> dict[Measure, dict[int, Period]]:
    """The rows of ``Kept`` by their ids, for each measure of today's indicators; what nobody counts any more goes."""
    by_name = {digest_of(measure): (measure, {(p.code, p.first): p for p in at}) for measure, at in wanted().items()}
    found: dict[Measure, dict[int, Period]] = defaultdict(dict)
    others: list[int] = []
    for pk, name, code, first in Kept.objects.values_list("pk", "measure", "period", "first"):
        measure, periods = by_name.get(name, (None, {}))
        if measure is not None and (code, first) in periods:
            found[measure][pk] = periods[code, first]
        else:
            others.append(pk)
    _forget(others)
    return found


def _touched(
    measure: Measure, kept: dict[int, Period], changes: dict[Change, set[UUID]]
) -> tuple[dict[int, Period], set[UUID]]:
    """The kept periods and the places of a measure that changes reach: all of these places in all of these periods."""
    periods: dict[int, Period] = {}
    places: set[UUID] = set()
    for change, at in changes.items():
        reached = {pk: one for pk, one in kept.items() if change.reaches(measure, one.first, one.last)}
        if reached:
            periods |= reached
            places |= at
    return periods, places


def _above(places: Collection[UUID]) -> dict[UUID, set[UUID]]:
    """Each of the places with every place that it ever lay below."""
    parents: dict[UUID, set[UUID]] = defaultdict(set)
    for place, parent in PlaceParent.objects.values_list("place_id", "parent_id"):
        parents[place].add(parent)
    found: dict[UUID, set[UUID]] = {}
    for place in places:
        reached, ahead = {place}, [place]
        while ahead:
            new = parents[ahead.pop()] - reached
            reached |= new
            ahead += new
        found[place] = reached
    return found


def _write_new(measure: Measure, periods: list[Period], found: dict[Key, Count]) -> None:
    name = digest_of(measure)
    with transaction.atomic():
        rows = Kept.objects.bulk_create(
            Kept(measure=name, source=measure.source, period=one.code, first=one.first, last=one.last)
            for one in periods
        )
        keys = {period: row.pk for period, row in zip(periods, rows, strict=True)}
        _replace((), None, [(keys[period], place, one) for (place, period), one in found.items()])


def _write(periods: dict[int, Period], places: set[UUID], found: dict[Key, Count]) -> None:
    keys = {period: pk for pk, period in periods.items()}
    _replace(periods, places, [(keys[period], place, one) for (place, period), one in found.items()])


def _replace(kept: Iterable[int], places: set[UUID] | None, rows: list[tuple[int, UUID, Count]]) -> None:
    """Put these cells in place of those that stand for some periods, at some places (None: at all of them)."""
    periods = list(kept)
    old = Cell.objects.filter(kept__in=periods)
    Kept.objects.filter(pk__in=periods).update(times=F("times") + 1)
    (old if places is None else old.filter(place_id__in=places)).delete()
    new = (Cell(kept_id=pk, place_id=place, value=one.value, rows=one.rows) for pk, place, one in rows)
    Cell.objects.bulk_create(new, batch_size=BATCH)


def _forget(keys: list[int]) -> None:
    for start in range(0, len(keys), BATCH):
        Kept.objects.filter(pk__in=keys[start : start + BATCH]).delete()


def _take_away(marks: list[int]) -> None:
    for start in range(0, len(marks), BATCH):
        Touch.objects.filter(pk__in=marks[start : start + BATCH]).delete()


@contextmanager
def _alone() -> Iterator[None]:
    """No other process of this installation counts cells at the same time, or it would write what is old by now."""
    with file_lock(settings.DATA_DIR / "cells.lock", wait=True):
        yield
