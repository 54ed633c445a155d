"""Which record fulfils which occasion, and how an occasion stands: pure functions over days."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

RecordId = TypeVar("RecordId")


@dataclass(frozen=True)
class Turn:
    """One turn of a plan at a place: ``opens_on`` to ``due_on`` in time, until ``late_until`` late (all included).

    Turns of a plan do not overlap but for the days of grace.
    """

    opens_on: dt.date
    due_on: dt.date
    late_until: dt.date
    times: int


@dataclass
class Fulfilled(Generic[RecordId]):
    """The records that a turn has, in the order of their days; never more than it asks for."""

    records: list[tuple[dt.date, RecordId]] = field(default_factory=list)

    def done_on(self, turn: Turn) -> dt.date | None:
        """The day on which it had as many as it asks for; None before that."""
        return self.records[-1][0] if len(self.records) == turn.times else None


def matched(turns: Sequence[Turn], records: Sequence[tuple[dt.date, RecordId]]) -> list[Fulfilled[RecordId]]:
    """Which records count for which of the turns (given in order), each record at most once.

    First for the turn in whose time it lies, the earliest first; what is over there then makes up, late, for the
    earliest turn before it that is short and still within its days of grace. So the order in which records arrive
    changes nothing, and one record more never makes any turn worse.
    """
    found: list[Fulfilled[RecordId]] = [Fulfilled() for _turn in turns]
    over: list[tuple[dt.date, RecordId]] = []
    for record in sorted(records, key=lambda pair: (pair[0], str(pair[1]))):
        own = next((at for at, turn in enumerate(turns) if turn.opens_on <= record[0] <= turn.due_on), None)
        if own is not None and len(found[own].records) < turns[own].times:
            found[own].records.append(record)
        else:
            over.append(record)
    for record in over:
        for at, turn in enumerate(turns):
            short = len(found[at].records) < turn.times
            if short and turn.due_on < record[0] <= turn.late_until:
                found[at].records.append(record)
                break
    return found
