"""What can come round: each app above that records something done registers how its records are told."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any
from uuid import UUID

Days = Callable[[str, Collection[UUID], dt.date, dt.date], Iterable[tuple[UUID, dt.date, UUID]]]
"""Of a qualified code, places and two days (both included): place, day and id of each record that counts as done."""


@dataclass(frozen=True)
class DoneRecord:
    """A record of something done at a place: by whom, on which day, when it was handed in, with what share of points.

    ``share``: of the full points, 0 to 1; None where no points are given. ``texts``: what was written in its text
    fields, by code.
    """

    id: UUID
    day: dt.date
    at: dt.datetime
    account: Any
    share: Fraction | None = None
    texts: Mapping[str, str] = field(default_factory=dict)


Records = Callable[[str, UUID, dt.datetime], Iterable[DoneRecord]]
"""Of a qualified code and a place: what was begun and handed in since a moment, the earliest first."""


@dataclass(frozen=True)
class Target:
    """A section of packs whose definitions can be scheduled, and how what was done is found."""

    section: str
    model: str
    """Label of the model of its records, such as "visits.visit"."""
    days: Days
    records: Records | None = None
    """For what waits until something is done at a place, such as a step of a matter; None: nothing can."""
    points: Callable[[Any], bool] = lambda _definition: False
    """Whether a definition gives points, of which a share can be asked for."""
    text_fields: Callable[[Any], Collection[str]] = lambda _definition: ()
    """Text fields of a definition in which a record may name what it was about."""


TARGETS: dict[str, Target] = {}


def register_target(target: Target) -> None:
    """Let schedules ask for what a section declares (called from an app's ``ready``)."""
    TARGETS[target.section] = target
