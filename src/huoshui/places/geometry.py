"""Points and outlines of places: what is a sound one."""

from __future__ import annotations

import json
from typing import Any

from django.utils.translation import gettext as _

from huoshui.kernel.choices import unknown
from huoshui.kernel.errors import Refusal
from huoshui.places.models import Place

MICRO = 1_000_000
MAX_POSITIONS = 20_000
Ring = list[list[float]]


def checked_point(latitude: int | None, longitude: int | None) -> None:
    """Raise place.point unless both are None, or both lie on the globe (micro-degrees WGS-84)."""
    if latitude is None and longitude is None:
        return
    if latitude is None or longitude is None:
        raise Refusal("place.point", field="latitude" if latitude is None else "longitude")
    if abs(latitude) > 90 * MICRO:
        raise Refusal("place.point", field="latitude")
    if abs(longitude) > 180 * MICRO:
        raise Refusal("place.point", field="longitude")


def checked_precision(precision: str) -> str:
    """What a point is worth, one of ``Place.Precision``. Raises value.choice."""
    if precision not in Place.Precision.values:
        raise unknown("precision", precision, Place.Precision.labels, _("位置精度"))
    return precision


def checked_outline(outline: dict[str, Any]) -> dict[str, Any]:
    """A GeoJSON Polygon or MultiPolygon, rounded to micro-degrees, without other members.

    Every ring needs four positions or more, [longitude, latitude] in degrees, the last one the first again.
    Raises place.outline, which says what is wrong.
    """
    kind, coordinates = outline.get("type"), outline.get("coordinates")
    polygons = {"Polygon": [coordinates], "MultiPolygon": coordinates}.get(str(kind))
    if not isinstance(polygons, list) or not polygons:
        raise _wrong("type", _("应为 Polygon 或 MultiPolygon"))
    checked = [_polygon(polygon) for polygon in polygons]
    if sum(len(ring) for polygon in checked for ring in polygon) > MAX_POSITIONS:
        raise _wrong("coordinates", _("多于 %(limit)s 个点") % {"limit": MAX_POSITIONS})
    return {"type": kind, "coordinates": checked if kind == "MultiPolygon" else checked[0]}


def outline_text(outline: dict[str, Any]) -> str:
    """The outline as one exact text, for the journal."""
    return json.dumps(outline, sort_keys=True, separators=(",", ":"))


def _polygon(rings: Any) -> list[Ring]:
    if not isinstance(rings, list) or not rings:
        raise _wrong("coordinates", _("应为若干环的列表"))
    return [_ring(ring) for ring in rings]


def _ring(positions: Any) -> Ring:
    if not isinstance(positions, list) or len(positions) < 4:
        raise _wrong("coordinates", _("有一环少于四个点"))
    ring = [_position(position) for position in positions]
    if ring[0] != ring[-1]:
        raise _wrong("coordinates", _("有一环首尾不同"))
    return ring


def _position(position: Any) -> list[float]:
    if not isinstance(position, list | tuple) or len(position) < 2:
        raise _wrong("coordinates", _not_a_position(position))
    longitude, latitude = position[0], position[1]
    for value, limit in ((longitude, 180), (latitude, 90)):
        if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) <= limit:
            raise _wrong("coordinates", _not_a_position(position))
    return [round(longitude, 6), round(latitude, 6)]


def _not_a_position(position: Any) -> str:
    return _("“%(position)s”不是经度和纬度") % {"position": str(position)[:60]}


def _wrong(member: str, reason: str) -> Refusal:
    return Refusal("place.outline", field="outline", member=member, reason=reason)
