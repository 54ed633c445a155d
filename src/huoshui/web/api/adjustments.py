"""Bonuses and deductions of a round over the API, between its lock and computing."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

from ninja import Query, Schema

from huoshui.places.models import Place
from huoshui.visits import actions
from huoshui.visits.models import Adjustment
from huoshui.web.api.core import REFUSED, REFUSED_WRITE, ReadableRouter
from huoshui.web.api.lists import Paged, PageOut, page_of
from huoshui.web.api.rounds import visible_round
from huoshui.web.api.writes import Numeral, ReasonIn, idempotent
from huoshui.web.requests import SignedInRequest

router = ReadableRouter("rounds")


class AdjustmentIn(Schema):
    """A bonus or deduction by its code in the checklist: a positive numeral in points, also of a deduction."""

    place: str
    code: str
    points: Numeral
    reason: str


class AdjustmentOut(Schema):
    """A bonus (positive) or deduction (negative) of a place, in thousandths of a point, with who recorded it."""

    id: UUID
    place: str
    code: str
    points: int
    reason: str
    by: str
    at: dt.datetime


class AdjustmentPage(PageOut):
    """A page of adjustments."""

    items: list[AdjustmentOut]


class WithdrawnOut(Schema):
    """Which adjustment is gone."""

    withdrawn: UUID


def adjustment_out(adjustment: Adjustment) -> dict[str, Any]:
    """The listed columns of an adjustment."""
    return {
        "id": adjustment.pk,
        "place": adjustment.place.code,
        "code": adjustment.code,
        "points": adjustment.points,
        "reason": adjustment.reason,
        "by": adjustment.by.title,
        "at": adjustment.created_at,
    }


@router.get("/rounds/{round_id}/adjustments", response={200: AdjustmentPage, **REFUSED})
def list_adjustments(request: SignedInRequest, round_id: UUID, query: Query[Paged]) -> Any:
    """Visible adjustments of a round, by place and code."""
    rows = Adjustment.objects.visible_to(request.user).filter(round=visible_round(request, round_id))
    return page_of(rows.select_related("place", "by").order_by("place__path", "code"), query, adjustment_out)


@router.post("/rounds/{round_id}/adjustments", response={200: AdjustmentOut, **REFUSED_WRITE})
def record_adjustment(request: SignedInRequest, round_id: UUID, body: AdjustmentIn) -> Any:
    """Record a bonus or deduction of a place, once per place and code."""
    round = visible_round(request, round_id)

    def write() -> dict[str, Any]:
        place = Place.objects.get_visible(request.user, code=body.place)
        given = body.model_dump(exclude={"place"})
        adjustment = actions.record_adjustment(by=request.user, round=round, place=place, **given)
        return AdjustmentOut(**adjustment_out(adjustment)).model_dump(mode="json")

    return idempotent(request, "visits.record_adjustment", body, write)


@router.post("/rounds/{round_id}/adjustments/{adjustment_id}/withdraw", response={200: WithdrawnOut, **REFUSED_WRITE})
def withdraw_adjustment(request: SignedInRequest, round_id: UUID, adjustment_id: UUID, body: ReasonIn) -> Any:
    """Take a bonus or deduction back before computing."""
    round = visible_round(request, round_id)

    def write() -> dict[str, Any]:
        rows = Adjustment.objects.select_related("round", "place")
        adjustment = rows.get_visible(request.user, pk=adjustment_id, round=round)
        actions.withdraw_adjustment(by=request.user, adjustment=adjustment, reason=body.reason)
        return {"withdrawn": str(adjustment_id)}

    return idempotent(request, "visits.withdraw_adjustment", body, write)
