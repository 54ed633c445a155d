"""Everything that happened at a place, of all kinds, newest first."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from huoshui.matters.queries import matters_of_place
from huoshui.places.models import Place
from huoshui.visits.queries import results_of_place, visits_of_place


@dataclass
class PlaceLife:
    """What the reader may see of a place's visits, results and matters."""

    visits: list[Any]
    results: list[Any]
    matters: list[Any]

    def timeline(self) -> list[tuple[dt.date, str, str]]:
        """(day, words, address) of each, newest first."""
        moments = [(v.visited_on, f"{v.round or v.checklist}", "") for v in self.visits if v.visited_on]
        moments += [(m.opened_on, m.title, reverse("matter", args=[m.number])) for m in self.matters]
        return sorted(moments, reverse=True)


def life_of(user: Any, place: Place) -> PlaceLife:
    """The life of a place and of everything below it."""
    return PlaceLife(
        visits=list(visits_of_place(user, place)[:50]),
        results=list(results_of_place(user, place)[:20]),
        matters=list(matters_of_place(user, place)[:100]),
    )
