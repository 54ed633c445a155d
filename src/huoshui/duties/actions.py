"""Accounts and duties."""

from __future__ import annotations

import datetime as dt
from typing import Any

from huoshui.duties.models import Account, Duty, Unit
from huoshui.duties.queries import roles
from huoshui.kernel import clock, journal
from huoshui.kernel.access import require
from huoshui.kernel.actions import action
from huoshui.kernel.errors import Refusal
from huoshui.places.models import Place


@action("duties.open_unit")
def open_unit(*, by: Any, place: Place, name: str) -> Unit:
    """Open a unit (an office, a committee) at a place. Raises access.denied or unit.taken."""
    require(by, "account.manage", path=place.path)
    if Unit.objects.filter(place=place, name=name).exists():
        raise Refusal("unit.taken", field="name", name=name)
    unit = Unit.objects.create(place=place, name=name)
    journal.record(by=by, subject=unit, place=place, after={"name": name})
    return unit


@action("duties.open_account")
def open_account(*, by: Any, username: str, title: str, unit: Unit, password: str | None = None) -> Account:
    """Open an account; without a password nobody can sign in with it yet. Raises account.taken."""
    require(by, "account.manage", path=unit.place.path)
    if Account.objects.filter(username=username).exists():
        raise Refusal("account.taken", field="username", username=username)
    account = Account(username=username, title=title, unit=unit)
    account.set_password(password)
    account.save()
    journal.record(by=by, subject=account, place=unit.place, after={"username": username, "title": title})
    return account


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

    Raises access.denied, duty.role, duty.place_kind or duty.dates.
    """
    require(by, "duty.grant", path=place.path)
    definition = roles().get(role)
    if definition is None:
        raise Refusal("duty.role", field="role", role=role)
    if definition.place_kinds and place.kind not in definition.place_kinds:
        raise Refusal("duty.place_kind", field="place", role=definition.name, place=place.short_name)
    start = since or clock.today()
    if until and until <= start:
        raise Refusal("duty.dates", field="until")
    duty = Duty.objects.create(account=account, role=role, place=place, pack=pack, since=start, until=until)
    after = {"account": account.username, "role": role, "pack": pack, "since": start, "until": until}
    journal.record(by=by, subject=duty, place=place, after=after)
    return duty


@action("duties.end")
def end_duty(*, by: Any, duty: Duty, until: dt.date | None = None) -> Duty:
    """End a duty on ``until`` (exclusive; default tomorrow, so that today still counts)."""
    require(by, "duty.grant", path=duty.place.path)
    end = until or clock.today() + dt.timedelta(days=1)
    if end <= duty.since:
        raise Refusal("duty.dates", field="until")
    before = duty.until
    duty.until = end
    duty.save_next_version("until")
    journal.record(by=by, subject=duty, place=duty.place, before={"until": before}, after={"until": end})
    return duty
