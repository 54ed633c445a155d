"""What comes round at a place, for its page: what is open, what is to come, and how the last year went."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from huoshui.kernel import clock
from huoshui.kernel.access import Within
from huoshui.places.models import Place
from huoshui.places.queries import names_apart
from huoshui.schedules.models import Occasion
from huoshui.schedules.queries import OccasionFilter, ToCome, occasions, running_plans, tally, to_come
from huoshui.web.office.cadence_pages.records import record_step
from huoshui.web.office.cadence_pages.words import OPEN, SHORT

YEAR, AHEAD = dt.timedelta(days=365), dt.timedelta(days=60)
MOST = 60
"""Rows of a place with many places below; the list has them all."""


@dataclass(frozen=True)
class DueAt:
    """What a place and those below it owe: how many in each state in a year, the open ones, the rest, what comes."""

    counts: list[dict[str, Any]]
    open: list[dict[str, Any]]
    past: list[dict[str, Any]]
    coming: list[ToCome] = field(default_factory=list)


def due_at(user: Any, place: Place) -> DueAt:
    """What the reader sees of it."""
    wanted = OccasionFilter(place.path, since=clock.today() - YEAR)
    counted = tally(user, wanted)
    rows: list[Any] = list(occasions(user, wanted)[: MOST + 1])
    names = names_apart([row.place for row in rows])
    told: list[dict[str, Any]] = [
        {
            "row": row, "place": "" if row.place_id == place.pk else names[row.place_id], "short": SHORT[row.state],
            "step": record_step(user, row) if row.state in OPEN else None,
        }
        for row in rows[:MOST]
    ]  # fmt: skip
    here = [plan for plan in running_plans(Within(user, place.path)) if place.kind in plan.place_kinds]
    return DueAt(
        [{"state": state.value, "name": state.label, "count": counted[state.value]} for state in Occasion.State],
        [item for item in reversed(told) if item["row"].state in OPEN],
        [item for item in told if item["row"].state not in OPEN],
        to_come(here, clock.today() + AHEAD),
    )
