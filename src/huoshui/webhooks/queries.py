"""Webhooks as they are shown: each with what came of its last event."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urlsplit
from uuid import UUID

from django.db.models import OuterRef, Q, QuerySet, Subquery

from huoshui.duties.models import Account
from huoshui.duties.queries import visible_entries
from huoshui.kernel.access import Actor
from huoshui.kernel.errors import Refusal
from huoshui.kernel.models import Entry
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


def told_entries(account: Account) -> QuerySet[Entry]:
    """The journal entries of which webhooks may tell an account now: those it may see that are not restricted."""
    if not account.is_active or not account.grants("webhook.manage"):
        return Entry.objects.none()
    try:
        return visible_entries(account).filter(restricted=False)
    except Refusal:
        return Entry.objects.none()


def tellings_for(reader: Account) -> QuerySet[Telling]:
    """Tests, and the events the reader may see now: of the others not even that they happened is shown.

    An event that was queued, and which its owner was then no longer to see, was held back: listed, its name, number
    and time would tell what was held back.
    """
    found: QuerySet[Telling] = Telling.objects.visible_to(reader)
    return found.filter(Q(entry_seq=None) | Q(entry_seq__in=told_entries(reader).values("seq")))


def last_tellings(webhooks: Iterable[Webhook], reader: Account) -> dict[UUID, Telling]:
    """The last event of each that came to an end or was tried, among those that the reader may see."""
    tried = tellings_for(reader).filter(webhook=OuterRef("pk"), ended_at__isnull=False).order_by("-created_at", "-id")
    shown = Webhook.objects.filter(pk__in=[webhook.pk for webhook in webhooks]).order_by()
    newest = shown.annotate(newest=Subquery(tried.values("id")[:1])).values("newest")
    return {telling.webhook_id: telling for telling in Telling.objects.filter(pk__in=newest)}
