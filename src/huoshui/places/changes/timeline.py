"""The life of a place as a line of dated events: opened, renamed, moved, merged, split, closed."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from itertools import pairwise

from huoshui.places.changes.operations import MERGE, MOVE, RENAME, SPLIT
from huoshui.places.models import Place, PlaceChange, PlaceChangePart

OPENED, CLOSED = "opened", "closed"


@dataclass(frozen=True)
class Event:
    """One thing that became of a place on a day."""

    day: dt.date | None
    """None: it has been so as far back as is known."""
    kind: str
    """OPENED, CLOSED, or a kind of change."""
    before: str = ""
    after: str = ""
    sources: list[PlaceChangePart] = field(default_factory=list)
    results: list[PlaceChangePart] = field(default_factory=list)
    change: PlaceChange | None = None
    """The change by which it came, None where the import wrote it."""


def timeline(place: Place) -> list[Event]:
    """Everything that became of a place, the newest first; what was undone stands there too, marked as undone."""
    changes = place_changes(place)
    told = {(change.kind, change.since): change for change in changes if change.undone_at is None}
    events = [*_names(place, told), *_parents(place, told)]
    events += [
        Event(
            change.since, change.kind, change=change,
            sources=[part for part in change.parts.all() if part.role == PlaceChangePart.Role.SOURCE],
            results=[part for part in change.parts.all() if part.role != PlaceChangePart.Role.SOURCE],
        )
        for change in changes if change.undone_at or change.kind in (MERGE, SPLIT)
    ]  # fmt: skip
    ends = {
        event.day for event in events if event.kind in (MERGE, SPLIT) and not (event.change and event.change.undone_at)
    }
    if place.opened_on and place.opened_on not in ends:
        events.append(Event(place.opened_on, OPENED, after=_first_name(place)))
    if place.closed_on and place.closed_on not in ends:
        events.append(Event(place.closed_on, CLOSED))
    return sorted(events, key=lambda event: event.day or dt.date.min, reverse=True)


def place_changes(place: Place) -> list[PlaceChange]:
    """The changes that concerned a place as source or result, with their parts, undone ones among them."""
    concerned = place.changes.exclude(role=PlaceChangePart.Role.PARENT).values("change")
    rows = PlaceChange.objects.filter(pk__in=concerned).prefetch_related("parts__place")
    return list(rows.order_by("-since", "-created_at"))


def successors_of(place: Place) -> list[PlaceChangePart]:
    """What a closed place was merged or split into; nothing for one that is open or was closed by itself."""
    if place.closed_on is None:
        return []
    ended = place.changes.filter(
        role=PlaceChangePart.Role.SOURCE, change__undone_at__isnull=True,
        change__kind__in=(MERGE, SPLIT), change__since=place.closed_on,
    )  # fmt: skip
    results = PlaceChangePart.objects.filter(change__in=ended.values("change"), role=PlaceChangePart.Role.RESULT)
    return list(results.select_related("place").order_by("code"))


def _first_name(place: Place) -> str:
    first = place.formerly.order_by("until").first()
    return first.short_name if first else place.short_name


def _names(place: Place, told: dict[tuple[str, dt.date], PlaceChange]) -> list[Event]:
    past = list(place.formerly.order_by("until"))
    names = [former.short_name for former in past] + [place.short_name]
    return [
        Event(former.until, RENAME, names[at], names[at + 1], change=told.get((RENAME, former.until)))
        for at, former in enumerate(past)
        if names[at] != names[at + 1]
    ]


def _parents(place: Place, told: dict[tuple[str, dt.date], PlaceChange]) -> list[Event]:
    """Each other parent after the first; its name as it is now."""
    rows = sorted(place.parents_over_time.select_related("parent"), key=lambda row: row.since or dt.date.min)
    return [
        Event(
            row.since, MOVE, before.parent.short_name, row.parent.short_name,
            change=told.get((MOVE, row.since)) if row.since else None,
        )
        for before, row in pairwise(rows)
    ]  # fmt: skip
