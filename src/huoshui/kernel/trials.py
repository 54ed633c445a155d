"""Many rows at once: what each row's real action would change or be refused for, and then all of them or none.

A trial runs the very actions inside one transaction, each in a savepoint of its own, tells what they changed, and
rolls all of it back: no second set of rules can differ from the first. What was tried is done later by the same code;
rows that changed meanwhile are then refused by their versions.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

from django.db import transaction

from huoshui.kernel.errors import Refusal
from huoshui.kernel.journal.canonical import canonical
from huoshui.kernel.reading import reading_afresh

MOST_AT_ONCE = 500
"""Rows that one run acts on: while it lasts, SQLite lets nobody else write."""

Told = dict[str, tuple[str, str]]
"""What a record says, in words: by code, its label and its text."""


class Row(Protocol):
    """Something to be done to one record."""

    @property
    def key(self) -> str:
        """What names the record to people, such as its number."""
        ...

    def act(self) -> None:
        """Run the record's own action. Raises what the action refuses with."""
        ...

    def told(self) -> Told:
        """The record as it stands now, in words."""
        ...


RowT = TypeVar("RowT", bound=Row)


@dataclass(frozen=True)
class Change:
    """A value before and after, in words."""

    code: str
    label: str
    before: str
    after: str


@dataclass(frozen=True)
class Outcome(Generic[RowT]):
    """What became, or would become, of one row: its changes, none where all stood so already, or the refusal."""

    row: RowT
    changes: tuple[Change, ...] = ()
    refusal: Refusal | None = None

    @property
    def conflict(self) -> bool:
        """Whether somebody else changed the record meanwhile."""
        return self.refusal is not None and self.refusal.code == "record.stale"


@dataclass(frozen=True)
class Trial(Generic[RowT]):
    """The outcome of every row, in their order."""

    outcomes: list[Outcome[RowT]]

    @property
    def possible(self) -> list[Outcome[RowT]]:
        """Rows that change something."""
        return [outcome for outcome in self.outcomes if outcome.changes]

    @property
    def unchanged(self) -> list[Outcome[RowT]]:
        """Rows whose record says already what was asked for."""
        return [outcome for outcome in self.outcomes if not outcome.changes and outcome.refusal is None]

    @property
    def refused(self) -> list[Outcome[RowT]]:
        """Rows that were refused, conflicts among them."""
        return [outcome for outcome in self.outcomes if outcome.refusal is not None]

    @property
    def digest(self) -> str:
        """SHA-256 over everything that would be written: what somebody read and agreed to."""
        said = [[o.row.key, [[c.code, c.before, c.after] for c in o.changes]] for o in self.possible]
        return hashlib.sha256(canonical(said).encode()).hexdigest()


class NotAll(Exception):
    """A row was refused, so that nothing was written."""

    def __init__(self, trial: Trial[Any]) -> None:
        self.trial = trial
        super().__init__("a row was refused")


class _Undo(Exception):
    """Rolls a trial back."""


def tried(rows: Iterable[RowT]) -> Trial[RowT]:
    """What would become of the rows, taken in their order; nothing is written."""
    trial: Trial[RowT] = Trial([])
    try:
        # What is read within the trial is of a state that never comes to be: none of it is remembered.
        with reading_afresh(), transaction.atomic():
            trial = _taken(rows)
            raise _Undo
    except _Undo:
        return trial


def done(rows: Iterable[RowT], *, agreed: str | None = None) -> Trial[RowT]:
    """Do all of the rows in one transaction, or none: raises NotAll when one of them is refused.

    ``agreed`` is the digest of the trial that somebody has read. Raises import.plan_changed when something
    else would be written now.
    """
    with reading_afresh(), transaction.atomic():
        trial = _taken(rows)
        if trial.refused:
            raise NotAll(trial)
        if agreed is not None and trial.digest != agreed:
            raise Refusal("import.plan_changed")
        return trial


def _taken(rows: Iterable[RowT]) -> Trial[RowT]:
    return Trial([_outcome(row) for row in rows])


def _outcome(row: RowT) -> Outcome[RowT]:
    try:
        with transaction.atomic():
            before = row.told()
            row.act()
            after = row.told()
    except Refusal as refusal:
        return Outcome(row, refusal=refusal)
    return Outcome(row, tuple(_changes(before, after)))


def _changes(before: Told, after: Told) -> Iterable[Change]:
    for code in dict.fromkeys([*before, *after]):
        label, now = after.get(code) or (before[code][0], "")
        was = before[code][1] if code in before else ""
        if was != now:
            yield Change(code, label, was, now)
