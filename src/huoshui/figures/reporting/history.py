"""What approved figures were before they were reopened, as the journal of their filings tells it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass

from huoshui.figures.reporting.models import Filing
from huoshui.kernel import clock, journal
from huoshui.places.models import Place

REOPEN = "figures.reopen"
"""The action whose entry keeps every value that was approved until then."""


@dataclass(frozen=True)
class Former:
    """A value that was approved until somebody reopened it."""

    value: str
    by: str
    on: str
    reason: str


def told_key(filing: Filing, indicator: str, place: Place, period: str) -> str:
    """Under what a figure stands in the journal: with its place and period where these are not the filing's."""
    where = "" if place.pk == filing.place_id else f" {place.short_name}"
    return f"{indicator}{where}{'' if period == filing.period else f' {period}'}"


def former_values(filings: Iterable[Filing], indicator: str, place: Place, period: str) -> list[Former]:
    """What filings said of a figure while they were approved before, the latest first. Who may see a figure may see
    what it was: the caller has shown that."""
    keys = {filing.pk: told_key(filing, indicator, place, period) for filing in filings}
    entries = journal.history_of((Filing._meta.label_lower, pk) for pk in keys).filter(action=REOPEN)
    found = []
    for entry in entries:
        data = json.loads(entry.data)
        value = data.get("after", {}).get("figures", {}).get(keys[entry.subject_id])
        if value is not None:
            day = clock.local_date(entry.at).isoformat()
            found.append(Former(value, entry.actor_label, day, data.get("note", "")))
    return found
