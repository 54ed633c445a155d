"""Reported indicators that are counted from records by now: the same name, the same unit, the same sense.

What the register counts is asked no more, but what was reported stays what it was: both are told as one figure, the
counted value where there is one, and where the two differ that is a question between sources.
"""

from __future__ import annotations

from huoshui.figures.queries import indicators
from huoshui.figures.schema import Indicator
from huoshui.kernel.reading import read_until_changed


@read_until_changed
def counted_instead() -> dict[str, str]:
    """The reported indicators that another counts, each with the code of the one that does."""
    known = indicators()
    counted = {_sense(one): code for code, one in known.items() if not one.is_reported}
    return {code: counted[_sense(one)] for code, one in known.items() if one.is_reported and _sense(one) in counted}


def _sense(one: Indicator) -> tuple[str, str, bool, bool]:
    return one.name.zh, one.unit, one.is_stock, one.is_ratio


def told_as(code: str) -> str:
    """The indicator under which a figure is told: the one that counts it, or itself."""
    return counted_instead().get(code, code)
