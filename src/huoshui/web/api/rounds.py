"""Rounds, sheets and results over the API."""

from __future__ import annotations

import datetime as dt
from typing import Any, Literal
from uuid import UUID

from ninja import Field, Router, Schema

from huoshui.duties.models import Account
from huoshui.places.models import Place
from huoshui.visits import actions
from huoshui.visits.models import Result, Round, Visit
from huoshui.web.api.core import REFUSED, idempotent, page_of
from huoshui.web.requests import SignedInRequest

router = Router()


class RoundRow(Schema):
    """A round in a list."""

    id: UUID
    name: str
    checklist: str
    pack: str
    pack_version: str
    place: str
    state: str
    opens_on: dt.date
    closes_on: dt.date
    version: int


class RoundPage(Schema):
    """A page of rounds."""

    total: int
    page: int
    pages: int
    items: list[RoundRow]


class RoundIn(Schema):
    """A round to plan, with its places and its teams of judges."""

    name: str
    place: str
    checklist: str
    opens_on: dt.date
    closes_on: dt.date
    places: list[str]
    judges: list[str]
    rules: dict[str, int | str] = Field(default_factory=dict)


class SignIn(Schema):
    """In which role to sign, and the digest that the signer saw."""

    role: Literal["leader", "scrutineer", "tally_clerk"]
    seen_digest: str = ""


class ResultRow(Schema):
    """A place's result; points in thousandths of a point."""

    place: str
    place_name: str
    judges: int
    mean: int
    adjustments: int
    total: int
    rank: int
    version: int


class ResultPage(Schema):
    """A page of results."""

    total: int
    page: int
    pages: int
    items: list[ResultRow]


class SheetOut(Schema):
    """A sheet with its answers; points in thousandths of a point."""

    id: UUID
    round: UUID | None
    place: str
    state: str
    visited_on: dt.date
    strengths: str
    shortcomings: str
    direction: str
    version: int
    answers: dict[str, dict[str, Any]]


class SheetPage(Schema):
    """A page of sheets."""

    total: int
    page: int
    pages: int
    items: list[SheetOut]


class AnswersIn(Schema):
    """Answers and notes by item code; what is left out stays, an empty value clears."""

    answers: dict[str, Any] = Field(default_factory=dict)
    notes: dict[str, str] = Field(default_factory=dict)
    strengths: str | None = None
    shortcomings: str | None = None
    direction: str | None = None
    seen_version: int


def round_row(round: Round) -> dict[str, Any]:
    """The listed columns of a round."""
    return {
        "id": round.pk,
        "name": round.name,
        "checklist": round.checklist_code,
        "pack": round.pack,
        "pack_version": round.pack_version.number,
        "place": round.place.code,
        "state": round.state,
        "opens_on": round.opens_on,
        "closes_on": round.closes_on,
        "version": round.version,
    }


def result_row(result: Result) -> dict[str, Any]:
    """The listed columns of a result."""
    return {
        "place": result.place.code,
        "place_name": result.place.short_name,
        "judges": result.judges,
        "mean": result.mean,
        "adjustments": result.adjustments,
        "total": result.total,
        "rank": result.rank,
        "version": result.version,
    }


def sheet_out(visit: Visit) -> dict[str, Any]:
    """A sheet with its answers."""
    answers = {
        answer.item: {
            "choice": answer.choice,
            "value": answer.value,
            "findings": answer.findings,
            "yes": answer.yes,
            "points": answer.points,
            "note": answer.note,
        }
        for answer in visit.answers.all()
    }
    return {
        "id": visit.pk,
        "round": visit.round_id,
        "place": visit.place.code,
        "state": visit.state,
        "visited_on": visit.visited_on,
        "strengths": visit.strengths,
        "shortcomings": visit.shortcomings,
        "direction": visit.direction,
        "version": visit.version,
        "answers": answers,
    }


def _round(request: SignedInRequest, round_id: UUID) -> Round:
    found: Round = Round.objects.get_visible(request.user, pk=round_id)
    return found


def _answer_with_round(round: Round) -> dict[str, Any]:
    return RoundRow(**round_row(round)).model_dump(mode="json")


@router.get("/rounds", response={200: RoundPage, **REFUSED})
def list_rounds(request: SignedInRequest, state: str = "", page: int = 1, size: int = 100) -> Any:
    """Visible rounds, newest first."""
    rows = Round.objects.visible_to(request.user).select_related("place", "pack_version").order_by("-opens_on")
    return page_of(rows.filter(state=state) if state else rows, page, size, round_row)


@router.get("/rounds/{round_id}", response={200: RoundRow, **REFUSED})
def get_round(request: SignedInRequest, round_id: UUID) -> Any:
    """One visible round."""
    return round_row(_round(request, round_id))


@router.post("/rounds", response={200: RoundRow, **REFUSED})
def plan_round(request: SignedInRequest, body: RoundIn) -> Any:
    """Plan a round with its places and judges, all or nothing."""

    def write() -> dict[str, Any]:
        user = request.user
        round = actions.plan_round(
            by=user,
            place=Place.objects.get_visible(user, code=body.place),
            checklist=body.checklist,
            name=body.name,
            opens_on=body.opens_on,
            closes_on=body.closes_on,
            rules=body.rules,
        )
        places = [Place.objects.get_visible(user, code=code) for code in body.places]
        actions.set_places(by=user, round=round, places=places)
        accounts = [Account.objects.get_visible(user, username=name) for name in body.judges]
        actions.appoint_judges(by=user, round=round, accounts=accounts)
        return _answer_with_round(_round(request, round.pk))

    return idempotent(request, "visits.plan_round", body, write)


@router.post("/rounds/{round_id}/open", response={200: RoundRow, **REFUSED})
def open_round(request: SignedInRequest, round_id: UUID) -> Any:
    """Let the judges begin."""
    round = _round(request, round_id)
    return idempotent(
        request,
        "visits.open_round",
        None,
        lambda: _answer_with_round(actions.open_round(by=request.user, round=round)),
    )


@router.post("/rounds/{round_id}/lock", response={200: RoundRow, **REFUSED})
def lock_round(request: SignedInRequest, round_id: UUID) -> Any:
    """Take no more sheets."""
    round = _round(request, round_id)
    return idempotent(
        request,
        "visits.lock_round",
        None,
        lambda: _answer_with_round(actions.lock_round(by=request.user, round=round)),
    )


@router.post("/rounds/{round_id}/compute", response={200: RoundRow, **REFUSED})
def compute_round(request: SignedInRequest, round_id: UUID) -> Any:
    """Compute scores and ranks."""
    round = _round(request, round_id)

    def write() -> dict[str, Any]:
        actions.compute_round(by=request.user, round=round)
        return _answer_with_round(_round(request, round_id))

    return idempotent(request, "visits.compute_round", None, write)


@router.post("/rounds/{round_id}/sign", response={200: RoundRow, **REFUSED})
def sign_round(request: SignedInRequest, round_id: UUID, body: SignIn) -> Any:
    """Sign the computed results in one of the three roles."""
    round = _round(request, round_id)

    def write() -> dict[str, Any]:
        actions.sign_round(by=request.user, round=round, role=body.role, seen_digest=body.seen_digest)
        return _answer_with_round(_round(request, round_id))

    return idempotent(request, "visits.sign_round", body, write)


@router.post("/rounds/{round_id}/seal", response={200: RoundRow, **REFUSED})
def seal_round(request: SignedInRequest, round_id: UUID) -> Any:
    """Seal the round; matters open for its failing items in the same transaction."""
    round = _round(request, round_id)
    return idempotent(
        request,
        "visits.seal_round",
        None,
        lambda: _answer_with_round(actions.seal_round(by=request.user, round=round)),
    )


@router.get("/rounds/{round_id}/results", response={200: ResultPage, **REFUSED})
def list_results(request: SignedInRequest, round_id: UUID, page: int = 1, size: int = 200) -> Any:
    """Visible results of a round, by rank."""
    round = _round(request, round_id)
    rows = Result.objects.visible_to(request.user).filter(round=round).select_related("place")
    return page_of(rows.order_by("rank", "place__path"), page, size, result_row)


@router.get("/sheets", response={200: SheetPage, **REFUSED})
def list_sheets(request: SignedInRequest, round: UUID | None = None, page: int = 1, size: int = 50) -> Any:
    """Visible sheets: one's own, and others' once the round is locked."""
    rows = Visit.objects.visible_to(request.user).select_related("place", "round").prefetch_related("answers")
    rows = rows.filter(round_id=round) if round else rows
    return page_of(rows.order_by("-visited_on", "pk"), page, size, sheet_out)


@router.post("/rounds/{round_id}/places/{code}/sheet", response={200: SheetOut, **REFUSED})
def open_sheet(request: SignedInRequest, round_id: UUID, code: str) -> Any:
    """One's own sheet for a place, made at first call."""
    round = _round(request, round_id)
    place = Place.objects.get_visible(request.user, code=code)

    def write() -> dict[str, Any]:
        visit = actions.open_sheet(by=request.user, round=round, place=place)
        return SheetOut(**sheet_out(visit)).model_dump(mode="json")

    return idempotent(request, "visits.open_sheet", None, write)


@router.get("/sheets/{sheet_id}", response={200: SheetOut, **REFUSED})
def get_sheet(request: SignedInRequest, sheet_id: UUID) -> Any:
    """One visible sheet."""
    return sheet_out(Visit.objects.get_visible(request.user, pk=sheet_id))


@router.patch("/sheets/{sheet_id}", response={200: SheetOut, **REFUSED})
def save_answers(request: SignedInRequest, sheet_id: UUID, body: AnswersIn) -> Any:
    """Save answers on one's own draft."""
    visit = Visit.objects.get_visible(request.user, pk=sheet_id)

    def write() -> dict[str, Any]:
        saved = actions.save_answers(by=request.user, visit=visit, **body.model_dump())
        return SheetOut(**sheet_out(saved)).model_dump(mode="json")

    return idempotent(request, "visits.save_answers", body, write)


@router.post("/sheets/{sheet_id}/submit", response={200: SheetOut, **REFUSED})
def submit_sheet(request: SignedInRequest, sheet_id: UUID) -> Any:
    """Hand in one's own sheet."""
    visit = Visit.objects.get_visible(request.user, pk=sheet_id)

    def write() -> dict[str, Any]:
        return SheetOut(**sheet_out(actions.submit_visit(by=request.user, visit=visit))).model_dump(mode="json")

    return idempotent(request, "visits.submit_visit", None, write)
