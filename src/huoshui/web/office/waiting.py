"""How much waits for somebody: the number in the rail, the same as on Today."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from huoshui.figures.reporting.conflicts import given_conflicts
from huoshui.figures.reporting.queries import waiting_files, waiting_returns
from huoshui.kernel import clock
from huoshui.kernel.reading import kept_for, marks, read_once
from huoshui.matters.letters.queries import letters_due_first, letters_waiting
from huoshui.matters.queries import waiting_matters
from huoshui.schedules.queries import own_waiting
from huoshui.visits.queries import rounds_waiting, sheets_waiting, surveys_waiting

ROUND_WORK = ("round.plan", "round.adjust", "round.sign_leader", "round.sign_scrutineer", "round.sign_tally_clerk")
"""Permissions of those for whom a step of a round may wait."""
RETURN_WORK = ("figure.report", "figure.approve")
"""Permissions of those for whom a return may wait."""
KEPT_SECONDS = 30
"""How long a number is kept at most: on PostgreSQL an entry can become visible after one with a higher number."""


def has_round_work(user: Any) -> bool:
    """Whether a step of a round may wait for somebody."""
    return any(user.grants(permission) for permission in ROUND_WORK)


@read_once
def waiting_count(user: Any) -> int:
    """Matters, letters (also those to write), steps of rounds, sheets and what comes round, whose next step is this
    person's.

    Reminders are not counted. It stands on every page and changes only when something is done, which the journal
    tells, or when a day ends: until then it is not counted again.
    """
    return kept_for(KEPT_SECONDS, lambda: f"waiting-{user.pk}-{clock.today()}-{marks().newest}", lambda: _counted(user))


def _counted(user: Any) -> int:
    count, rows = 0, list[QuerySet[Any]]()
    if user.grants("matter.view"):
        count += len(waiting_matters(user)) + letters_due_first(user).count
        rows.append(letters_waiting(user))
    if has_round_work(user):
        count += len(rounds_waiting(user))
    if any(user.grants(permission) for permission in RETURN_WORK):
        count += len(waiting_returns(user)) + len(waiting_files(user))
    if user.grants("figure.view"):
        rows.append(given_conflicts(user))
    if user.grants("schedule.view"):
        rows.append(own_waiting(user))
    if user.grants("visit.score"):
        count += len(sheets_waiting(user))
    return count + len(surveys_waiting(user)) + _together(rows)


def _together(rows: list[QuerySet[Any]]) -> int:
    """How many rows there are, asked once."""
    keys = [kind.order_by().values("pk") for kind in rows]
    if not keys:
        return 0
    return keys[0].union(*keys[1:], all=True).count() if keys[1:] else keys[0].count()
