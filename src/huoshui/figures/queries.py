"""Figures: the value of an indicator at a place in a period, its parts, and the records behind it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext as _
from sqlglot import exp

from huoshui.figures.compiling import compiled, counting
from huoshui.figures.facts import FACT_VIEWS
from huoshui.figures.reporting.models import Bound, Observation
from huoshui.figures.reporting.observed import Observed, observed
from huoshui.figures.reporting.values import quotient, told
from huoshui.figures.schema import Indicator, Measure
from huoshui.kernel import clock
from huoshui.kernel.access import Actor, require
from huoshui.kernel.errors import Refusal
from huoshui.kernel.models import Entry
from huoshui.kernel.periods import Period
from huoshui.kernel.periods import period as period_of_code
from huoshui.kernel.reading import read_until_changed
from huoshui.packs.queries import all_current
from huoshui.places.models import Place


@dataclass(frozen=True)
class Figure:
    """A value with its parts. ``numerator`` None: nothing that could be counted; a counted zero is 0.

    ``value`` None: no data, or a share of nothing.
    """

    indicator: Indicator
    place: Place
    period: Period
    numerator: int | None
    denominator: int | None
    records: int
    bound: str = Bound.EXACT
    """What a reported value says about the true one; what is counted is exact."""
    observations: tuple[Observation, ...] = ()
    """Of a reported one: the approved values that it was made of, or that disagree."""
    why: str = ""
    """Of a reported one: why there is no value."""

    @property
    def value(self) -> Fraction | None:
        """In the indicator's unit, exact."""
        if self.numerator is None:
            return None
        return quotient(self.numerator, self.denominator, self.indicator)

    @property
    def shown(self) -> str:
        """A numeral with the indicator's decimals, halves away from zero; "" without a value."""
        return "" if self.value is None else told(self.value, self.indicator)

    @property
    def told(self) -> str:
        """The same with the word of its bound: 660 以上, 约 100."""
        return "" if self.value is None else told(self.value, self.indicator, self.bound)

    @property
    def parts_known(self) -> bool:
        """Whether numerator and denominator are counts, and not what a printed quotient was kept as."""
        return all(row.parts_known for row in self.observations)

    @property
    def why_none(self) -> str:
        """Why there is no value, in words; "" with one."""
        if self.value is not None:
            return ""
        return self.why or (_("没有数据") if self.numerator is None else _("分母为零，没有值"))


@dataclass(frozen=True)
class Part:
    """What one place directly below contributes; ``place`` None: what lies at the place itself."""

    place: Place | None
    figure: Figure


FIRST_ENTRIES = 1_000
"""Among so many the earliest is looked for: packs are loaded before a register that was taken over is written in."""


def register_began() -> dt.date:
    """The earliest day that the beginning of the journal tells of; today in an empty register."""
    first = Entry.objects.order_by("seq").values_list("at", flat=True)[:FIRST_ENTRIES]
    return clock.local_date(min(first)) if first else clock.today()


@read_until_changed
def indicators() -> dict[str, Indicator]:
    """The indicators of all current packs, by qualified code, which each of them knows."""
    return {code: one.of_pack(code.partition(".")[0]) for code, one in all_current("indicators").items()}


def get_indicator(code: str) -> Indicator:
    """One of them. Raises figure.unknown."""
    found = indicators().get(code)
    if found is None:
        raise Refusal("figure.unknown", field="indicator", name=code)
    return found


def get_period(indicator: Indicator, code: str) -> Period:
    """A period for which an indicator is told. Raises figure.period."""
    kinds = ", ".join(indicator.periods)
    try:
        found = period_of_code(code)
    except ValueError:
        raise Refusal("figure.period", field="period", name=code, kinds=kinds) from None
    if found.kind not in indicator.periods:
        raise Refusal("figure.period", field="period", name=code, kinds=kinds)
    return found


def figure(actor: Actor, indicator: Indicator, place: Place, period: Period) -> Figure:
    """The value at a place and below it. Raises access.denied without figure.view there."""
    return figures_of(actor, [(indicator, period)], place)[0]


def figures_of(actor: Actor, asked: Sequence[tuple[Indicator, Period]], place: Place) -> list[Figure]:
    """Several figures of one place, in one query. Raises access.denied without figure.view there."""
    _require(actor, place)
    reported = [(indicator, period) for indicator, period in asked if indicator.is_reported]
    said = iter(observed(reported, [place], place.path)[place])
    measures = [
        (measure, period)
        for indicator, period in asked
        for measure in (indicator.numerator, indicator.denominator)
        if measure is not None
    ]
    counted = iter(_counted(measures, place))
    began = register_began() if measures else dt.date.max
    found = []
    for indicator, period in asked:
        if indicator.is_reported:
            found.append(_reported(indicator, place, period, next(said)))
            continue
        top, records = next(counted)
        bottom = next(counted)[0] if indicator.denominator else None
        found.append(_figure(indicator, place, period, top, bottom, records, began))
    return found


def _reported(indicator: Indicator, place: Place, period: Period, one: Observed) -> Figure:
    rows = one.rows
    return Figure(indicator, place, period, one.numerator, one.denominator, len(rows), one.bound, rows, one.why)


def _figure(
    indicator: Indicator,
    place: Place,
    period: Period,
    top: int | None,
    bottom: int | None,
    records: int,
    began: dt.date,
) -> Figure:
    """What was counted as a figure. Where nobody could have recorded anything yet, nothing is no counted zero."""
    blank = not records and period.last < began
    return Figure(indicator, place, period, None if blank else top, bottom, records)


def figure_parts(actor: Actor, indicator: Indicator, place: Place, period: Period) -> list[Part]:
    """The same for each place directly below, in the order of their paths. Raises access.denied."""
    _require(actor, place)
    if indicator.numerator is None:
        return _reported_parts(indicator, place, period)
    tops = _by_part(indicator.numerator, place, period)
    bottoms = _by_part(indicator.denominator, place, period) if indicator.denominator else {}
    began = register_began()
    below = {child.path.removeprefix(place.path): child for child in place.children.order_by("path")}
    found = []
    for part in sorted({*tops, *bottoms, *(key for key, child in below.items() if child.closed_on is None)}):
        child = below.get(part)
        top, records = tops.get(part, (_nothing(indicator.numerator), 0))
        bottom = bottoms.get(part, (0, 0))[0] if indicator.denominator else None
        found.append(Part(child, _figure(indicator, child or place, period, top, bottom, records, began)))
    return found


def _reported_parts(indicator: Indicator, place: Place, period: Period) -> list[Part]:
    """What the places directly below reported, where any of them did."""
    below = list(place.children.filter(closed_on__isnull=True).order_by("path"))
    said = observed([(indicator, period)], below, place.path)
    found = [Part(child, _reported(indicator, child, period, rows[0])) for child, rows in said.items()]
    return found if any(part.figure.observations for part in found) else []


def records_behind(
    actor: Actor, indicator: Indicator, place: Place, period: Period, *, start: int = 0, count: int = 50
) -> tuple[list[Any], int]:
    """Some of the counted records that the actor may see, in the order they were counted, and how many of these
    were counted but are not shown. Raises access.denied."""
    _require(actor, place)
    if indicator.numerator is None:
        said = figure(actor, indicator, place, period).observations
        return list(said[start : start + count]), 0
    asked = counting(indicator.numerator, place.path, period)
    with connection.cursor() as cursor:
        cursor.execute(*asked.sql_of_records(start, count))
        keys = [key if isinstance(key, UUID) else UUID(key) for (key,) in cursor.fetchall()]
    model: Any = FACT_VIEWS[indicator.numerator.source].model
    seen = model.objects.visible_to(actor).in_bulk(keys)
    rows = [seen[key] for key in keys if key in seen]
    return rows, len(keys) - len(rows)


def _require(actor: Actor, place: Place) -> None:
    require(actor, "figure.view", path=place.path)


def _counted(measures: Sequence[tuple[Measure, Period]], place: Place) -> list[tuple[int | None, int]]:
    """Value and number of rows of each measure."""
    if not measures:
        return []
    statements, params = [], []
    for at, (measure, period) in enumerate(measures):
        sql, own = counting(measure, place.path, period).sql
        statements.append(f"SELECT {at} AS at, one.* FROM ({sql}) AS one")  # noqa: S608 (compiled, see there)
        params += own
    with connection.cursor() as cursor:
        cursor.execute(f"{' UNION ALL '.join(statements)} ORDER BY at", params)
        rows = cursor.fetchall()
    return [(None if value is None else int(value), int(count)) for _at, value, count in rows]


def _by_part(measure: Measure, place: Place, period: Period) -> dict[str, tuple[int | None, int]]:
    with connection.cursor() as cursor:
        cursor.execute(*counting(measure, place.path, period).sql_by_part(place.path))
        rows: Iterable[tuple[str, Any, int]] = cursor.fetchall()
    return {part: (None if value is None else int(value), int(count)) for part, value, count in rows}


def _nothing(measure: Measure) -> int | None:
    """What a measure says where there is no row: a count says 0, a sum says nothing."""
    return 0 if isinstance(compiled(measure, "value"), exp.Count) else None
