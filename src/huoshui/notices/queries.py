"""Reading one's own notices."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from uuid import UUID

from django.db.models import Count, OuterRef, QuerySet, Subquery

from huoshui.duties.models import Account
from huoshui.kernel import clock
from huoshui.kernel.access import Actor
from huoshui.notices.models import Channel, Message, Notice, NoticeHours
from huoshui.places.models import Place

LATELY = dt.timedelta(days=7)
"""How long what was not delivered is shown."""
UNDELIVERED = (Message.State.FAILED, Message.State.UNSURE)


def notices_for(account: Actor) -> QuerySet[Notice]:
    """All notices of an account, the newest first."""
    found: QuerySet[Notice] = Notice.objects.visible_to(account).select_related("place", "behalf")
    return found.order_by("-created_at", "-id")


def unread_for(account: Actor) -> QuerySet[Notice]:
    """The unread notices of an account, the newest first."""
    return notices_for(account).filter(read_at__isnull=True)


def unread_count(account: Actor) -> int:
    """How many notices of an account are unread, for the head of every page."""
    return unread_for(account).count()


def unread_as_column() -> Subquery:
    """The same, to be read along with an account; NULL for none."""
    unread = Notice.objects.get_queryset().filter(account=OuterRef("pk"), read_at__isnull=True)
    return Subquery(unread.order_by().values("account").annotate(count=Count("pk")).values("count"))


def own_channels(account: Actor) -> QuerySet[Channel]:
    """One's own channels that were not removed, the oldest first."""
    return Channel.objects.filter(account_id=account.pk).standing().order_by("id")


def place_channels(account: Actor, places: Iterable[Place]) -> QuerySet[Channel]:
    """The channels of some places, as far as the account may set them."""
    found = Channel.objects.visible_to(account).filter(place__in=places).standing()
    return found.select_related("place").order_by("place__path", "id")


def places_to_set(account: Actor) -> list[Place]:
    """The places of one's duties whose channels one may set."""
    paths = {grant.path for grant in account.grants("notice.place_channel") if grant.pack is None}
    return list(Place.objects.filter(path__in=paths).order_by("path"))


def hours_to_set(account: Account) -> NoticeHours:
    """When an account wants to hear; the defaults when it chose nothing."""
    return NoticeHours.objects.filter(account=account).first() or NoticeHours(account=account)


def sent_lately(channels: Iterable[Channel]) -> QuerySet[Message]:
    """What went or should have gone through channels in the last days, the newest first."""
    found = Message.objects.filter(channel__in=list(channels), created_at__gte=clock.now() - LATELY)
    return found.order_by("-created_at", "id")


def lately(channels: Iterable[Channel]) -> dict[UUID, list[Message]]:
    """The same by channel."""
    found: dict[UUID, list[Message]] = {}
    for message in sent_lately(channels):
        found.setdefault(message.channel_id, []).append(message)
    return found


def undelivered() -> QuerySet[Message]:
    """What was given up, or nobody knows of, in the last days, everywhere: for the operator."""
    found = Message.objects.filter(state__in=UNDELIVERED, purpose=Message.Purpose.NOTICES)
    found = found.filter(created_at__gte=clock.now() - LATELY)
    return found.select_related("channel__account", "channel__place").order_by("created_at")


def outbox_state() -> dict[str, int | dict[str, int]]:
    """How many messages wait, and how many were not delivered lately, by reason: for whoever watches the server."""
    reasons: dict[str, int] = {}
    for code in undelivered().values_list("error", flat=True):
        reasons[code] = reasons.get(code, 0) + 1
    return {"waiting": Message.objects.filter(state=Message.State.WAITING).count(), "undelivered": reasons}
