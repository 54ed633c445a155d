"""Promised days that were counted with an unpublished calendar, counted again when it appears."""

from __future__ import annotations

import logging
from typing import Any

from huoshui.duties.queries import system_account
from huoshui.kernel import journal
from huoshui.kernel.access import require
from huoshui.kernel.actions import action, running_action
from huoshui.kernel.errors import Refusal
from huoshui.kernel.events import PromiseMoved, publish
from huoshui.schedules import workdays
from huoshui.schedules.workdays import DueDate, add_working_days
from huoshui.services.models import CLOSED, Request
from huoshui.services.schema import ServiceItem

logger = logging.getLogger(__name__)


def tick() -> dict[str, int]:
    """Count provisional promises again. The timer of ``serve`` calls it; twice does nothing twice."""
    return {"recomputed": recompute_promises()}


def recompute_promises() -> int:
    """Count the promises of what is not done again, whose calendar was not published. Returns how many were settled.

    Each request has its own transaction: one that fails is logged and holds up no other.
    """
    known, by, settled = (workdays.published_from(), workdays.published_until()), system_account(), 0
    waiting = Request.objects.filter(promised_provisional=True, done_on__isnull=True, promised_on__range=known)
    for request in waiting.exclude(phase=CLOSED).order_by("id"):
        try:
            settled += recompute_promise(by=by, request=request)
        except Refusal:
            logger.exception("the promise of request %s was left as it is", request.pk)
    return settled


@action("services.recompute_promise")
def recompute_promise(*, by: Any, request: Request) -> bool:
    """Count the promised day of one request again, from the day it was taken; the matter that carries it follows.

    What is done keeps the day it was promised for. Returns whether the day moved or became final. Raises
    access.denied (only the timer may).
    """
    require(by, "service.run_clocks", path=request.place.path, pack=request.pack)
    request = Request.objects.select_for_update(of=("self",)).get(pk=request.pk)
    due = _due(request)
    promised = request.promised_on
    was = {"promised_on": promised, "promised_provisional": request.promised_provisional}
    now = {"promised_on": due.day, "promised_provisional": due.provisional}
    if request.done_on is not None or request.phase == CLOSED or was == now:
        running_action().changed_nothing()
        return False
    request.promised_on, request.promised_provisional = due.day, due.provisional
    request.save_next_version("promised_on", "promised_provisional")
    journal.record(by=by, subject=request, place=request.place, before=was, after=now)
    if request.matter_id and due.day != promised:
        publish(PromiseMoved(by=by, matter_id=request.matter_id, was=promised, promised_on=due.day))
    return True


def _due(request: Request) -> DueDate:
    """The day by the calendar as it is known now; of a bundle the latest of its parts."""
    items = [_item(request)] if request.item else [_item(part) for part in request.parts.all()]
    return max((add_working_days(request.taken_on, item.whole_days) for item in items), key=lambda due: due.day)


def _item(request: Request) -> ServiceItem:
    item = request.definition
    if item is None:
        raise LookupError(f"{request.pk} is no request for a single item")
    return item
