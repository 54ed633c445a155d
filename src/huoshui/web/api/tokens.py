"""API tokens over the API: listed and revoked.

They are issued and given new secrets on their page alone: a program with a token is not to make itself another.
"""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

from ninja import Query, Schema

from huoshui.duties.models import ApiToken
from huoshui.duties.tokens import revoke_token
from huoshui.web.api.core import REFUSED, REFUSED_WRITE, ReadableRouter
from huoshui.web.api.lists import Paged, PageOut, page_of
from huoshui.web.api.writes import idempotent
from huoshui.web.requests import SignedInRequest

router = ReadableRouter("tokens")


class TokenOut(Schema):
    """A token; the secret itself is kept nowhere."""

    id: UUID
    name: str
    account: str
    scopes: list[str]
    expires_on: dt.date
    revoked: bool
    last_used_at: dt.datetime | None


class TokenPage(PageOut):
    """A page of tokens."""

    items: list[TokenOut]


def token_out(token: ApiToken) -> dict[str, Any]:
    """A token as JSON."""
    told = {name: getattr(token, name) for name in ("name", "scopes", "expires_on", "last_used_at")}
    row = TokenOut(id=token.pk, account=token.account.username, revoked=token.revoked_at is not None, **told)
    return row.model_dump(mode="json")


@router.get("/tokens", response={200: TokenPage, **REFUSED})
def list_tokens(request: SignedInRequest, query: Query[Paged]) -> Any:
    """One's own tokens, and those of the accounts that one manages; the newest first."""
    found = ApiToken.objects.visible_to(request.user).select_related("account").order_by("-created_at", "id")
    return page_of(found, query, token_out)


@router.post("/tokens/{token_id}/revoke", response={200: TokenOut, **REFUSED_WRITE})
def end_token(request: SignedInRequest, token_id: UUID) -> Any:
    """End a token at once."""
    token = ApiToken.objects.get_visible(request.user, pk=token_id)

    def write() -> dict[str, Any]:
        return token_out(revoke_token(by=request.user, token=token))

    return idempotent(request, "duties.revoke_token", None, write)
