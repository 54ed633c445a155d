"""The outbox: deliveries are queued with their notice, gathered into messages when their time has come, and sent.

Gathering is one transaction for each channel, with the channel locked; sending stands outside any. ``Message`` says
by which rule a message goes once. Nothing here is a business action: what was decided is journalled where it was.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Iterable
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q, QuerySet

from huoshui.kernel import clock
from huoshui.notices.carriers import NotDelivered, send_mail, send_to_robot
from huoshui.notices.compose import words_of
from huoshui.notices.hours import end_of
from huoshui.notices.models import Channel, Delivery, Message, Notice, NoticeHours, Way
from huoshui.notices.texts import catalogue
from huoshui.places.models import Place
from huoshui.vault.queries import key_of, plain_values

logger = logging.getLogger(__name__)
BACKOFF = [dt.timedelta(minutes=minutes) for minutes in (1, 5, 30, 120, 360)]
"""The pauses after each failed attempt; after the last attempt (the sixth) a message is given up."""
CUT_OFF = dt.timedelta(minutes=10)
"""A message found being sent for longer was cut off (kill, power cut)."""
KEPT = dt.timedelta(days=90)
"""How long it can be seen what came of a message."""
ADDRESS = "address"
"""The code of a channel's address in the vault."""


def queue(notices: list[Notice], own: set[UUID]) -> None:
    """Queue the deliveries of notices just written, about one subject, in the same transaction.

    ``own``: ids of the accounts who answer for the subject. A place's channel gets the first of them, once.
    """
    if not notices:
        return
    first, by_account = notices[0], {notice.account_id: notice for notice in notices}
    owners = Q(account__in=by_account)
    if first.place is not None:
        owners |= Q(place__path__in=_upward(first.place))
    rows = []
    for channel in Channel.objects.in_use().filter(owners):
        notice = by_account[channel.account_id] if channel.account_id else first
        way = channel.way(catalogue()[notice.code].kind, own=channel.account_id in own)
        if way != Way.NEVER:
            rows.append(Delivery(notice=notice, channel=channel, way=way))
    Delivery.objects.bulk_create(rows)
    if any(row.way != Way.DIGEST for row in rows):
        wake()


def _upward(place: Place) -> list[str]:
    """The paths of a place and of all that it lies in."""
    codes = place.path.strip("/").split("/")
    return ["/" * place.path.startswith("/") + "/".join(codes[: n + 1]) + "/" for n in range(len(codes))]


def wake() -> None:
    """Have the worker send what is due, once the running transaction is committed."""
    from huoshui.notices.tasks import send_due

    send_due.enqueue()


def tick() -> None:
    """Once a minute: wake the worker when a digest, the end of quiet hours or a new attempt is due."""
    free_cut_off()
    if gather() or due().exists():
        wake()


# --- gathering --------------------------------------------------------------------


def gather() -> int:
    """Make messages of the deliveries whose time has come; returns how many. Safe in two processes at once."""
    waiting = Delivery.objects.filter(waiting=True).order_by().values_list("channel", flat=True).distinct()
    return sum(_gather(channel) for channel in list(waiting))


@transaction.atomic
def _gather(channel_id: UUID) -> bool:
    channel = Channel.objects.select_for_update().get(pk=channel_id)
    rows = list(channel.deliveries.filter(waiting=True).select_related("notice"))
    if not Channel.objects.in_use().filter(pk=channel_id).exists():
        return _put_away(rows)
    now, hours = clock.now(), hours_of(channel)
    today = clock.local_date(now)
    moment = hours.digest_moment(now)
    if channel.messages.filter(digest_on=today).exists():
        moment = None  # what was committed late, after today's digest, goes with the next
    taken = [row for row in rows if _may_go(row, moment, quiet=hours.is_quiet(now))]
    seen = [row for row in taken if channel.account_id and row.notice.read_at]
    _put_away(seen)
    if len(taken) == len(seen):
        return False
    told = [row for row in taken if row not in seen]
    holds_digest = any(row.way == Way.DIGEST for row in told)
    message = Message.objects.create(channel=channel, digest_on=today if holds_digest else None)
    Delivery.objects.filter(pk__in=[row.pk for row in told]).update(message=message, waiting=False)
    return True


def _may_go(row: Delivery, digest: dt.datetime | None, *, quiet: bool) -> bool:
    """Whether a delivery's time has come; ``digest``: of what was told before, today's digest goes now."""
    if row.way == Way.DIGEST:
        return digest is not None and not quiet and row.notice.created_at < digest
    return row.way == Way.ALWAYS or not quiet


def _put_away(rows: Iterable[Delivery]) -> bool:
    """Not sent: read in the product meanwhile, or the channel is gone."""
    Delivery.objects.filter(pk__in=[row.pk for row in rows]).update(waiting=False)
    return False


def hours_of(channel: Channel) -> NoticeHours:
    """When a channel's owner wants to hear; the defaults for places and for whoever chose nothing."""
    found = NoticeHours.objects.filter(account=channel.account_id).first() if channel.account_id else None
    return found or NoticeHours()


# --- sending ----------------------------------------------------------------------


def due(now: dt.datetime | None = None) -> QuerySet[Message]:
    """The messages that are to be sent now, the oldest first."""
    waiting = Message.objects.filter(state=Message.State.WAITING, not_before__lte=now or clock.now())
    return waiting.order_by("not_before", "id")


def deliver_due() -> int:
    """Gather, then send what is due, one after the other; returns how many messages were tried."""
    free_cut_off()
    gather()
    return sum(deliver(pk) for pk in list(due().values_list("pk", flat=True)))


def deliver(message_id: UUID) -> bool:
    """Send one message that waits; whoever marks it first sends it. Returns whether it was this call.

    Outside any transaction: the mark must stand before anything is sent. What fell into quiet hours since it was
    gathered (a new attempt, a server that stood still) waits for their end.
    """
    message = Message.objects.select_related("channel__account").get(pk=message_id)
    mine = Message.objects.filter(pk=message_id, state=Message.State.WAITING)
    if quiet_until := _quiet_until(message):
        mine.update(not_before=quiet_until)
        return False
    if not mine.update(state=Message.State.SENDING, began_at=clock.now()):
        return False
    message.refresh_from_db(fields=["began_at", "attempts", "not_before"])
    try:
        _send(message)
    except NotDelivered as failure:
        _put_off(message, failure)
    except Exception:
        logger.exception("message %s was not sent", message.pk)
        _put_off(message, NotDelivered("notice.fault"))
    else:
        _mark(message, Message.State.SENT)
    return True


def _quiet_until(message: Message) -> dt.datetime | None:
    """When the quiet hours end that a message has to wait for; None when it may go."""
    hours, now = hours_of(message.channel), clock.now()
    if message.purpose != Message.Purpose.NOTICES or not hours.is_quiet(now):
        return None
    return None if message.deliveries.filter(way=Way.ALWAYS).exists() else end_of(now, hours.quiet_until)


def _send(message: Message) -> None:
    channel = message.channel
    address = address_of(channel)
    usable = channel.removed_at is None and (channel.account is None or channel.account.is_active)
    if not usable or not address:
        raise NotDelivered("notice.channel_gone", final=True)
    if message.purpose != Message.Purpose.CODE and channel.confirmed_at is None:
        raise NotDelivered("notice.not_confirmed", final=True)
    title, body = words_of(message)
    if channel.kind == Channel.Kind.EMAIL:
        send_mail(to=address, title=title, body=body, message_id=f"<{message.pk}@huoshui.notices>")
    else:
        send_to_robot(url=address, title=title, body=body)


def address_of(channel: Channel) -> str:
    """The address in full, for sending alone."""
    key = key_of(channel)
    return plain_values(key).get(ADDRESS, "") if key else ""


def _put_off(message: Message, failure: NotDelivered) -> None:
    tried = message.attempts + 1
    once = message.purpose != Message.Purpose.NOTICES  # somebody waits for its outcome, and can ask again
    over = failure.final or once or tried > len(BACKOFF)
    if not over:
        message.not_before = clock.now() + BACKOFF[tried - 1]
    _mark(message, Message.State.FAILED if over else Message.State.WAITING, failure.code, failure.params)


def _mark(message: Message, state: str, error: str = "", params: dict[str, object] | None = None) -> None:
    """The outcome of an attempt, unless the message was taken for cut off meanwhile."""
    values = {"state": state, "error": error, "error_params": params or {}, "not_before": message.not_before}
    kept = Message.objects.filter(pk=message.pk, state=Message.State.SENDING, began_at=message.began_at)
    kept.update(attempts=message.attempts + 1, ended_at=clock.now(), **values)


def free_cut_off() -> None:
    """Messages that were cut off while they were sent: mail goes again, a robot's is unsure (see ``Message``)."""
    stuck = Message.objects.filter(state=Message.State.SENDING, began_at__lt=clock.now() - CUT_OFF)
    stuck.filter(channel__kind=Channel.Kind.ROBOT).update(
        state=Message.State.UNSURE, error="notice.cut_off", ended_at=clock.now()
    )
    stuck.update(state=Message.State.WAITING, attempts=F("attempts") + 1)


def forget_old() -> int:
    """Delete what was sent or given up long ago, with its deliveries; the notices stay. Returns how many messages."""
    old = Message.objects.filter(ended_at__lt=clock.now() - KEPT).exclude(state=Message.State.WAITING)
    count: int = old.count()
    old.delete()
    return count
