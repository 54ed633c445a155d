"""What rests on a person by a duty: the matters that would have nobody to answer for them without it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from huoshui.duties.models import Account, Duty
from huoshui.kernel.access import path_condition
from huoshui.matters import permits
from huoshui.matters.models import Matter


def resting_on(duty: Duty, day: dt.date) -> list[Matter]:
    """The running matters that the duty's holder answers for by this duty, and by no other that holds on ``day``."""
    found = Matter.objects.going().filter(path_condition("place__path", duty.place.path), owner=duty.account)
    if duty.pack:
        found = found.filter(pack=duty.pack)
    others = list(Duty.objects.in_force(day).filter(account=duty.account).exclude(pk=duty.pk).select_related("place"))
    rows = found.select_related("place", "unit", "pack_version").order_by("due_on", "number")
    return [matter for matter in rows if not any(_answers(other, matter) for other in others)]


def _answers(duty: Duty, matter: Matter) -> bool:
    roles = matter.definition.owner_roles
    covers = matter.place.path.startswith(duty.place.path) and duty.pack in ("", matter.pack)
    return covers and (not roles or duty.role in roles)


def successors_for(matters: Sequence[Matter], besides: Account) -> list[Account]:
    """The accounts that can answer for every one of some matters, by title; ``besides`` hands them over."""
    groups = {(matter.place_id, matter.pack, matter.kind): matter for matter in matters}
    common: set[Account] | None = None
    for matter in groups.values():
        here = set(permits.people_for(matter))
        common = here if common is None else common & here
    return sorted((common or set()) - {besides}, key=lambda account: (account.title, account.username))
