"""Scaled integers: the same arithmetic on every engine, and no binary fractions in a score or a sum."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from fractions import Fraction

POINT_DECIMALS, POINTS = 3, 1000
"""Scores are kept in thousandths of a point."""
LARGEST = 2**63 - 1
"""What a database column holds."""
MOST_DIGITS = 40
"""A numeral beyond this many digits, before or behind the point, is refused unread."""


class TooFine(ValueError):
    """A numeral with more decimals than are kept."""


class TooLarge(ValueError):
    """A numeral that no database column holds."""


def scaled(text: str | int | Decimal, scale: int) -> int:
    """A decimal numeral as an integer of ``scale`` parts to one.

    Raises ValueError when it is no numeral, TooFine when it has more decimals than the scale holds, TooLarge when it
    is too large to store.
    """
    try:
        value = Decimal(str(text))
    except InvalidOperation:
        raise ValueError(f"not a number: {text}") from None
    if not value.is_finite() or abs(value.adjusted()) > MOST_DIGITS or len(value.as_tuple().digits) > MOST_DIGITS:
        raise ValueError(f"not a number: {text}")
    exact = Fraction(value) * scale  # Decimal itself would round at 28 digits
    if exact.denominator != 1:
        raise TooFine(f"not a multiple of 1/{scale}: {text}")
    if abs(exact.numerator) > LARGEST:
        raise TooLarge(f"too large: {text}")
    return exact.numerator


def rounded(value: Fraction, step: int = 1) -> int:
    """The multiple of ``step`` nearest to ``value``; halves go away from zero, as offices round."""
    return step * nearest(value.numerator, value.denominator * step)


def nearest(numerator: int, denominator: int) -> int:
    """The whole number nearest to a quotient, whose denominator is above 0; halves go away from zero."""
    whole = (2 * abs(numerator) + denominator) // (2 * denominator)
    return whole if numerator >= 0 else -whole


def shown(value: int, scale: int, decimals: int | None = None) -> str:
    """A scaled integer as a numeral; ``decimals`` None drops trailing zeros (``scale`` a power of ten)."""
    if decimals is None:
        numeral = shown(value, scale, len(str(scale)) - 1)
        return numeral.rstrip("0").rstrip(".") if "." in numeral else numeral
    value = nearest(value * 10**decimals, scale)
    digits = str(abs(value)).rjust(decimals + 1, "0")
    sign = "-" if value < 0 else ""
    return f"{sign}{digits[:-decimals]}.{digits[-decimals:]}" if decimals else f"{sign}{digits}"
