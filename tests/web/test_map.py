"""The map: points of what one may see, matters counted by place and light, and nothing from outside without a key."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from huoshui.duties.models import Account
from huoshui.matters.actions import open_matter
from huoshui.matters.models import Matter
from huoshui.places.actions import close_place, locate_place, open_site
from huoshui.places.models import Place
from tests.places.helpers import relieved
from tests.web.api_client import send
from tests.web.api_client import signed_in as program

SignIn = Callable[[Account], Client]
KEY = "0123456789abcdef0123456789abcdef"


@pytest.fixture
def located(cast: SimpleNamespace) -> SimpleNamespace:
    """The cast, with points of a village in each town (that of the other town schematic) and matters at both."""
    by, land = cast.district_office, cast.land
    locate_place(by=by, place=land.village, latitude=35_200_000, longitude=113_270_000)
    locate_place(by=by, place=land.other_village, latitude=35_180_000, longitude=113_300_000, precision="schematic")
    hub = open_site(by=by, kind="hub", name="寨卜昌村党群服务中心", parent=land.village)
    for place in (land.village, hub, land.village2):
        open_matter(by=cast.town_office, kind="rectification.item", place=place, title="路灯不亮")
    open_matter(by=cast.other_town_office, kind="rectification.item", place=land.other_village, title="路灯不亮")
    return cast


def points(client: Client, layer: str, **query: str) -> dict[str, Any]:
    answer = client.get(reverse("map_features", args=[layer]), query)
    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/geo+json"
    found: dict[str, Any] = answer.json()
    return found


def by_code(found: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {feature["properties"]["code"]: feature for feature in found["features"]}


def test_places_that_one_may_see(located: SimpleNamespace, signed_in: SignIn) -> None:
    land = located.land
    district = by_code(points(signed_in(located.leader), "places"))
    assert set(district) == {land.village.code, land.other_village.code}
    village = district[land.village.code]
    assert village["geometry"] == {"type": "Point", "coordinates": [113.27, 35.2]}
    assert (village["properties"]["town_name"], village["properties"]["precision"]) == ("苏家作乡", "exact")
    assert district[land.other_village.code]["properties"]["precision"] == "schematic"
    assert set(by_code(points(signed_in(located.town_office), "places"))) == {land.village.code}
    assert set(by_code(points(signed_in(located.leader), "places", place=land.other_town.code))) == {
        land.other_village.code
    }
    assert points(signed_in(located.leader), "places", kind="hub")["features"] == []


def test_a_closed_place_leaves_the_map(located: SimpleNamespace, signed_in: SignIn) -> None:
    Matter.objects.filter(place=located.land.other_village).delete()
    close_place(by=located.district_office, place=relieved(located.land.other_village))
    assert set(by_code(points(signed_in(located.leader), "places"))) == {located.land.village.code}


def test_matters_are_counted_where_their_place_or_the_next_above_has_a_point(
    located: SimpleNamespace, signed_in: SignIn
) -> None:
    found = points(signed_in(located.leader), "matters")
    counts = {code: feature["properties"] for code, feature in by_code(found).items()}
    assert (found["total"], found["nowhere"]) == (4, 1)
    assert counts[located.land.village.code]["total"] == counts[located.land.village.code]["none"] == 2
    assert counts[located.land.other_village.code]["red"] == 0
    own = points(signed_in(located.town_office), "matters")
    assert (set(by_code(own)), own["total"]) == ({located.land.village.code}, 3)
    assert points(signed_in(located.leader), "matters", light="red")["features"] == []
    assert points(signed_in(located.leader), "matters", state="to_claim", place=located.land.town.code)["total"] == 3


def test_the_number_of_queries_does_not_grow(
    located: SimpleNamespace, signed_in: SignIn, django_assert_max_num_queries: Any
) -> None:
    client, address = signed_in(located.leader), reverse("map_features", args=["matters"])
    client.get(address)
    with django_assert_max_num_queries(12):
        client.get(address)
    for place in (located.land.village2, located.land.village3):
        locate_place(by=located.district_office, place=place, latitude=35_200_000, longitude=113_280_000)
        open_matter(by=located.town_office, kind="rectification.item", place=place, title="井盖松动")
    with django_assert_max_num_queries(12):
        client.get(address)
    with django_assert_max_num_queries(20):
        client.get(reverse("map"))


def test_who_has_it_already_is_told_so(located: SimpleNamespace, signed_in: SignIn) -> None:
    client, address = signed_in(located.leader), reverse("map_features", args=["places"])
    first = client.get(address)
    again = client.get(address, headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    locate_place(by=located.district_office, place=located.land.village, latitude=35_210_000, longitude=113_270_000)
    assert client.get(address, headers={"If-None-Match": first["ETag"]}).status_code == 200


def test_coordinates_of_chinese_maps_are_asked_for(located: SimpleNamespace, signed_in: SignIn) -> None:
    client = signed_in(located.leader)
    found = points(client, "places", system="gcj02")
    east, north = by_code(found)[located.land.village.code]["geometry"]["coordinates"]
    assert found["system"] == "GCJ-02"
    assert 0.0005 < abs(east - 113.27) < 0.01
    assert 0.0001 < abs(north - 35.2) < 0.01
    assert client.get(reverse("map_features", args=["places"]), {"system": "bd09"}).status_code == 422


@pytest.mark.parametrize(
    ("query", "status"),
    [("layer=none", 422), ("layer=places&kind=none", 422), ("place=none", 422), ("light=pink", 422)],
)
def test_what_is_none_is_refused(cast: SimpleNamespace, signed_in: SignIn, query: str, status: int) -> None:
    assert signed_in(cast.leader).get(f"{reverse('map')}?{query}").status_code == status
    assert signed_in(cast.leader).get("/map/none.geojson").status_code == 404


def test_the_list_says_what_the_map_shows(located: SimpleNamespace, signed_in: SignIn) -> None:
    client = signed_in(located.leader)
    matters = client.get(reverse("map"), {"kind": "rectification.item"}).content.decode()
    assert "2 处，4 件" in matters
    assert "其中 1 件所在的地点和上级都没有标位置" in matters
    assert f"{reverse('ledger')}?kind=rectification.item&amp;place={located.land.village.code}" in matters
    places = client.get(reverse("map"), {"layer": "places"}).content.decode()
    assert "2 处标了位置" in places
    assert "其中 1 处只是示意位置" in places
    assert places.count("没有标位置") == Place.objects.filter(latitude__isnull=True).count()


def test_over_the_api(located: SimpleNamespace) -> None:
    client = program(located.town_office)
    places = send(client, "GET", "/map/places?system=gcj02").json()
    assert ([f["properties"]["code"] for f in places["features"]], places["system"]) == (
        [located.land.village.code],
        "GCJ-02",
    )
    matters = send(client, "GET", "/map/matters?state=to_claim")
    assert (matters.json()["total"], matters.json()["nowhere"]) == (3, 1)
    assert matters["ETag"]
    assert send(client, "GET", f"/map/places?place={located.land.other_town.code}").status_code == 422
    assert send(client, "GET", "/map/matters?light=pink").status_code == 422
    assert send(client, "GET", "/map/places?system=bd09").status_code == 422


def test_without_a_key_nothing_comes_from_outside(cast: SimpleNamespace, signed_in: SignIn) -> None:
    client = signed_in(cast.leader)
    style = client.get(reverse("map_style")).json()
    assert (style["sources"], [layer["id"] for layer in style["layers"]]) == ({}, ["ground"])
    assert not {"glyphs", "sprite"} & style.keys()
    answer = client.get(reverse("map"))
    assert "tianditu" not in answer["Content-Security-Policy"]
    assert answer["Referrer-Policy"] == "same-origin"


def test_a_key_admits_the_tiles_on_pages_with_a_map_alone(
    cast: SimpleNamespace, signed_in: SignIn, settings: Any
) -> None:
    settings.TIANDITU_KEY = KEY
    client = signed_in(cast.district_office)
    style = client.get(reverse("map_style")).json()
    assert [layer["id"] for layer in style["layers"]] == ["ground", "tianditu", "tianditu-names"]
    tiles = style["sources"]["tianditu"]["tiles"][0]
    assert tiles.startswith("https://t0.tianditu.gov.cn/vec_w/wmts?")
    assert tiles.endswith(f"&tk={KEY}")
    assert "LAYER=cva" in style["sources"]["tianditu-names"]["tiles"][7]
    assert all(source["attribution"] for source in style["sources"].values())
    for address in (reverse("map"), reverse("place_upkeep", args=[cast.land.village.code])):
        answer = client.get(address)
        policy = dict(part.strip().split(" ", 1) for part in answer["Content-Security-Policy"].split(";"))
        assert policy["connect-src"] == "'self' https://*.tianditu.gov.cn"
        assert policy["img-src"] == "'self' data: blob: https://*.tianditu.gov.cn"
        assert answer["Referrer-Policy"] == "strict-origin-when-cross-origin"
    assert "tianditu" not in client.get(reverse("places"))["Content-Security-Policy"]


def test_the_list_of_places_keeps_to_one_town(located: SimpleNamespace, signed_in: SignIn) -> None:
    page = signed_in(located.leader).get(reverse("places"), {"place": located.land.town.code}).content.decode()
    assert reverse("place", args=[located.land.village.code]) in page
    assert reverse("place", args=[located.land.other_village.code]) not in page


def test_a_places_page_shows_where_it_lies(located: SimpleNamespace, signed_in: SignIn) -> None:
    client, land = signed_in(located.leader), located.land
    locate_place(by=located.district_office, place=land.village2, latitude=35_210_000, longitude=113_280_000)
    exact = client.get(reverse("place", args=[land.village.code])).content.decode()
    assert "寨卜昌村在同级的 1 处之间的位置" in exact
    assert "<title>苏家作村</title>" in exact
    assert "示意位置" not in exact
    schematic = client.get(reverse("place", args=[land.other_village.code])).content.decode()
    assert "示意位置" in schematic
    assert "同级的" not in client.get(reverse("place", args=[land.village3.code])).content.decode()
