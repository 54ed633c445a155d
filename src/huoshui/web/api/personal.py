"""One personal value of a matter or an activity in full, over the API: with its reason, and journalled each time.

It is read by a POST, because the look itself is a record; no answer is kept, so a second look is a second entry.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from ninja import Schema

from huoshui.activities.models import Activity
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
    return _look(request, response, Matter.objects.get_visible(request.user, number=number), field, body)


@router.post(
    "/activities/{uuid:activity_id}/personal/{field}",
    scope="personal:read",
    response={200: RevealedOut, **REFUSED_WRITE, 410: RefusalOut},
)
def look_at_names(
    request: SignedInRequest, response: HttpResponse, activity_id: UUID, field: str, body: ReasonIn
) -> Any:
    """Look at one personal value of an activity, for a reason. Idempotency-Key has no effect."""
    return _look(request, response, Activity.objects.get_visible(request.user, pk=activity_id), field, body)


def _look(
    request: SignedInRequest, response: HttpResponse, record: Matter | Activity, field: str, body: ReasonIn
) -> Any:
    if field not in record.definition.personal_codes:
        raise Refusal("vault.erased", field="field")
    value = reveal(by=request.user, record=record, place=record.place, pack=record.pack, code=field, reason=body.reason)
    response["Cache-Control"] = "no-store"
    return {"field": field, "value": value}
