"""What the apps above have to do with a place that changes: each says what rests on it, and carries it to a successor.

The list of carriers is ``huoshui.reactions.CARRIERS``; the apps stand above places, so that they are read by name.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from django.conf import settings
from django.utils.functional import Promise
from django.utils.module_loading import import_string

from huoshui.kernel.errors import Problem
from huoshui.places.changes.trace import Trace
from huoshui.places.models import Place

if TYPE_CHECKING:
    from huoshui.places.changes.planning import Plan


@dataclass(frozen=True)
class Resting:
    """Something that rests on a place and must not stay on one that is closed."""

    part: str
    """Code of its carrier."""
    pk: Any
    label: str
    note: str = ""

    @property
    def key(self) -> str:
        """By what a choice names it."""
        return f"{self.part}:{self.pk}"


@dataclass(frozen=True)
class Staying:
    """How many records of a kind stay where they are, or go along with a place that is moved."""

    label: str
    count: int


class Carrier(Protocol):
    """One kind of what belongs to places."""

    code: str
    label: str | Promise

    def resting(self, place: Place, since: dt.date) -> list[Resting]:
        """What must go to a successor when the place ends."""

    def standing_open(self, place: Place, since: dt.date) -> list[Staying]:
        """What forbids to close the place from a day on without a successor: how many of each, also none."""

    def staying(self, paths: Iterable[str]) -> list[Staying]:
        """What stays with places (by their paths), for the preview."""

    def along(self, path: str) -> list[Staying]:
        """What a move of the place with this path brings along, itself and below it, for the preview."""

    def problems(self, plan: Plan) -> list[Problem]:
        """Why the plan cannot be carried out."""

    def carry(self, trace: Trace, item: Resting, to: Place, *, by: Any, since: dt.date) -> None:
        """Bring an item to its successor and journal it."""


def standing_open(place: Place, since: dt.date) -> list[Staying]:
    """What rests on a place that is to be closed from a day on, and would be left without one; only what there is."""
    return [row for carrier in carriers() for row in carrier.standing_open(place, since) if row.count]


def carriers() -> list[Carrier]:
    """Every carrier, in the order in which they carry."""
    dotted: list[str] = import_string(settings.PLACE_CARRIERS)
    return [import_string(name) for name in dotted]
