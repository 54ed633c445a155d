"""Schematic outlines: cells that tile the ground, each around its own point, joined without gaps."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest

from huoshui.demo.cells import Cells, Point
from huoshui.places.geometry import checked_outline

ROWS, STEP = 6, 0.01
POINTS: dict[str, Point] = {
    f"{row}{column}": (113 + column * STEP + row % 2 * STEP / 3, 35 + row * STEP)
    for row in range(ROWS)
    for column in range(ROWS)
}


@pytest.fixture(scope="module")
def cells() -> Cells:
    return Cells(POINTS, STEP)


def area(ring: list[list[float]]) -> float:
    return sum(a[0] * b[1] - b[0] * a[1] for a, b in pairwise(ring)) / 2


def holds(ring: list[list[float]], point: Point) -> bool:
    """Whether a point lies within a convex ring that runs counter-clockwise."""
    x, y = point
    return all((b[0] - a[0]) * (y - a[1]) >= (b[1] - a[1]) * (x - a[0]) for a, b in pairwise(ring))


def test_every_cell_is_sound_and_around_its_point(cells: Cells) -> None:
    for code, point in POINTS.items():
        outline: dict[str, Any] = cells.outline([code])
        assert checked_outline(outline) == outline
        (ring,) = outline["coordinates"]
        assert area(ring) > 0
        assert holds(ring, point)


def test_joined_cells_cover_what_each_covers(cells: Cells) -> None:
    single = [area(cells.outline([code])["coordinates"][0]) for code in POINTS]
    whole = cells.outline(POINTS)
    assert (whole["type"], len(whole["coordinates"])) == ("Polygon", 1)
    assert area(whole["coordinates"][0]) == pytest.approx(sum(single), rel=1e-3)


def test_what_lies_apart_is_several_and_what_is_enclosed_a_hole(cells: Cells) -> None:
    apart = cells.outline(["00", "55"])
    assert (apart["type"], len(apart["coordinates"])) == ("MultiPolygon", 2)
    around = cells.outline(code for code in POINTS if code != "33")
    outer, hole = around["coordinates"]
    assert (area(outer) > 0, area(hole) < 0) == (True, True)
    assert checked_outline(around) == around
