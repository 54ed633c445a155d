"""The analysis of one round, as it is kept: plain values, points in thousandths."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

from huoshui.kernel.numbers import POINTS
from huoshui.visits.fairness.components import Components, NoFit
from huoshui.visits.fairness.design import Design, Score, connected
from huoshui.visits.fairness.items import item_spreads
from huoshui.visits.fairness.order import Order, Severity, Standing, order_of
from huoshui.visits.models import Result, Round
from huoshui.visits.scoring import ranked
from huoshui.visits.tally import results_digest

METHOD = 2
"""Counted up when the method changes: what was kept before is then computed anew."""
FEWEST_PLACES = 3
"""With two places there is one difference between them, and no telling chance from it."""


def inputs_digest(round: Round) -> str:
    """SHA-256, hex, of all that the analysis rests on: the results as they stand, and the method."""
    return hashlib.sha256(f"{METHOD}:{results_digest(round)}".encode()).hexdigest()


def findings_of(round: Round) -> dict[str, Any]:
    """Analyse a computed round. Its groups of judges who share no village are analysed each by itself.

    The intervals' random numbers begin at the round's id, so that the same results always give the same findings.
    """
    results = list(Result.objects.filter(round=round).select_related("place").order_by("place__path"))
    scores = [
        Score(n, entry["judge"], entry["total"] / POINTS) for n, result in enumerate(results) for entry in result.totals
    ]
    groups = [_group(design, results, round.pk.int + n) for n, design in enumerate(connected(scores))]
    return {"groups": groups, "items": {spread.item: spread.spread for spread in item_spreads(round)}}


def problem_of(design: Design) -> str:
    """Why a design says nothing: one_judge, few_places, all_equal or no_spare; "" when it can be fitted."""
    if len(design.judges) == 1:
        return "one_judge"
    if len(design.places) < FEWEST_PLACES:
        return "few_places"
    if len({score.points for score in design.scores}) == 1:
        return "all_equal"
    return "" if design.spare > 0 else "no_spare"


def _group(design: Design, results: Sequence[Result], seed: int) -> dict[str, Any]:
    group: dict[str, Any] = {"judges": design.judges, "places": [results[n].place.code for n in design.places]}
    problem = problem_of(design)
    if not problem:
        extra = [(result.total - result.mean) / POINTS for result in results]
        try:
            return group | _found(order_of(design, extra, seed), design, results)
        except NoFit:
            problem = "no_fit"
    return group | {"problem": problem}


def _found(order: Order, design: Design, results: Sequence[Result]) -> dict[str, Any]:
    totals = [results[n].total for n in design.places]
    official = dict(zip(design.places, ranked(totals), strict=True))
    return {
        "problem": "" if order.standings else "no_difference",
        "agreement": _agreement(order.components, order.judges_per_place),
        "severities": [_severity(row) for row in order.severities],
        "standings": [_standing(row, results[row.place], official[row.place]) for row in order.standings],
    }


def _agreement(parts: Components, judges: float) -> dict[str, Any]:
    """Standard deviations in thousandths, correlations as they are; ``judges``: harmonic mean per place."""
    return {
        "between_places": _thousandths(parts.place**0.5),
        "between_judges": _thousandths(parts.judge**0.5),
        "chance": _thousandths(parts.error**0.5),
        "judges": round(judges, 2),
        "agreement_one": round(parts.agreement(), 4),
        "agreement_mean": round(parts.agreement(judges), 4),
        "consistency_one": round(parts.consistency(), 4),
        "consistency_mean": round(parts.consistency(judges), 4),
    }


def _severity(row: Severity) -> dict[str, Any]:
    points = {name: _thousandths(getattr(row, name)) for name in ("points", "low", "high")}
    return {"judge": row.judge, "places": row.places, **points, "clear": row.clear}


def _standing(row: Standing, result: Result, official: int) -> dict[str, Any]:
    return {
        "place": result.place.code,
        "total": result.total,
        "official": official,
        "adjusted": _thousandths(row.points),
        "low": _thousandths(row.low),
        "high": _thousandths(row.high),
        "rank": row.rank,
        "first": row.first,
        "last": row.last,
        "ties_next": row.ties_next,
    }


def _thousandths(points: float) -> int:
    return round(points * POINTS)
