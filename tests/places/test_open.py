"""places.open"""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace

import pytest

from huoshui.kernel.errors import Refusal
from huoshui.places import actions
from huoshui.places.models import Place
from huoshui.places.queries import present_attributes
from tests.places.helpers import last_entry, refused, relieved


def test_opens_a_village_with_path_names_attributes_and_entry(cast: SimpleNamespace) -> None:
    place = actions.open_place(
        by=cast.district_office,
        kind="village",
        code="410871203299",
        name=" 新村村民委员会 ",
        parent=cast.land.town,
        opened_on=dt.date(2017, 5, 1),
        attributes={"households": "1,200"},
        latitude=35_200_000,
        longitude=113_200_000,
    )
    assert place.path == cast.land.town.path + "410871203299/"
    assert (place.name, place.short_name, place.initials) == ("新村村民委员会", "新村", "xc")
    assert present_attributes(place) == {"households": 1200}
    assert place.parents_over_time.get().since == dt.date(2017, 5, 1)
    action, data = last_entry()
    assert action == "places.open"
    assert data["after"]["attributes"] == {"households": 1200}


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"kind": "castle"}, "place.kind"),
        ({"kind": "city"}, "place.parent"),
        ({"parent": None}, "access.denied"),
        ({"code": "12"}, "place.code"),
        ({"code": "410871203201"}, "place.code_taken"),
        ({"name": "  "}, "value.required"),
        ({"name": "村" * 121}, "value.too_long"),
        ({"attributes": {"households": "many"}}, "value.type"),
        ({"attributes": {"towers": 3}}, "value.unknown"),
        ({"latitude": 35_000_000}, "place.point"),
        ({"latitude": 95_000_000, "longitude": 1}, "place.point"),
        ({"latitude": 1, "longitude": 181_000_000}, "place.point"),
    ],
)
def test_refusals(cast: SimpleNamespace, changes: dict[str, object], code: str) -> None:
    given = {"kind": "village", "code": "410871203299", "name": "新村", "parent": cast.land.town} | changes
    with refused(code):
        actions.open_place(by=cast.district_office, **given)
    assert not Place.objects.filter(code="410871203299").exists()


def test_needs_the_permission_over_the_parent(cast: SimpleNamespace) -> None:
    for account in (cast.secretary, cast.town_office, cast.stranger):
        with refused("access.denied"):
            actions.open_place(by=account, kind="village", code="410871203299", name="新村", parent=cast.land.town)


def test_nothing_opens_under_a_closed_place(cast: SimpleNamespace) -> None:
    actions.close_place(by=cast.district_office, place=relieved(cast.land.village))
    cast.land.village.refresh_from_db()
    with refused("place.closed"):
        actions.open_place(by=cast.district_office, kind="grid", code="g1", name="一网格", parent=cast.land.village)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("20000.01", "“村部建筑面积”的值 20000.01 平方米 超出范围（0 至 20000 平方米）。"),
        ("320.555", "“村部建筑面积”最多 2 位小数，填的是 320.555。"),
    ],
)
def test_a_measured_area_is_refused_with_its_bound(cast: SimpleNamespace, typed: str, said: str) -> None:
    given = {"kind": "hub", "name": "党群服务中心", "parent": cast.land.village, "attributes": {"floor_area": typed}}
    with pytest.raises(Refusal) as refusal:
        actions.open_site(by=cast.district_office, **given)
    assert [(problem.field, problem.message()) for problem in refusal.value.problems] == [("floor_area", said)]


def test_a_site_gets_the_next_code_of_its_parent(cast: SimpleNamespace) -> None:
    by, village = cast.district_office, cast.land.village
    first = actions.open_site(
        by=by, kind="hub", name="党群服务中心", parent=village, attributes={"floor_area": "320.5"}
    )
    assert first.code == f"{village.code}-zd1"
    assert present_attributes(first) == {"floor_area": 32050}
    actions.close_place(by=by, place=first)
    assert actions.open_site(by=by, kind="hub", name="新中心", parent=village).code == f"{village.code}-zd2"
    with refused("place.kind"):
        actions.open_site(by=by, kind="castle", name="城堡", parent=village)
