"""One personal value of a matter in full, over the API: with its reason, and journalled each time.

It is read by a POST, because the look itself is a record; no answer is kept, so a second look is a second entry.
"""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from ninja import Schema

from huoshui.kernel.errors import Refusal
from huoshui.matters.models import Matter
from huoshui.vault.actions import reveal
from huoshui.web.api.core import REFUSED_WRITE, ReadableRouter, RefusalOut
from huoshui.web.api.writes import ReasonIn
from huoshui.web.requests import SignedInRequest

router = ReadableRouter("personal")


class RevealedOut(Schema):
    """A value in full."""

    field: str
    value: str


@router.post(
    "/matters/{number}/personal/{field}",
    scope="personal:read",
    response={200: RevealedOut, **REFUSED_WRITE, 410: RefusalOut},
)
def look_at(request: SignedInRequest, response: HttpResponse, number: str, field: str, body: ReasonIn) -> Any:
    """Look at one personal value of a matter, for a reason. Idempotency-Key has no effect."""
    matter = Matter.objects.get_visible(request.user, number=number)
    if not any(known.code == field and known.personal for known in matter.definition.fields):
        raise Refusal("vault.erased", field="field")
    value = reveal(by=request.user, record=matter, place=matter.place, pack=matter.pack, code=field, reason=body.reason)
    response["Cache-Control"] = "no-store"
    return {"field": field, "value": value}
