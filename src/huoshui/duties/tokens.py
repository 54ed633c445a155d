"""API tokens: issued, found by their digest, revoked."""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
from typing import Any

from huoshui.duties.accounts import require_management
from huoshui.duties.models import Account, ApiToken
from huoshui.kernel import clock, journal
from huoshui.kernel.actions import action, running_action
from huoshui.kernel.errors import Refusal

PREFIX = "hs_"
LONGEST_DAYS = 366


def digest_of(token: str) -> str:
    """What is kept of a token. It is random and long, so a plain hash cannot be guessed back."""
    return hashlib.sha256(token.encode()).hexdigest()


@action("duties.issue_token")
def issue_token(*, by: Any, account: Account, name: str, days: int, may_write: bool = False) -> tuple[ApiToken, str]:
    """A new token of an account, valid for ``days`` (1 to 366); the token itself is returned once and never kept.

    For oneself it needs no permission, for others account.manage. Raises access.denied or token.days.
    """
    if by.pk != account.pk:
        require_management(by, account)
    if not 1 <= days <= LONGEST_DAYS:
        raise Refusal("token.days", field="days", days=days, limit=LONGEST_DAYS)
    token = PREFIX + secrets.token_urlsafe(32)
    row = ApiToken.objects.create(
        account=account,
        name=name,
        digest=digest_of(token),
        may_write=may_write,
        expires_on=clock.today() + dt.timedelta(days=days),
    )
    after = {"account": account.username, "name": name, "may_write": may_write, "expires_on": row.expires_on}
    journal.record(by=by, subject=row, after=after)
    return row, token


@action("duties.revoke_token")
def revoke_token(*, by: Any, token: ApiToken) -> ApiToken:
    """End a token at once. Raises access.denied; a token already ended stays as it is."""
    if by.pk != token.account_id:
        require_management(by, token.account)
    if token.revoked_at:
        running_action().changed_nothing()
        return token
    token.revoked_at = clock.now()
    token.save_next_version("revoked_at")
    journal.record(by=by, subject=token, after={"revoked_at": token.revoked_at})
    return token


def token_in_force(token: str) -> ApiToken | None:
    """The row of a token that is neither expired nor revoked, and whose account is active."""
    row = ApiToken.objects.filter(digest=digest_of(token)).select_related("account__unit__place").first()
    if row is None or row.revoked_at or row.expires_on <= clock.today() or not row.account.is_active:
        return None
    return row
