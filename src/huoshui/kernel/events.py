"""Domain events: typed records by which one app tells its sisters, in the same transaction.

The list of who acts on what is ``huoshui.reactions.REACTIONS``. A reaction that fails rolls the whole action
back, so that a failing answer can never lose its matter.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal
from uuid import UUID

from django.utils.module_loading import import_string


@dataclass(frozen=True)
class Event:
    """Base of the records below; ``by`` is the account whose action raised it."""

    by: Any


@dataclass(frozen=True)
class FailingItem:
    """One checklist item that a place failed by the pack's quorum of judges."""

    place_id: UUID
    checklist: str
    item: str
    title: str
    detail: str
    matter_kind: str
    severity: str
    photo_ids: tuple[UUID, ...] = ()
    values: Mapping[str, Any] = field(default_factory=dict)
    """Of the kind's fields, by code, as the checklist says that the matter begins."""


@dataclass(frozen=True)
class RoundSealed(Event):
    """A round was sealed; a matter is to be opened for each failing item, one per place and item."""

    round_id: UUID
    round_name: str
    pack: str
    failing: tuple[FailingItem, ...]


@dataclass(frozen=True)
class VisitHandedIn(Event):
    """A visit that stands by itself was handed in, in which items failed that open matters without a round."""

    visit_id: UUID
    label: str
    """Name of the checklist with the day, as the matter tells where it comes from."""
    pack: str
    failing: tuple[FailingItem, ...]


@dataclass(frozen=True)
class MatterMoved(Event):
    """A matter went through a transition (or was opened: ``transition`` ""), and how it stands then.

    ``source_kind`` and ``source_id``: what it was opened for, by which a sister knows its own; ``absorbed``: the same
    of those that were merged into it, whose people are told of it too.
    """

    matter_id: UUID
    transition: str
    number: str = ""
    source_kind: str = ""
    source_id: UUID | None = None
    state: str = ""
    state_name: Mapping[str, str] = field(default_factory=dict)
    """Label of the state, by language (zh, en)."""
    phase: str = ""
    due_on: dt.date | None = None
    closed_on: dt.date | None = None
    close_reason: str = ""
    absorbed: tuple[tuple[str, UUID], ...] = ()


@dataclass(frozen=True)
class RequestTaken(Event):
    """A service was asked for; a matter of ``kind`` is to be opened that carries the request to its end."""

    request_id: UUID
    kind: str
    place_id: UUID
    title: str
    values: Mapping[str, Any]
    """Of the kind's fields, by code, as they were given."""
    promised_on: dt.date
    """The day by which the office promised to have done it: the matter's own deadline."""
    label: str
    """Name of the request, as the matter tells where it comes from."""
    whole_id: UUID | None = None
    """The request that it is a part of; its matter was opened before."""


@dataclass(frozen=True)
class PromiseMoved(Event):
    """The promised day of a request was counted again by the published calendar; its matter's own deadline follows."""

    matter_id: UUID
    was: dt.date
    promised_on: dt.date


@dataclass(frozen=True)
class RatedLow(Event):
    """Somebody rated a service so low that it has to be corrected; nobody whom the rating is about verifies that."""

    rating_id: UUID
    request_matter_id: UUID
    taken_by_id: UUID
    """Who took the request: rated as well, whatever they did afterwards."""
    kind: str
    place_id: UUID
    title: str
    detail: str
    label: str


@dataclass(frozen=True)
class DutyEnded(Event):
    """A duty was ended, from ``until`` on; what rests on its holder goes to a successor, or to the unit alone.

    ``successor`` None and ``to_unit`` False: nobody said where it goes.
    """

    duty_id: UUID
    until: dt.date
    successor: Any
    to_unit: bool


@dataclass(frozen=True)
class TermEnded(Event):
    """The timer saw that the term of a duty has ended; what rests on its holder is to be asked for."""

    duty_id: UUID


@dataclass(frozen=True)
class DelegationTold(Event):
    """Somebody began or ended standing in for another, in some duties of one person; both are to be told."""

    told: Literal["begun", "ended"]
    delegation_ids: tuple[UUID, ...]


@dataclass(frozen=True)
class OccasionsTold(Event):
    """The timer saw that what comes round is near its due day at places, or past it; their people are to be told."""

    told: Literal["near", "overdue"]
    occasion_ids: tuple[UUID, ...]


@dataclass(frozen=True)
class MoneyMoves(Event):
    """Money is about to be ordered, confirmed or reversed on a locked matter; a reaction refuses what may not be."""

    matter: Any
    step: Literal["order", "confirm", "reverse"]
    line_type: str
    amount: int
    """Fen that are ordered, confirmed or taken away."""


def publish(event: Event) -> None:
    """Run every reaction to the event, now, in the running transaction."""
    from django.conf import settings

    reactions: list[tuple[type[Event], str]] = import_string(settings.DOMAIN_REACTIONS)
    for kind, dotted in reactions:
        if isinstance(event, kind):
            function: Callable[[Event], None] = import_string(dotted)
            function(event)
