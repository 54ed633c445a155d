"""What the libraries of signing in do to an account, journalled: signing in, two-step verification, being locked out.

Entries of two-step verification and passkeys are written in the transaction of the change: django-allauth tells of it
by its own signals only after the commit, so the signals of its rows are heard instead.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from allauth.account.authentication import get_authentication_records
from allauth.account.signals import user_logged_in
from allauth.mfa.models import Authenticator
from axes.helpers import get_cool_off
from axes.models import AccessAttempt
from axes.signals import user_locked_out
from django.conf import settings
from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver

from huoshui.duties.accounts import UNLOCK, record_of
from huoshui.duties.models import Account
from huoshui.duties.passkeys import add_passkey, remove_passkey
from huoshui.duties.queries import system_account
from huoshui.kernel import clock, journal
from huoshui.kernel.actions import action, running_action
from huoshui.kernel.models import Entry

LOCK = "duties.lock_account"


def name_at_lock(request: Any, credentials: dict[str, Any] | None = None) -> str | None:
    """The name that failed sign-ins are counted under: the account's own, however it was typed.

    Names are found without regard to case: counted as typed, each spelling would have attempts of its own.
    """
    typed = (credentials or {}).get(settings.AXES_USERNAME_FORM_FIELD)
    found = Account.objects.filter(username__iexact=typed).first() if typed else None
    return found.username if found else typed


@action("duties.sign_in", reference=False)
def sign_in(*, by: Any, account: Account, shown: list[str]) -> None:
    """Journal a sign-in and by what it was shown who it is (allauth's codes, in order).

    Without a place: when somebody signed in belongs to their account, not to the life of a village.
    """
    journal.record(by=by, subject=account, after={"shown": shown})


@action("duties.turn_on_two_steps", reference=False)
def turn_on_two_steps(*, by: Any, account: Account, method: str) -> None:
    """Journal that an account asks for a second step from now on, by ``method`` (allauth's code)."""
    record_of(by, account, after={"method": method})


@action("duties.turn_off_two_steps", reference=False)
def turn_off_two_steps(*, by: Any, account: Account, method: str) -> None:
    """Journal that a second step is no longer asked for; its recovery codes went with it."""
    record_of(by, account, before={"method": method})


@action("duties.make_recovery_codes", reference=False)
def make_recovery_codes(*, by: Any, account: Account) -> None:
    """Journal that an account was given recovery codes; those before are void."""
    record_of(by, account)


@action(LOCK, reference=False)
def lock_account(*, by: Any, account: Account) -> None:
    """Journal that an account is locked after too many failed sign-ins; once in the time that a lock lasts.

    Each further attempt prolongs the lock, and several may reach the limit at once.
    """
    account = Account.objects.select_for_update(of=("self",)).select_related("unit__place").get(pk=account.pk)
    last = journal.history_of([(account._meta.label_lower, account.pk)]).filter(action__in=(LOCK, UNLOCK)).first()
    if last and _stands(last):
        running_action().changed_nothing()
        return
    config = settings.CONFIG
    record_of(by, account, after={"attempts": config.lockout_attempts, "minutes": config.lockout_minutes})


def _stands(last: Entry) -> bool:
    return last.action == LOCK and last.at > clock.now() - get_cool_off()


def locked_until(account: Account) -> dt.datetime | None:
    """Until when an account is locked out by failed sign-ins; None when it is not."""
    lasts, now = get_cool_off(), clock.now()
    tried = AccessAttempt.objects.filter(username=account.username, attempt_time__gt=now - lasts)
    failures = 0
    for attempt in tried.order_by("-attempt_time"):
        failures += attempt.failures_since_start
        if failures >= settings.CONFIG.lockout_attempts:
            until: dt.datetime = attempt.attempt_time + lasts
            return until
    return None


@receiver(user_locked_out)
def _locked_out(username: str, **_sent: Any) -> None:
    """A name that is no account's leaves no entry: there is nobody whom it concerns."""
    account = Account.objects.filter(username=username).first()
    if account:
        lock_account(by=system_account(), account=account)


@receiver(user_logged_in)
def _signed_in(request: Any, user: Account, **_sent: Any) -> None:
    """After the last step, so that a password without its code leaves no entry."""
    records = get_authentication_records(request, user)
    shown = [record["type"] if record["method"] == "mfa" else record["method"] for record in records]
    sign_in(by=user, account=user, shown=list(dict.fromkeys(shown)))


@receiver(post_save, sender=Authenticator)
def _added(instance: Authenticator, created: bool, **_sent: Any) -> None:
    """Later savings note that a code was used."""
    if not created:
        return
    if instance.type == Authenticator.Type.RECOVERY_CODES:
        make_recovery_codes(by=instance.user, account=instance.user)
    elif instance.type == Authenticator.Type.WEBAUTHN:
        add_passkey(by=instance.user, account=instance.user, name=instance.wrap().name)
    else:
        turn_on_two_steps(by=instance.user, account=instance.user, method=instance.type)


@receiver(post_delete, sender=Authenticator)
def _removed(instance: Authenticator, **_sent: Any) -> None:
    """Recovery codes go where two-step verification ends, or where new ones come: told there."""
    if instance.type == Authenticator.Type.WEBAUTHN:
        remove_passkey(by=instance.user, account=instance.user, name=instance.wrap().name)
    elif instance.type != Authenticator.Type.RECOVERY_CODES:
        turn_off_two_steps(by=instance.user, account=instance.user, method=instance.type)
