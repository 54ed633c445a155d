"""What notices do when a part below tells something; runs in its transaction."""

from __future__ import annotations

import datetime as dt

from huoshui.duties.models import Delegation
from huoshui.duties.queries import title_of
from huoshui.kernel.events import DelegationTold
from huoshui.kernel.wording import listed
from huoshui.notices.actions import send


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
