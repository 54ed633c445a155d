"""Whom somebody counts as when it is asked who had a hand in something: the one place of the deputies' bars (law 7).

Whoever stands in for another (代理) inherits what bars that person, and keeps what bars themselves. And what was done
by somebody standing in counts as done by whom they stood in for, then and later: the one who was on leave does not
confirm what was proposed in their name. Every rule that bars somebody asks ``standing_of``, and compares no ids.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import F, Q

from huoshui.duties.models import Delegation, delegations_taken, standing_in
from huoshui.kernel import clock
from huoshui.kernel.reading import read_until_changed


@dataclass(frozen=True)
class Hand:
    """Somebody's part in something: who, of which unit, on which day (None: it is so at all times)."""

    account: UUID | None
    unit: UUID | None = None
    day: dt.date | None = None


@dataclass(frozen=True)
class Standing:
    """The persons and units that an actor counts as today, and the delegations by which others acted for these."""

    accounts: frozenset[UUID]
    units: frozenset[UUID]
    has_unit: bool
    """Whether the actor belongs to a unit: one without it is of no other unit than anybody's."""
    acted_for: tuple[Delegation, ...]

    def had_a_hand(self, hands: Iterable[Hand], path: str, pack: str) -> bool:
        """Whether any of the hands, in something at ``path`` for ``pack``, counts as the actor's."""
        return any(
            hand.account in self.accounts
            or any(row.principal_id in self.accounts for row in self._deputies(hand, path, pack))
            for hand in hands
        )

    def is_of_their_units(self, hands: Iterable[Hand], path: str, pack: str) -> bool:
        """The same of the units of the hands; True for an actor without a unit where any hand has one."""
        known = [hand for hand in hands if hand.unit is not None]
        if known and not self.has_unit:
            return True
        return any(
            hand.unit in self.units
            or any(row.principal.unit_id in self.units for row in self._deputies(hand, path, pack))
            for hand in known
        )

    def _deputies(self, hand: Hand, path: str, pack: str) -> list[Delegation]:
        """The delegations by which the hand was another's."""
        if hand.day is None:
            return []
        return [
            row
            for row in self.acted_for
            if row.delegate_id == hand.account and row.since <= hand.day < row.until and row.duty.covers(path, pack)
        ]


def standing_of(actor: Any) -> Standing:
    """Whom an account counts as today. Kept until a duty or a delegation changes."""
    return _standing(actor.pk, getattr(actor, "unit_id", None), clock.today())


@read_until_changed
def _standing(account: UUID, unit: UUID | None, day: dt.date) -> Standing:
    principals = [row.principal for row in delegations_taken(account, day)]
    accounts = frozenset({account, *(principal.pk for principal in principals)})
    units = frozenset(pk for pk in (unit, *(principal.unit_id for principal in principals)) if pk is not None)
    of_them = Q(principal__in=accounts) | Q(principal__unit__in=units)
    acted = Delegation.objects.filter(of_them, until__gt=F("since")).select_related("duty__place", "principal")
    return Standing(accounts, units, unit is not None, tuple(acted))


def deputies_of(accounts: Iterable[UUID]) -> list[Delegation]:
    """The delegations that hold today for some principals, with delegate and the duty's place."""
    return _deputies(tuple(accounts), clock.today())


@read_until_changed
def _deputies(accounts: tuple[UUID, ...], day: dt.date) -> list[Delegation]:
    # Asked with every notice, and hardly anybody has a deputy.
    if not any(principal in accounts for _delegate, principal in standing_in(day)):
        return []
    rows = Delegation.objects.in_force(day).filter(principal__in=accounts, delegate__is_active=True)
    return list(rows.select_related("delegate", "principal", "duty__place"))
