"""Schematic outlines around schematic points: the cells of their Voronoi diagram. No claim about any real border.

Every village gets what lies nearer to its point than to any other; a township is made of its villages' cells, the
district of its townships'. A ring of made-up points around them closes the outer cells.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Any

Point = tuple[float, float]
"""Degrees east and degrees north."""
Ring = tuple[int, ...]
"""Corners by their numbers, counter-clockwise, the first not repeated."""
DIGITS = 6


class Cells:
    """The cells around some points, which share their corners exactly."""

    def __init__(self, points: Mapping[str, Point], spacing: float) -> None:
        """``spacing``: degrees of latitude between neighbours; the outer cells reach about as far."""
        from scipy.spatial import Voronoi

        self._squeeze = math.cos(math.radians(next(iter(points.values()))[1]))
        flat = [(east * self._squeeze, north) for east, north in points.values()]
        drawn = Voronoi([*flat, *_around(flat, spacing)])
        self._corners = drawn.vertices
        self._rings = {
            code: self._counter_clockwise(drawn.regions[drawn.point_region[at]]) for at, code in enumerate(points)
        }

    def outline(self, codes: Iterable[str]) -> dict[str, Any]:
        """The cells of some points as one GeoJSON Polygon, or MultiPolygon where they lie apart."""
        edges = {edge for code in codes for edge in _edges(self._rings[code])}
        ahead: dict[int, list[int]] = defaultdict(list)
        for start, end in sorted(edges):
            if (end, start) not in edges:  # what two of them share is no border
                ahead[start].append(end)
        rings = sorted(_chained(ahead), key=self._area, reverse=True)
        polygons = [[self._positions(ring)] for ring in rings if self._area(ring) > 0]
        # A hole is another's cell that is enclosed; it lies in the largest polygon of all that we draw.
        polygons[0] += [self._positions(ring) for ring in rings if self._area(ring) < 0]
        if len(polygons) == 1:
            return {"type": "Polygon", "coordinates": polygons[0]}
        return {"type": "MultiPolygon", "coordinates": polygons}

    def _counter_clockwise(self, region: Sequence[int]) -> Ring:
        ring = tuple(int(corner) for corner in region)
        return ring if self._area(ring) > 0 else ring[::-1]

    def _area(self, ring: Ring) -> float:
        """Signed, in square degrees of the squeezed plane; counter-clockwise is positive."""
        at = [self._corners[corner] for corner in (*ring, ring[0])]
        return float(sum(a[0] * b[1] - b[0] * a[1] for a, b in pairwise(at)) / 2)

    def _positions(self, ring: Ring) -> list[list[float]]:
        at = [self._corners[corner] for corner in (*ring, ring[0])]
        return [[round(float(x) / self._squeeze, DIGITS), round(float(y), DIGITS)] for x, y in at]


def _edges(ring: Ring) -> list[tuple[int, int]]:
    return list(pairwise((*ring, ring[0])))


def _chained(ahead: dict[int, list[int]]) -> list[Ring]:
    """Border edges put end to end."""
    rings = []
    while (start := next((corner for corner, ends in ahead.items() if ends), None)) is not None:
        ring, at = [start], ahead[start].pop()
        while at != start:
            ring.append(at)
            at = ahead[at].pop()
        rings.append(tuple(ring))
    return rings


def _around(points: Sequence[Point], spacing: float) -> list[Point]:
    """A grid of points outside of the hull of the others, wide enough that every cell within is closed."""
    from scipy.spatial import ConvexHull

    sides = ConvexHull(points).equations
    west, east = min(x for x, _y in points) - 4 * spacing, max(x for x, _y in points) + 4 * spacing
    south, north = min(y for _x, y in points) - 4 * spacing, max(y for _x, y in points) + 4 * spacing
    found = []
    for row in range(math.ceil((north - south) / spacing) + 1):
        for column in range(math.ceil((east - west) / spacing) + 1):
            x, y = west + (column + row % 2 / 2) * spacing, south + row * spacing
            if max(a * x + b * y + c for a, b, c in sides) > spacing:
                found.append((x, y))
    return found
