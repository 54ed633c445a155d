"""Webhooks as they are shown: each with what came of its last event."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urlsplit
from uuid import UUID

from django.db.models import OuterRef, QuerySet, Subquery

from huoshui.kernel.access import Actor
from huoshui.webhooks.models import Telling, Webhook


def webhooks_for(actor: Actor) -> QuerySet[Webhook]:
    """The webhooks that one may manage, by name."""
    found: QuerySet[Webhook] = Webhook.objects.visible_to(actor).filter(removed_at__isnull=True)
    return found.select_related("account__unit").order_by("name", "id")


def shown_address(webhook: Webhook, reader: Actor) -> str:
    """An address as the reader may know it: whole to its owner, to others scheme and host (the rest may hold a key)."""
    if webhook.account_id == reader.pk:
        whole: str = webhook.url
        return whole
    parts = urlsplit(webhook.url)
    host = parts.hostname or ""
    return f"{parts.scheme}://{f'[{host}]' if ':' in host else host}"


def last_tellings(webhooks: Iterable[Webhook]) -> dict[UUID, Telling]:
    """The last event of each that came to an end or was tried."""
    tried = Telling.objects.filter(webhook=OuterRef("pk"), ended_at__isnull=False).order_by("-created_at", "-id")
    shown = Webhook.objects.filter(pk__in=[webhook.pk for webhook in webhooks]).order_by()
    newest = shown.annotate(newest=Subquery(tried.values("id")[:1])).values("newest")
    return {telling.webhook_id: telling for telling in Telling.objects.filter(pk__in=newest)}
