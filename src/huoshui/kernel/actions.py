"""What every business action has in common: one transaction, and a journal entry declared beside the write."""

from __future__ import annotations

import functools
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any, TypeVar, cast

from django.db import models, transaction

from huoshui.kernel.reading import reading_afresh, stamp_reference_data
from huoshui.kernel.rereading import reading_in_transaction

Function = TypeVar("Function", bound=Callable[..., Any])

REFERENCE_APPS = ("places", "duties", "packs")
"""Apps whose records change seldom and are read on every page."""
ACTIONS: dict[str, Callable[..., Any]] = {}
"""Every action by its name ("matters.open"); tests hold that each has a test file, docs list them."""


class RunningAction:
    """The action in progress; counts its journal entries."""

    def __init__(self, name: str, within: RunningAction | None = None, *, reference: bool = True) -> None:
        self.name = name
        self.may_change_reference = reference
        self.entries = 0
        self.reference = False
        """Whether it changed reference data, or an action within it did."""
        self.behalf: dict[Any, str] = dict(within.behalf) if within else {}
        """Whom an actor (by id) stands in for in this action: the label, as the journal names them."""

    def note_entry(self, subject: models.Model) -> str:
        """Count one entry about a record and return the action's name for it."""
        self.entries += 1
        self.reference |= self.may_change_reference and subject._meta.app_label in REFERENCE_APPS
        return self.name

    def changes_reference_data(self) -> None:
        """Declare that ``read_until_changed`` functions read of what this run changes, though its entry is about a
        record of another app: such as who judges, which decides what is seen."""
        self.reference = True

    def changed_nothing(self) -> None:
        """Declare that this run rightly writes no entry: what was asked for already stands."""
        self.entries += 1


_running: ContextVar[RunningAction | None] = ContextVar("huoshui_action", default=None)


def running_action() -> RunningAction:
    """The action in progress. Raises RuntimeError outside one."""
    current = _running.get()
    if current is None:
        raise RuntimeError("no action is running: business writes happen inside @action functions")
    return current


def acts_for(actor_id: Any, label: str) -> None:
    """Note that what the actor does in the running action rests on the duty of somebody they stand in for.

    Outside an action nothing is done, and nothing noted.
    """
    current = _running.get()
    if current is not None:
        current.behalf[actor_id] = label


def action(name: str, *, reference: bool = True) -> Callable[[Function], Function]:
    """Declare a business action: keyword-only, run in one transaction, refused unless it journalled itself.

    The function authorises first, then acts, then calls ``journal.record``. An action called inside another
    joins its transaction and writes entries under its own name. ``reference=False``: of the records that it is about,
    it changes nothing that ``read_until_changed`` functions read, so that what is kept of these stays good.
    """

    def declare(function: Function) -> Function:
        @functools.wraps(function)
        def run(**kwargs: Any) -> Any:
            outer = _running.get()
            frame = RunningAction(name, outer, reference=reference)
            token = _running.set(frame)
            try:
                with reading_afresh(), transaction.atomic(), reading_in_transaction():
                    outcome = function(**kwargs)
                    if not frame.entries:
                        raise RuntimeError(f"action {name} wrote no journal entry")
                    if outer:
                        outer.reference |= frame.reference
                    elif frame.reference:
                        # Last of all: its row stays locked until the commit.
                        stamp_reference_data()
                    return outcome
            finally:
                _running.reset(token)

        if name in ACTIONS:
            raise RuntimeError(f"action {name} is declared twice")
        ACTIONS[name] = run
        return cast(Function, run)

    return declare
