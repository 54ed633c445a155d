"""Whether a printed number and the register's value agree: the same, the same but for rounding, or not."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from huoshui.figures.reporting.models import Bound as HeldBound
from huoshui.publications.spotting import Bound

TENTH = Fraction(1, 10)
"""约 allows a tenth either way, 近 a tenth above the value."""


class Status(StrEnum):
    """What came of comparing a number."""

    MATCH = "match"
    ROUNDING = "rounding"
    DIFFERING = "differing"
    DOUBTFUL = "doubtful"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Printed:
    """A number as printed, in units of its quantity's own; ``step``: of its last printed digit."""

    low: Fraction
    high: Fraction
    step: Fraction
    bound: Bound = Bound.EXACT


def compare(printed: Printed, value: Fraction) -> Status:
    """MATCH, ROUNDING or DIFFERING. A range holds the values between its ends, these included."""
    low, high, bound = printed.low, printed.high, printed.bound
    if low != high:
        return _met(low <= value <= high)
    match bound:
        case Bound.AT_LEAST:
            return _met(value >= low)
        case Bound.MORE:
            return _met(value > low)
        case Bound.ODD:
            return _met(low <= value < low + last_place(low, printed.step))
        case Bound.AT_MOST:
            return _met(value <= low)
        case Bound.LESS:
            return _met(value < low)
        case Bound.NEARLY:
            return _met(low * (1 - TENTH) <= value <= low)
        case Bound.ABOUT:
            return _met(abs(value - low) <= low * TENTH)
    return _exactly(low, printed.step, value)


def compare_bounded(printed: Printed, value: Fraction, held: str) -> Status:
    """Against a value that is itself a bound: the same number agrees; another that may be true is DOUBTFUL."""
    if held == HeldBound.EXACT:
        return compare(printed, value)
    if (near := _exactly(printed.low, printed.step, value)) != Status.DIFFERING:
        return near
    possible = {
        HeldBound.AT_LEAST: printed.high >= value or printed.bound in (Bound.AT_LEAST, Bound.MORE, Bound.ODD),
        HeldBound.AT_MOST: printed.low <= value or printed.bound in (Bound.AT_MOST, Bound.LESS),
        HeldBound.ABOUT: abs(printed.low - value) <= value * TENTH,
    }[HeldBound(held)]
    return Status.DOUBTFUL if possible else Status.DIFFERING


def compare_aim(printed: Printed, aim: Fraction) -> Status:
    """A printed plan against the target that was set: the same number, whatever the words of its bound."""
    return _exactly(printed.low, printed.step, aim)


def _exactly(low: Fraction, step: Fraction, value: Fraction) -> Status:
    if value == low:
        return Status.MATCH
    return Status.ROUNDING if abs(value - low) * 2 <= step and step > 0 and value != 0 else Status.DIFFERING


def _met(holds: bool) -> Status:
    return Status.MATCH if holds else Status.DIFFERING


def last_place(value: Fraction, step: Fraction) -> Fraction:
    """The worth of the last digit that is not zero: of 1000 it is 1000, of 660 it is 10, of 8.1亿 it is 0.1亿."""
    units = value / step if step else value
    if not units or units.denominator != 1:
        return step or Fraction(1)
    place, whole = step, units.numerator
    while whole % 10 == 0:
        whole //= 10
        place *= 10
    return place


def bound_of_op(op: str) -> Bound:
    """The bound of a table's ``op`` column: =, >=, >, <=, <, ~. Anything else is exact."""
    return {
        ">=": Bound.AT_LEAST, ">": Bound.MORE, "<=": Bound.AT_MOST, "<": Bound.LESS, "~": Bound.ABOUT,
    }.get(op.strip(), Bound.EXACT)  # fmt: skip
