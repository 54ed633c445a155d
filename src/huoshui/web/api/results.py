"""Results of a round over the API, and their corrections after the seal."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

from ninja import Field, Query, Schema

from huoshui.visits import actions
from huoshui.visits.models import Correction, Result
from huoshui.web.api.core import REFUSED, REFUSED_WRITE, ReadableRouter
from huoshui.web.api.lists import Paged, PageOut, page_of
from huoshui.web.api.rounds import visible_round
from huoshui.web.api.writes import Numeral, idempotent
from huoshui.web.requests import SignedInRequest

router = ReadableRouter("rounds")


class ResultRow(Schema):
    """A place's result; points in thousandths of a point.

    ``corrected_from``: the total as it was sealed, where it was corrected since; ``rank``: null where the pack does not
    let places be ranked.
    """

    place: str
    place_name: str
    judges: int
    mean: int
    adjustments: int
    total: int
    corrected_from: int | None
    rank: int | None
    version: int


class ResultQuery(Paged):
    """A page of results; a district fits on one."""

    size: int = Field(200, description=Paged.model_fields["size"].description)


class ResultPage(PageOut):
    """A page of results."""

    items: list[ResultRow]


class CorrectionIn(Schema):
    """The right total, a numeral in points; why; and the result's version that was read."""

    total: Numeral
    reason: str
    seen_version: int


class CorrectionOut(Schema):
    """A corrected total, before and after in thousandths of a point, with the result's present rank and version."""

    place: str
    before: int
    after: int
    reason: str
    by: str
    at: dt.datetime
    rank: int | None
    version: int


class CorrectionPage(PageOut):
    """A page of corrections."""

    items: list[CorrectionOut]


def result_row(result: Result) -> dict[str, Any]:
    """The listed columns of a result."""
    return {
        "place": result.place.code,
        "place_name": result.place.short_name,
        "judges": result.judges,
        "mean": result.mean,
        "adjustments": result.adjustments,
        "total": result.total,
        "corrected_from": result.corrected_from,
        "rank": result.rank if result.round.ranks else None,
        "version": result.version,
    }


@router.get("/rounds/{round_id}/results", response={200: ResultPage, **REFUSED})
def list_results(request: SignedInRequest, round_id: UUID, query: Query[ResultQuery]) -> Any:
    """Visible results of a round, by rank; by place where the pack does not rank."""
    round = visible_round(request, round_id)
    rows = Result.objects.visible_to(request.user).filter(round=round).select_related("place", "round__pack_version")
    rows = rows.prefetch_related("corrections")
    order = ("rank", "place__path") if round.ranks else ("place__path",)
    return page_of(rows.order_by(*order), query, result_row)


def correction_out(correction: Correction) -> dict[str, Any]:
    """A correction with who made it, by title."""
    return {
        "place": correction.result.place.code,
        "before": correction.before,
        "after": correction.after,
        "reason": correction.reason,
        "by": correction.by.title,
        "at": correction.created_at,
        "rank": correction.result.rank if correction.result.round.ranks else None,
        "version": correction.result.version,
    }


@router.get("/rounds/{round_id}/corrections", response={200: CorrectionPage, **REFUSED})
def list_corrections(request: SignedInRequest, round_id: UUID, query: Query[Paged]) -> Any:
    """Corrections of the visible results of a round, oldest first."""
    round = visible_round(request, round_id)
    rows = (
        Correction.objects.visible_to(request.user)
        .filter(result__round=round)
        .select_related("result__place", "result__round__pack_version", "by")
    )
    return page_of(rows.order_by("created_at", "pk"), query, correction_out)


@router.post("/rounds/{round_id}/results/{code}/correct", response={200: CorrectionOut, **REFUSED_WRITE})
def correct_result(request: SignedInRequest, round_id: UUID, code: str, body: CorrectionIn) -> Any:
    """Correct the total of a sealed result; both values stay with the reason, and ranks are set anew."""
    rows = Result.objects.select_related("round__place", "round__pack_version", "place")
    result = rows.get_visible(request.user, round=visible_round(request, round_id), place__code=code)

    def write() -> dict[str, Any]:
        correction = actions.correct_result(by=request.user, result=result, **body.model_dump())
        return CorrectionOut(**correction_out(correction)).model_dump(mode="json")

    return idempotent(request, "visits.correct_result", body, write)
