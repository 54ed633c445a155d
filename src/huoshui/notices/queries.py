"""Reading one's own notices."""

from __future__ import annotations

from django.db.models import QuerySet

from huoshui.kernel.access import Actor
from huoshui.notices.models import Notice


def notices_for(account: Actor) -> QuerySet[Notice]:
    """All notices of an account, the newest first."""
    found: QuerySet[Notice] = Notice.objects.visible_to(account).select_related("place")
    return found.order_by("-created_at", "-id")


def unread_for(account: Actor) -> QuerySet[Notice]:
    """The unread notices of an account, the newest first."""
    return notices_for(account).filter(read_at__isnull=True)


def unread_count(account: Actor) -> int:
    """How many notices of an account are unread, for the head of every page."""
    return unread_for(account).count()
