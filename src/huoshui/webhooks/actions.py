"""Actions on webhooks: set up, changed, given a new secret, tried out, turned off and on, removed.

Who has ``webhook.manage`` sets up their own, which carry what they themselves may see. Those of others they may turn
off or remove, but not change: a changed address would let them hear what another may see.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit

from django.utils.translation import gettext as _

from huoshui.duties.models import Account
from huoshui.duties.queries import system_account
from huoshui.kernel import clock, journal
from huoshui.kernel.access import denied, require
from huoshui.kernel.actions import action, running_action
from huoshui.kernel.errors import Refusal
from huoshui.kernel.outward import addresses_of
from huoshui.notices.actions import send
from huoshui.vault.actions import keep
from huoshui.vault.queries import key_of, plain_values
from huoshui.webhooks.events import TEST_EVENT, cleaned
from huoshui.webhooks.models import Telling, Webhook
from huoshui.webhooks.outbox import last_position, wake
from huoshui.webhooks.signing import PREVIOUS, SECRET, new_secret

LONGEST_NAME, LONGEST_URL, MOST_WEBHOOKS = 80, 500, 20
"""Characters of a name and of an address; webhooks of one account."""


def _require_manager(by: Any, owner: Account) -> None:
    if owner.unit is None:
        raise denied("webhook.manage")
    require(by, "webhook.manage", path=owner.unit.place.path)


def _locked(by: Any, webhook: Webhook, *, own: bool = False) -> Webhook:
    """The webhook, locked. Raises access.not_found, access.denied or (``own``) webhook.not_own."""
    fresh = _standing(webhook)
    if fresh is None:
        raise Refusal("access.not_found")
    _require_manager(by, fresh.account)
    if own and by.pk != fresh.account_id:
        raise Refusal("webhook.not_own")
    return fresh


def _standing(webhook: Webhook) -> Webhook | None:
    """The webhook, locked; None when it was removed."""
    found = Webhook.objects.select_for_update(of=("self",)).select_related("account__unit__place")
    fresh: Webhook | None = found.filter(pk=webhook.pk).standing().first()
    return fresh


def _named(name: str) -> str:
    name = name.strip()
    if not name:
        raise Refusal("value.required", field="name", label=_("用途"))
    if len(name) > LONGEST_NAME:
        raise Refusal("value.too_long", field="name", label=_("用途"), length=len(name), limit=LONGEST_NAME)
    return name


def _addressed(url: str) -> str:
    """An address that may be called. Raises webhook.url, outward.https, outward.unknown or outward.private."""
    url = url.strip()
    try:
        parts = urlsplit(url)
        port, host = parts.port, parts.hostname or ""
        host.encode("idna")
    except (ValueError, UnicodeError):
        raise Refusal("webhook.url", field="url") from None
    plain = url.isascii() and url.isprintable() and " " not in url and len(url) <= LONGEST_URL and port != 0
    if parts.scheme not in ("http", "https") or not host or "@" in parts.netloc or parts.fragment or not plain:
        raise Refusal("webhook.url", field="url")
    try:
        addresses_of(host, plain=parts.scheme == "http")
    except Refusal as refusal:
        raise Refusal(refusal.code, field="url", host=host) from None
    return url


def _told(webhook: Webhook) -> dict[str, Any]:
    """What the journal keeps; of the address the host alone, as the rest may hold a key."""
    host = urlsplit(webhook.url).hostname or ""
    return {"name": webhook.name, "host": host, "events": webhook.events, "is_active": webhook.is_active}


def _record(by: Any, webhook: Webhook, before: dict[str, Any], after: dict[str, Any]) -> None:
    place = webhook.account.unit.place if webhook.account.unit else None
    journal.record(by=by, subject=webhook, place=place, before=before, after=after)


@action("webhooks.set_up")
def set_up(*, by: Any, name: str, url: str, events: Iterable[str]) -> tuple[Webhook, str]:
    """A new webhook of one's own, with its secret, which is shown once. It hears what is journalled from now on.

    Raises access.denied, value.required, value.too_long, webhook.url, outward.https, outward.unknown, outward.private,
    webhook.no_event, webhook.unknown_event or webhook.too_many.
    """
    _require_manager(by, by)
    name, url, events = _named(name), _addressed(url), cleaned(events)
    Account.objects.get_queryset().select_for_update().get(pk=by.pk)
    if Webhook.objects.filter(account=by).standing().count() >= MOST_WEBHOOKS:
        raise Refusal("webhook.too_many", most=MOST_WEBHOOKS)
    webhook = Webhook.objects.create(account=by, name=name, url=url, events=events, cursor=last_position())
    secret = new_secret()
    keep(webhook, {SECRET: secret})
    _record(by, webhook, {}, _told(webhook))
    return webhook, secret


@action("webhooks.change")
def change(
    *, by: Any, webhook: Webhook, name: str, url: str, events: Iterable[str], seen_version: int | None = None
) -> Webhook:
    """Change a webhook of one's own. Raises record.stale, webhook.not_own, and what ``set_up`` raises."""
    webhook = _locked(by, webhook, own=True)
    webhook.require_version(seen_version)
    before = _told(webhook) | {"url": webhook.url}
    webhook.name, webhook.events = _named(name), cleaned(events)
    webhook.url = _addressed(url)
    if before == _told(webhook) | {"url": webhook.url}:
        running_action().changed_nothing()
        return webhook
    webhook.save_next_version("name", "url", "events")
    before.pop("url")
    _record(by, webhook, before, _told(webhook))
    return webhook


@action("webhooks.rotate_secret")
def rotate_secret(*, by: Any, webhook: Webhook) -> tuple[Webhook, str]:
    """A new secret for a webhook of one's own, shown once; for 24 hours the old one signs beside it.

    Raises access.denied or webhook.not_own.
    """
    webhook = _locked(by, webhook, own=True)
    key = key_of(webhook)
    old = plain_values(key).get(SECRET, "") if key else ""
    secret = new_secret()
    keep(webhook, {SECRET: secret, PREVIOUS: old})
    webhook.rotated_at = clock.now()
    webhook.save_next_version("rotated_at")
    _record(by, webhook, {}, {"name": webhook.name})
    return webhook, secret


@action("webhooks.turn")
def turn(*, by: Any, webhook: Webhook, on: bool) -> Webhook:
    """Turn a webhook off, or one's own on again; what is journalled while it is off is not sent later.

    Raises access.denied or webhook.not_own.
    """
    webhook = _locked(by, webhook, own=on)
    if webhook.is_active == on:
        running_action().changed_nothing()
        return webhook
    before = _told(webhook)
    webhook.is_active = on
    if on:
        webhook.cursor, webhook.error, webhook.error_params = last_position(), "", {}
    webhook.save_next_version("is_active", "cursor", "error", "error_params")
    _record(by, webhook, before, _told(webhook))
    if on:
        wake()
    return webhook


@action("webhooks.give_up")
def give_up(*, webhook: Webhook, code: str, params: dict[str, Any]) -> Webhook:
    """Turn a webhook off by the product itself, after its last attempt, and tell its owner.

    One that was removed or turned off meanwhile stays as it is.
    """
    by, fresh = system_account(), _standing(webhook)
    if fresh is None or not fresh.is_active:
        running_action().changed_nothing()
        return webhook
    webhook, before = fresh, _told(fresh)
    webhook.is_active, webhook.error, webhook.error_params = False, code, params
    webhook.save_next_version("is_active", "error", "error_params")
    _record(by, webhook, before, _told(webhook))
    owner, place = webhook.account, webhook.account.unit.place if webhook.account.unit else None
    facts = {"title": webhook.name, "number": ""}
    send(
        accounts=[owner],
        code="webhook.given_up",
        params=facts,
        subject=webhook,
        place=place,
        own=[owner],
        deputies=False,  # it is the owner's own, not of a duty
    )
    return webhook


@action("webhooks.remove")
def remove(*, by: Any, webhook: Webhook) -> Webhook:
    """Remove a webhook: nothing goes to it any more, and its secrets are erased. Raises access.denied."""
    webhook = _locked(by, webhook)
    before = _told(webhook)
    webhook.removed_at, webhook.is_active = clock.now(), False
    webhook.save_next_version("removed_at", "is_active")
    keep(webhook, {SECRET: "", PREVIOUS: ""})
    _record(by, webhook, before, {})
    return webhook


@action("webhooks.send_test")
def send_test(*, by: Any, webhook: Webhook) -> Telling:
    """Queue a test to a webhook of one's own, which ``outbox.deliver`` sends. Raises access.denied, webhook.not_own or
    webhook.off.
    """
    running_action().changed_nothing()
    webhook = _locked(by, webhook, own=True)
    if not webhook.is_active:
        raise Refusal("webhook.off", name=webhook.name)
    return Telling.objects.create(webhook=webhook, event=TEST_EVENT)


@action("webhooks.resend")
def resend(*, by: Any, telling: Telling) -> Telling:
    """Have an event sent again, under the same id, that came to its end. Raises webhook.not_over, webhook.off or
    webhook.not_own.
    """
    telling = Telling.objects.select_for_update(of=("self",)).select_related("webhook").get(pk=telling.pk)
    webhook = _locked(by, telling.webhook, own=True)
    if not webhook.is_active:
        raise Refusal("webhook.off", name=webhook.name)
    if telling.state in (Telling.State.WAITING, Telling.State.SENDING):
        raise Refusal("webhook.not_over", state=telling.get_state_display())
    telling.state, telling.attempts, telling.not_before = Telling.State.WAITING, 0, clock.now()
    telling.error, telling.error_params, telling.status = "", {}, None
    telling.save_next_version("state", "attempts", "not_before", "error", "error_params", "status")
    _record(by, webhook, {}, {"name": webhook.name, "event": telling.event})
    return telling
