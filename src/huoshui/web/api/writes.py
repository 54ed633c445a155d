"""Writes that count once: the Idempotency-Key of a request, and its description in OpenAPI."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from ninja import Schema
from pydantic import StrictInt, StrictStr

from huoshui.kernel import idempotency
from huoshui.kernel.errors import Refusal
from huoshui.web.requests import SignedInRequest

HEADER = "Idempotency-Key"
LONGEST_KEY = 80
IDEMPOTENCY_PARAMETER = {
    "name": HEADER,
    "in": "header",
    "required": False,
    "schema": {"type": "string", "maxLength": LONGEST_KEY},
    "description": (
        "A text of the caller's choosing, new for each write (a UUID, say). The same request sent again with the same "
        "key writes nothing and gets the first answer once more. The same key with another body or address is refused "
        f"with idempotency.reused. Keys are kept per account for {idempotency.KEPT.days} days; a refused request keeps "
        "none."
    ),
}

Numeral = StrictInt | Decimal | StrictStr
"""A numeral, as a JSON number or as a text; what it must be, the action says."""


class ReasonIn(Schema):
    """Why."""

    reason: str


def asked(request: SignedInRequest, name: str, body: dict[str, Any] | None) -> dict[str, Any]:
    """Who asks for what under which key, as ``idempotency.once`` takes it. Raises value.too_long for the key."""
    key = request.headers.get(HEADER, "")
    if len(key) > LONGEST_KEY:
        raise Refusal("value.too_long", field=HEADER, label=HEADER, length=len(key), limit=LONGEST_KEY)
    return {
        "actor_id": request.user.pk,
        "key": key,
        "request": {"operation": name, "path": request.path, "body": body},
    }


def idempotent(request: SignedInRequest, name: str, body: Schema | None, write: Callable[[], dict[str, Any]]) -> Any:
    """Run a write under the request's Idempotency-Key: sent twice, it counts once and is answered alike."""
    sent = body.model_dump(mode="json") if body else None
    return idempotency.once(**asked(request, name, sent), write=write)
