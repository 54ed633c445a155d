"""Severity, the order without it, and how sure each rank is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from huoshui.visits.fairness.components import Components, Fit, fit
from huoshui.visits.fairness.design import Design
from huoshui.visits.scoring import ranked

CONFIDENCE = 90
"""Percent of the intervals."""
Z = 1.6448536269514722
"""The normal quantile that leaves 5 % on either side."""
DRAWS = 4000
"""Simulated rounds: the share of draws is then known to less than a percent."""
STEP = 1000
"""Adjusted scores are rounded to thousandths of a point before they are ranked: what differs by less is a tie."""


@dataclass(frozen=True)
class Severity:
    """How far a judge's totals lie above (lenient) or below (severe) the others' on the same places, in points."""

    judge: int
    places: int
    points: float
    low: float
    high: float

    @property
    def clear(self) -> bool:
        """Whether the interval leaves out zero."""
        return self.low > 0 or self.high < 0


@dataclass(frozen=True)
class Standing:
    """A place's adjusted score in points with its interval, its rank by it, and the interval that holds its rank."""

    place: int
    points: float
    low: float
    high: float
    rank: int
    first: int
    last: int
    ties_next: bool
    """The place that follows cannot be told apart from it."""


@dataclass(frozen=True)
class Order:
    """What the analysis of one design gives."""

    components: Components
    judges_per_place: float
    severities: list[Severity]
    standings: list[Standing]
    """Best first; none where the places do not differ by more than chance."""


def order_of(design: Design, extra: Sequence[float], seed: int) -> Order:
    """Analyse a design; ``extra``: each place's bonuses less deductions, in points, by position. Raises NoFit.

    The same seed gives the same intervals.
    """
    fitted = fit(design)
    severities = fitted.judges - fitted.judges.mean()
    counts = design.of_place.sum(axis=0)
    more = [extra[place] for place in design.places]
    components, per_place = fitted.components, design.judges_per_place()
    found = _severities(design, fitted, severities)
    if not components.place:
        return Order(components, per_place, found, [])
    # The mean of a place's totals once each is rid of its judge's severity: nothing is drawn towards the average.
    adjusted = design.of_place.T @ (design.points - design.of_judge @ severities) / counts + more
    ranks = ranked([round(float(score) * STEP) for score in adjusted])
    simulated = _simulated(design, components, adjusted, more, seed)
    return Order(components, per_place, found, _standings(design, adjusted, ranks, simulated))


def _severities(design: Design, fitted: Fit, severities: Any) -> list[Severity]:
    import numpy as np

    size = len(design.judges)
    centre = np.eye(size) - 1 / size
    errors = np.sqrt(np.clip(np.diag(centre @ fitted.covariance @ centre), 0, None)) * Z
    seen = design.of_judge.sum(axis=0)
    return [
        Severity(judge, int(seen[n]), *(float(severities[n] + side * errors[n]) for side in (0, -1, 1)))
        for n, judge in enumerate(design.judges)
    ]


def _simulated(design: Design, parts: Components, adjusted: Any, more: Sequence[float], seed: int) -> Any:
    """Scores as they may truly be, a row per draw, given the totals: places as the model predicts them, and how surely.

    Goldstein & Spiegelhalter (1996) take intervals of ranks from the places' effects as a multilevel model predicts
    them, drawn towards the average the more the fewer judges there were; drawn from the bare means, chance would count
    twice. The covariance of all effects together is that of Henderson's mixed model equations.
    """
    import numpy as np

    size = len(design.places)
    if not parts.error:
        return np.broadcast_to(adjusted, (DRAWS, size))
    own = np.diag(design.of_place.sum(axis=0) + parts.error / parts.place)
    shared = design.of_place.T @ design.of_judge
    joint = np.linalg.inv(np.block([[own, shared], [shared.T, np.diag(design.of_judge.sum(axis=0))]]))
    right = np.concatenate([design.of_place.T @ design.points, design.of_judge.T @ design.points])
    effects = (joint @ right)[:size]
    root = np.linalg.cholesky(joint[:size, :size] * parts.error)
    draws = np.random.default_rng(seed).standard_normal((DRAWS, size))
    return effects + draws @ root.T + np.asarray(more)


def _standings(design: Design, adjusted: Any, ranks: Sequence[int], simulated: Any) -> list[Standing]:
    import numpy as np

    thousandths = np.round(simulated * STEP)
    better = np.argsort(np.argsort(-thousandths, axis=1, kind="stable"), axis=1, kind="stable") + 1
    tail = (100 - CONFIDENCE) / 2
    first = np.floor(np.percentile(better, tail, axis=0)).astype(int)
    last = np.ceil(np.percentile(better, 100 - tail, axis=0)).astype(int)
    # How surely each score is known, without the model's drawing towards the average: that is for comparing places.
    spread = np.percentile(simulated - simulated.mean(axis=0), [tail, 100 - tail], axis=0)
    best_first = sorted(range(len(ranks)), key=lambda n: (ranks[n], design.places[n]))
    following = dict(pairwise(best_first))
    rows = []
    for n in best_first:
        after = following.get(n)
        won = 1.0 if after is None else float((thousandths[:, n] > thousandths[:, after]).mean())
        low, high = min(int(first[n]), ranks[n]), max(int(last[n]), ranks[n])
        score, (under, over) = float(adjusted[n]), spread[:, n]
        bounds = score + float(under), score + float(over)
        rows.append(Standing(design.places[n], score, *bounds, ranks[n], low, high, won * 100 < 100 - tail))
    return rows
