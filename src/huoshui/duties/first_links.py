"""First-login links: one-time codes by which people set the password of their account, and nobody else knows it.

A code is 100 random bits in letters that can be read off a printed slip and typed. Only its SHA-256 is kept; it stands
in no journal entry and in no log of ours.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
from typing import Any

from django.conf import settings

from huoshui.duties.accounts import record_of, require_management, require_sound, withdraw_open_links
from huoshui.duties.models import Account, SignInLink
from huoshui.kernel import clock, journal
from huoshui.kernel.actions import action, running_action
from huoshui.kernel.errors import Refusal

LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's Base32: none of I, L, O, U, which are misread."""
LENGTH, GROUP = 20, 5
LONGEST_DAYS = 60
_MISREAD = str.maketrans("OIL", "011", " -")


def new_code() -> str:
    """A code as it is printed, in groups."""
    letters = "".join(secrets.choice(LETTERS) for _ in range(LENGTH))
    return "-".join(letters[at : at + GROUP] for at in range(0, LENGTH, GROUP))


def digest_of(code: str) -> str:
    """What is kept of a code, however it was typed."""
    return hashlib.sha256(code.upper().translate(_MISREAD).encode()).hexdigest()


@action("duties.issue_link", reference=False)
def issue_link(*, by: Any, account: Account, days: int | None = None) -> tuple[SignInLink, str]:
    """A new link of an account, valid for ``days`` (1 to 60; default: the setting); earlier ones are void.

    The code is returned this once. Whoever has it can set the password, so it needs what setting a password needs.
    Raises access.denied, account.system, account.closed, link.own or link.days.
    """
    if by.pk == account.pk:
        raise Refusal("link.own", field="account")
    require_management(by, account)
    account = Account.objects.get_queryset().select_for_update(of=("self",)).get(pk=account.pk)
    if not account.is_active:
        raise Refusal("account.closed", field="account", person=account.title)
    days = settings.CONFIG.first_link_days if days is None else days
    if not 1 <= days <= LONGEST_DAYS:
        raise Refusal("link.days", field="days", days=days, limit=LONGEST_DAYS)
    withdraw_open_links(account)
    code = new_code()
    row = SignInLink.objects.create(
        account=account, digest=digest_of(code), expires_at=clock.now() + dt.timedelta(days=days)
    )
    after = {"account": account.username, "expires_at": row.expires_at}
    journal.record(by=by, subject=row, place=account.unit.place if account.unit else None, after=after)
    return row, code


@action("duties.withdraw_links", reference=False)
def withdraw_links(*, by: Any, account: Account) -> int:
    """Make the open links of an account void; returns how many there were. Raises access.denied or account.system."""
    require_management(by, account)
    withdrawn = withdraw_open_links(account)
    if withdrawn:
        record_of(by, account, after={"withdrawn": withdrawn})
    else:
        running_action().changed_nothing()
    return withdrawn


def link_behind(code: str) -> SignInLink:
    """The link of a code that can be used now. Raises link.unknown, link.used, link.withdrawn, link.expired or
    account.closed.
    """
    row = SignInLink.objects.filter(digest=digest_of(code)).select_related("account__unit__place").first()
    if row is None:
        raise Refusal("link.unknown", field="code")
    _require_open(row)
    return row


def _require_open(row: SignInLink) -> None:
    if not row.account.is_active:
        raise Refusal("account.closed", field="code", person=row.account.title)
    if row.used_at:
        raise Refusal("link.used", field="code", day=clock.local_date(row.used_at))
    if row.withdrawn_at:
        raise Refusal("link.withdrawn", field="code", day=clock.local_date(row.withdrawn_at))
    if row.expires_at <= clock.now():
        raise Refusal("link.expired", field="code", day=clock.local_date(row.expires_at))


@action("duties.use_link", reference=False)
def use_link(*, code: str, password: str) -> Account:
    """Set the password of the account that a code stands for, as its owner; the code is void from then on.

    Raises as ``link_behind`` does, and the password.* errors, after which the code can still be used.
    """
    found = link_behind(code)
    # The account first, as every action on it does; what was read without the locks may have been withdrawn since.
    account = Account.objects.get_queryset().select_for_update(of=("self",)).get(pk=found.account_id)
    row = SignInLink.objects.select_for_update(of=("self",)).get(pk=found.pk)
    row.account = account
    _require_open(row)
    require_sound(password, account)
    account.set_password(password)
    account.must_change_password = False
    account.save_next_version("password", "must_change_password")
    row.used_at = clock.now()
    row.save_next_version("used_at")
    withdraw_open_links(account)
    record_of(account, account, after={"used_at": row.used_at})
    return account
