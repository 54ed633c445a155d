"""The steps of a round over the API: from its opening to the seal."""

from __future__ import annotations

from typing import Any, Literal
from uuid import UUID

from ninja import Schema

from huoshui.visits import actions
from huoshui.web.api.core import REFUSED_WRITE, ReadableRouter
from huoshui.web.api.rounds import RoundRow, answer_with_round, visible_round
from huoshui.web.api.writes import ReasonIn, idempotent
from huoshui.web.requests import SignedInRequest

router = ReadableRouter()


class SignIn(Schema):
    """In which role to sign, and the digest that the signer saw."""

    role: Literal["leader", "scrutineer", "tally_clerk"]
    seen_digest: str = ""


@router.post("/rounds/{round_id}/open", response={200: RoundRow, **REFUSED_WRITE})
def open_round(request: SignedInRequest, round_id: UUID) -> Any:
    """Let the judges begin."""
    round = visible_round(request, round_id)
    return idempotent(
        request,
        "visits.open_round",
        None,
        lambda: answer_with_round(actions.open_round(by=request.user, round=round)),
    )


@router.post("/rounds/{round_id}/lock", response={200: RoundRow, **REFUSED_WRITE})
def lock_round(request: SignedInRequest, round_id: UUID) -> Any:
    """Take no more sheets."""
    round = visible_round(request, round_id)
    return idempotent(
        request,
        "visits.lock_round",
        None,
        lambda: answer_with_round(actions.lock_round(by=request.user, round=round)),
    )


@router.post("/rounds/{round_id}/compute", response={200: RoundRow, **REFUSED_WRITE})
def compute_round(request: SignedInRequest, round_id: UUID) -> Any:
    """Compute scores and ranks."""
    round = visible_round(request, round_id)

    def write() -> dict[str, Any]:
        actions.compute_round(by=request.user, round=round)
        return answer_with_round(visible_round(request, round_id))

    return idempotent(request, "visits.compute_round", None, write)


@router.post("/rounds/{round_id}/withdraw", response={200: RoundRow, **REFUSED_WRITE})
def withdraw_results(request: SignedInRequest, round_id: UUID, body: ReasonIn) -> Any:
    """Go back from computed to locked before the seal: results and signatures are void."""
    round = visible_round(request, round_id)
    return idempotent(
        request,
        "visits.withdraw_results",
        body,
        lambda: answer_with_round(actions.withdraw_results(by=request.user, round=round, reason=body.reason)),
    )


@router.post("/rounds/{round_id}/sign", response={200: RoundRow, **REFUSED_WRITE})
def sign_round(request: SignedInRequest, round_id: UUID, body: SignIn) -> Any:
    """Sign the computed results in one of the three roles."""
    round = visible_round(request, round_id)

    def write() -> dict[str, Any]:
        actions.sign_round(by=request.user, round=round, role=body.role, seen_digest=body.seen_digest)
        return answer_with_round(visible_round(request, round_id))

    return idempotent(request, "visits.sign_round", body, write)


@router.post("/rounds/{round_id}/seal", response={200: RoundRow, **REFUSED_WRITE})
def seal_round(request: SignedInRequest, round_id: UUID) -> Any:
    """Seal the round; matters open for its failing items in the same transaction."""
    round = visible_round(request, round_id)
    return idempotent(
        request,
        "visits.seal_round",
        None,
        lambda: answer_with_round(actions.seal_round(by=request.user, round=round)),
    )
