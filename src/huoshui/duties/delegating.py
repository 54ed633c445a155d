"""Standing in during a leave (代理): begun, ended early; what a deputy may do follows from the duty alone.

Nothing is granted here: ``duties.models.duties_held`` reads a duty together with who stands in for its holder, so that
a deputy has on each day what the duty gives then, and nothing once duty or term have ended.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from huoshui.duties.actions import require_granting
from huoshui.duties.models import Account, Delegation, Duty, is_delegable
from huoshui.duties.queries import title_of
from huoshui.kernel import clock, journal
from huoshui.kernel.actions import action, running_action
from huoshui.kernel.errors import Problem, Refusal
from huoshui.kernel.events import DelegationTold, publish

REASON_LENGTH = 200


@action("duties.delegate")
def delegate(
    *, by: Any, duties: Sequence[Duty], to: Account, since: dt.date, until: dt.date, reason: str = ""
) -> list[Delegation]:
    """Let ``to`` stand in for the holder of some duties, all of one person, from ``since`` until ``until`` (exclusive).

    By that person, or by whoever grants duties there. All of the duties or none. Raises access.denied, delegation.none,
    delegation.several, delegation.self, delegation.inactive, duty.dates, delegation.past, value.too_long (reason); and
    of single duties delegation.never, delegation.beyond or delegation.twice, each problem naming its duty.
    """
    if not duties:
        raise Refusal("delegation.none", field="duties")
    pks = [duty.pk for duty in duties]
    held = list(Duty.objects.select_for_update(of=("self",)).select_related("account", "place").filter(pk__in=pks))
    principal, to = held[0].account, Account.objects.get_queryset().get(pk=to.pk)
    if any(duty.account_id != principal.pk for duty in held):
        raise Refusal("delegation.several", field="duties")
    for duty in held:
        _require_say(by, duty)
    reason = reason.strip()
    problems = _of_terms(principal, to, since, until, reason) or [p for duty in held for p in _of(duty, since, until)]
    if problems:
        raise Refusal.of(problems)
    rows = [_begin(by, duty, to, since, until, reason) for duty in held]
    publish(DelegationTold(by=by, told="begun", delegation_ids=tuple(row.pk for row in rows)))
    return rows


def _require_say(by: Any, duty: Duty) -> None:
    """The holder decides, or whoever could give the duty to another for good. Raises access.denied."""
    if by.pk != duty.account_id:
        require_granting(by, duty.place, duty.pack)


def _of_terms(principal: Account, to: Account, since: dt.date, until: dt.date, reason: str) -> list[Problem]:
    if to.pk == principal.pk:
        return [Problem("delegation.self", "to", params={"person": to.title})]
    if not to.is_active or to.is_system:
        return [Problem("delegation.inactive", "to", params={"person": to.title})]
    if until <= since:
        return [Problem("duty.dates", "until")]
    if since < clock.today():
        return [Problem("delegation.past", "since", params={"day": since, "today": clock.today()})]
    if len(reason) > REASON_LENGTH:
        params = {"label": _("事由"), "length": len(reason), "limit": REASON_LENGTH}
        return [Problem("value.too_long", "reason", params=params)]
    return []


def _of(duty: Duty, since: dt.date, until: dt.date) -> list[Problem]:
    """Why one duty cannot be stood in for on these days."""
    named = title_of(duty)
    if not is_delegable(duty.role):
        return [Problem("delegation.never", "duties", params={"role": named})]
    if since < duty.since or (duty.until and until > duty.until):
        last = duty.until - dt.timedelta(days=1) if duty.until else "—"
        return [Problem("delegation.beyond", "until", params={"role": named, "first": duty.since, "last": last})]
    standing = duty.delegations.overlapping(since, until).select_related("delegate").first()
    if standing:
        person, last = standing.delegate.title, standing.until - dt.timedelta(days=1)
        told = {"role": named, "person": person, "first": standing.since, "last": last}
        return [Problem("delegation.twice", "to", params=told)]
    return []


def _begin(by: Any, duty: Duty, to: Account, since: dt.date, until: dt.date, reason: str) -> Delegation:
    row = Delegation.objects.create(
        duty=duty, principal=duty.account, delegate=to, since=since, until=until, reason=reason
    )
    after = {"principal": duty.account.username, "account": to.username, "role": duty.role, "pack": duty.pack}
    journal.record(by=by, subject=row, place=duty.place, after=after | {"since": since, "until": until}, note=reason)
    return row


@action("duties.end_delegation")
def end_delegation(*, by: Any, delegation: Delegation, seen_version: int | None = None) -> Delegation:
    """End a delegation now; one that has not begun is withdrawn and never holds.

    By either of the two, or by whoever grants duties there. Raises access.denied, record.stale or delegation.ended.
    """
    rows = Delegation.objects.select_for_update(of=("self",)).select_related("duty__place", "duty__account", "delegate")
    row = rows.get(pk=delegation.pk)
    if by.pk != row.delegate_id:
        _require_say(by, row.duty)
    row.require_version(seen_version)
    today = clock.today()
    if row.ended_at or row.until <= today:
        raise Refusal("delegation.ended", field="until", day=row.until)
    before = row.until
    row.ended_at = clock.now()
    # What was done today still counts as the principal's.
    row.until = min(before, max(today + dt.timedelta(days=1), row.since)) if row.since <= today else row.since
    row.end_told_on = today
    row.save_next_version("ended_at", "until", "end_told_on")
    journal.record(by=by, subject=row, place=row.duty.place, before={"until": before}, after={"ended_at": row.ended_at})
    publish(DelegationTold(by=by, told="ended", delegation_ids=(row.pk,)))
    return row


@action("duties.note_delegation_end", reference=False)
def note_delegation_end(*, by: Any, delegation: Delegation) -> bool:
    """Tell both that a delegation has ended by its date or with its duty: once. Returns whether it was this call."""
    row = Delegation.objects.select_for_update(of=("self",)).select_related("duty__place").get(pk=delegation.pk)
    if row.end_told_on:
        running_action().changed_nothing()
        return False
    row.end_told_on = clock.today()
    row.save(update_fields=["end_told_on"])
    ended = min(row.until, row.duty.until or row.until)
    journal.record(by=by, subject=row, place=row.duty.place, after={"ended_on": ended})
    publish(DelegationTold(by=by, told="ended", delegation_ids=(row.pk,)))
    return True
