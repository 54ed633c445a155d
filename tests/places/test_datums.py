"""Coordinates taken from Chinese maps and given back."""

from __future__ import annotations

from fractions import Fraction
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huoshui.duties.queries import system_account
from huoshui.kernel.errors import Refusal
from huoshui.places.datums import GCJ02, WGS84, system_of, to_gcj02, to_wgs84
from huoshui.places.imports import import_places
from huoshui.places.models import Place

# The district of the demo with its surroundings.
latitudes = st.integers(34_900_000, 35_500_000)
longitudes = st.integers(112_900_000, 113_700_000)


@given(latitudes, longitudes)
def test_there_and_back_is_the_same_point(latitude: int, longitude: int) -> None:
    north, east = (Fraction(text) for text in to_gcj02(latitude, longitude))
    assert to_wgs84(north, east, GCJ02) == (latitude, longitude)


@given(latitudes, longitudes)
def test_the_other_way_within_a_metre(latitude: int, longitude: int) -> None:
    point = Fraction(latitude, 1_000_000), Fraction(longitude, 1_000_000)
    north, east = to_gcj02(*to_wgs84(*point, GCJ02))
    assert abs(Fraction(north) - point[0]) < Fraction(1, 1_000_000)
    assert abs(Fraction(east) - point[1]) < Fraction(1, 1_000_000)


def test_outside_china_nothing_is_shifted() -> None:
    assert to_wgs84(Fraction(48), Fraction(2), GCJ02) == to_wgs84(Fraction(48), Fraction(2), WGS84)


def test_how_a_system_is_written() -> None:
    assert [system_of(text) for text in ("", "WGS-84", "高德", "gcj 02")] == [WGS84, WGS84, GCJ02, GCJ02]
    with pytest.raises(Refusal) as caught:
        system_of("BD-09")
    assert caught.value.code == "value.choice"


def test_a_column_of_the_import(cast: SimpleNamespace) -> None:
    head, row = (
        "代码,名称,种类,上级,纬度,经度,坐标系\n",
        "410871203201,寨卜昌村村民委员会,行政村,410871203,35.2105,113.2512,",
    )
    wrong = import_places(by=system_account(), data=f"{head}{row}BD-09".encode(), name="a.csv")
    assert [(problem.code, problem.field) for problem in wrong.problems] == [("value.choice", "system")]
    import_places(by=system_account(), data=f"{head}{row}高德".encode(), name="a.csv")
    village = Place.objects.get(code="410871203201")
    assert (village.latitude, village.longitude) == to_wgs84(Fraction("35.2105"), Fraction("113.2512"), GCJ02)
