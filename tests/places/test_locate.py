"""places.locate"""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from django.utils import translation

from huoshui.kernel.errors import Refusal
from huoshui.kernel.models import Entry
from huoshui.places import actions
from tests.places.helpers import last_entry, refused

SQUARE = [[113.2, 35.2], [113.3, 35.2], [113.3, 35.3], [113.2, 35.2]]


def test_point_and_outline(cast: SimpleNamespace) -> None:
    where: dict[str, Any] = {
        "latitude": 35_240_000,
        "longitude": 113_240_000,
        "outline": {"type": "Polygon", "coordinates": [SQUARE], "crs": "left out"},
    }
    place = actions.locate_place(by=cast.district_office, place=cast.land.village, **where)
    place.refresh_from_db()
    assert (place.latitude, place.longitude) == (35_240_000, 113_240_000)
    assert place.outline == {"type": "Polygon", "coordinates": [SQUARE]}
    assert last_entry()[0] == "places.locate"
    before = Entry.objects.count()
    actions.locate_place(by=cast.district_office, place=place, **where)
    assert Entry.objects.count() == before
    cleared = actions.locate_place(by=cast.district_office, place=place)
    assert (cleared.latitude, cleared.outline) == (None, None)


def test_several_polygons(cast: SimpleNamespace) -> None:
    outline = {"type": "MultiPolygon", "coordinates": [[SQUARE], [SQUARE]]}
    place = actions.locate_place(by=cast.district_office, place=cast.land.village, outline=outline)
    assert place.outline == outline


@pytest.mark.parametrize(
    "outline",
    [
        {},
        {"type": "Point", "coordinates": [113.2, 35.2]},
        {"type": "Polygon"},
        {"type": "Polygon", "coordinates": []},
        {"type": "MultiPolygon", "coordinates": []},
        {"type": "Polygon", "coordinates": [SQUARE[:3]]},
        {"type": "Polygon", "coordinates": [[*SQUARE[:3], [113.2, 35.3]]]},
        {"type": "Polygon", "coordinates": [[[35.2, 113.2], [35.3, 113.2], [35.3, 113.3], [35.2, 113.2]]]},
        {"type": "Polygon", "coordinates": [[["a", "b"]] * 4]},
        {"type": "Polygon", "coordinates": [[[True, False]] * 4]},
        {"type": "Polygon", "coordinates": [[[float("nan"), 1.0]] * 4]},
        {"type": "Polygon", "coordinates": [[1, 2, 3, 4]]},
    ],
)
def test_unsound_outlines(cast: SimpleNamespace, outline: dict[str, Any]) -> None:
    with refused("place.outline"):
        actions.locate_place(by=cast.district_office, place=cast.land.village, outline=outline)


def test_refusals(cast: SimpleNamespace) -> None:
    with refused("access.denied"):
        actions.locate_place(by=cast.secretary, place=cast.land.village, latitude=1, longitude=1)
    with refused("place.point"):
        actions.locate_place(by=cast.district_office, place=cast.land.village, longitude=1)
    with refused("record.stale"):
        actions.locate_place(by=cast.district_office, place=cast.land.village, seen_version=9)


@pytest.mark.parametrize(
    ("language", "said"),
    [("zh-hans", "边界的“coordinates”不合规定：有一环首尾不同。"), ("en", "a ring does not end where it begins")],
)
def test_what_is_wrong_with_an_outline_is_said_in_one_language(cast: SimpleNamespace, language: str, said: str) -> None:
    outline = {"type": "Polygon", "coordinates": [[[113, 35], [114, 35], [114, 36], [113, 36]]]}
    with translation.override(language):
        with pytest.raises(Refusal) as caught:
            actions.locate_place(by=cast.district_office, place=cast.land.village, outline=outline)
        assert said in caught.value.problems[0].message()


def test_a_point_may_be_schematic(cast: SimpleNamespace) -> None:
    where: dict[str, Any] = {"by": cast.district_office, "latitude": 35_240_000, "longitude": 113_240_000}
    place = actions.locate_place(place=cast.land.village, precision="schematic", **where)
    assert place.is_schematic
    assert last_entry()[1]["after"]["precision"] == "schematic"
    assert not actions.locate_place(place=place, **where).is_schematic
    with refused("value.choice"):
        actions.locate_place(place=place, precision="good", **where)
    assert actions.locate_place(by=cast.district_office, place=place, precision="schematic").precision == "exact"
