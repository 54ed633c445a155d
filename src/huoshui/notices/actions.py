"""Sending notices within the action that tells something, and marking them read."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import models

from huoshui.duties.models import Account, is_delegable
from huoshui.duties.standing import deputies_of
from huoshui.kernel import clock
from huoshui.kernel.actions import action, running_action
from huoshui.notices import outbox
from huoshui.notices.models import Notice
from huoshui.notices.texts import rendered, rendered_outside
from huoshui.places.models import Place


def send(
    *,
    accounts: Iterable[Account],
    code: str,
    params: dict[str, Any] | None = None,
    subject: models.Model | None = None,
    place: Place | None = None,
    own: Iterable[Account] = (),
    restricted: bool = False,
    by: Any = None,
    deputies: bool = True,
) -> int:
    """Write one notice for each account, in the transaction of the running action: told once, or not at all.

    What of it goes outside the product is queued with it: ``own`` names those who answer for the subject themselves
    (others are told as holders of a role, one of many), ``restricted`` a subject of which no word may leave.

    Whoever stands in for one of the accounts in a duty over the place and the subject's pack (``deputies``) is told as
    well, but not ``by``, who knows.

    Called within actions only (RuntimeError elsewhere); the action's own journal entry stands for it. Raises
    KeyError when the code is unknown or a parameter of its text is missing. Returns how many were written.
    """
    running_action()
    facts = params or {}
    rendered(code, facts, "zh")
    rendered(code, facts, "en")
    rendered_outside(code, facts)
    told = {account: None for account in accounts if not account.is_system}
    behalf = _standing_in(told, place, getattr(subject, "pack", ""), by) if deputies and place else {}
    rows = [
        Notice(
            account=account,
            behalf=behalf.get(account),
            code=code,
            params=facts,
            subject_kind=subject._meta.label_lower if subject else "",
            subject_id=subject.pk if subject else None,
            subject_label=str(subject)[:200] if subject else "",
            place=place,
            restricted=restricted,
        )
        for account in (*told, *behalf)
    ]
    written = Notice.objects.bulk_create(rows)
    owners = {account.pk for account in own}
    outbox.queue(written, owners | {account.pk for account, principal in behalf.items() if principal.pk in owners})
    return len(written)


def _standing_in(told: Iterable[Account], place: Place, pack: str, by: Any) -> dict[Account, Account]:
    """Whoever stands in today for one of those who are told, and for whom; by duties that reach the place and pack."""
    people = set(told)
    found: dict[Account, Account] = {}
    for row in deputies_of(account.pk for account in people) if people else ():
        reaches = row.duty.covers(place.path, pack) and is_delegable(row.duty.role)
        if reaches and row.delegate not in people and row.delegate != by:
            found.setdefault(row.delegate, row.principal)
    return found


def read_about(*, subject: models.Model, place: Place, account: Account | None = None) -> int:
    """Mark the unread notices about a subject read, within the running action: what they ask for was just done.

    ``account``: those of whoever did it; None: everybody's, once the subject has ended. Notices of the subject are
    looked up among those of its place, which have an index. Returns how many were unread.
    """
    running_action()
    unread = Notice.objects.filter(
        place=place, subject_kind=subject._meta.label_lower, subject_id=subject.pk, read_at__isnull=True
    )
    if account is not None:
        unread = unread.filter(account=account)
    changed: int = unread.update(read_at=clock.now())
    return changed


@action("notices.mark_read")
def mark_read(*, by: Any, notices: Iterable[Notice] | None = None) -> int:
    """Mark own notices read (all of them when none are named). Returns how many were unread.

    Another's notices are left alone. When somebody read what is not journalled: it is no business of anybody's.
    """
    running_action().changed_nothing()
    unread = Notice.objects.visible_to(by).filter(read_at__isnull=True)
    if notices is not None:
        unread = unread.filter(pk__in=[notice.pk for notice in notices])
    changed: int = unread.update(read_at=clock.now())
    return changed
