"""Single sign-on: whose account an identity of the provider is.

Nobody gets an account by an identity alone. It is linked by the signed-in person, by an administrator who stores the
subject, or (where the operator allows it) by an e-mail that the provider verified and an administrator stored. The
link is django-allauth's row; its uid is a digest of issuer and subject, which together never change hands (OpenID
Connect Core 1.0, section 5.7): another provider under the same settings never opens an account linked to the first.
"""

from __future__ import annotations

import hashlib
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.conf import settings

from huoshui.duties.accounts import record_of, require_management
from huoshui.duties.models import Account
from huoshui.duties.queries import system_account
from huoshui.kernel.actions import action, running_action
from huoshui.kernel.errors import Refusal

PROVIDER = "sso"
LONGEST_SUBJECT = 255
"""Characters of a subject (OpenID Connect Core 1.0, section 2)."""


def is_on() -> bool:
    """Whether single sign-on is configured."""
    return bool(settings.CONFIG.sso_issuer)


def issuer() -> str:
    """Who names the subjects."""
    return str(settings.CONFIG.sso_issuer).rstrip("/")


def key_of(subject: str) -> str:
    """What a subject is found by. No subject is kept: with some providers it is the number of an identity card."""
    return hashlib.sha256(f"{issuer()}#{subject}".encode()).hexdigest()


def kept_of(subject: str) -> dict[str, str]:
    """All that is kept of an identity beside its key."""
    return {"issuer": issuer(), "identity": covered(subject)}


def identity_of(account: Account) -> SocialAccount | None:
    """The identity of the present provider that opens an account."""
    rows = SocialAccount.objects.filter(user=account, provider=PROVIDER)
    return next((row for row in rows if row.extra_data.get("issuer") == issuer()), None)


@action("duties.link_identity")
def link_identity(*, by: Any, account: Account, subject: str, shown: bool = False) -> SocialAccount:
    """Let an identity of the provider open an account; one identity an account, one account an identity.

    ``shown``: the provider itself has just named ``subject`` to the person who is signed in as ``account``; otherwise
    account.manage is needed. Raises access.denied, account.system, sso.off, sso.subject, sso.taken or sso.linked.
    """
    if not (shown and by.pk == account.pk):
        require_management(by, account)
    if not is_on():
        raise Refusal("sso.off")
    subject = subject.strip()
    if not subject or len(subject) > LONGEST_SUBJECT or any(part.isspace() for part in subject):
        raise Refusal("sso.subject", field="subject", limit=LONGEST_SUBJECT)
    account = Account.objects.select_for_update(of=("self",)).select_related("unit__place").get(pk=account.pk)
    held = identity_of(account)
    if held and held.uid != key_of(subject):
        raise Refusal("sso.linked", field="subject", name=settings.CONFIG.sso_name)
    row, made = SocialAccount.objects.get_or_create(
        provider=PROVIDER, uid=key_of(subject), defaults={"user": account, "extra_data": kept_of(subject)}
    )
    if row.user_id != account.pk:
        raise Refusal("sso.taken", field="subject", name=settings.CONFIG.sso_name)
    if made:
        record_of(by, account, after={"identity": covered(subject)})
    else:
        running_action().changed_nothing()
    return row


@action("duties.unlink_identity")
def unlink_identity(*, by: Any, account: Account) -> None:
    """Let no identity open an account any more; one that is not linked stays as it is.

    One's own needs no permission, another's account.manage. Raises access.denied, account.system, or sso.last_way:
    whoever has neither password nor passkey would shut themselves out.
    """
    own = by.pk == account.pk
    if not own:
        require_management(by, account)
    account = Account.objects.select_for_update(of=("self",)).select_related("unit__place").get(pk=account.pk)
    held = identity_of(account)
    if held is None:
        running_action().changed_nothing()
        return
    if own and not account.has_usable_password() and not _has_passkey(account):
        raise Refusal("sso.last_way", name=settings.CONFIG.sso_name)
    held.delete()
    record_of(by, account, before={"identity": held.extra_data["identity"]})


def _has_passkey(account: Account) -> bool:
    return bool(Authenticator.objects.filter(user=account, type=Authenticator.Type.WEBAUTHN).exists())


def account_by_email(email: str, subject: str) -> Account | None:
    """The account at which an administrator stored this e-mail, linked to ``subject`` from now on; None when there is
    none, or it is linked to somebody else's identity: an address may have been given to a successor.
    """
    found = list(Account.objects.filter(email__iexact=email, is_active=True)[:2])
    if len(found) != 1 or identity_of(found[0]):
        return None
    link_identity(by=system_account(), account=found[0], subject=subject)
    return found[0]


def covered(subject: str) -> str:
    """What the journal keeps of a subject: enough to compare, too little to copy."""
    return f"{subject[:2]}***{subject[-2:]}" if len(subject) > 6 else "***"
