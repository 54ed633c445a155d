"""Who scored what: the totals as a table with gaps, and which parts of it hang together."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any


@dataclass(frozen=True, order=True)
class Score:
    """One judge's total for one place; ``place`` is its position among those given, ``points`` in points."""

    place: int
    judge: int
    points: float


@dataclass(frozen=True)
class Design:
    """Totals of judges and places that can be compared: each is linked to each other through shared ones."""

    scores: tuple[Score, ...]

    @cached_property
    def places(self) -> list[int]:
        """The places scored, in ascending order."""
        return sorted({score.place for score in self.scores})

    @cached_property
    def judges(self) -> list[int]:
        """The numbers of the judges, in ascending order."""
        return sorted({score.judge for score in self.scores})

    @property
    def spare(self) -> int:
        """Degrees of freedom left for the error once places and judges are accounted for."""
        return len(self.scores) - len(self.places) - len(self.judges) + 1

    @cached_property
    def points(self) -> Any:
        """The totals as an array."""
        import numpy as np

        return np.array([score.points for score in self.scores], dtype=float)

    @cached_property
    def of_place(self) -> Any:
        """Indicator columns: which place each total is of."""
        return _indicators([self.places.index(score.place) for score in self.scores], len(self.places))

    @cached_property
    def of_judge(self) -> Any:
        """Indicator columns: which judge each total is by."""
        return _indicators([self.judges.index(score.judge) for score in self.scores], len(self.judges))

    def judges_per_place(self) -> float:
        """The harmonic mean of the number of judges per place: what the mean of a typical place rests on."""
        counts = self.of_place.sum(axis=0)
        return float(len(counts) / (1 / counts).sum())


def _indicators(positions: Sequence[int], columns: int) -> Any:
    import numpy as np

    return np.eye(columns)[positions]


def connected(scores: Iterable[Score]) -> list[Design]:
    """The totals in groups that share neither a judge nor a place; within a group all can be compared.

    Ordered by their first place; a round whose judges are linked is one group.
    """
    by_judge: dict[int, list[Score]] = {}
    by_place: dict[int, list[Score]] = {}
    left = sorted(scores)
    for score in left:
        by_judge.setdefault(score.judge, []).append(score)
        by_place.setdefault(score.place, []).append(score)
    groups: list[Design] = []
    taken: set[Score] = set()
    for first in left:
        if first in taken:
            continue
        group, reached = {first}, [first]
        while reached:
            score = reached.pop()
            fresh = {*by_judge[score.judge], *by_place[score.place]} - group
            group |= fresh
            reached += fresh
        taken |= group
        groups.append(Design(tuple(sorted(group))))
    return groups
