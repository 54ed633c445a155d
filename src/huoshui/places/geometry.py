"""Points and outlines of places: what is a sound one."""

from __future__ import annotations

import json
from typing import Any

from huoshui.kernel.errors import Refusal

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


def checked_outline(outline: dict[str, Any]) -> dict[str, Any]:
    """A GeoJSON Polygon or MultiPolygon, rounded to micro-degrees, without other members.

    Every ring needs four positions or more, [longitude, latitude] in degrees, the last one the first again.
    Raises place.outline, which says what is wrong.
    """
    kind, coordinates = outline.get("type"), outline.get("coordinates")
    polygons = {"Polygon": [coordinates], "MultiPolygon": coordinates}.get(str(kind))
    if not isinstance(polygons, list) or not polygons:
        raise _wrong("type", "Polygon / MultiPolygon")
    checked = [_polygon(polygon) for polygon in polygons]
    if sum(len(ring) for polygon in checked for ring in polygon) > MAX_POSITIONS:
        raise _wrong("coordinates", f"> {MAX_POSITIONS}")
    return {"type": kind, "coordinates": checked if kind == "MultiPolygon" else checked[0]}


def outline_text(outline: dict[str, Any]) -> str:
    """The outline as one exact text, for the journal."""
    return json.dumps(outline, sort_keys=True, separators=(",", ":"))


def _polygon(rings: Any) -> list[Ring]:
    if not isinstance(rings, list) or not rings:
        raise _wrong("coordinates", "[]")
    return [_ring(ring) for ring in rings]


def _ring(positions: Any) -> Ring:
    if not isinstance(positions, list) or len(positions) < 4:
        raise _wrong("coordinates", "环少于四点 / a ring of fewer than four positions")
    ring = [_position(position) for position in positions]
    if ring[0] != ring[-1]:
        raise _wrong("coordinates", "环未闭合 / a ring that is not closed")
    return ring


def _position(position: Any) -> list[float]:
    if not isinstance(position, list | tuple) or len(position) < 2:
        raise _wrong("coordinates", str(position)[:60])
    longitude, latitude = position[0], position[1]
    for value, limit in ((longitude, 180), (latitude, 90)):
        if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) <= limit:
            raise _wrong("coordinates", f"经度、纬度 / longitude, latitude: {str(position)[:60]}")
    return [round(longitude, 6), round(latitude, 6)]


def _wrong(member: str, reason: str) -> Refusal:
    return Refusal("place.outline", field="outline", member=member, reason=reason)
