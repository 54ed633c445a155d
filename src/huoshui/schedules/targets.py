"""What can come round: each app above that records something done registers how its records are told."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from uuid import UUID

Days = Callable[[str, Collection[UUID], dt.date, dt.date], Iterable[tuple[UUID, dt.date, UUID]]]
"""Of a qualified code, places and two days (both included): place, day and id of each record that counts as done."""


@dataclass(frozen=True)
class Target:
    """A section of packs whose definitions can be scheduled, and how what was done is found."""

    section: str
    model: str
    """Label of the model of its records, such as "visits.visit"."""
    days: Days


TARGETS: dict[str, Target] = {}


def register_target(target: Target) -> None:
    """Let schedules ask for what a section declares (called from an app's ``ready``)."""
    TARGETS[target.section] = target
