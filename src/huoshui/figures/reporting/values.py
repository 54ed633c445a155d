"""Values as units and sources write them: 8.14, 660余, 约100, 3220/10000, 98% — read, and told again.

A remark such as 余 is part of the value: 660余处 says at least 660, and no more.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction

from django.utils.translation import gettext as _

from huoshui.figures.expressions import multiplier
from huoshui.figures.reporting.models import Bound
from huoshui.figures.schema import Indicator
from huoshui.kernel.errors import Refusal
from huoshui.kernel.numbers import TooFine, TooLarge, nearest, scaled, shown

PERCENT = 100
RATIO_STEP = 10_000
"""Quotients are kept to so many parts, where their parts are not known: 0.01 of a percent or of a unit."""
WORDS: tuple[tuple[re.Pattern[str], Bound], ...] = (
    (re.compile(r"^(?:>=|≥|不少于|不低于|至少|超过)(.*)$"), Bound.AT_LEAST),
    (re.compile(r"^(?:<=|≤|不多于|不高于|不超过|至多)(.*)$"), Bound.AT_MOST),
    (re.compile(r"^(?:~|≈|约|近|大约)(.*)$"), Bound.ABOUT),
    (re.compile(r"^(.*?)(?:余|多|以上)$"), Bound.AT_LEAST),
    (re.compile(r"^(.*?)(?:左右|上下)$"), Bound.ABOUT),
    (re.compile(r"^(.*?)以内$"), Bound.AT_MOST),
    (re.compile(r"^=?(.*)$"), Bound.EXACT),
)


MARKS: dict[str, str] = {Bound.AT_LEAST: "≥", Bound.AT_MOST: "≤", Bound.ABOUT: "约", Bound.EXACT: ""}
"""How a bound is typed before a value."""


@dataclass(frozen=True)
class Value:
    """What was read: see ``Observation``."""

    numerator: int
    denominator: int | None
    bound: Bound = Bound.EXACT
    parts_known: bool = True


def read_value(text: str, indicator: Indicator) -> Value:
    """A value in the indicator's unit; of a ratio either both parts (3220/10000) or the quotient alone.

    Raises figure.value, figure.value_negative, figure.value_fine, figure.value_large, figure.value_share (a numerator
    above its denominator, of a share in percent) or figure.value_ratio (two parts for a plain number).
    """
    stripped = "".join(text.split()).replace(",", "").replace("，", "")
    numeral, bound = stripped, Bound.EXACT
    for pattern, found in WORDS:
        if match := pattern.match(stripped):
            numeral, bound = match.group(1), found
            break
    if "/" in numeral or "／" in numeral:
        return _parts(numeral.replace("／", "/"), bound, text, indicator)
    if indicator.is_ratio:
        return _quotient(numeral.removesuffix("%").removesuffix("％"), bound, text, indicator)
    return Value(_whole(numeral, indicator.scale, text, indicator), None, bound)


def _parts(numeral: str, bound: Bound, text: str, indicator: Indicator) -> Value:
    if not indicator.is_ratio:
        raise _refusal("figure.value_ratio", text, indicator)
    top, _slash, bottom = numeral.partition("/")
    numerator, denominator = (_whole(part, 1, text, indicator) for part in (top, bottom))
    if indicator.unit == "%" and numerator > denominator:
        raise _refusal("figure.value_share", text, indicator)
    return Value(numerator, denominator, bound)


def _quotient(numeral: str, bound: Bound, text: str, indicator: Indicator) -> Value:
    parts = _whole(numeral, RATIO_STEP, text, indicator)
    whole = RATIO_STEP * (PERCENT if indicator.unit == "%" else 1)
    if indicator.unit == "%" and parts > whole:
        raise _refusal("figure.value_share", text, indicator)
    return Value(parts, whole, bound, parts_known=False)


def is_printed_quotient(denominator: int | None, indicator: Indicator) -> bool:
    """Whether a reported ratio was kept as a quotient alone, by the denominator that ``read_value`` gives such ones."""
    return indicator.is_reported and denominator == RATIO_STEP * (PERCENT if indicator.unit == "%" else 1)


def _whole(numeral: str, scale: int, text: str, indicator: Indicator) -> int:
    try:
        value = scaled(numeral, scale)
    except TooFine:
        raise _refusal("figure.value_fine", text, indicator) from None
    except TooLarge:
        raise _refusal("figure.value_large", text, indicator) from None
    except ValueError:
        raise _refusal("figure.value", text, indicator) from None
    if value < 0:
        raise _refusal("figure.value_negative", text, indicator)
    return value


def _refusal(code: str, text: str, indicator: Indicator) -> Refusal:
    decimals = len(str(RATIO_STEP if indicator.is_ratio else indicator.scale)) - 1
    return Refusal(code, field="value", value=text, name=str(indicator.name), unit=indicator.unit, decimals=decimals)


def quotient(numerator: int, denominator: int | None, indicator: Indicator) -> Fraction | None:
    """The value in the indicator's unit, exact; None for a share of nothing."""
    if not indicator.is_ratio:
        return Fraction(numerator, indicator.scale)
    if not denominator:
        return None
    return Fraction(numerator, denominator) * (PERCENT if indicator.unit == "%" else 1)


def parts_told(numerator: int | None, denominator: int | None, indicator: Indicator) -> tuple[str, str]:
    """Numerator and denominator of a ratio as a reader knows them, "—" for one that there is not.

    A mean of what is kept in small parts says so by its denominator, such as count(*) * 1000: 10347.63 / 114 and not
    10347630 / 114000.
    """
    step = multiplier(indicator.denominator.value) if indicator.denominator else 1
    if set(str(step)[1:]) - {"0"} or not str(step).startswith("1") or (denominator or 0) % step:
        step = 1
    top, bottom = ("—" if part is None else shown(part, step) for part in (numerator, denominator))
    return top, bottom


def told(value: Fraction, indicator: Indicator, bound: str = Bound.EXACT) -> str:
    """A value with the indicator's decimals, halves away from zero, and the word of its bound."""
    step = 10**indicator.decimals
    numeral = shown(nearest(value.numerator * step, value.denominator), step, indicator.decimals)
    if bound == Bound.EXACT:
        return numeral
    words = {
        Bound.AT_LEAST: _("%(value)s 以上"),
        Bound.AT_MOST: _("%(value)s 以内"),
        Bound.ABOUT: _("约 %(value)s"),
    }
    return words[Bound(bound)] % {"value": numeral}


def typed(value: Value, indicator: Indicator) -> str:
    """A value as it is typed again: what ``read_value`` reads as the same."""
    if value.denominator is None:
        numeral = shown(value.numerator, indicator.scale)
    elif value.parts_known:
        numeral = f"{value.numerator}/{value.denominator}"
    else:
        numeral = shown(value.numerator, RATIO_STEP)
    return f"{MARKS[value.bound]}{numeral}"


def compatible(one: tuple[Fraction, str], other: tuple[Fraction, str], decimals: int) -> bool:
    """Whether two values, each with its bound, can both be true, to so many decimals."""
    (value, bound), (second, its_bound) = one, other
    if Bound.ABOUT in (bound, its_bound):
        return True
    if bound == its_bound == Bound.EXACT:
        return _to(value, decimals) == _to(second, decimals)
    if bound == Bound.EXACT:
        return bool(satisfies(value, its_bound, second))
    if its_bound == Bound.EXACT:
        return bool(satisfies(second, bound, value))
    if bound == its_bound:
        return True
    low, high = (value, second) if bound == Bound.AT_LEAST else (second, value)
    return low <= high


def _to(value: Fraction, decimals: int) -> int:
    return nearest(value.numerator * 10**decimals, value.denominator)


def satisfies(value: Fraction, bound: str, aim: Fraction) -> bool | None:
    """Whether a value meets a target: at least, at most or exactly that much; None where a target only says about."""
    if bound == Bound.AT_LEAST:
        return value >= aim
    if bound == Bound.AT_MOST:
        return value <= aim
    return value == aim if bound == Bound.EXACT else None
