"""Template filters of the product: scaled numbers, lights, dates."""

from __future__ import annotations

from django import template

from huoshui.kernel.numbers import POINTS, shown

register = template.Library()


@register.filter
def points(value: int | None, decimals: int = 2) -> str:
    """A score kept in thousandths, as a numeral; nothing for None."""
    return "" if value is None else shown(value, POINTS, decimals)
