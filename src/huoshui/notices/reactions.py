"""What notices do when a part below tells something; runs in its transaction."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from uuid import UUID

from huoshui.duties.models import Account, Delegation
from huoshui.duties.queries import holding, title_of
from huoshui.kernel import clock
from huoshui.kernel.events import DelegationTold, OccasionsTold
from huoshui.kernel.wording import listed
from huoshui.notices.actions import send
from huoshui.places.queries import names_apart
from huoshui.schedules.models import Occasion


def tell_both(event: DelegationTold) -> None:
    """Tell who stands in, and for whom, that it begins or has ended; neither is told of what they did themselves."""
    rows = list(
        Delegation.objects.filter(pk__in=event.delegation_ids)
        .select_related("principal", "delegate", "duty__place")
        .order_by("duty__place__path", "id")
    )
    first = rows[0]
    params = {
        "principal": first.principal.title,
        "delegate": first.delegate.title,
        "since": str(first.since),
        "until": str(first.until - dt.timedelta(days=1)),
        "duties": listed(title_of(row.duty) for row in rows),
        "reason": first.reason,
    }
    both = [account for account in (first.principal, first.delegate) if account.pk != event.by.pk]
    send(
        accounts=both,
        code=f"delegation.{event.told}",
        params=params,
        subject=first,
        place=first.duty.place,
        own=both,
        deputies=False,
    )


def remind_places(event: OccasionsTold) -> None:
    """Tell the people of each place itself what is near its due day there, or past it: those who are to do it, and not
    the offices above, which see it in their list."""
    rows = list(Occasion.objects.filter(pk__in=event.occasion_ids).select_related("plan", "place"))
    people: dict[UUID, dict[Account, None]] = defaultdict(dict)
    held = holding("schedule.view", None, rows[0].plan.pack).filter(place__in={row.place_id for row in rows})
    for duty in held.select_related("account").order_by("account__username"):
        people[duty.place_id][duty.account] = None
    names, today = names_apart([row.place for row in rows]), clock.today()
    for row in rows:
        params = {
            "title": row.plan.name, "place": names[row.place_id], "due": str(row.due_on),
            "days": str(abs((row.due_on - today).days) or ""),
            "until": str(row.late_until) if row.late_until >= today else "",
        }  # fmt: skip
        told = list(people[row.place_id])
        send(accounts=told, code=f"schedule.{event.told}", params=params, subject=row, place=row.place, own=told)
