"""API tokens, one for each program that calls: issued, found by their digest, given a new secret, revoked."""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from huoshui.duties.accounts import require_management
from huoshui.duties.models import Account, ApiToken
from huoshui.duties.scopes import cleaned
from huoshui.kernel import clock, journal
from huoshui.kernel.actions import action, running_action
from huoshui.kernel.errors import Refusal

PREFIX = "hs_"
USE_NOTED_EVERY = dt.timedelta(minutes=5)
"""A busy program is not to write a row with each of its requests."""
LONGEST_NAME = 80


def digest_of(token: str) -> str:
    """What is kept of a token. It is random and long, so a plain hash cannot be guessed back."""
    return hashlib.sha256(token.encode()).hexdigest()


def longest_days() -> int:
    """For how many days a token may be issued (HUOSHUI_TOKEN_DAYS)."""
    days: int = settings.CONFIG.token_days
    return days


@action("duties.issue_token", reference=False)
def issue_token(*, by: Any, account: Account, name: str, days: int, scopes: Iterable[str]) -> tuple[ApiToken, str]:
    """A new token of an account, valid for ``days``; the token itself is returned once and never kept.

    For oneself it needs no permission, for others account.manage. Raises access.denied, value.required, value.too_long,
    token.days, token.no_scope or token.unknown_scope.
    """
    if by.pk != account.pk:
        require_management(by, account)
    name = name.strip()
    if not name:
        raise Refusal("value.required", field="name", label=_("用途"))
    if len(name) > LONGEST_NAME:
        raise Refusal("value.too_long", field="name", label=_("用途"), length=len(name), limit=LONGEST_NAME)
    if not 1 <= days <= longest_days():
        raise Refusal("token.days", field="days", days=days, limit=longest_days())
    token = _new_secret()
    row = ApiToken.objects.create(
        account=account,
        name=name,
        digest=digest_of(token),
        scopes=cleaned(scopes),
        expires_on=clock.today() + dt.timedelta(days=days),
    )
    after = {"account": account.username, "name": name, "scopes": row.scopes, "expires_on": row.expires_on}
    journal.record(by=by, subject=row, place=_place_of(account), after=after)
    return row, token


def _new_secret() -> str:
    return PREFIX + secrets.token_urlsafe(32)


def _place_of(account: Account) -> Any:
    return account.unit.place if account.unit else None


def _locked(by: Any, token: ApiToken) -> ApiToken:
    found = ApiToken.objects.select_for_update(of=("self",)).select_related("account__unit__place")
    fresh: ApiToken = found.get(pk=token.pk)
    if by.pk != fresh.account_id:
        require_management(by, fresh.account)
    return fresh


@action("duties.rotate_token", reference=False)
def rotate_token(*, by: Any, token: ApiToken) -> tuple[ApiToken, str]:
    """A new secret for a token in force; the old one ends at once, what it may do and until when stays.

    Only the owner: a secret is shown to whoever asked for it. Raises access.denied or token.over.
    """
    token = _locked(by, token)
    if by.pk != token.account_id:
        raise Refusal("token.not_own")
    if token.revoked_at or token.expires_on <= clock.today():
        raise Refusal("token.over", name=token.name)
    secret = _new_secret()
    token.digest, token.rotated_at = digest_of(secret), clock.now()
    token.save_next_version("digest", "rotated_at")
    journal.record(by=by, subject=token, place=_place_of(token.account), after={"name": token.name})
    return token, secret


@action("duties.revoke_token", reference=False)
def revoke_token(*, by: Any, token: ApiToken) -> ApiToken:
    """End a token at once. Raises access.denied; a token already ended stays as it is."""
    token = _locked(by, token)
    if token.revoked_at:
        running_action().changed_nothing()
        return token
    token.revoked_at = clock.now()
    token.save_next_version("revoked_at")
    journal.record(by=by, subject=token, place=_place_of(token.account), after={"revoked_at": token.revoked_at})
    return token


def token_in_force(token: str) -> ApiToken:
    """The row of a token. Raises token.invalid (unknown, revoked, or its account is closed) or token.expired."""
    row = ApiToken.objects.filter(digest=digest_of(token)).select_related("account__unit__place").first()
    if row is None or row.revoked_at or not row.account.is_active:
        raise Refusal("token.invalid")
    if row.expires_on <= clock.today():
        raise Refusal("token.expired", name=row.name, day=row.expires_on)
    return row


def note_use(token: ApiToken) -> None:
    """Keep when a token was last used, to some minutes."""
    now = clock.now()
    if token.last_used_at is None or now - token.last_used_at >= USE_NOTED_EVERY:
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=now)
