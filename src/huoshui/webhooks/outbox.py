"""The outbox of webhooks: events are taken from the sealed journal, each once, and posted until they are taken.

Entries are taken in the order of the journal's chain, into which a late commit comes later: behind ``Webhook.cursor``
nothing is missing. Taking is one transaction for each webhook, with the webhook locked; posting stands outside any.
Nothing here is a business action but turning a webhook off, which ``actions.give_up`` journals.
"""

from __future__ import annotations

import datetime as dt
import logging
import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F, QuerySet

from huoshui.kernel import clock
from huoshui.kernel.errors import Refusal
from huoshui.kernel.models import Seal
from huoshui.kernel.outward import post
from huoshui.webhooks.events import condition_of
from huoshui.webhooks.models import Telling, Webhook
from huoshui.webhooks.queries import told_entries
from huoshui.webhooks.signing import body_of, headers_of

logger = logging.getLogger(__name__)
BACKOFF = [
    dt.timedelta(seconds=seconds) for seconds in (5, 300, 1800, 7200, 18000, 36000, 50400, 72000, 86400)
]  # fmt: skip
"""The pauses after each failed attempt, as Standard Webhooks proposes; the tenth is the last, some three days on."""
JITTER = 0.2
"""By what part a pause is made longer at random, so that many do not come back at once."""
CUT_OFF = dt.timedelta(minutes=10)
"""One found being sent for longer was cut off (kill, power cut)."""
KEPT = dt.timedelta(days=90)
"""How long it can be seen what came of an event."""
BATCH = 500
MOST_AT_A_TIME = 100
"""Events of one webhook in one run: the others are to have their turn."""
GONE = 410


@dataclass
class NotTaken(Exception):
    """Why an event was not taken. ``over``: the receiver wants no more of any."""

    code: str
    params: dict[str, Any] = field(default_factory=dict)
    status: int | None = None
    over: bool = False


def wake() -> None:
    """Have the worker send what is due, once the running transaction is committed."""
    from huoshui.webhooks.tasks import send_due

    send_due.enqueue()


def tick() -> None:
    """Once a minute: take what was sealed, and wake the worker when something is due."""
    free_cut_off()
    gather()
    if due().exists():
        wake()


# --- taking -----------------------------------------------------------------------


def gather() -> int:
    """Take the events that were sealed since; returns how many. Safe in two processes at once."""
    return _each(_gather, Webhook.objects.in_use().values_list("pk", flat=True))


def _each(work: Callable[[UUID], int], webhooks: Iterable[UUID]) -> int:
    """The sum of some work for each webhook; one that fails stops none of the others."""
    done = 0
    for pk in list(webhooks):
        try:
            done += work(pk)
        except Exception:
            logger.exception("webhook %s failed", pk)
    return done


def _gather(pk: UUID) -> int:
    taken = 0
    while True:
        looked_at, found = _gather_batch(pk)
        taken += found
        if looked_at < BATCH:
            return taken


@transaction.atomic
def _gather_batch(pk: UUID) -> tuple[int, int]:
    found = Webhook.objects.select_for_update(of=("self",)).in_use().select_related("account")
    webhook = found.filter(pk=pk).first()
    if webhook is None:
        return 0, 0
    seals = list(
        Seal.objects.filter(position__gt=webhook.cursor)
        .order_by("position")
        .values_list("position", "entry_seq")[:BATCH]
    )
    if not seals:
        return 0, 0
    numbers = [seq for _position, seq in seals]
    wanted = told_entries(webhook.account).filter(condition_of(webhook.events), seq__in=numbers).order_by("seq")
    rows = [Telling(webhook=webhook, entry_seq=seq, event=name) for seq, name in wanted.values_list("seq", "action")]
    Telling.objects.bulk_create(rows)
    Webhook.objects.filter(pk=pk).update(cursor=seals[-1][0])
    return len(seals), len(rows)


def last_position() -> int:
    """The last place of the journal's chain: a new webhook hears what comes after."""
    newest: int | None = Seal.objects.order_by("-position").values_list("position", flat=True).first()
    return newest or 0


# --- sending ----------------------------------------------------------------------


def due(now: dt.datetime | None = None) -> QuerySet[Telling]:
    """What is to be sent now, the oldest first."""
    waiting = Telling.objects.filter(state=Telling.State.WAITING, not_before__lte=now or clock.now())
    return waiting.filter(webhook__in=Webhook.objects.in_use()).order_by("not_before", "id")


def deliver_due() -> int:
    """Take what was sealed, then send what is due; returns how many were tried.

    When one is not taken, the others of its webhook wait with it: a receiver that is down is asked once a time, and
    hears everything in order when it is back.
    """
    free_cut_off()
    gather()
    return _each(_deliver_to, due().order_by().values_list("webhook", flat=True).distinct())


def _deliver_to(pk: UUID) -> int:
    tried = 0
    for telling_id in list(due().filter(webhook=pk).values_list("pk", flat=True)[:MOST_AT_A_TIME]):
        telling = deliver(telling_id)
        tried += telling is not None
        if telling is not None and telling.error:
            due().filter(webhook=pk).update(not_before=telling.not_before)
            break
    return tried


def deliver(telling_id: UUID) -> Telling | None:
    """Send one that waits; whoever marks it first sends it. Returns its outcome, None when it was not this call or its
    webhook is in use no more.

    Outside any transaction: the mark must stand before anything is sent.
    """
    now = clock.now()
    mine = Telling.objects.filter(pk=telling_id, state=Telling.State.WAITING, webhook__in=Webhook.objects.in_use())
    if not mine.update(state=Telling.State.SENDING, began_at=now):
        return None
    telling = Telling.objects.select_related("webhook__account__unit__place").get(pk=telling_id)
    try:
        status = _send(telling)
    except NotTaken as failure:
        _put_off(telling, failure)
    except Exception:
        logger.exception("event %s was not sent", telling.pk)
        _put_off(telling, NotTaken("webhook.fault"))
    else:
        state = Telling.State.SENT if status else Telling.State.WITHHELD
        _mark(telling, state, status=status)
    telling.refresh_from_db()
    return telling


def _send(telling: Telling) -> int | None:
    """The status of the answer; None when the owner may not see the event any more. Raises NotTaken."""
    entry = None
    if telling.entry_seq is not None:
        entry = told_entries(telling.webhook.account).filter(seq=telling.entry_seq).first()
        if entry is None:
            return None
    body = body_of(telling, entry)
    try:
        status = post(telling.webhook.url, body, headers_of(telling, body))
    except Refusal as refusal:
        raise NotTaken(refusal.code, refusal.problems[0].params) from None
    if not 200 <= status < 300:
        raise NotTaken("webhook.refused", {"status": status}, status, over=status == GONE)
    return status


def _put_off(telling: Telling, failure: NotTaken) -> None:
    tried = telling.attempts + 1
    is_test = telling.entry_seq is None  # somebody waits for its outcome, and can ask again
    over = failure.over or is_test or tried > len(BACKOFF)
    if not over:
        pause = BACKOFF[tried - 1] * random.uniform(1, 1 + JITTER)  # noqa: S311 - spreads load, keeps no secret
        telling.not_before = clock.now() + pause
    state = Telling.State.FAILED if over else Telling.State.WAITING
    _mark(telling, state, failure.code, failure.params, failure.status)
    if over and not is_test:
        from huoshui.webhooks.actions import give_up

        give_up(webhook=telling.webhook, code=failure.code, params=failure.params)


def _mark(
    telling: Telling, state: str, error: str = "", params: dict[str, Any] | None = None, status: int | None = None
) -> None:
    """The outcome of an attempt, unless it was taken for cut off meanwhile."""
    kept = Telling.objects.filter(pk=telling.pk, state=Telling.State.SENDING, began_at=telling.began_at)
    kept.update(
        state=state,
        error=error,
        error_params=params or {},
        status=status,
        not_before=telling.not_before,
        attempts=telling.attempts + 1,
        ended_at=clock.now(),
    )


def free_cut_off() -> None:
    """Those that were cut off while they were sent go again, under the same id."""
    stuck = Telling.objects.filter(state=Telling.State.SENDING, began_at__lt=clock.now() - CUT_OFF)
    stuck.update(state=Telling.State.WAITING, attempts=F("attempts") + 1)


def forget_old() -> int:
    """Delete what came to an end long ago; the journal stays. Returns how many."""
    over = [Telling.State.SENT, Telling.State.FAILED, Telling.State.WITHHELD]
    old = Telling.objects.filter(ended_at__lt=clock.now() - KEPT, state__in=over)
    count: int = old.count()
    old.delete()
    return count
