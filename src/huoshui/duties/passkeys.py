"""Passkeys in the journal: added, named anew, removed. The keys themselves are django-allauth's rows.

Adding and removing are told by the signals of these rows (see ``sign_in``), as two-step verification is.
"""

from __future__ import annotations

from typing import Any

from allauth.mfa.models import Authenticator

from huoshui.duties.accounts import record_of
from huoshui.duties.models import Account
from huoshui.kernel.actions import action, running_action

LONGEST_NAME = 60


@action("duties.add_passkey", reference=False)
def add_passkey(*, by: Any, account: Account, name: str) -> None:
    """Journal that an account can be signed in to with one more passkey."""
    record_of(by, account, after={"passkey": name})


@action("duties.remove_passkey", reference=False)
def remove_passkey(*, by: Any, account: Account, name: str) -> None:
    """Journal that a passkey opens an account no longer."""
    record_of(by, account, before={"passkey": name})


@action("duties.rename_passkey", reference=False)
def rename_passkey(*, by: Account, passkey: Authenticator, name: str) -> None:
    """Give one's own passkey another name; the same name changes nothing."""
    key = passkey.wrap()
    before = key.name
    if name == before:
        running_action().changed_nothing()
        return
    key.name = name
    passkey.save(update_fields=["data"])
    record_of(by, by, before={"passkey": before}, after={"passkey": name})
