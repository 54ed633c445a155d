"""How many minutes it takes from one place to another: from their points, or as a table says. Nothing is guessed."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from django.utils.translation import gettext as _

from huoshui.kernel.errors import Problem
from huoshui.kernel.wording import listed
from huoshui.places.geometry import MICRO
from huoshui.places.models import Place
from huoshui.visits.tour.table import Distances, missing_problem
from huoshui.visits.tour.terms import POINTS, Terms

EARTH = 6_371_008.8
"""Mean radius of the earth in metres (IUGG, R1)."""
NAMED = 20
"""How many places without a point are named; of more, their number is said."""


def _point(place: Place) -> tuple[float, float]:
    """Latitude and longitude in radians. Raises LookupError: who asks has shown that there is a point."""
    if place.latitude is None or place.longitude is None:
        raise LookupError(f"{place.code} has no point")
    return math.radians(place.latitude / MICRO), math.radians(place.longitude / MICRO)


def great_circle(a: Place, b: Place) -> int:
    """Metres between the points of two places along the great circle, by the haversine formula."""
    (south, west), (north, east) = _point(a), _point(b)
    half = math.sin((north - south) / 2) ** 2
    half += math.cos(south) * math.cos(north) * math.sin((east - west) / 2) ** 2
    return round(2 * EARTH * math.asin(min(1.0, math.sqrt(half))))


class Legs:
    """Minutes of driving by the terms, in whole minutes: one that is begun counts."""

    def __init__(self, terms: Terms, distances: Distances | None) -> None:
        self.terms, self.distances = terms, distances

    def minutes(self, a: Place, b: Place) -> int:
        """From a to b, the same as from b to a. Both must be known (see ``problems``)."""
        if a.code == b.code:
            return 0
        if self.terms.source == POINTS:
            return self._driven(great_circle(a, b) * self.terms.winding // 100)
        if self.distances is None:
            raise LookupError("there is no table of distances")
        value = self.distances.legs[min(a.code, b.code), max(a.code, b.code)]
        return value if self.distances.unit == "minutes" else self._driven(value)

    def _driven(self, metres: int) -> int:
        return -(-metres * 60 // (self.terms.speed * 1000))

    def matrix(self, places: Sequence[Place]) -> list[list[int]]:
        """Minutes from each to each."""
        return [[self.minutes(a, b) for b in places] for a in places]

    def problems(self, places: Iterable[Place]) -> list[Problem]:
        """What is not known of these places: who has no point, or which pairs the table lacks."""
        known = {place.code: place for place in places}.values()
        if self.terms.source == POINTS:
            lost = [place for place in known if place.latitude is None]
            names = listed(place.short_name for place in lost[:NAMED])
            params = {"count": len(lost), "places": names + (_("等") if len(lost) > NAMED else "")}
            return [Problem("tour.no_points", "source", params=params)] if lost else []
        if self.distances is None:
            return [Problem("tour.no_table", "source")]
        missing = self.distances.missing(known)
        return [missing_problem(missing)] if missing else []
