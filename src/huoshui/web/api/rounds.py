"""Rounds over the API: listed, read, planned, amended."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from ninja import Field, Query, Schema

from huoshui.duties.models import Account
from huoshui.kernel.choices import require_known
from huoshui.kernel.errors import Refusal
from huoshui.places.models import Place
from huoshui.visits import actions
from huoshui.visits.models import Result, Round
from huoshui.visits.queries import digest_to_sign
from huoshui.visits.schema import AdjustmentDef
from huoshui.web.api.core import REFUSED, REFUSED_WRITE, ReadableRouter
from huoshui.web.api.lists import Paged, PageOut, page_of
from huoshui.web.api.writes import ReasonIn, idempotent
from huoshui.web.requests import SignedInRequest

router = ReadableRouter("rounds")


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


class AdjustmentKindOut(Schema):
    """A bonus or deduction that the checklist knows; ``most_points`` in thousandths of a point."""

    code: str
    name: str
    kind: str
    most_points: int


class RoundOut(RoundRow):
    """A round with the places that one may see, its rules, and what is signed.

    ``places`` in the order of the tour, ``visit_on`` the planned day of those that have one; ``most_points``: what a
    place can get with every bonus, in thousandths of a point; ``digest``: of the results as they stand, for signing;
    "" while there are none that one may see.
    """

    places: list[str]
    visit_on: dict[str, dt.date]
    rules: dict[str, int | str]
    most_points: int
    adjustments: list[AdjustmentKindOut]
    digest: str
    signatures: list[SignatureOut]


class RoundQuery(Paged):
    """Filters of rounds."""

    state: str = ""


class RoundPage(PageOut):
    """A page of rounds."""

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


class AmendIn(Schema):
    """What changes of a plan, and the version that was read; what is left out or null stays.

    ``places`` replaces the list that stood, in the order of the tour; ``visit_on``: planned days by place, null takes
    a day away.
    """

    name: str | None = None
    opens_on: dt.date | None = None
    closes_on: dt.date | None = None
    rules: dict[str, int | str] | None = None
    places: list[str] | None = None
    visit_on: dict[str, dt.date | None] | None = None
    seen_version: int


class RoundWithdrawnOut(Schema):
    """Which round was taken off."""

    withdrawn: UUID


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


def adjustment_kind_out(kind: AdjustmentDef) -> dict[str, Any]:
    """A bonus or deduction of the checklist."""
    return {"code": kind.code, "name": str(kind.name), "kind": kind.kind, "most_points": kind.maximum}


def round_out(round: Round, user: Account) -> dict[str, Any]:
    """A round as this reader may see it."""
    results = Result.objects.visible_to(user).filter(round=round)
    signed = round.signatures.visible_to(user).filter(voided_at__isnull=True).select_related("account")
    tour = dict(round.places.visible_to(user).order_by("position").values_list("place__code", "visit_on"))
    return {
        **round_row(round),
        "places": list(tour),
        "visit_on": {code: day for code, day in tour.items() if day},
        "rules": {rule: getattr(round, rule) for rule in Round.RULES},
        "most_points": round.checklist.most_points,
        "adjustments": [adjustment_kind_out(kind) for kind in round.checklist.adjustments],
        "digest": digest_to_sign(round) if results.exists() else "",
        "signatures": [
            {"role": row.role, "title": row.account.title, "at": row.at, "digest": row.digest}
            for row in signed.order_by("at")
        ],
    }


def visible_round(request: SignedInRequest, round_id: UUID) -> Round:
    """The round, if one may see it. Raises access.not_found."""
    found: Round = Round.objects.get_visible(request.user, pk=round_id)
    return found


def answer_with_round(round: Round) -> dict[str, Any]:
    """The row of a round that was written to, as it is kept under its Idempotency-Key."""
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
    return round_out(visible_round(request, round_id), request.user)


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
        return answer_with_round(visible_round(request, round.pk))

    return idempotent(request, "visits.plan_round", body, write)


@router.patch("/rounds/{round_id}", response={200: RoundRow, **REFUSED_WRITE})
def amend_round(request: SignedInRequest, round_id: UUID, body: AmendIn) -> Any:
    """Change a round's name, days, rules or tour before its lock, all or nothing."""
    round = visible_round(request, round_id)

    def write() -> dict[str, Any]:
        basics = body.model_dump(exclude={"places", "visit_on"})
        actions.amend_round(by=request.user, round=round, **basics)
        if body.places is not None or body.visit_on:
            _amend_tour(request.user, round, body.places, body.visit_on or {})
        return answer_with_round(visible_round(request, round_id))

    return idempotent(request, "visits.amend_round", body, write)


@router.delete("/rounds/{round_id}", response={200: RoundWithdrawnOut, **REFUSED_WRITE})
def withdraw_round(request: SignedInRequest, round_id: UUID, body: ReasonIn) -> Any:
    """Take a round off that was planned by mistake, before it is opened; its journal stays."""

    def write() -> dict[str, Any]:
        actions.withdraw_round(by=request.user, round=visible_round(request, round_id), reason=body.reason)
        return {"withdrawn": str(round_id)}

    return idempotent(request, "visits.withdraw_round", body, write)


def _amend_tour(
    user: Account, round: Round, codes: Sequence[str] | None, visit_on: Mapping[str, dt.date | None]
) -> None:
    """Set the places, or leave them (``codes`` None), and their days. Raises round.place_outside for another's day."""
    if codes is None:
        places = [entry.place for entry in round.places.select_related("place").order_by("position")]
    else:
        places = [Place.objects.get_visible(user, code=code) for code in codes]
    by_code = {place.code: place for place in places}
    outside = next((code for code in visit_on if code not in by_code), None)
    if outside is not None:
        raise Refusal("round.place_outside", field="visit_on", place=outside, round=round.name)
    days = {by_code[code].pk: day for code, day in visit_on.items()}
    actions.set_places(by=user, round=round, places=places, visit_on=days)
