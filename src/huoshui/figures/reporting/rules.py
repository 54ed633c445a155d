"""Rules between figures: what a return's values break, before it is submitted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from huoshui.figures.reporting.models import Bound, Observation
from huoshui.figures.reporting.observed import standing
from huoshui.figures.reporting.values import PERCENT, Value, quotient, told
from huoshui.figures.schema import FigureRule, Indicator, Return
from huoshui.kernel.errors import Problem
from huoshui.kernel.periods import Period, PeriodKind, period_before
from huoshui.kernel.wording import listed
from huoshui.packs.queries import all_current
from huoshui.places.models import Place


@dataclass(frozen=True)
class Broken:
    """A rule that values break, in words; an error is never submitted, a warning with a remark."""

    severity: str
    rule: str
    left: str
    right: str
    codes: tuple[str, ...]
    """The indicators that it is about."""

    @property
    def is_error(self) -> bool:
        """Whether nothing can be submitted with it."""
        return self.severity == "error"

    @property
    def problem(self) -> Problem:
        """As it is shown and refused with."""
        words = {"rule": self.rule, "left": self.left, "right": self.right}
        return Problem("return.rule_broken", "values", params=words)


def broken(
    form: Return, values: Mapping[str, Value], indicators: Mapping[str, Indicator], place: Place, period: Period
) -> list[Broken]:
    """The rules that a return's values break, with what is approved already of other returns at the place."""
    rules = [rule for rule in all_current("figure_rules").values() if set(form.indicators) & {*rule.left, *rule.right}]
    named = {code for rule in rules for code in (*rule.left, *rule.right)}
    others = standing().filter(indicator__in=named - set(values), place=place, period=period.code)
    known = {row.indicator: Value(row.numerator, row.denominator, Bound(row.bound)) for row in others} | dict(values)
    found = [one for rule in rules if (one := _broken(rule, known, indicators))]
    return found + _jumps(form, values, indicators, place, period)


def _broken(rule: FigureRule, known: Mapping[str, Value], indicators: Mapping[str, Indicator]) -> Broken | None:
    """None also where a value is missing, or says too little to tell."""
    if not all(code in known for code in (*rule.left, *rule.right)):
        return None
    left, right = (sum(known[code].numerator for code in side) for side in (rule.left, rule.right))
    bounds = [{known[code].bound for code in side} for side in (rule.left, rule.right)]
    if rule.relation == "at_most":
        # A lower bound on the left is enough to break it, one on the right never is.
        sure = bounds[0] <= {Bound.EXACT, Bound.AT_LEAST} and bounds[1] <= {Bound.EXACT, Bound.AT_MOST}
        holds = left <= right
    else:
        sure, holds = bounds[0] | bounds[1] == {Bound.EXACT}, left == right
    if holds or not sure:
        return None
    told_left, told_right = (_side(codes, known, indicators) for codes in (rule.left, rule.right))
    return Broken(rule.severity, str(rule.name), told_left, told_right, (*rule.left, *rule.right))


def _side(codes: list[str], known: Mapping[str, Value], indicators: Mapping[str, Indicator]) -> str:
    return listed(f"{indicators[code].name} {_told(known[code], indicators[code])}" for code in codes)


def _told(value: Value, indicator: Indicator) -> str:
    exact = quotient(value.numerator, value.denominator, indicator)
    return "—" if exact is None else told(exact, indicator, value.bound)


def _jumps(
    form: Return, values: Mapping[str, Value], indicators: Mapping[str, Indicator], place: Place, period: Period
) -> list[Broken]:
    watched = [code for code in values if indicators[code].jump]
    if not watched or period.kind == PeriodKind.PLAN:
        return []
    before = period_before(period)
    earlier = standing().filter(indicator__in=watched, place=place, period=before.code, filing__form__gt="")
    found = []
    for row in earlier:
        indicator, limit = indicators[row.indicator], indicators[row.indicator].jump or 0
        was, now = _exact(row, indicator), _value(values[row.indicator], indicator)
        if was and now is not None and abs(now - was) * PERCENT > limit * was:
            told_was = f"{before.name} {told(was, indicator, row.bound)}"
            rule = f"{indicator.name}±{limit}%"
            found.append(Broken("warning", rule, told(now, indicator), told_was, (row.indicator,)))
    return found


def _exact(row: Observation, indicator: Indicator) -> Fraction | None:
    return quotient(row.numerator, row.denominator, indicator)


def _value(value: Value, indicator: Indicator) -> Fraction | None:
    return quotient(value.numerator, value.denominator, indicator)
