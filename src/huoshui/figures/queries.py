"""Figures: the value of an indicator at a place in a period, its parts, and the records behind it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property, partial
from typing import Any, Literal

from django.db.models import Min
from django.db.models.expressions import RawSQL
from django.utils.translation import gettext as _

from huoshui.figures.cells.reading import read_beside
from huoshui.figures.compiling import count_records, record_ids, records_query
from huoshui.figures.derived import Derived, broken_down, derived, derived_at
from huoshui.figures.facts import FACT_VIEWS
from huoshui.figures.reporting.models import Bound, Observation
from huoshui.figures.reporting.observed import Observed, observed
from huoshui.figures.reporting.queries import kind_name, was_there
from huoshui.figures.reporting.values import parts_told, quotient, told
from huoshui.figures.schema import Indicator, Measure
from huoshui.kernel import clock
from huoshui.kernel.access import Actor, require
from huoshui.kernel.errors import Refusal
from huoshui.kernel.models import Entry
from huoshui.kernel.periods import Period
from huoshui.kernel.periods import period as period_of_code
from huoshui.kernel.reading import kept_for, read_once, read_until_changed
from huoshui.kernel.wording import listed
from huoshui.packs.queries import all_current
from huoshui.places.models import Place
from huoshui.places.queries import directly_below_on


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
    """Why there is no value, where something else than the records says so."""

    @cached_property
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
    def counted(self) -> tuple[int | None, int | None]:
        """Numerator and denominator as they were counted; neither of a printed quotient whose parts nobody knows."""
        known = self.parts_known or not self.indicator.is_ratio
        return (self.numerator, self.denominator) if known else (None, None)

    @property
    def fraction(self) -> str:
        """Both parts of a ratio in words: 86 / 98, 10347.63 / 114."""
        return " / ".join(parts_told(self.numerator, self.denominator, self.indicator))

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


KEPT_SECONDS = 60
FIRST_ENTRIES = 1_000
"""Among so many the earliest is looked for: packs are loaded before a register that was taken over is written in."""


@read_once
def register_began() -> dt.date:
    """The earliest day that the beginning of the journal tells of; today in an empty register."""
    first = kept_for(KEPT_SECONDS, lambda: "register-began", _first_entry)
    return clock.local_date(first) if first else clock.today()


def _first_entry() -> dt.datetime | None:
    found: dt.datetime | None = Entry.objects.order_by("seq")[:FIRST_ENTRIES].aggregate(at=Min("at"))["at"]
    return found


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
    try:
        found = period_of_code(code, indicator.month_begins)
    except ValueError:
        found = None
    if found is None or found.kind not in indicator.periods:
        kinds = listed(kind_name(kind) for kind in indicator.periods)
        raise Refusal("figure.period", field="period", name=code, kinds=kinds)
    return found


def has_begun(period: Period) -> bool:
    """Whether a period's first day has come: before it nothing was counted, not even zero."""
    return period.first <= clock.today()


def figure(actor: Actor, indicator: Indicator, place: Place, period: Period) -> Figure:
    """The value at a place and below it. Raises access.denied without figure.view there."""
    return figures_of(actor, [(indicator, period)], place)[0]


def figures_of(actor: Actor, asked: Sequence[tuple[Indicator, Period]], place: Place) -> list[Figure]:
    """Several figures of one place, in a few queries. Raises access.denied without figure.view there."""
    _require(actor, place)
    reported = [pair for pair in asked if _is_reported(*pair)]
    began = register_began() if len(reported) < len(asked) else clock.today()
    said = iter(observed(reported, [place], place.path)[place] if reported else [])
    counted = iter(derived([pair for pair in asked if not _is_reported(*pair)], [place.pk]))
    return [
        of_observed(indicator, place, period, next(said))
        if _is_reported(indicator, period)
        else of_counted(indicator, place, period, next(counted).get(place.pk), began)
        for indicator, period in asked
    ]


def _is_reported(indicator: Indicator, period: Period) -> bool:
    return indicator.is_reported and indicator.is_told_on(period.last)


def of_observed(indicator: Indicator, place: Place, period: Period, one: Observed) -> Figure:
    """What approved filings say as a figure."""
    rows = one.rows
    return Figure(indicator, place, period, one.numerator, one.denominator, len(rows), one.bound, rows, one.why)


def of_counted(indicator: Indicator, place: Place, period: Period, found: Derived | None, began: dt.date) -> Figure:
    """What was counted as a figure. Where nobody could have recorded anything yet, nothing is no counted zero.

    Nor is it where nobody looked, of an indicator that says so; a zero it is again where the register is kept.
    """
    then = indicator.on(period.last)
    if found is None:
        return Figure(then, place, period, None, None, 0, why=_("这个期间没有这个指标"))
    if not has_begun(period):
        return Figure(then, place, period, None, None, 0, why=_("这个期间还没有开始"))
    blank = not found.records and (period.last < began or (then.unknown_without_rows and not found.kept))
    counted = 0 if found.numerator is None and found.kept else found.numerator
    return Figure(then, place, period, None if blank else counted, found.denominator, found.records)


def figure_parts(actor: Actor, indicator: Indicator, place: Place, period: Period) -> list[Part]:
    """The same for each place that lay directly below at the end of the period, in the order of their paths.

    Raises access.denied.
    """
    _require(actor, place)
    if indicator.is_reported:
        return _reported_parts(indicator, place, period)
    if not indicator.is_told_on(period.last) or not has_begun(period):
        return []
    below, began = directly_below_on(place, period.last), register_began()
    found = derived([(indicator, period)], [child.pk for child in below])[0]
    told = [(child, of_counted(indicator, child, period, found[child.pk], began)) for child in below]
    # A place that was not there then is told only if something counted there all the same.
    parts = [Part(child, one) for child, one in told if one.records or one.denominator or was_there(child, period)]
    own = of_counted(indicator, place, period, derived_at(indicator, period, place.pk), began)
    return [Part(None, own), *parts] if own.records or own.denominator else parts


def _reported_parts(indicator: Indicator, place: Place, period: Period) -> list[Part]:
    """What the places directly below reported, where any of them did."""
    below = [child for child in directly_below_on(place, period.last) if was_there(child, period)]
    said = observed([(indicator, period)], below, place.path)
    found = [Part(child, of_observed(indicator, child, period, rows[0])) for child, rows in said.items()]
    return found if any(part.figure.observations for part in found) else []


@dataclass(frozen=True)
class Share:
    """What the records with certain values contribute to a figure; ``values``: of the indicator's ``by``, in order."""

    values: tuple[Any, ...]
    figure: Figure


def figure_breakdown(actor: Actor, indicator: Indicator, place: Place, period: Period) -> list[Share]:
    """The figure broken down by the columns that the indicator names; nothing without. Raises access.denied."""
    _require(actor, place)
    if not indicator.by or not indicator.is_told_on(period.last) or not has_begun(period):
        return []
    rows = broken_down(indicator, period, place.pk)
    return [Share(values, of_counted(indicator, place, period, found, dt.date.min)) for values, found in rows]


Side = Literal["numerator", "denominator"]


def records_behind(
    actor: Actor,
    indicator: Indicator,
    place: Place,
    period: Period,
    *,
    side: Side = "numerator",
    start: int = 0,
    count: int = 50,
) -> tuple[list[Any], int]:
    """Some of the counted records that the actor may see, in the order they were counted, and how many of these
    were counted but are not shown. Raises access.denied."""
    _require(actor, place)
    if indicator.is_reported:
        said = figure(actor, indicator, place, period).observations
        return list(said[start : start + count]), 0
    measure = getattr(indicator.on(period.last), side)
    if measure is None or not indicator.is_told_on(period.last) or not has_begun(period):
        return [], 0
    keys = record_ids(measure, period, place.pk, start=start, count=count)
    seen = _seen(actor, measure).in_bulk(set(keys))
    rows = [seen[key] for key in keys if key in seen]
    return rows, len(keys) - len(rows)


LOOKED_AT = 200
"""So many records are looked through for the first that a reader sees; further ones are asked of the database."""


@dataclass(frozen=True)
class Behind:
    """The first counted records that a reader sees, whether they see more, and how many others were counted."""

    rows: list[Any]
    more: bool
    hidden: int


def first_records(
    actor: Actor, indicator: Indicator, place: Place, period: Period, *, count: int, side: Side = "numerator"
) -> Behind:
    """The first ``count`` records of a figure that the actor may see, each once. Raises access.denied."""
    _require(actor, place)
    if indicator.is_reported:
        said = figure(actor, indicator, place, period).observations
        return Behind(list(said[:count]), len(said) > count, 0)
    measure = getattr(indicator.on(period.last), side)
    if measure is None or not indicator.is_told_on(period.last) or not has_begun(period):
        return Behind([], False, 0)
    first = partial(record_ids, measure, period, place.pk, start=0, count=LOOKED_AT + 1)
    keys = list(dict.fromkeys(read_beside(measure, period, place.pk, "first", first)))
    visible = _seen(actor, measure)
    # Of those that are not shown it is enough to know how many there are.
    # In the order of the keys SQLite looks them up; to count them it would walk through every place's records.
    seen = visible.filter(pk__in=keys).order_by("pk")
    rows, many = list(seen[:count]), len(seen.values_list("pk"))
    if len(keys) <= LOOKED_AT:
        return Behind(rows, many > count, len(keys) - many)
    if many == len(keys):
        return Behind(rows, True, 0)
    sql, params = records_query(measure, period, place.pk)
    all_seen = visible.filter(pk__in=RawSQL(sql, params))  # noqa: S611 - put together as every count is
    many = all_seen.count()
    return Behind(list(all_seen.order_by("pk")[:count]), many > count, count_records(measure, period, place.pk) - many)


def _seen(actor: Actor, measure: Measure) -> Any:
    """The records of a measure's fact view that an actor may see, with what names them."""
    view = FACT_VIEWS[measure.source]
    model: Any = view.model
    return model.objects.visible_to(actor).select_related(*view.related)


def _require(actor: Actor, place: Place) -> None:
    require(actor, "figure.view", path=place.path)
