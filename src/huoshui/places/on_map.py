"""Places as points of a map, at most MOST_SPOTS of them: what is visible, open and has a point, and what was counted
there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from huoshui.kernel.access import Actor
from huoshui.kernel.batching import batches
from huoshui.packs.queries import all_current
from huoshui.places.models import Place, PlaceQuerySet, prefixes

MOST_SPOTS = 5000
"""Points of one map. Of more a phone makes nothing; who has more asks for a town."""
MARKS = ("red", "yellow", "blue", "green", "none")
"""What a point may show, the most urgent first. What each means says the layer: of matters they are their lights."""
COLUMNS = ("code", "short_name", "kind", "path", "latitude", "longitude", "precision")


@dataclass(frozen=True)
class Spot:
    """A place that has a point: micro-degrees WGS-84, and what the point is worth (``Place.Precision``)."""

    code: str
    name: str
    kind: str
    path: str
    latitude: int
    longitude: int
    precision: str


@dataclass(frozen=True)
class Spots:
    """The points of a map, and whether there are more than are shown."""

    rows: list[Spot]
    cut: bool = False


@dataclass(frozen=True)
class CountedSpot:
    """A point with what was counted at its place, and at what lies within it and has no point of its own."""

    spot: Spot
    counts: dict[str, int]
    """How many show each of MARKS."""

    @property
    def total(self) -> int:
        return sum(self.counts.values())


@dataclass(frozen=True)
class CountedOnMap:
    """The points, those with the most urgent first; ``nowhere``: how many are at places without any point."""

    rows: list[CountedSpot]
    nowhere: int
    cut: bool

    @property
    def total(self) -> int:
        """How many there are, those that no point shows as well."""
        return sum(row.total for row in self.rows) + self.nowhere


def counted_on_map(actor: Actor, counted: Mapping[UUID, Counter[str]]) -> CountedOnMap:
    """What was counted, by the key of its place and by mark, at the points that the actor sees."""
    paths = dict(Place.objects.filter(pk__in=list(counted)).values_list("pk", "path"))
    above = spots_above(actor, paths.values())
    by_spot: dict[Spot, Counter[str]] = {}
    nowhere = 0
    for key, counts in counted.items():
        if (path := paths[key]) in above:
            by_spot.setdefault(above[path], Counter()).update(counts)
        else:
            nowhere += counts.total()
    rows = [CountedSpot(spot, {mark: counts[mark] for mark in MARKS}) for spot, counts in by_spot.items()]
    rows.sort(key=lambda row: (*(-row.counts[mark] for mark in MARKS), row.spot.path))
    return CountedOnMap(rows[:MOST_SPOTS], nowhere, len(rows) > MOST_SPOTS)


def places_on_map(places: PlaceQuerySet) -> Spots:
    """The open places of a queryset, scoped by its caller, that have a point, in the order of their paths."""
    found = _pointed(places.filter(closed_on__isnull=True).order_by("path"))[: MOST_SPOTS + 1]
    rows = [Spot(*row) for row in found]
    return Spots(rows[:MOST_SPOTS], len(rows) > MOST_SPOTS)


def spots_above(actor: Actor, paths: Iterable[str]) -> dict[str, Spot]:
    """For each path the visible spot of its place, or of the nearest place above that has a point.

    A hub without a point so shows at its village. Paths without any are left out.
    """
    asked = {path: prefixes(path)[::-1] for path in paths}
    wanted = sorted({above for line in asked.values() for above in line})
    known: dict[str, Spot] = {}
    for some in batches(wanted):
        for row in _pointed(Place.objects.visible_to(actor).filter(path__in=some)):
            spot = Spot(*row)
            known[spot.path] = spot
    nearest = ((path, next((known[above] for above in line if above in known), None)) for path, line in asked.items())
    return {path: spot for path, spot in nearest if spot}


def towns_by_path(actor: Actor) -> dict[str, Place]:
    """The visible townships by their paths, with code and name."""
    townships = [code for code, kind in all_current("place_kinds").items() if kind.level == "township"]
    rows = Place.objects.visible_to(actor).filter(kind__in=townships).only("path", "code", "short_name")
    return {place.path: place for place in rows}


def town_of(path: str, towns: dict[str, Place]) -> Place | None:
    """The township that a path lies in, or is."""
    return next((towns[above] for above in prefixes(path) if above in towns), None)


def _pointed(places: PlaceQuerySet) -> Any:
    return places.filter(latitude__isnull=False, longitude__isnull=False).values_list(*COLUMNS)


def degrees(spot: Spot, system: str) -> Iterator[float]:
    """Longitude and latitude of a spot in decimal degrees of a system."""
    from huoshui.places.datums import GCJ02, MICRO, to_gcj02

    if system == GCJ02:
        north, east = to_gcj02(spot.latitude, spot.longitude)
        yield from (float(east), float(north))
    else:
        yield from (spot.longitude / MICRO, spot.latitude / MICRO)
