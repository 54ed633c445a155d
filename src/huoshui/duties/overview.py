"""Who can do what where, and why: read from what decides (``Account.grants``, ``duties_held``), not worked out anew."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from huoshui.duties.models import Account, Delegation, Duty, duties_held, is_delegable, permissions_of
from huoshui.duties.queries import holding, roles, roles_with, title_of
from huoshui.kernel import clock
from huoshui.kernel.access import PERMISSIONS, UNDELEGABLE, reaching
from huoshui.kernel.models import Entry
from huoshui.kernel.wording import listed
from huoshui.places.models import Place, prefixes


@dataclass(frozen=True)
class Source:
    """One duty by which somebody acts: whose it is, since when and until when, who gave it, and what it gives."""

    account: Account
    """Who acts by it."""
    duty: Duty
    title: str
    until: dt.date | None
    """The first day on which it gives nothing more: the end of the duty, or of standing in for its holder."""
    granted_by: str
    """The label of who gave it; "" where no entry tells."""
    granted_at: dt.datetime | None
    permissions: tuple[str, ...]
    """The permissions that it gives today."""
    withheld: tuple[str, ...] = ()
    """Those of the role that do not pass to a deputy."""

    @property
    def delegation(self) -> Delegation | None:
        """By which standing-in it is acted by; None for one's own duty."""
        return self.duty.delegation


def what_may(account: Account) -> list[Source]:
    """By which duties an account acts today, and what each of them lets it do."""
    given: dict[tuple[UUID, str], list[str]] = {}
    for permission in PERMISSIONS:
        for grant in account.grants(permission):
            given.setdefault((grant.duty_id, grant.behalf), []).append(permission)
    duties = duties_held(account.pk, clock.today())
    entries = _granting(duties)
    return [_source(account, duty, given, entries) for duty in duties]


def _source(
    account: Account, duty: Duty, given: dict[tuple[UUID, str], list[str]], entries: dict[UUID, Entry]
) -> Source:
    behalf = duty.delegation.principal.label if duty.delegation else ""
    role, entry = roles().get(duty.role), entries.get(duty.pk)
    withheld = [name for name in (role.permissions if role else []) if name in UNDELEGABLE] if behalf else []
    return Source(
        account,
        duty,
        title_of(duty),
        _until(duty),
        entry.actor_label if entry else "",
        entry.at if entry else None,
        tuple(given.get((duty.pk, behalf), ())),
        tuple(withheld),
    )


def _until(duty: Duty) -> dt.date | None:
    if duty.delegation is None:
        return duty.until
    return min(duty.delegation.until, duty.until or duty.delegation.until)


def _granting(duties: Iterable[Duty]) -> dict[UUID, Entry]:
    """The entry by which each duty was given."""
    asked = [duty.pk for duty in duties]
    rows = Entry.objects.filter(subject_kind=Duty._meta.label_lower, subject_id__in=asked, action="duties.grant")
    return {entry.subject_id: entry for entry in rows}


def who_may(permission: str, place: Place, pack: str = "") -> list[Source]:
    """Everybody who has a permission at a place today (for a pack, "": for any), by their own duty or another's.

    The nearest place first. The number of queries does not grow with the people.
    """
    own = list(holding(permission, place.path, pack or None).select_related("account__unit", "place"))
    found = [(duty.account, duty) for duty in own]
    found += [(row.delegate, row.duty) for row in _stood_in(permission, place, pack)]
    entries = _granting(duty for _account, duty in found)
    ordered = sorted(found, key=lambda pair: (-len(pair[1].place.path), pair[1].role, pair[0].username))
    return [
        _source(account, duty, {(duty.pk, _behalf(duty)): [permission]}, entries)
        for account, duty in ordered
        if permission in permissions_of(duty)
    ]


def _behalf(duty: Duty) -> str:
    return duty.delegation.principal.label if duty.delegation else ""


def _stood_in(permission: str, place: Place, pack: str) -> list[Delegation]:
    rows = Delegation.objects.in_force(clock.today()).filter(
        duty__role__in=roles_with(permission), duty__place__path__in=prefixes(place.path), delegate__is_active=True
    )
    if pack:
        rows = rows.filter(duty__pack__in=["", pack])
    found = rows.select_related("duty__place", "principal", "delegate__unit")
    held = [row for row in found if is_delegable(row.duty.role)]
    for row in held:
        row.duty.delegation = row
    return held


@dataclass(frozen=True)
class Verdict:
    """Whether somebody may do something somewhere, and why."""

    allowed: bool
    sources: list[Source] = field(default_factory=list)
    """The duties that give it."""
    reasons: list[str] = field(default_factory=list)
    """Why nothing gives it, sentence by sentence."""
    others: str = ""
    """Titles of the roles whose holders may."""


def why(account: Account, permission: str, place: Place, pack: str = "") -> Verdict:
    """Whether an account has a permission at a place today, as ``kernel.access`` decides it; and why, or why not."""
    found = reaching(account, permission, path=place.path, pack=pack or None)
    giving = {(grant.duty_id, grant.behalf) for grant in found}
    sources = [row for row in what_may(account) if (row.duty.pk, _behalf(row.duty)) in giving] if found else []
    notes = [] if account.is_active else [_("账号已停用，登录不了。")]
    if place.closed_on:
        notes.append(_("%(place)s已于 %(day)s 撤销。") % {"place": place.short_name, "day": place.closed_on})
    if found:
        return Verdict(account.is_active, sources, notes)
    titles = listed(dict.fromkeys(row.title for row in who_may(permission, place, pack)[:20]))
    return Verdict(False, [], notes + _reasons(account, permission, place, pack), titles)


def _reasons(account: Account, permission: str, place: Place, pack: str) -> list[str]:
    """What stands in the way, duty by duty that would carry the permission; else that none does."""
    carrying = set(roles_with(permission))
    said = [
        _not_here(duty, place, pack)
        for duty in account.duties.filter(role__in=carrying).select_related("place").order_by("-since")
    ]
    rows = Delegation.objects.filter(delegate=account, duty__role__in=carrying)
    said += [
        _not_standing_in(row, permission, place, pack)
        for row in rows.select_related("duty__place", "principal").order_by("-since")
    ]
    if said:
        return said
    names = listed(str(roles()[code].name) for code in carrying) or "—"
    return [_("没有带这项权限的职责。带这项权限的角色：%(roles)s。") % {"roles": names}]


def _not_here(duty: Duty, place: Place, pack: str) -> str:
    today, title = clock.today(), title_of(duty)
    if duty.until and duty.until <= today:
        return _("“%(duty)s”已于 %(day)s 结束。") % {"duty": title, "day": duty.until}
    if duty.since > today:
        return _("“%(duty)s”从 %(day)s 才开始。") % {"duty": title, "day": duty.since}
    return _elsewhere(duty, title, place, pack)


def _elsewhere(duty: Duty, title: str, place: Place, pack: str) -> str:
    if not place.path.startswith(duty.place.path):
        return _("“%(duty)s”管不到%(place)s。") % {"duty": title, "place": place.short_name}
    return _("“%(duty)s”只限另一个机制（%(pack)s）。") % {"duty": title, "pack": duty.pack}


def _not_standing_in(row: Delegation, permission: str, place: Place, pack: str) -> str:
    today = clock.today()
    title = _("代%(person)s的%(duty)s") % {"person": row.principal.title, "duty": title_of(row.duty)}
    if permission in UNDELEGABLE:
        return _("“%(duty)s”不含这项权限：它只能本人行使，不随代办转移。") % {"duty": title}
    if row.ended_at or row.until <= today:
        return _("“%(duty)s”已于 %(day)s 结束。") % {"duty": title, "day": row.until}
    if row.since > today:
        return _("“%(duty)s”从 %(day)s 才开始。") % {"duty": title, "day": row.since}
    if not row.principal.is_active or (row.duty.until and row.duty.until <= today):
        return _("“%(duty)s”已随原职责结束。") % {"duty": title}
    if not is_delegable(row.duty.role):
        return _("“%(duty)s”不能由人代办。") % {"duty": title}
    return _elsewhere(row.duty, title, place, pack)


def labels_of(permissions: Iterable[str], language: str) -> list[str]:
    """Permissions in words; ``language``: zh or en."""
    return [PERMISSIONS[name][language] for name in permissions]


def permission_choices(language: str) -> list[tuple[str, str]]:
    """Every permission with its label, in the order of the labels' declaration."""
    return [(name, label[language]) for name, label in PERMISSIONS.items()]


def delegations_about(account: Any) -> tuple[list[Delegation], list[Delegation]]:
    """What an account gave and took on, running or to come first, then the latest that ended; at most 50 of each."""
    rows = Delegation.objects.select_related("duty__place", "principal", "delegate").order_by("-until", "-since", "id")
    return list(rows.filter(principal=account)[:50]), list(rows.filter(delegate=account)[:50])
