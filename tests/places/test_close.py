"""places.close"""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from types import SimpleNamespace

import pytest

from huoshui.duties.queries import system_account
from huoshui.kernel import clock
from huoshui.kernel.errors import Refusal
from huoshui.matters.actions import open_matter
from huoshui.packs.actions import load_pack
from huoshui.places import actions
from huoshui.places.queries import children, sites_of
from tests.places.helpers import last_entry, refused, relieved
from tests.visits.staging import Stage, write_pack


def test_closes_and_leaves_the_lists(cast: SimpleNamespace) -> None:
    place = actions.close_place(by=cast.district_office, place=relieved(cast.land.village), seen_version=1)
    assert place.closed_on == clock.today()
    assert [child.short_name for child in children(cast.land.town)] == ["苏家作村", "东寺河村"]
    assert last_entry() == ("places.close", {"after": {"closed_on": "2018-04-02"}})


def test_refused_while_children_are_open(cast: SimpleNamespace) -> None:
    village, by = cast.land.village, cast.district_office
    hub = actions.open_site(by=by, kind="hub", name="党群服务中心", parent=village, opened_on=dt.date(2017, 1, 1))
    with refused("place.open_children"):
        actions.close_place(by=by, place=village)
    with refused("place.closing_date"):
        actions.close_place(by=by, place=hub, closed_on=dt.date(2016, 12, 31))
    actions.close_place(by=by, place=hub)
    assert not sites_of(village).exists()
    assert actions.close_place(by=by, place=relieved(village)).closed_on


def test_a_closed_place_takes_no_change(cast: SimpleNamespace) -> None:
    village, by = cast.land.village, cast.district_office
    actions.close_place(by=by, place=relieved(village))
    with refused("place.closed"):
        actions.close_place(by=by, place=relieved(village))
    with refused("place.closed"):
        actions.amend_attributes(by=by, place=village, attributes={"households": 1})


def test_refusals(cast: SimpleNamespace) -> None:
    with refused("access.denied"):
        actions.close_place(by=cast.town_office, place=cast.land.village)
    with refused("record.stale"):
        actions.close_place(by=cast.district_office, place=cast.land.village, seen_version=7)


def test_refused_while_something_rests_on_it(cast: SimpleNamespace) -> None:
    village, by = cast.land.village, cast.district_office
    open_matter(by=cast.town_office, kind="rectification.item", place=village, title="漏雨")
    with pytest.raises(Refusal) as caught:
        actions.close_place(by=by, place=village)
    assert caught.value.code == "place.in_use"
    assert "在任的职责 2 项、未销号事项 1 项" in str(caught.value)
    with refused("place.in_use"):
        actions.close_place(by=by, place=relieved(village))
    village.refresh_from_db()
    assert village.closed_on is None


def test_refused_while_a_round_runs(cast: SimpleNamespace, tmp_path: Path) -> None:
    load_pack(by=system_account(), folder=write_pack(tmp_path / "trial"))
    stage = Stage(cast)
    village = relieved(stage.opened().places.get(place=stage.land.village).place)
    with pytest.raises(Refusal) as caught:
        actions.close_place(by=system_account(), place=village)
    assert "未封存的轮次 1 项" in str(caught.value)
