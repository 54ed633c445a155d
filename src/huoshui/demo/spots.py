"""Where the demo draws its places: made up by us, marked as schematic, and never a claim about the real ones.

No survey of the villages' points is open to us. So that the map and the tour have something to go by, each township
gets a field within the rough extent of the district, and its villages are spread over it in the order of their codes.
Outlines, for the filled maps, are the cells around these points, and as schematic as they are.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from huoshui.demo.cells import Cells, Point
from huoshui.demo.land import Land
from huoshui.duties.queries import system_account
from huoshui.places.actions import locate_place
from huoshui.places.models import Place

LATITUDE, LONGITUDE = 35.20, 113.27
"""Degrees WGS-84, the rough middle of the district."""
FIELDS = {
    "410871060": (0.012, -0.062),
    "410871061": (0.060, 0.000),
    "410871062": (0.004, 0.018),
    "410871100": (-0.042, 0.088),
    "410871101": (-0.058, -0.034),
    "410871203": (-0.062, 0.034),
}
"""Degrees north and east of the middle at which the field of a township has its own."""
STEP = 0.0058
"""Degrees of latitude: a village lies some 650 m from the next one of its spiral."""
GOLDEN = math.pi * (3 - math.sqrt(5))
"""The angle by which a sunflower sets its seeds: they are spread evenly, however many there are."""
HUB_NORTH, HUB_EAST = 700, 900
"""Micro-degrees by which a hub is drawn beside its village."""
RING = 1500
"""Micro-degrees from the middle of a village to its other sites."""


def draw_places(land: Land) -> None:
    """Give the district, its townships and its villages schematic points and outlines."""
    points = {village.code: at for town in land.towns for village, at in _spread(land, town)}
    cells = Cells(points, STEP)
    _draw(land.district, (LONGITUDE, LATITUDE), cells.outline(points))
    for town in land.towns:
        north, east = FIELDS[town.code]
        own = land.villages_of(town)
        _draw(town, (LONGITUDE + east, LATITUDE + north), cells.outline(village.code for village in own))
        for village in own:
            _draw(village, points[village.code], cells.outline([village.code]))


def _spread(land: Land, town: Place) -> Iterator[tuple[Place, Point]]:
    """The villages of a township with their points, as a sunflower sets its seeds."""
    north, east = FIELDS[town.code]
    stretched = math.cos(math.radians(LATITUDE))
    for number, village in enumerate(land.villages_of(town), start=1):
        away, angle = STEP * math.sqrt(number), number * GOLDEN
        across = away * math.cos(angle) / stretched
        yield village, (LONGITUDE + east + across, LATITUDE + north + away * math.sin(angle))


def around(village: Place, number: int, *, of: int) -> tuple[int, int] | None:
    """Where one of several sites of a village is drawn, in micro-degrees: on a ring wider than the hub's."""
    if village.latitude is None or village.longitude is None:
        return None
    angle = 2 * math.pi * number / of
    north, east = RING * math.cos(angle), RING * math.sin(angle) / math.cos(math.radians(LATITUDE))
    return village.latitude + round(north), village.longitude + round(east)


def beside(village: Place) -> dict[str, Any]:
    """Where the hub of a village is drawn, as ``open_place`` takes it."""
    if village.latitude is None or village.longitude is None:
        return {}
    north, east = village.latitude + HUB_NORTH, village.longitude + HUB_EAST
    return {"latitude": north, "longitude": east, "precision": Place.Precision.SCHEMATIC}


def _draw(place: Place, at: Point, outline: dict[str, Any]) -> None:
    east, north = (round(degrees * 1_000_000) for degrees in at)
    drawn = locate_place(
        by=system_account(), place=place, latitude=north, longitude=east, outline=outline,
        precision=Place.Precision.SCHEMATIC,
    )  # fmt: skip
    place.latitude, place.longitude, place.precision = drawn.latitude, drawn.longitude, drawn.precision
    place.version = drawn.version
