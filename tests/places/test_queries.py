"""Reading places."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace

import pytest

from huoshui.duties.queries import system_account
from huoshui.places import actions
from huoshui.places.names import initials_of, short_name_of
from huoshui.places.queries import ancestors, children, next_site_code, place_on, search_places, sites_of
from tests.places.helpers import relieved


@pytest.mark.parametrize(
    ("official", "spoken"),
    [
        ("寨卜昌村村民委员会", "寨卜昌村"),
        ("韩愈路社区居民委员会", "韩愈路社区"),
        ("韩愈路社区居委会", "韩愈路社区"),
        ("张庄村委会", "张庄村"),
        ("张庄村村委会", "张庄村"),
        ("苏家作乡", "苏家作乡"),
        ("村民委员会", "村民委员会"),
    ],
)
def test_spoken_names(official: str, spoken: str) -> None:
    assert short_name_of(official) == spoken


def test_initials() -> None:
    assert initials_of("寨卜昌村") == "zbcc"
    assert initials_of("第2网格A") == "d2wga"


def test_up_and_down(cast: SimpleNamespace) -> None:
    land = cast.land
    assert [place.kind for place in ancestors(land.village)] == ["province", "city", "district", "township"]
    assert ancestors(land.province) == []
    hub = actions.open_site(by=system_account(), kind="hub", name="党群服务中心", parent=land.village)
    grid = actions.open_place(by=system_account(), kind="grid", code="g1", name="一网格", parent=land.village)
    assert list(children(land.village)) == [grid]
    assert list(sites_of(land.village)) == [hub]
    assert next_site_code(land.village, "hub") == f"{land.village.code}-zd2"


def test_no_dates_mean_always(cast: SimpleNamespace) -> None:
    then = place_on(cast.land.village, dt.date(1990, 1, 1))
    assert (then.name, then.parent) == ("寨卜昌村村民委员会", cast.land.town)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("苏家作", ["苏家作乡", "苏家作村"]),
        ("苏家作村", ["苏家作村"]),
        ("卜昌", ["寨卜昌村"]),
        ("zbcc", ["寨卜昌村"]),
        ("ZBC", ["寨卜昌村"]),
        ("bcc", ["寨卜昌村"]),
        ("410871203202", ["苏家作村"]),
        ("4108712032", ["寨卜昌村", "苏家作村", "东寺河村"]),
        ("村民委员会", ["阳庙村", "北西尚村", "寨卜昌村", "苏家作村", "东寺河村"]),
        ("", []),
        ("%", []),
    ],
)
def test_search(cast: SimpleNamespace, text: str, names: list[str]) -> None:
    assert [place.short_name for place in search_places(cast.district_office, text)] == names


def test_search_ranks_and_limits_and_shows_only_what_is_visible(cast: SimpleNamespace) -> None:
    by = system_account()
    actions.open_place(by=by, kind="grid", code="sjz", name="东苏家作村", parent=cast.land.village2)
    found = [place.short_name for place in search_places(cast.district_office, "苏家作村")]
    assert found == ["苏家作村", "东苏家作村"]
    assert len(search_places(cast.district_office, "4108712032", limit=2)) == 2
    assert [place.short_name for place in search_places(cast.secretary, "村民委员会")] == ["寨卜昌村"]
    assert not search_places(cast.stranger, "苏家作")
    actions.close_place(by=by, place=relieved(cast.land.village))
    assert [p.short_name for p in search_places(cast.district_office, "41087120320")][-1] == "寨卜昌村"
