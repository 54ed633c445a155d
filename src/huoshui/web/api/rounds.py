"""Rounds, their steps and their results over the API."""

from __future__ import annotations

import datetime as dt
from typing import Any, Literal
from uuid import UUID

from ninja import Field, Query, Router, Schema

from huoshui.duties.models import Account
from huoshui.kernel.choices import require_known
from huoshui.places.models import Place
from huoshui.visits import actions
from huoshui.visits.models import Result, Round
from huoshui.visits.queries import digest_to_sign
from huoshui.web.api.core import REFUSED, REFUSED_WRITE
from huoshui.web.api.lists import Paged, page_of
from huoshui.web.api.writes import idempotent
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


class SignatureOut(Schema):
    """Who signed in which role, and over which results."""

    role: str
    title: str
    at: dt.datetime
    digest: str


class RoundOut(RoundRow):
    """A round with the places that one may see, and what is signed.

    ``digest``: of the results as they stand, for signing; "" while there are none that one may see.
    """

    places: list[str]
    digest: str
    signatures: list[SignatureOut]


class RoundQuery(Paged):
    """Filters of rounds."""

    state: str = ""


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


class ResultQuery(Paged):
    """A page of results; a district fits on one."""

    size: int = Field(200, description=Paged.model_fields["size"].description)


class ResultPage(Schema):
    """A page of results."""

    total: int
    page: int
    pages: int
    items: list[ResultRow]


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


def round_out(round: Round, user: Account) -> dict[str, Any]:
    """A round as this reader may see it."""
    results = Result.objects.visible_to(user).filter(round=round)
    signed = round.signatures.visible_to(user).filter(voided_at__isnull=True).select_related("account")
    return {
        **round_row(round),
        "places": list(round.places.visible_to(user).order_by("position").values_list("place__code", flat=True)),
        "digest": digest_to_sign(round) if results.exists() else "",
        "signatures": [
            {"role": row.role, "title": row.account.title, "at": row.at, "digest": row.digest}
            for row in signed.order_by("at")
        ],
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


def _round(request: SignedInRequest, round_id: UUID) -> Round:
    found: Round = Round.objects.get_visible(request.user, pk=round_id)
    return found


def _answer_with_round(round: Round) -> dict[str, Any]:
    return RoundRow(**round_row(round)).model_dump(mode="json")


@router.get("/rounds", response={200: RoundPage, **REFUSED})
def list_rounds(request: SignedInRequest, query: Query[RoundQuery]) -> Any:
    """Visible rounds, newest first."""
    rows = Round.objects.visible_to(request.user).select_related("place", "pack_version").order_by("-opens_on", "-id")
    require_known(rows, "state", query.state, Round.State.values)
    return page_of(rows.filter(state=query.state) if query.state else rows, query, round_row)


@router.get("/rounds/{round_id}", response={200: RoundOut, **REFUSED})
def get_round(request: SignedInRequest, round_id: UUID) -> Any:
    """One visible round."""
    return round_out(_round(request, round_id), request.user)


@router.post("/rounds", response={200: RoundRow, **REFUSED_WRITE})
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


@router.post("/rounds/{round_id}/open", response={200: RoundRow, **REFUSED_WRITE})
def open_round(request: SignedInRequest, round_id: UUID) -> Any:
    """Let the judges begin."""
    round = _round(request, round_id)
    return idempotent(
        request,
        "visits.open_round",
        None,
        lambda: _answer_with_round(actions.open_round(by=request.user, round=round)),
    )


@router.post("/rounds/{round_id}/lock", response={200: RoundRow, **REFUSED_WRITE})
def lock_round(request: SignedInRequest, round_id: UUID) -> Any:
    """Take no more sheets."""
    round = _round(request, round_id)
    return idempotent(
        request,
        "visits.lock_round",
        None,
        lambda: _answer_with_round(actions.lock_round(by=request.user, round=round)),
    )


@router.post("/rounds/{round_id}/compute", response={200: RoundRow, **REFUSED_WRITE})
def compute_round(request: SignedInRequest, round_id: UUID) -> Any:
    """Compute scores and ranks."""
    round = _round(request, round_id)

    def write() -> dict[str, Any]:
        actions.compute_round(by=request.user, round=round)
        return _answer_with_round(_round(request, round_id))

    return idempotent(request, "visits.compute_round", None, write)


@router.post("/rounds/{round_id}/sign", response={200: RoundRow, **REFUSED_WRITE})
def sign_round(request: SignedInRequest, round_id: UUID, body: SignIn) -> Any:
    """Sign the computed results in one of the three roles."""
    round = _round(request, round_id)

    def write() -> dict[str, Any]:
        actions.sign_round(by=request.user, round=round, role=body.role, seen_digest=body.seen_digest)
        return _answer_with_round(_round(request, round_id))

    return idempotent(request, "visits.sign_round", body, write)


@router.post("/rounds/{round_id}/seal", response={200: RoundRow, **REFUSED_WRITE})
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
def list_results(request: SignedInRequest, round_id: UUID, query: Query[ResultQuery]) -> Any:
    """Visible results of a round, by rank."""
    round = _round(request, round_id)
    rows = Result.objects.visible_to(request.user).filter(round=round).select_related("place")
    return page_of(rows.order_by("rank", "place__path"), query, result_row)
