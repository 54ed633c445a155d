"""How much waits for somebody: the number in the rail, the same as on Today."""

from __future__ import annotations

from typing import Any

from huoshui.matters.queries import waiting_matters
from huoshui.visits.queries import rounds_waiting, sheets_waiting

ROUND_WORK = ("round.plan", "round.adjust", "round.sign_leader", "round.sign_scrutineer", "round.sign_tally_clerk")
"""Permissions of those for whom a step of a round may wait."""


def waiting_count(user: Any) -> int:
    """Matters, steps of rounds and sheets whose next step is this person's. Reminders are not work, and not counted."""
    count = waiting_matters(user).count() if user.grants("matter.view") else 0
    if any(user.grants(permission) for permission in ROUND_WORK):
        count += len(rounds_waiting(user))
    if user.grants("visit.score"):
        count += len(sheets_waiting(user))
    return count
