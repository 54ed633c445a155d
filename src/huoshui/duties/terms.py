"""What time does to duties: terms that have ended are seen once, and what rests on them is asked for.

The timer of ``serve`` calls ``tick``; running it twice, or after days of standstill, does nothing twice.
"""

from __future__ import annotations

import logging
from typing import Any

from django.db.models import Q

from huoshui.duties.actions import require_granting
from huoshui.duties.delegating import note_delegation_end
from huoshui.duties.models import Account, Delegation, Duty
from huoshui.duties.queries import system_account
from huoshui.kernel import clock, journal
from huoshui.kernel.actions import action, running_action
from huoshui.kernel.errors import Refusal
from huoshui.kernel.events import DutyEnded, TermEnded, publish

logger = logging.getLogger(__name__)


def tick() -> dict[str, int]:
    """See the terms of duties and delegations that have ended; each in a transaction of its own. Returns how many."""
    by, today = system_account(), clock.today()
    duties = Duty.objects.filter(end_seen_on__isnull=True, until__lte=today).order_by("until", "id")
    ended = Q(until__lte=today) | Q(duty__until__lte=today)
    delegations = Delegation.objects.filter(ended, end_told_on__isnull=True).order_by("until", "id")
    return {
        "duties": sum(note_end(by=by, duty=duty) for duty in list(duties)),
        "delegations": sum(note_delegation_end(by=by, delegation=row) for row in list(delegations)),
    }


@action("duties.note_end", reference=False)
def note_end(*, by: Any, duty: Duty) -> bool:
    """See that the term of a duty has ended: once. Whoever answers for what rests on it is asked to hand it over.

    A reaction that finds something writes the entry. Returns whether it was this call.
    """
    row = Duty.objects.select_for_update(of=("self",)).select_related("account", "place").get(pk=duty.pk)
    running_action().changed_nothing()
    if row.end_seen_on or row.until is None or row.until > clock.today():
        return False
    row.end_seen_on = clock.today()
    row.save(update_fields=["end_seen_on"])
    publish(TermEnded(by=by, duty_id=row.pk))
    return True


@action("duties.hand_over")
def hand_over(*, by: Any, duty: Duty, successor: Account | None = None, to_unit: bool = False) -> Duty:
    """Hand over what still rests on the holder of a duty that has ended by its date, as ``end_duty`` does when it ends.

    Raises access.denied, duty.runs, duty.successor, duty.matters_rest (neither was given), or why the successor cannot
    answer for it.
    """
    require_granting(by, duty.place, duty.pack)
    duty = Duty.objects.select_for_update(of=("self",)).select_related("place", "account").get(pk=duty.pk)
    today = clock.today()
    if duty.until is None or duty.until > today:
        raise Refusal("duty.runs", field="duty", person=duty.account.title)
    if successor is not None and (successor.pk == duty.account_id or not successor.is_active):
        raise Refusal("duty.successor", field="successor", person=successor.title)
    after = {"successor": successor.username if successor else ""}
    journal.record(by=by, subject=duty, place=duty.place, after=after)
    publish(DutyEnded(by=by, duty_id=duty.pk, until=today, successor=successor, to_unit=to_unit))
    return duty
