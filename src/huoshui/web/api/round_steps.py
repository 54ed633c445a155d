"""The steps of a round over the API: from its opening to the seal."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal
from uuid import UUID

from ninja import Schema

from huoshui.visits import actions
from huoshui.web.api.core import REFUSED_WRITE, ReadableRouter
from huoshui.web.api.rounds import RoundRow, answer_with_round, visible_round
from huoshui.web.api.writes import ReasonIn, idempotent
from huoshui.web.requests import SignedInRequest

router = ReadableRouter("rounds")


class SignIn(Schema):
    """In which role to sign, and the digest that the signer saw."""

    role: Literal["leader", "scrutineer", "tally_clerk"]
    seen_digest: str = ""


def _step(
    request: SignedInRequest, round_id: UUID, name: str, take: Callable[..., object], body: Schema | None = None
) -> Any:
    """Take a step of a round, once under its Idempotency-Key, and answer with the round as it then stands."""
    round = visible_round(request, round_id)
    given = body.model_dump() if body else {}

    def write() -> dict[str, Any]:
        take(by=request.user, round=round, **given)
        return answer_with_round(visible_round(request, round_id))

    return idempotent(request, name, body, write)


@router.post("/rounds/{round_id}/open", response={200: RoundRow, **REFUSED_WRITE})
def open_round(request: SignedInRequest, round_id: UUID) -> Any:
    """Let the judges begin."""
    return _step(request, round_id, "visits.open_round", actions.open_round)


@router.post("/rounds/{round_id}/lock", response={200: RoundRow, **REFUSED_WRITE})
def lock_round(request: SignedInRequest, round_id: UUID) -> Any:
    """Take no more sheets."""
    return _step(request, round_id, "visits.lock_round", actions.lock_round)


@router.post("/rounds/{round_id}/compute", response={200: RoundRow, **REFUSED_WRITE})
def compute_round(request: SignedInRequest, round_id: UUID) -> Any:
    """Compute scores and ranks."""
    return _step(request, round_id, "visits.compute_round", actions.compute_round)


@router.post("/rounds/{round_id}/withdraw", response={200: RoundRow, **REFUSED_WRITE})
def withdraw_results(request: SignedInRequest, round_id: UUID, body: ReasonIn) -> Any:
    """Go back from computed to locked before the seal: results and signatures are void."""
    return _step(request, round_id, "visits.withdraw_results", actions.withdraw_results, body)


@router.post("/rounds/{round_id}/sign", response={200: RoundRow, **REFUSED_WRITE})
def sign_round(request: SignedInRequest, round_id: UUID, body: SignIn) -> Any:
    """Sign the computed results in one of the three roles."""
    return _step(request, round_id, "visits.sign_round", actions.sign_round, body)


@router.post("/rounds/{round_id}/seal", response={200: RoundRow, **REFUSED_WRITE})
def seal_round(request: SignedInRequest, round_id: UUID) -> Any:
    """Seal the round; matters open for its failing items in the same transaction."""
    return _step(request, round_id, "visits.seal_round", actions.seal_round)
