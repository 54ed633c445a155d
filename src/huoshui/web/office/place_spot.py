"""A small picture of where a place lies among its neighbours: drawn by the server, without a script or a tile."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from huoshui.kernel import clock
from huoshui.kernel.reading import read_until_changed
from huoshui.places.models import Place
from huoshui.places.on_map import Spot, places_on_map

WIDTH, HEIGHT, MARGIN = 280, 180, 14
"""Of the picture, in its own units."""
METRES_A_DEGREE = 111_195
"""Of latitude, on the sphere of the earth's mean radius."""
BARS = (100, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 50_000)
"""Lengths that a scale bar may have, in metres."""
LONGEST_BAR = 90
SMALLEST_SPAN = 400
"""Metres that the picture shows at least."""


@dataclass(frozen=True)
class Picture:
    """Dots of the neighbours, the place itself, and a scale bar: ``bar`` units long, worth ``metres``."""

    dots: list[tuple[float, float, str]]
    x: float
    y: float
    bar: float
    metres: int

    @property
    def bar_words(self) -> str:
        """The length of the bar as a number of metres or kilometres."""
        if self.metres >= 1000:
            return _("%(n)s 公里") % {"n": self.metres // 1000}
        return _("%(n)s 米") % {"n": self.metres}


def picture_of(actor: Any, place: Place) -> Picture | None:
    """The picture of a place with a point, None for one without: the open places of its kind beside it."""
    if place.latitude is None or place.longitude is None:
        return None
    rows = [spot for spot in _of_a_kind(actor, place.parent_id, place.kind, clock.today()) if spot.code != place.code]
    scale = math.cos(math.radians(place.latitude / 1_000_000))
    points = [(spot, *_metres(spot, place, scale)) for spot in rows]
    reach_x = max([SMALLEST_SPAN / 2, *(abs(east) for _, east, _ in points)])
    reach_y = max([SMALLEST_SPAN / 2, *(abs(north) for _, _, north in points)])
    unit = min((WIDTH / 2 - MARGIN) / reach_x, (HEIGHT / 2 - MARGIN) / reach_y)
    metres = max([BARS[0], *(length for length in BARS if length * unit <= LONGEST_BAR)])
    dots = [
        (_shown(WIDTH / 2 + east * unit), _shown(HEIGHT / 2 - north * unit), spot.name) for spot, east, north in points
    ]
    return Picture(dots, WIDTH / 2, HEIGHT / 2, _shown(metres * unit), metres)


@read_until_changed
def _of_a_kind(actor: Any, parent: UUID | None, kind: str, _day: dt.date) -> list[Spot]:
    return places_on_map(Place.objects.visible_to(actor).filter(parent=parent, kind=kind)).rows


def _metres(spot: Spot, place: Place, scale: float) -> tuple[float, float]:
    """East and north of the place."""
    east = (spot.longitude - (place.longitude or 0)) / 1_000_000 * METRES_A_DEGREE * scale
    return east, (spot.latitude - (place.latitude or 0)) / 1_000_000 * METRES_A_DEGREE


def _shown(value: float) -> float:
    return round(value, 1)
