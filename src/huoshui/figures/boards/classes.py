"""Classes of a map: the values of the places cut by quantiles, so that each class has about as many places."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import quantiles

from huoshui.figures.queries import Figure

MOST = 5
"""Shades that a reader still tells apart."""


@dataclass(frozen=True)
class ValueClass:
    """One shade: the lowest and the highest figure in it, and how many there are."""

    shade: int
    """From 0, the lightest, to MOST - 1; few classes are spread over all of them."""
    lowest: Figure
    highest: Figure
    count: int

    @property
    def told(self) -> str:
        """From the lowest to the highest, as they are told: two classes never share a value."""
        if self.lowest.value == self.highest.value:
            return self.lowest.told
        return f"{self.lowest.told} ~ {self.highest.told}"


def classes_of(figures: Sequence[Figure]) -> tuple[list[ValueClass], list[int | None]]:
    """The classes, the lowest first, and for each figure the shade of its class; None without a value.

    As many as Sturges' rule says for so many values (1 + log2 n), at most MOST. The cuts are the sample's own quantiles
    (``statistics.quantiles``, inclusive, exact); equal values stay together.
    """
    values = sorted(one.value for one in figures if one.value is not None)
    wanted = min(MOST, len(set(values)), len(values).bit_length())
    cuts = quantiles(values, n=wanted, method="inclusive") if wanted > 1 else []
    raw = [None if one.value is None else bisect_left(cuts, one.value) for one in figures]
    used = {number: at for at, number in enumerate(sorted({number for number in raw if number is not None}))}
    numbers = [None if number is None else used[number] for number in raw]
    shades = [_shade(at, len(used)) for at in range(len(used))]
    classes = []
    for at, shade in enumerate(shades):
        members = sorted(
            (one for one, number in zip(figures, numbers, strict=True) if number == at), key=lambda one: one.value or 0
        )
        classes.append(ValueClass(shade, members[0], members[-1], len(members)))
    return classes, [None if number is None else shades[number] for number in numbers]


def _shade(at: int, many: int) -> int:
    """Two classes are not the two lightest: the first is the lightest, the last the darkest."""
    return round(at * (MOST - 1) / (many - 1)) if many > 1 else MOST // 2
