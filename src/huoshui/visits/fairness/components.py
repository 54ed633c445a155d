"""How much of the differences between totals lies with the places, with the judges, and with neither.

The model: total = judge + place + error, judges and places crossed, with gaps where a judge did not see a place. The
places are random effects. The judges are fixed: they are the very ones that are compared, and whatever is added to all
totals of one of them then changes nothing but that judge's severity (McGraw & Wong's case 3A). Fitted by restricted
maximum likelihood (REML) through statsmodels' MixedLM with one group per place. With judges random too, MixedLM has
to take the whole round as one group: seconds to a minute for 104 places and 11 judges, most where a variance is none.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Any

from huoshui.visits.fairness.design import Design

NOTHING = 1e-4
"""A share of the variance below this is none: the optimiser stops about there on its way to zero."""
EXACT = 1e-9
"""A share of the variance below this is the arithmetic's own rounding."""


class NoFit(Exception):
    """The likelihood has no maximum that the optimiser finds."""


@dataclass(frozen=True)
class Components:
    """Variances in squared points: between places, between judges, and what remains."""

    place: float
    judge: float
    error: float

    def agreement(self, judges: float = 1) -> float:
        """ICC(A,k), Shrout & Fleiss' ICC(2,k): how far the mean of ``judges`` judges tells the places apart.

        With the judges' severity counted as an error (McGraw & Wong 1996).
        """
        return _share(self.place, (self.judge + self.error) / judges)

    def consistency(self, judges: float = 1) -> float:
        """ICC(C,k), Shrout & Fleiss' ICC(3,k): the same once severity is taken out (McGraw & Wong 1996)."""
        return _share(self.place, self.error / judges)


def _share(of_places: float, of_others: float) -> float:
    whole = of_places + of_others
    return of_places / whole if whole else 0.0


@dataclass(frozen=True)
class Fit:
    """The fitted model of a design: the judges' means in points, the covariance of these, and the variances."""

    judges: Any
    covariance: Any
    components: Components


def fit(design: Design) -> Fit:
    """Fit a design that hangs together and has degrees of freedom to spare. Raises NoFit.

    A variance that is none comes out as exactly zero, whether the optimiser stops there or just before.
    """
    import numpy as np

    points, counts = design.points, design.of_judge.sum(axis=0)
    middle = float(points.mean())
    # Measured by what a judge's own totals vary, a judge who is severe looks to the optimiser like any other.
    spread = float((points - design.of_judge @ (design.of_judge.T @ points / counts)).std())
    spread = spread if spread > EXACT else 1.0
    scaled = (points - middle) / spread
    judges, covariance, place, error = _exact(design, scaled) or _reml(design, scaled)
    severities = judges - judges.mean()
    size = len(judges)
    # Of the judges' differences, what their estimates owe to chance is taken off.
    chance = (np.trace(covariance) - covariance.sum() / size) / (size - 1)
    between = float(severities @ severities) / (size - 1) - chance
    variances = [value * spread**2 for value in (place, between if between > NOTHING else 0.0, error)]
    return Fit(judges * spread + middle, covariance * spread**2, Components(*(float(v) for v in variances)))


def _exact(design: Design, points: Any) -> tuple[Any, Any, float, float] | None:
    """The fit where places and judges explain every total and no error remains; None where some does."""
    import numpy as np

    matrix = np.hstack([design.of_judge, design.of_place])
    effects = np.linalg.lstsq(matrix, points, rcond=None)[0]
    rest = points - matrix @ effects
    if float(rest @ rest) / design.spare > EXACT:
        return None
    size = len(design.judges)
    places = effects[size:]
    return effects[:size] + places.mean(), np.zeros((size, size)), float(places.var(ddof=1)), 0.0


def _reml(design: Design, points: Any) -> tuple[Any, Any, float, float]:
    import numpy as np
    from statsmodels.regression.linear_model import OLS
    from statsmodels.regression.mixed_linear_model import MixedLM

    model = MixedLM(points, design.of_judge, groups=design.of_place.argmax(axis=1))
    size = len(design.judges)
    for method in ("bfgs", "powell"):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a variance of none lies on the edge, which statsmodels warns of
            try:
                fitted = model.fit(reml=True, method=method)
            except np.linalg.LinAlgError:
                continue
        place, covariance = float(np.asarray(fitted.cov_re)[0, 0]), np.asarray(fitted.cov_params())[:size, :size]
        if place < NOTHING:  # on the edge: the model without places, whose REML has a closed form
            flat = OLS(points, design.of_judge).fit()
            return np.asarray(flat.params), np.asarray(flat.cov_params()), 0.0, float(flat.mse_resid)
        if fitted.converged and np.isfinite([*covariance.ravel(), place, fitted.scale]).all():
            return np.asarray(fitted.fe_params), covariance, place, float(fitted.scale)
    raise NoFit
