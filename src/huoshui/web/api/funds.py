"""Funds over the API: pots, claims, their approval. Sums are in fen; amounts are given in yuan."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

from ninja import Query, Schema

from huoshui.matters.models import Matter
from huoshui.places.models import Place
from huoshui.subsidies import actions
from huoshui.subsidies.models import Claim, Pot
from huoshui.subsidies.queries import ClaimRow, PotRow, claim_row, claims_of, pots, with_paid
from huoshui.web.api.core import REFUSED, REFUSED_WRITE, ReadableRouter
from huoshui.web.api.lists import Paged, PageOut, page_of
from huoshui.web.api.money import ReasonedIn
from huoshui.web.api.writes import Numeral, idempotent
from huoshui.web.requests import SignedInRequest

router = ReadableRouter("money")


class PotOut(Schema):
    """A fund of a year; sums in fen."""

    id: UUID
    scheme: str
    place: str
    year: int
    amount: int
    approved: int
    paid: int
    left: int


class PotPage(PageOut):
    """A page of funds."""

    items: list[PotOut]


class ClaimOut(Schema):
    """A claim; sums in fen, the measure in the scheme's unit, the tiers counted from 1."""

    id: UUID
    matter: str
    pot: UUID
    state: str
    tier: int
    measure: str
    cost: int
    entitled: int
    applied: int
    applied_by: str
    applied_on: dt.date
    approved: int
    paid: int
    version: int


class ClaimPage(PageOut):
    """A page of claims."""

    items: list[ClaimOut]


class AllocationIn(Schema):
    """A sum to add to a fund in yuan (negative: to take back), by a document; the place by its code."""

    scheme: str
    place: str
    year: int
    amount: Numeral
    day: dt.date
    document: str
    note: str = ""


class ClaimIn(Schema):
    """A claim or its approval: the amount in yuan, all that there is without one; and the matter's version."""

    amount: Numeral | None = None
    note: str = ""
    seen_version: int


class EndIn(ReasonedIn):
    """How a claim ends: decline, withdraw or revoke; why, and the matter's version."""

    step: str


def pot_out(row: PotRow) -> dict[str, Any]:
    """A fund."""
    pot = row.pot
    columns = ("id", "scheme", "year", "amount", "approved", "left")
    found = {name: getattr(pot, name) for name in columns} | {"place": pot.place.code, "paid": row.paid}
    return PotOut(**found).model_dump(mode="json")


def claim_out(row: ClaimRow) -> dict[str, Any]:
    """A claim; ``version`` is the matter's."""
    claim = row.claim
    columns = ("id", "state", "tier", "measure", "cost", "entitled", "applied", "applied_on", "approved")
    found = {name: getattr(claim, name) for name in columns}
    found |= {"matter": claim.matter.number, "pot": claim.pot_id, "version": claim.matter.version}
    found |= {"applied_by": claim.applied_by.username, "paid": row.paid}
    return ClaimOut(**found).model_dump(mode="json")


@router.get("/funds", response={200: PotPage, **REFUSED})
def list_funds(request: SignedInRequest, query: Query[Paged]) -> Any:
    """Visible funds, the latest year first."""
    return page_of(with_paid(pots(request.user)), query, pot_out)


@router.post("/funds/allocations", response={200: PotOut, **REFUSED_WRITE})
def allocate(request: SignedInRequest, body: AllocationIn) -> Any:
    """Add to the fund of a year, or take back from it."""

    def write() -> dict[str, Any]:
        place = Place.objects.get_visible(request.user, code=body.place)
        pot = actions.allocate(by=request.user, place=place, **body.model_dump(exclude={"place"}))
        return pot_out(with_paid([pot])[0])

    return idempotent(request, "subsidies.allocate", body, write)


@router.get("/funds/{pot_id}/claims", response={200: ClaimPage, **REFUSED})
def list_claims(request: SignedInRequest, pot_id: UUID, query: Query[Paged]) -> Any:
    """The claims to a visible fund, by village."""
    pot = Pot.objects.get_visible(request.user, pk=pot_id)
    return page_of(claims_of(request.user, pot), query, claim_out)


@router.post("/matters/{number}/claims", response={200: ClaimOut, **REFUSED_WRITE})
def apply(request: SignedInRequest, number: str, body: ClaimIn) -> Any:
    """Apply for the subsidy of an accepted matter."""
    matter = Matter.objects.get_visible(request.user, number=number)

    def write() -> dict[str, Any]:
        return claim_out(claim_row(request.user, actions.apply(by=request.user, matter=matter, **body.model_dump())))

    return idempotent(request, "subsidies.apply", body, write)


@router.post("/claims/{claim_id}/approve", response={200: ClaimOut, **REFUSED_WRITE})
def approve(request: SignedInRequest, claim_id: UUID, body: ClaimIn) -> Any:
    """Approve a claim, or a part of it."""
    claim = Claim.objects.get_visible(request.user, pk=claim_id)

    def write() -> dict[str, Any]:
        return claim_out(claim_row(request.user, actions.approve(by=request.user, claim=claim, **body.model_dump())))

    return idempotent(request, "subsidies.approve", body, write)


@router.post("/claims/{claim_id}/end", response={200: ClaimOut, **REFUSED_WRITE})
def end_claim(request: SignedInRequest, claim_id: UUID, body: EndIn) -> Any:
    """Decline, withdraw or revoke a claim."""
    claim = Claim.objects.get_visible(request.user, pk=claim_id)

    def write() -> dict[str, Any]:
        return claim_out(claim_row(request.user, actions.end_claim(by=request.user, claim=claim, **body.model_dump())))

    return idempotent(request, "subsidies.end_claim", body, write)
