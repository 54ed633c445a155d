"""The arithmetic of scoring, pure and exact: no database, no clock.

Points are integers in thousandths; sums and means are fractions until the one rounding at the end, halves away
from zero. ``docs/scoring.md`` tells it with worked examples, and a test computes every one of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from huoshui.kernel.numbers import POINTS, rounded

MAJORITY = 0
"""Quorum: more than half of the judges who answered the item."""


@dataclass(frozen=True)
class Rules:
    """How judges' totals become a place's score."""

    drop_highest: int = 0
    drop_lowest: int = 0
    minimum_judges: int = 1
    missing: str = "blocks"
    quorum: int = MAJORITY
    decimals: int = 2

    @property
    def step(self) -> int:
        """The least difference between two published scores, in thousandths."""
        return POINTS // int(10**self.decimals)

    @property
    def fewest(self) -> int:
        """The fewest totals that leave one after dropping, and keep the minimum."""
        return max(self.minimum_judges, self.drop_highest + self.drop_lowest + 1)


class MissingAnswer(Exception):
    """A judge left an item without an answer, and the rules say that this blocks."""

    def __init__(self, judge: int, item: str) -> None:
        self.judge, self.item = judge, item
        super().__init__(f"judge {judge}: {item}")


class TooFewJudges(Exception):
    """Fewer totals than the rules need."""

    def __init__(self, have: int, need: int) -> None:
        self.have, self.need = have, need
        super().__init__(f"{have} of {need}")


def deduction_points(full: int, per_finding: int, maximum: int | None, findings: int) -> int:
    """What is left of ``full`` after each finding took its points, at most ``maximum``, never below zero."""
    taken = per_finding * findings
    if maximum is not None:
        taken = min(taken, maximum)
    return max(full - taken, 0)


def yes_no_points(full: int, yes: bool) -> int:
    """All points for yes, none for no."""
    return full if yes else 0


def meets(value: int, limit: int, *, at_least: bool) -> bool:
    """Whether a measured value meets the threshold (both scaled alike)."""
    return value >= limit if at_least else value <= limit


def threshold_points(full: int, value: int, limit: int, *, at_least: bool, proportional: bool) -> int:
    """All points when the threshold is met; else none, or the share by which it is met, rounded to a thousandth."""
    if meets(value, limit, at_least=at_least):
        return full
    if not proportional:
        return 0
    share = Fraction(value, limit) if at_least else Fraction(limit, value)
    return rounded(full * max(share, Fraction(0)))


def below(points: int, full: int, percent: int) -> bool:
    """Whether points are less than ``percent`` percent of the full points."""
    return points * 100 < percent * full


def judge_total(judge: int, full: Mapping[str, int], given: Mapping[str, int | None], missing: str) -> Fraction:
    """One judge's total for one place, in thousandths.

    ``full``: the items' points; ``given``: the points the judge gave. A missing answer raises MissingAnswer
    (``blocks``), counts nothing (``zero``), or its points are spread over the answered items (``rescale``).
    """
    answered = {item: points for item in full if (points := given.get(item)) is not None}
    if missing == "blocks":
        for item in full:
            if item not in answered:
                raise MissingAnswer(judge, item)
    earned = sum(answered.values())
    if missing != "rescale" or len(answered) == len(full):
        return Fraction(earned)
    possible = sum(full[item] for item in answered)
    return Fraction(earned * sum(full.values()), possible) if possible else Fraction(0)


@dataclass(frozen=True)
class PlaceScore:
    """A place's score from its judges' totals: which were dropped, and the mean of the others."""

    totals: dict[int, Fraction]
    dropped: frozenset[int]
    mean: int
    """In thousandths, rounded to the published decimals."""

    @property
    def kept(self) -> list[Fraction]:
        """The totals that entered the mean."""
        return [total for judge, total in self.totals.items() if judge not in self.dropped]


def place_score(totals: Mapping[int, Fraction], rules: Rules) -> PlaceScore:
    """Drop the highest and lowest totals, take the mean of the rest. ``totals`` by judge number.

    Of equal totals the one with the higher number counts as higher. Raises TooFewJudges.
    """
    if len(totals) < rules.fewest:
        raise TooFewJudges(len(totals), rules.fewest)
    order = sorted(totals, key=lambda judge: (totals[judge], judge))
    highest = order[len(order) - rules.drop_highest :]
    dropped = frozenset([*order[: rules.drop_lowest], *highest])
    kept = [totals[judge] for judge in order if judge not in dropped]
    mean = rounded(sum(kept, Fraction(0)) / len(kept), rules.step)
    return PlaceScore(dict(sorted(totals.items())), dropped, mean)


def ranked(totals: Iterable[int]) -> list[int]:
    """The rank of each published total, highest first, ties shared: 90, 88, 88, 80 gives 1, 2, 2, 4."""
    totals = list(totals)
    first: dict[int, int] = {}
    for position, total in enumerate(sorted(totals, reverse=True), start=1):
        first.setdefault(total, position)
    return [first[total] for total in totals]


def fails_by_quorum(failed: int, answered: int, quorum: int) -> bool:
    """Whether enough judges found the item failing: more than half of those who answered it, or ``quorum``.

    A quorum greater than the number of judges who answered means all of them.
    """
    if not answered:
        return False
    if quorum == MAJORITY:
        return failed * 2 > answered
    return failed >= min(quorum, answered)
