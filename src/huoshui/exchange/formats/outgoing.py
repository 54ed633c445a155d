"""What every format that is handed out says of a value."""

from __future__ import annotations

from collections.abc import Iterator

from huoshui.exchange.selecting import Selection
from huoshui.figures.queries import Figure
from huoshui.figures.reporting.models import Bound
from huoshui.figures.reporting.values import RATIO_STEP
from huoshui.kernel.access import Actor
from huoshui.kernel.numbers import nearest, shown


def told_figures(actor: Actor, chosen: Selection) -> Iterator[Figure]:
    """The figures that have a value; other systems take no reasons for none."""
    return (one for one in chosen.figures(actor) if one.value is not None)


def plain_value(one: Figure) -> str:
    """The value in the indicator's unit: exact, or, of a quotient, to four decimals (two of a percent's hundredth)."""
    value = one.value
    if value is None:
        return ""
    if one.indicator.is_ratio:
        return shown(nearest(value.numerator * RATIO_STEP, value.denominator), RATIO_STEP)
    return shown(one.numerator or 0, one.indicator.scale) if _ten(one.indicator.scale) else one.shown


def _ten(scale: int) -> bool:
    return set(str(scale)) - {"0"} == {"1"}


def parts_of(one: Figure) -> str:
    """What a bare value does not say: that it only bounds the true one, or the two parts of a ratio, so that whoever
    reads it back can add it up truly."""
    if one.bound != Bound.EXACT:
        return f"bound={one.bound}"
    if not one.indicator.is_ratio or not one.parts_known or one.denominator is None:
        return ""
    return f"{one.numerator}/{one.denominator}"
