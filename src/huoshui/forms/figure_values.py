"""The figures that a form asks, read together: those of one place in one query, those of many places by indicator."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.utils.translation import gettext as _

from huoshui.figures.batched import figures_at
from huoshui.figures.queries import Figure, figures_of, get_indicator, get_period, indicators
from huoshui.figures.reporting.models import Bound, Target
from huoshui.figures.reporting.targets import aim, shown
from huoshui.figures.schema import Indicator
from huoshui.forms.schema import BEFORE, OWN, TARGET, YEAR, YEAR_AGO, CellSpec
from huoshui.forms.units import factor
from huoshui.kernel.errors import Refusal
from huoshui.kernel.numbers import nearest
from huoshui.kernel.periods import MONTHS, Period, PeriodKind, period_before, period_of
from huoshui.packs.units import unit_word
from huoshui.places.models import Place

AT_ONCE = 200
"""Figures of one query: SQLite joins no more than 500 statements, and a ratio needs two."""
FEW = 4
"""From so many places on, an indicator is read for all of them at once."""
IN_UNIT = ("value", TARGET)
"""Parts that are told in the indicator's unit."""
FINEST = 6
"""Decimals of a value that was turned into another unit."""
Key = tuple[str, str, str]
"""Code of an indicator, code of a period, path of a place."""


@dataclass
class Asked:
    """One figure that is asked: which, where and when; ``why``: why there is none, known beforehand."""

    indicator: Indicator | None = None
    code: str = ""
    place: Place | None = None
    period: Period | None = None
    why: str = ""
    source: dict[str, Any] = field(default_factory=dict)

    @property
    def key(self) -> Key | None:
        if self.why or self.place is None or self.period is None:
            return None
        return (self.code, self.period.code, self.place.path)


class FigureValues:
    """Collects what is asked, reads it, and tells each value in the unit that the form wants."""

    def __init__(self, by: Any, place: Place, period: Period) -> None:
        self._by, self._place, self._period = by, place, period
        self._asked: dict[Key, Asked] = {}
        self._found: dict[Key, Figure] = {}
        self._below: dict[str, list[Place]] | None = None
        self._indicators = indicators()
        self._periods: dict[tuple[str, str], Period] = {}
        self._targets: dict[str, dict[tuple[str, str], Target]] = {}

    def ask(self, spec: CellSpec, named: Sequence[str]) -> Asked:
        """Note a figure; ``named``: the headings, one of which names its place, when it is not the form's."""
        asked = Asked(code=spec.indicator)
        try:
            asked.indicator = self._indicators.get(spec.indicator) or get_indicator(spec.indicator)
            asked.period = self._when(asked.indicator, spec)
        except (Refusal, ValueError) as error:
            asked.why = error.problems[0].message() if isinstance(error, Refusal) else _("没有这个期间")
        if spec.place == OWN:
            asked.place = self._place
        else:
            asked.place, why = self._named(named)
            asked.why = asked.why or why
        place, period = asked.place, asked.period
        asked.source = {"indicator": spec.indicator, "place": place.code if place else ""}
        asked.source |= {"period": period.code if period else ""}
        if asked.key:
            self._asked.setdefault(asked.key, asked)
        return asked

    def _when(self, indicator: Indicator, spec: CellSpec) -> Period:
        key = (spec.indicator, spec.period)
        if key not in self._periods:
            self._periods[key] = get_period(indicator, other_period(self._period, spec.period).code)
        return self._periods[key]

    def _named(self, words: Sequence[str]) -> tuple[Place | None, str]:
        """The place below that a heading names, the nearest heading first; of namesakes, the one in a named town."""
        if self._below is None:
            self._below = {}
            for place in Place.objects.visible_to(self._by).under(self._place.path).defer("outline"):
                for name in {place.short_name, place.name}:
                    self._below.setdefault(name, []).append(place)
        for word in reversed(words):
            known = self._below.get(word, [])
            if len(known) > 1:
                known = [one for one in known if any(self._is_in(one, other) for other in words if other != word)]
            if len(known) == 1:
                return known[0], ""
            if known or word in self._below:
                return None, _("叫“%(name)s”的地点不止一个，表上没有写明乡镇") % {"name": word}
        return None, _("表头里没有下级地点的名称：%(words)s") % {"words": "、".join(words) or "—"}

    def _is_in(self, place: Place, town: str) -> bool:
        assert self._below is not None  # noqa: S101 - filled by the caller
        return any(place.path.startswith(up.path) for up in self._below.get(town, []))

    def read(self) -> None:
        """Read all that was asked. Raises access.denied."""
        by_place: dict[str, list[Asked]] = {}
        for asked in self._asked.values():
            by_place.setdefault(asked.place.path if asked.place else "", []).append(asked)
        self._read_many()
        for group in by_place.values():
            rest = [one for one in group if one.key not in self._found]
            for start in range(0, len(rest), AT_ONCE):
                some = rest[start : start + AT_ONCE]
                pairs: Any = [(one.indicator, one.period) for one in some]
                assert some[0].place is not None  # noqa: S101 - a key has a place
                for one, figure in zip(some, figures_of(self._by, pairs, some[0].place), strict=True):
                    self._keep(one, figure)

    def _read_many(self) -> None:
        """Where an indicator is asked for several places below, it is counted once for all of them."""
        groups: dict[tuple[str, str], list[Asked]] = {}
        for one in self._asked.values():
            if one.period is not None and one.place is not None and one.place.pk != self._place.pk:
                groups.setdefault((one.code, one.period.code), []).append(one)
        for group in groups.values():
            first = group[0]
            if len(group) < FEW or first.indicator is None or first.period is None:
                continue
            places = [one.place for one in group if one.place is not None]
            found = {one.place.pk: one for one in figures_at(self._by, [first.indicator], places, [first.period])}
            for one in group:
                if one.place is not None and one.place.pk in found:
                    self._keep(one, found[one.place.pk])

    def _keep(self, asked: Asked, figure: Figure) -> None:
        if asked.key:
            self._found[asked.key] = figure

    def value(self, spec: CellSpec, asked: Asked, *, percent: bool = False) -> tuple[Decimal | None, str]:
        """The number in the unit that the form wants, or why there is none.

        ``percent``: the cell itself shows hundredths as percent, so that 98 % is written as 0.98.
        """
        figure = self._found.get(asked.key) if asked.key else None
        if figure is None or asked.indicator is None:
            return None, asked.why or _("没有数据")
        if spec.part == TARGET:
            target = self._target(asked)
            exact, why = (aim(target, asked.indicator), "") if target else (None, _("没有定目标"))
        else:
            exact, why = _part(figure, spec.part), figure.why_none
        if exact is None:
            return None, why or _("没有数据")
        in_unit = spec.part in IN_UNIT
        times = factor(asked.indicator.unit, spec.unit) if in_unit else Fraction(1)
        if times is None:
            return None, _("单位 %(own)s 换不成 %(wanted)s") % {"own": asked.indicator.unit, "wanted": spec.unit}
        if in_unit and times == 1:
            exact = Fraction(nearest_at(exact, asked.indicator.decimals))
        else:
            exact = nearest_at(exact * times, FINEST)
        if percent and in_unit and asked.indicator.unit == "%":
            exact /= 100
        return Decimal(exact.numerator) / Decimal(exact.denominator), ""

    def _target(self, asked: Asked) -> Target | None:
        """The target of the figure that is asked; all of its place's in one query."""
        place, period = asked.place, asked.period
        if place is None or period is None:
            return None
        if place.path not in self._targets:
            rows = Target.objects.visible_to(self._by).filter(place=place)
            self._targets[place.path] = {(row.indicator, row.period): row for row in rows}
        return self._targets[place.path].get((asked.code, period.code))

    def aimed(self, spec: CellSpec, asked: Asked) -> dict[str, Any]:
        """Of a target: how it is told, and the document that set it."""
        target = self._target(asked) if spec.part == TARGET else None
        if target is None or asked.indicator is None:
            return {}
        return {"target": shown(target, asked.indicator), "document": target.source}

    def counted(self, asked: Asked) -> dict[str, Any]:
        """Numerator, denominator and number of records, as they were counted."""
        figure = self._found.get(asked.key) if asked.key else None
        if figure is None:
            return {}
        told = {"numerator": figure.numerator, "denominator": figure.denominator, "records": figure.records}
        return told | ({"bound": figure.bound} if figure.bound != Bound.EXACT else {})

    def name(self, spec: CellSpec) -> str:
        """What the indicator is called; its code when no pack declares it any more."""
        known = self._indicators.get(spec.indicator)
        return str(known.name) if known else spec.indicator

    def unit(self, spec: CellSpec) -> str:
        """The indicator's unit; none of a part."""
        known = self._indicators.get(spec.indicator)
        return unit_word(known.unit) if known and spec.part in IN_UNIT else ""


def nearest_at(value: Fraction, decimals: int) -> Fraction:
    """A value rounded to decimals, halves away from zero."""
    step = 10**decimals
    return Fraction(nearest(value.numerator * step, value.denominator), step)


def _part(figure: Figure, part: str) -> Fraction | None:
    if part != "value" and not figure.parts_known:
        return None  # a printed quotient: what it was divided from nobody said
    if part == "denominator":
        return None if figure.denominator is None else Fraction(figure.denominator)
    if part == "numerator":
        return None if figure.numerator is None else Fraction(figure.numerator)
    return figure.value


def number_of(value: Decimal | None) -> str | None:
    """A number as a numeral, without zeros that say nothing."""
    if value is None:
        return None
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def other_period(own: Period, which: str) -> Period:
    """The period that a cell means, beside the form's own. Raises ValueError where there is none."""
    if which == BEFORE:
        return period_before(own)
    if which == YEAR:
        return period_of(own.last, PeriodKind.YEAR)
    if which == YEAR_AGO:
        if own.kind not in MONTHS:
            raise ValueError("only months and what is made of them have a year before")
        return period_before(own, 12 // MONTHS[own.kind])
    return own
