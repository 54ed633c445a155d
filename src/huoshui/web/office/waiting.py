"""How much waits for somebody: the number in the rail, the same as on Today."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.db.models import Count, QuerySet, Value

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
def waiting_counts(user: Any) -> Counter[str]:
    """Matters, letters (also those to write), steps of rounds, sheets and what comes round, whose next step is this
    person's: how many of each, by "matters", "letters_due", "letters", "rounds", "returns", "files", "conflicts",
    "turns", "sheets" and "surveys".

    Reminders are not counted. They stand on every page and change only when something is done, which the journal
    tells, or when a day ends: until then they are not counted again.
    """
    return kept_for(KEPT_SECONDS, lambda: f"waiting-{user.pk}-{clock.today()}-{marks().newest}", lambda: _counted(user))


def waiting_count(user: Any) -> int:
    """How much of it there is: the number in the rail."""
    return waiting_counts(user).total()


def _counted(user: Any) -> Counter[str]:
    counts, rows = Counter[str](), dict[str, QuerySet[Any]]()
    if user.grants("matter.view"):
        counts["matters"], counts["letters_due"] = len(waiting_matters(user)), letters_due_first(user).count
        rows["letters"] = letters_waiting(user)
    if has_round_work(user):
        counts["rounds"] = len(rounds_waiting(user))
    if any(user.grants(permission) for permission in RETURN_WORK):
        counts["returns"], counts["files"] = len(waiting_returns(user)), len(waiting_files(user))
    if user.grants("figure.view"):
        rows["conflicts"] = given_conflicts(user)
    if user.grants("schedule.view"):
        rows["turns"] = own_waiting(user)
    if user.grants("visit.score"):
        counts["sheets"] = len(sheets_waiting(user))
    counts["surveys"] = len(surveys_waiting(user))
    return counts + _counts_of(rows)


def _counts_of(kinds: dict[str, QuerySet[Any]]) -> Counter[str]:
    """How many rows there are of each kind, asked at once."""
    each = [
        rows.order_by().annotate(of=Value(kind)).values("of").annotate(count=Count("pk")).values_list("of", "count")
        for kind, rows in kinds.items()
    ]
    if not each:
        return Counter()
    return Counter(dict(each[0].union(*each[1:], all=True) if each[1:] else each[0]))
