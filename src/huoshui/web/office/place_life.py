"""Everything that happened at a place, of all kinds, newest first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from huoshui.matters.queries import matters_of_place
from huoshui.places.models import Place
from huoshui.visits.queries import results_of_place, visits_of_place


@dataclass
class PlaceLife:
    """What the reader may see of a place's visits, results and matters."""

    visits: list[Any]
    results: list[Any]
    matters: list[Any]

    @property
    def going(self) -> list[Any]:
        """Matters that have not ended, the earliest deadline first."""
        return [matter for matter in self.matters if not matter.is_closed]

    @property
    def late(self) -> list[Any]:
        """Matters past their deadline."""
        return [matter for matter in self.going if matter.light() == "red"]


def life_of(user: Any, place: Place) -> PlaceLife:
    """The life of a place and of everything below it."""
    return PlaceLife(
        visits=list(visits_of_place(user, place)[:50]),
        results=list(results_of_place(user, place)[:20]),
        matters=list(matters_of_place(user, place)[:100]),
    )
