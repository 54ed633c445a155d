"""How fair a round's scoring was, over the API: for the review lead alone, never in the place of the results."""

from __future__ import annotations

import datetime as dt
from typing import Any, Literal
from uuid import UUID

from ninja import Schema

from huoshui.visits import actions
from huoshui.visits.models import Round
from huoshui.visits.queries import Fairness, FairnessGroup, fairness_of
from huoshui.web.api.core import REFUSED, REFUSED_WRITE, ReadableRouter
from huoshui.web.api.rounds import visible_round
from huoshui.web.api.writes import idempotent
from huoshui.web.requests import SignedInRequest

router = ReadableRouter("rounds")


class AgreementOut(Schema):
    """Standard deviations in thousandths of a point, and intraclass correlations for one judge and for the mean.

    ``agreement_…`` counts the judges' severity as an error, ICC(A,1) and ICC(A,k); ``consistency_…`` does not,
    ICC(C,1) and ICC(C,k). ``judges``: k, the harmonic mean of the judges per place.
    """

    between_places: int
    between_judges: int
    chance: int
    judges: float
    agreement_one: float
    agreement_mean: float
    consistency_one: float
    consistency_mean: float


class SeverityOut(Schema):
    """How far a judge's totals lie above or below the others' on the same places, in thousandths of a point.

    ``low`` to ``high`` is the interval, ``clear`` whether it leaves out zero, ``places`` how many the judge saw.
    """

    judge: int
    places: int
    points: int
    low: int
    high: int
    clear: bool


class AdjustedOut(Schema):
    """A place's official total and rank within its group, and those without the differences between judges.

    Points in thousandths, ``low`` to ``high`` the interval of ``adjusted``. ``first`` to ``last`` is the interval of
    the rank; ``ties_next``: it cannot be told apart from the place after it. Where the pack does not let places be
    ranked, they stand in order of place, with 0 for every rank.
    """

    place: str
    place_name: str
    total: int
    official: int
    adjusted: int
    low: int
    high: int
    rank: int
    first: int
    last: int
    ties_next: bool


class FairnessGroupOut(Schema):
    """Judges and places that can be compared, because each is linked to each other by totals.

    ``problem``: one_judge, few_places, all_equal, no_spare or no_fit (nothing can be said), no_difference (no order),
    or empty.
    """

    judges: list[int]
    places: list[str]
    problem: Literal["", "one_judge", "few_places", "all_equal", "no_spare", "no_fit", "no_difference"]
    agreement: AgreementOut | None
    severities: list[SeverityOut]
    standings: list[AdjustedOut]


class SpreadOut(Schema):
    """An item's standard deviation between judges of the same place: thousandths, and percent of its points."""

    item: str
    item_name: str
    spread: int
    percent: int


class FairnessOut(Schema):
    """The analysis of the results as they stand. ``state``: none, asked, stale (they changed since) or done.

    ``confidence``: percent of the intervals; ``digest``: of what was analysed.
    """

    state: Literal["none", "asked", "stale", "done"]
    done_at: dt.datetime | None
    digest: str
    confidence: int
    groups: list[FairnessGroupOut]
    items: list[SpreadOut]


def fairness_out(fairness: Fairness) -> dict[str, Any]:
    """The analysis with places and items by code and name."""
    items = [
        {"item": row.item.code, "item_name": str(row.item.name), "spread": row.spread, "percent": row.percent}
        for row in fairness.items
    ]
    return {
        "state": fairness.state,
        "done_at": fairness.done_at,
        "digest": fairness.digest,
        "confidence": fairness.confidence,
        "groups": [_group(group) for group in fairness.groups],
        "items": items,
    }


def _group(group: FairnessGroup) -> dict[str, Any]:
    return {
        "judges": group.judges,
        "places": [place.code for place in group.places],
        "problem": group.problem,
        "agreement": group.agreement,
        "severities": [vars(row) for row in group.severities],
        "standings": [
            vars(row) | {"place": row.place.code, "place_name": row.place.short_name} for row in group.standings
        ],
    }


@router.get("/rounds/{round_id}/fairness", response={200: FairnessOut, **REFUSED})
def get_fairness(request: SignedInRequest, round_id: UUID) -> Any:
    """How severe each judge was, how far judges agree, the order without their differences, how sure each rank is."""
    return _answer(request, visible_round(request, round_id))


@router.post("/rounds/{round_id}/fairness", response={200: FairnessOut, **REFUSED_WRITE})
def ask_fairness(request: SignedInRequest, round_id: UUID) -> Any:
    """Have a computed round analysed, in a few seconds; what stands already is not computed again."""
    round = visible_round(request, round_id)

    def write() -> dict[str, Any]:
        actions.ask_fairness(by=request.user, round=round)
        return FairnessOut(**_answer(request, round)).model_dump(mode="json")

    return idempotent(request, "visits.ask_fairness", None, write)


def _answer(request: SignedInRequest, round: Round) -> dict[str, Any]:
    return fairness_out(fairness_of(round, request.user))
