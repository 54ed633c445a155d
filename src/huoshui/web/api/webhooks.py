"""Webhooks over the API: set up, changed, tried out, and what came of their events."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

from ninja import Field, Query, Schema

from huoshui.duties.models import Account
from huoshui.kernel.errors import Refusal
from huoshui.web.api.core import REFUSED, REFUSED_WRITE, ReadableRouter
from huoshui.web.api.lists import Paged, PageOut, page_of
from huoshui.web.api.writes import idempotent
from huoshui.web.requests import SignedInRequest
from huoshui.webhooks import actions
from huoshui.webhooks.models import Telling, Webhook
from huoshui.webhooks.outbox import deliver
from huoshui.webhooks.queries import shown_address, tellings_for, webhooks_for

router = ReadableRouter("webhooks")


class WebhookOut(Schema):
    """A webhook. ``error``: the code of why the product turned it off."""

    id: UUID
    name: str
    url: str = Field(description="Whole to its owner; scheme and host to others.")
    events: list[str]
    account: str
    is_active: bool
    error: str
    version: int


class FreshOut(WebhookOut):
    """A webhook with its new secret. Asked again under the same Idempotency-Key, ``secret`` is "": it is told once."""

    secret: str


class WebhookIn(Schema):
    """Where which events go: names of actions ("matters.advance") or of a whole group ("matters.*")."""

    name: str
    url: str
    events: list[str]


class WebhookChange(WebhookIn):
    """The same for one that is there, and the version that was read."""

    seen_version: int


class TurnIn(Schema):
    """Whether events are to go to it."""

    on: bool


class WebhookPage(PageOut):
    """A page of webhooks."""

    items: list[WebhookOut]


class TellingOut(Schema):
    """An event and what came of it; ``message_id`` is the ``webhook-id`` of each attempt, ``entry`` null for a test."""

    id: UUID
    message_id: str
    event: str
    entry: int | None
    state: str = Field(description="waiting, sending, sent, failed or withheld.")
    attempts: int
    status: int | None = Field(description="HTTP status of the last answer.")
    error: str
    at: dt.datetime = Field(description="When it was last tried, or queued.")
    next_at: dt.datetime | None = Field(description="When it is tried next, while it waits.")


class TellingPage(PageOut):
    """A page of events."""

    items: list[TellingOut]


def webhook_out(webhook: Webhook, reader: Account) -> dict[str, Any]:
    """A webhook as JSON, as the reader may see it."""
    told = {name: getattr(webhook, name) for name in ("name", "events", "is_active", "error", "version")}
    told |= {"url": shown_address(webhook, reader), "account": webhook.account.username}
    return WebhookOut(id=webhook.pk, **told).model_dump(mode="json")


def telling_out(telling: Telling) -> dict[str, Any]:
    """An event of a webhook as JSON."""
    told = {name: getattr(telling, name) for name in ("event", "state", "attempts", "status", "error")}
    waits = telling.state == Telling.State.WAITING
    row = TellingOut(
        id=telling.pk,
        message_id=f"msg_{telling.pk}",
        entry=telling.entry_seq,
        at=telling.ended_at or telling.created_at,
        next_at=telling.not_before if waits else None,
        **told,
    )
    return row.model_dump(mode="json")


def _webhook(request: SignedInRequest, webhook_id: UUID) -> Webhook:
    return Webhook.objects.standing().get_visible(request.user, pk=webhook_id)


@router.get("/webhooks", response={200: WebhookPage, **REFUSED})
def list_webhooks(request: SignedInRequest, query: Query[Paged]) -> Any:
    """The webhooks that one may manage, by name."""
    return page_of(webhooks_for(request.user), query, lambda webhook: webhook_out(webhook, request.user))


@router.post("/webhooks", response={200: FreshOut, **REFUSED_WRITE})
def set_up_webhook(request: SignedInRequest, body: WebhookIn) -> Any:
    """Set up a webhook of one's own; its secret is told this once."""
    fresh = {"secret": ""}

    def write() -> dict[str, Any]:
        webhook, fresh["secret"] = actions.set_up(by=request.user, **body.model_dump())
        return webhook_out(webhook, request.user)

    return {**idempotent(request, "webhooks.set_up", body, write), **fresh}


@router.patch("/webhooks/{webhook_id}", response={200: WebhookOut, **REFUSED_WRITE})
def change_webhook(request: SignedInRequest, webhook_id: UUID, body: WebhookChange) -> Any:
    """Change a webhook of one's own."""
    webhook = _webhook(request, webhook_id)

    def write() -> dict[str, Any]:
        return webhook_out(actions.change(by=request.user, webhook=webhook, **body.model_dump()), request.user)

    return idempotent(request, "webhooks.change", body, write)


@router.post("/webhooks/{webhook_id}/secret", response={200: FreshOut, **REFUSED_WRITE})
def rotate_webhook_secret(request: SignedInRequest, webhook_id: UUID) -> Any:
    """A new secret; for 24 hours the old one signs beside it."""
    webhook = _webhook(request, webhook_id)
    fresh = {"secret": ""}

    def write() -> dict[str, Any]:
        rotated, fresh["secret"] = actions.rotate_secret(by=request.user, webhook=webhook)
        return webhook_out(rotated, request.user)

    return {**idempotent(request, "webhooks.rotate_secret", None, write), **fresh}


@router.post("/webhooks/{webhook_id}/turn", response={200: WebhookOut, **REFUSED_WRITE})
def turn_webhook(request: SignedInRequest, webhook_id: UUID, body: TurnIn) -> Any:
    """Turn a webhook off, or one's own on again."""
    webhook = _webhook(request, webhook_id)

    def write() -> dict[str, Any]:
        return webhook_out(actions.turn(by=request.user, webhook=webhook, on=body.on), request.user)

    return idempotent(request, "webhooks.turn", body, write)


@router.delete("/webhooks/{webhook_id}", response={200: WebhookOut, **REFUSED_WRITE})
def remove_webhook(request: SignedInRequest, webhook_id: UUID) -> Any:
    """Remove a webhook; its secrets are erased."""

    def write() -> dict[str, Any]:
        return webhook_out(actions.remove(by=request.user, webhook=_webhook(request, webhook_id)), request.user)

    return idempotent(request, "webhooks.remove", None, write)


@router.get("/webhooks/{webhook_id}/events", response={200: TellingPage, **REFUSED})
def list_webhook_events(request: SignedInRequest, webhook_id: UUID, query: Query[Paged]) -> Any:
    """The events of a webhook that one may see, the newest first, with what came of each."""
    found = tellings_for(request.user).filter(webhook=_webhook(request, webhook_id))
    return page_of(found.order_by("-created_at", "-id"), query, telling_out)


@router.post("/webhooks/{webhook_id}/test", response={200: TellingOut, **REFUSED_WRITE})
def test_webhook(request: SignedInRequest, webhook_id: UUID) -> Any:
    """Send a test to a webhook of one's own, and tell what came of it."""
    webhook = _webhook(request, webhook_id)

    def write() -> dict[str, Any]:
        return {"id": str(actions.send_test(by=request.user, webhook=webhook).pk)}

    return _sent(idempotent(request, "webhooks.send_test", None, write))


@router.post("/webhooks/{webhook_id}/events/{telling_id}/resend", response={200: TellingOut, **REFUSED_WRITE})
def resend_event(request: SignedInRequest, webhook_id: UUID, telling_id: UUID) -> Any:
    """Send an event again that came to its end, and tell what came of it."""
    found = tellings_for(request.user).filter(webhook=_webhook(request, webhook_id), pk=telling_id)
    telling = found.first()
    if telling is None:
        raise Refusal("access.not_found")

    def write() -> dict[str, Any]:
        return {"id": str(actions.resend(by=request.user, telling=telling).pk)}

    return _sent(idempotent(request, "webhooks.resend", None, write))


def _sent(queued: dict[str, Any]) -> dict[str, Any]:
    """Send what was queued now, outside the request's transaction."""
    deliver(queued["id"])
    return telling_out(Telling.objects.get(pk=queued["id"]))
