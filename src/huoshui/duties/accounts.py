"""Accounts: opened, given passwords, unlocked, deactivated. Never deleted: the journal names who acted."""

from __future__ import annotations

from typing import Any

from axes.utils import reset
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from huoshui.duties.models import Account, SignInLink, Unit
from huoshui.duties.passwords import SharedPassword, broken_rules
from huoshui.kernel import clock, journal
from huoshui.kernel.access import require
from huoshui.kernel.actions import action, running_action
from huoshui.kernel.errors import Refusal

UNLOCK = "duties.unlock_account"


@action("duties.open_account")
def open_account(
    *,
    by: Any,
    username: str,
    title: str,
    unit: Unit,
    password: str | SharedPassword | None = None,
    must_change: bool = True,
) -> Account:
    """Open an account; without a password nobody can sign in with it yet.

    A password given here has to be changed at the first sign-in, unless ``must_change`` says otherwise.
    Raises access.denied, account.username, account.taken, value.required (the title) or the password.* errors.
    """
    require(by, "account.manage", path=unit.place.path)
    username, title = username.strip(), title.strip()
    if not username or len(username) > 60 or any(part.isspace() for part in username):
        raise Refusal("account.username", field="username", limit=60)
    if not title:
        raise Refusal("value.required", field="title", label=_("职务称谓"))
    if Account.objects.filter(username__iexact=username).exists():
        raise Refusal("account.taken", field="username", username=username)
    account = Account(username=username, title=title, unit=unit)
    word = password.password if isinstance(password, SharedPassword) else password
    if word is not None:
        require_sound(word, account)
        account.must_change_password = must_change
    if isinstance(password, SharedPassword):
        account.password = password.hashed
    else:
        account.set_password(password)
    account.save()
    journal.record(by=by, subject=account, place=unit.place, after={"username": username, "title": title})
    return account


@action("duties.set_password", reference=False)
def set_password(
    *, by: Any, account: Account, password: str, must_change: bool | None = None, seen_version: int | None = None
) -> Account:
    """Give an account a new password; its other sessions end.

    One's own needs no permission and counts as changed; one that somebody else set has to be changed at the
    next sign-in, unless ``must_change`` says otherwise. Raises access.denied, account.system, record.stale or
    the password.* errors. Its open first-login links are void from then on.
    """
    own = by.pk == account.pk
    account = _managed(by, account, seen_version, own=own)
    require_sound(password, account)
    account.set_password(password)
    account.must_change_password = (not own) if must_change is None else must_change
    account.save_next_version("password", "must_change_password")
    record_of(by, account, after={"must_change_password": account.must_change_password} | _without_links(account))
    return account


@action("duties.deactivate_account")
def deactivate_account(*, by: Any, account: Account, seen_version: int | None = None) -> Account:
    """Shut an account out at once; its first-login links are void, its duties and its entries in the journal stay.

    Raises access.denied, account.system, account.own or record.stale. An inactive account stays as it is.
    """
    if by.pk == account.pk:
        raise Refusal("account.own", field="account")
    return _set_active(by, account, False, seen_version)


@action("duties.reactivate_account")
def reactivate_account(*, by: Any, account: Account, seen_version: int | None = None) -> Account:
    """Let a deactivated account sign in again. Raises access.denied, account.system or record.stale."""
    return _set_active(by, account, True, seen_version)


@action("duties.set_email")
def set_email(*, by: Any, account: Account, email: str, seen_version: int | None = None) -> Account:
    """Store the e-mail by which single sign-on may find an account; empty takes it away. Never set by oneself.

    Raises access.denied, account.system, record.stale, account.email, or account.email_taken.
    """
    account = _managed(by, account, seen_version)
    email = email.strip().lower()
    if email == account.email:
        running_action().changed_nothing()
        return account
    if email:
        _check_email(email, account)
    before, account.email = account.email, email
    account.save_next_version("email")
    record_of(by, account, before={"email": _covered(before)}, after={"email": _covered(email)})
    return account


@action(UNLOCK, reference=False)
def unlock_account(*, by: Any, account: Account) -> int:
    """Forget the failed sign-ins of an account, so that it may sign in at once; returns how many there were.

    Raises access.denied or account.system.
    """
    account = _managed(by, account, None)
    forgotten = int(reset(username=account.username))
    if forgotten:
        record_of(by, account, after={"unlocked_at": clock.now()})
    else:
        running_action().changed_nothing()
    return forgotten


def require_management(by: Any, account: Account) -> None:
    """account.manage over the account's unit, and over every place that it holds a duty for, now or later, as its own
    or for whom it stands in.

    Otherwise whoever manages a village's accounts could take over that of somebody with wider duties.
    Raises access.denied or account.system.
    """
    if account.is_system:
        raise Refusal("account.system", field="account")
    require(by, "account.manage", path=account.unit.place.path if account.unit else "/")
    today = clock.today()
    for duty in account.duties.exclude(until__lte=today).select_related("place"):
        require(by, "account.manage", path=duty.place.path)
    for row in account.delegations_taken.to_come(today).select_related("duty__place"):
        require(by, "account.manage", path=row.duty.place.path)


def _managed(by: Any, account: Account, seen_version: int | None, *, own: bool = False) -> Account:
    if not own:
        require_management(by, account)
    account = Account.objects.select_for_update().get(pk=account.pk)
    account.require_version(seen_version)
    return account


def _set_active(by: Any, account: Account, active: bool, seen_version: int | None) -> Account:
    account = _managed(by, account, seen_version)
    if account.is_active == active:
        running_action().changed_nothing()
        return account
    account.is_active = active
    account.save_next_version("is_active")
    withdrawn = {} if active else _without_links(account)
    record_of(by, account, before={"is_active": not active}, after={"is_active": active} | withdrawn)
    return account


def withdraw_open_links(account: Account) -> int:
    """Make the first-login links of an account void that can still be used; returns how many there were."""
    return SignInLink.objects.open().filter(account=account).update(withdrawn_at=clock.now())


def _without_links(account: Account) -> dict[str, int]:
    """No link opens an account past what was just done to it; what of that the journal tells."""
    withdrawn = withdraw_open_links(account)
    return {"withdrawn": withdrawn} if withdrawn else {}


def _check_email(email: str, account: Account) -> None:
    try:
        validate_email(email)
    except ValidationError:
        raise Refusal("account.email", field="email", email=email) from None
    if Account.objects.filter(email__iexact=email).exclude(pk=account.pk).exists():
        raise Refusal("account.email_taken", field="email", email=email)


def _covered(email: str) -> str:
    """What the journal keeps of an e-mail: its domain and first letter."""
    name, _at, domain = email.partition("@")
    return f"{name[:1]}***@{domain}" if email else ""


def require_sound(password: str, account: Account) -> None:
    """Raise every password.* rule that a password breaks for an account."""
    problems = broken_rules(password, account)
    if problems:
        raise Refusal.of(problems)


def record_of(by: Any, account: Account, **entry: Any) -> None:
    """Journal something about an account, at the place of its unit."""
    place = account.unit.place if account.unit else None
    journal.record(by=by, subject=account, place=place, **entry)
