"""Scaled integers: the same arithmetic on every engine, and no binary fractions in a score or a sum."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from fractions import Fraction

POINTS = 1000
"""Scores are kept in thousandths of a point."""


def scaled(text: str | int | Decimal, scale: int) -> int:
    """A decimal numeral as an integer of ``scale`` parts to one.

    Raises ValueError when it is no numeral or has more decimals than the scale holds.
    """
    try:
        value = Decimal(str(text)) * scale
    except InvalidOperation:
        raise ValueError(f"not a number: {text}") from None
    if not value.is_finite() or value != value.to_integral_value():
        raise ValueError(f"not a multiple of 1/{scale}: {text}")
    return int(value)


def rounded(value: Fraction, step: int = 1) -> int:
    """The multiple of ``step`` nearest to ``value``; halves go away from zero, as offices round."""
    quotient = abs(value) / step
    whole = (2 * quotient.numerator + quotient.denominator) // (2 * quotient.denominator)
    return step * (whole if value >= 0 else -whole)


def shown(value: int, scale: int, decimals: int | None = None) -> str:
    """A scaled integer as a numeral; ``decimals`` None drops trailing zeros."""
    if decimals is not None:
        value = rounded(Fraction(value * 10**decimals, scale))
        numeral = Decimal(value).scaleb(-decimals)
        return f"{numeral:.{decimals}f}"
    numeral = Decimal(value) / scale
    return f"{numeral.normalize():f}"
