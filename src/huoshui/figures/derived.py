"""What derived indicators come to: their numerators and denominators, counted by the definition of the time."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any
from uuid import UUID

from huoshui.figures.cells.reading import Answer, Asked, counts, digest_of, read_beside
from huoshui.figures.compiling import Count, count, count_by, nothing
from huoshui.figures.schema import Indicator, Measure
from huoshui.kernel import clock
from huoshui.kernel.periods import Period
from huoshui.places.queries import counties_above


@dataclass(frozen=True)
class Derived:
    """The two parts of a value, and the number of rows that the numerator was counted from."""

    numerator: int | None
    denominator: int | None
    records: int
    kept: bool = False
    """Whether the register that the indicator names is kept there and then, so that nothing counted is a zero."""
    too_early: bool = False
    """Whether no deadline of the period has passed, and nothing was done before its time."""


def derived(asked: Sequence[tuple[Indicator, Period]], places: Collection[UUID]) -> list[dict[UUID, Derived]]:
    """Each figure at each of the places, from kept cells where these are good; empty where it is not told."""
    wanted: list[Asked] = [
        (measure, period)
        for indicator, period in asked
        for measure in (*measures_of(indicator.on(period.last)), *_registers(indicator))
        if indicator.is_told_on(period.last)
    ]
    found = counts(dict.fromkeys(wanted), places) if wanted and places else {}
    registers = _where_kept({(m, period) for one, period in asked for m in _registers(one)} & {*wanted}, found, places)
    told: list[dict[UUID, Derived]] = []
    for indicator, period in asked:
        if not indicator.is_told_on(period.last):
            told.append({})
            continue
        names = [digest_of(measure) for measure in measures_of(indicator.on(period.last))]
        kept = {place for measure in _registers(indicator) for place in registers[digest_of(measure), period]}
        at = {place: _derived([found[name, period, place] for name in names], kept=place in kept) for place in places}
        told.append(_as_far_as_due(indicator.on(period.last), period, at))
    return told


def derived_at(indicator: Indicator, period: Period, place: UUID) -> Derived:
    """What lies at the place itself and at none below it."""
    measures = measures_of(indicator.on(period.last))
    found = [read_beside(measure, period, place, "own", partial(_own, measure, period, place)) for measure in measures]
    own = _derived([one for (one,) in found])
    return _as_far_as_due(indicator.on(period.last), period, {place: own}, below=False)[place]


def _own(measure: Measure, period: Period, place: UUID) -> list[Count]:
    return [count(measure, [period], [place], below=False).get((place, period)) or nothing(measure)]


def _where_kept(
    asked: Collection[Asked], found: Answer, places: Collection[UUID]
) -> dict[tuple[str, Period], set[UUID]]:
    """At which of the places each register is kept in its period: where it has rows, or the county above has any.

    A register is kept for a county: one clerk lists the clinics of all its villages, and a village not in it has none.
    What another county keeps, or a province as a whole, says nothing of this one.
    """
    kept = {
        (name, period): {place for place in places if found[name, period, place].rows}
        for name, period in ((digest_of(measure), period) for measure, period in asked)
    }
    lacking = {place for there in kept.values() for place in places if place not in there}
    county = counties_above(frozenset(lacking)) if lacking else {}
    above = counts(asked, set(county.values())) if county else {}
    for (name, period), there in kept.items():
        there |= {place for place, up in county.items() if above[name, period, up].rows}
    return kept


def _as_far_as_due(
    indicator: Indicator, period: Period, at: dict[UUID, Derived], *, below: bool = True
) -> dict[UUID, Derived]:
    """The same, with those told of which no deadline has passed: 0 % would say that what is promised was not kept.

    What has passed is counted up to yesterday, for kept cells do not know the day; only of what may be too early.
    """
    measure, yesterday = indicator.denominator, clock.today() - dt.timedelta(days=1)
    asked = [place for place, one in at.items() if one.denominator and not one.records]
    if not indicator.due or measure is None or period.last <= yesterday or not asked:
        return at
    passed = Period(period.first, max(yesterday, period.first), period.code, period.kind)
    counted = count(measure, [passed], asked, below=below) if period.first <= yesterday else {}
    early = [place for place in asked if not counted.get((place, passed), nothing(measure)).rows]
    return at | {place: replace(at[place], too_early=True) for place in early}


def broken_down(indicator: Indicator, period: Period, place: UUID) -> list[tuple[tuple[Any, ...], Derived]]:
    """The figure for each combination of values of the columns that the indicator names (``by``), in their order."""
    measures = measures_of(indicator.on(period.last))
    by = tuple(indicator.by)
    sides = [
        dict(read_beside(measure, period, place, by, partial(count_by, measure, period, place, by)))
        for measure in measures
    ]
    keys = list(dict.fromkeys(key for side in sides for key in side))
    told = [
        (key, _derived([side.get(key) or nothing(measure) for side, measure in zip(sides, measures, strict=True)]))
        for key in keys
    ]
    return sorted(told, key=lambda row: tuple("" if value is None else str(value) for value in row[0]))


def measures_of(indicator: Indicator) -> list[Measure]:
    """What is counted for it: the numerator, and the denominator if there is one."""
    return [measure for measure in (indicator.numerator, indicator.denominator) if measure is not None]


def _registers(indicator: Indicator) -> list[Measure]:
    return [indicator.register_rows] if indicator.register_rows is not None else []


def _derived(parts: Sequence[Count], *, kept: bool = False) -> Derived:
    top, *bottom = parts
    return Derived(top.value, bottom[0].value if bottom else None, top.rows, kept)
