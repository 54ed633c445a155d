"""What the register tells now beside the figures that a file would bring, before anything is written."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from huoshui.figures.queries import Figure, figures_of
from huoshui.figures.reporting.imports import FigureRow
from huoshui.figures.reporting.values import compatible, quotient
from huoshui.kernel.access import Actor, allows

MOST = 200
"""Rows of a file that are compared: more are not read one by one."""
AT_ONCE = 60
"""Figures that are asked for in one query."""


@dataclass(frozen=True)
class Beside:
    """A row of a file with the figure that counts now; None: the reader may not see it."""

    row: FigureRow
    now: Figure | None

    @property
    def differs(self) -> bool:
        """Whether both cannot be true: approved, they stand beside each other as a question."""
        indicator, value = self.row.indicator, self.row.value
        said = quotient(value.numerator, value.denominator, indicator)
        if self.now is None or self.now.value is None or said is None:
            return False
        return not compatible((self.now.value, self.now.bound), (said, value.bound), indicator.decimals)


def beside(actor: Actor, rows: Sequence[FigureRow]) -> list[Beside]:
    """The first MOST rows of a file, each with what the register tells now, in their order."""
    some = rows[:MOST]
    now: dict[int, Figure] = {}
    by_place = sorted(enumerate(some), key=lambda pair: str(pair[1].place.pk))
    for _place, group in groupby(by_place, key=lambda pair: pair[1].place.pk):
        now |= dict(_of_place(actor, [*group]))
    return [Beside(row, now.get(at)) for at, row in enumerate(some)]


def _of_place(actor: Actor, rows: Sequence[tuple[int, FigureRow]]) -> Iterator[tuple[int, Figure]]:
    """Figures of the one place that rows are about, by where these stand in the file."""
    place = rows[0][1].place
    if not allows(actor, "figure.view", path=place.path):
        return
    for start in range(0, len(rows), AT_ONCE):
        part = rows[start : start + AT_ONCE]
        found = figures_of(actor, [(row.indicator, row.period) for _at, row in part], place)
        yield from zip((at for at, _row in part), found, strict=True)
