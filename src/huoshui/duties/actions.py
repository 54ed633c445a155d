"""Duties and units: who answers for which place."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils.translation import gettext as _

from huoshui.duties.accounts import (
    deactivate_account,
    open_account,
    reactivate_account,
    set_email,
    set_password,
    unlock_account,
)
from huoshui.duties.models import Account, Duty, Unit
from huoshui.duties.queries import roles
from huoshui.kernel import clock, journal
from huoshui.kernel.access import denied, require
from huoshui.kernel.actions import action
from huoshui.kernel.errors import Refusal
from huoshui.kernel.events import DutyEnded, publish
from huoshui.packs.queries import current_versions
from huoshui.places.models import Place

__all__ = [
    "deactivate_account",
    "end_duty",
    "grant_duty",
    "open_account",
    "open_unit",
    "reactivate_account",
    "set_email",
    "set_password",
    "unlock_account",
]


@action("duties.open_unit")
def open_unit(*, by: Any, place: Place, name: str) -> Unit:
    """Open a unit (an office, a committee) at a place. Raises access.denied, value.required or unit.taken."""
    require(by, "account.manage", path=place.path)
    name = name.strip()
    if not name:
        raise Refusal("value.required", field="name", label=_("单位名称"))
    if Unit.objects.filter(place=place, name=name).exists():
        raise Refusal("unit.taken", field="name", name=name)
    unit = Unit.objects.create(place=place, name=name)
    journal.record(by=by, subject=unit, place=place, after={"name": name})
    return unit


@action("duties.grant")
def grant_duty(
    *,
    by: Any,
    account: Account,
    role: str,
    place: Place,
    pack: str = "",
    since: dt.date | None = None,
    until: dt.date | None = None,
) -> Duty:
    """Give an account a role for a place (and pack) from ``since`` (default today) until ``until`` (exclusive).

    Raises access.denied, duty.role, duty.pack, duty.place_kind, duty.dates, place.closed (for days on which the place
    is there no more) or duty.twice.
    """
    require_granting(by, place, pack)
    definition = roles().get(role)
    if definition is None:
        raise Refusal("duty.role", field="role", role=role)
    if pack and pack not in current_versions():
        raise Refusal("duty.pack", field="pack", pack=pack)
    if definition.place_kinds and place.kind not in definition.place_kinds:
        raise Refusal("duty.place_kind", field="place", role=definition.name, place=place.short_name)
    start = since or clock.today()
    if until and until <= start:
        raise Refusal("duty.dates", field="until")
    if place.closed_on and (until is None or until > place.closed_on):
        raise Refusal("place.closed", field="place", place=place.short_name, day=place.closed_on)
    held = Duty.objects.filter(account=account, role=role, place=place, pack=pack)
    if held.overlapping(start, until).exists():
        raise Refusal("duty.twice", field="role", account=account.title, role=definition.name)
    duty = Duty.objects.create(account=account, role=role, place=place, pack=pack, since=start, until=until)
    after = {"account": account.username, "role": role, "pack": pack, "since": start, "until": until}
    journal.record(by=by, subject=duty, place=place, after=after)
    return duty


@action("duties.end")
def end_duty(
    *,
    by: Any,
    duty: Duty,
    until: dt.date | None = None,
    successor: Account | None = None,
    to_unit: bool = False,
    seen_version: int | None = None,
) -> Duty:
    """End a duty on ``until`` (exclusive). Default: tomorrow, so that today still counts; a duty that has not
    begun is withdrawn, and never holds. What rests on its holder by this duty alone goes to ``successor`` in the same
    transaction, or with ``to_unit`` stays with the responsible unit, without a person.

    Raises access.denied, record.stale, duty.ended (it ends no later already), duty.dates, duty.successor,
    duty.matters_rest (something rests there and neither was given), or why the successor cannot answer for it.
    """
    require_granting(by, duty.place, duty.pack)
    duty = Duty.objects.select_for_update(of=("self",)).select_related("place", "account").get(pk=duty.pk)
    duty.require_version(seen_version)
    end = until or max(clock.today() + dt.timedelta(days=1), duty.since)
    if duty.until and duty.until <= end:
        raise Refusal("duty.ended", field="until", day=duty.until)
    if end < duty.since:
        raise Refusal("duty.dates", field="until")
    if successor is not None and (successor.pk == duty.account_id or not successor.is_active):
        raise Refusal("duty.successor", field="successor", person=successor.title)
    before = duty.until
    duty.until = end
    duty.save_next_version("until")
    journal.record(by=by, subject=duty, place=duty.place, before={"until": before}, after={"until": end})
    publish(DutyEnded(by=by, duty_id=duty.pk, until=end, successor=successor, to_unit=to_unit))
    return duty


def require_granting(by: Any, place: Place, pack: str) -> None:
    """duty.grant over the place; whoever holds it for one pack only cannot give or end a duty for every pack."""
    require(by, "duty.grant", path=place.path, pack=pack or None)
    covering = [g for g in by.grants("duty.grant") if place.path.startswith(g.path)]
    if not pack and all(grant.pack for grant in covering):
        raise denied("duty.grant", path=place.path)
