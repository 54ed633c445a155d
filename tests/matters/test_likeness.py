"""Which matters may be the same one: by place, kind and wording, within what somebody sees."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from huoshui.duties.actions import grant_duty
from huoshui.duties.queries import system_account
from huoshui.matters.likeness import alike, likeness, pairs
from huoshui.matters.models import Matter
from tests.matters.conftest import Opener, at, close

TITLES = st.text(st.sampled_from("村路灯不亮坏了栏杆松动 ，。12ab"), max_size=20)


def numbers(actor: Any, matter: Matter, title: str, kind: str = "rectification.item") -> list[str]:
    return [one.matter.number for one in alike(actor, place=matter.place, kind=kind, title=title)]


@given(TITLES, TITLES)
def test_likeness_is_a_share_of_pairs(one: str, other: str) -> None:
    assert 0 <= likeness(one, other) <= 100
    assert likeness(one, other) == likeness(one, f"，{other} ") or likeness(one, other) > 0
    assert (likeness(one, one) == 100) is bool(pairs(one))


def test_wording_is_compared_by_pairs_of_characters() -> None:
    assert pairs("路灯，不亮") == {"路灯", "灯不", "不亮"}
    assert likeness("村口路灯不亮", "村口的路灯不亮了") >= 60
    assert likeness("村口路灯不亮", "会议记录不全") < 20
    assert likeness("路灯不亮", "村容问题", "村口三盏路灯不亮") == 80


def test_what_may_be_the_same_is_offered(open_item: Opener, cast: SimpleNamespace) -> None:
    lamp, minutes = open_item(title="村口路灯不亮"), open_item(title="会议记录不全")
    far = open_item(cast.land.other_village, title="村口路灯不亮")
    assert numbers(cast.district_office, lamp, "路灯又不亮了") == [lamp.number]
    assert numbers(cast.district_office, lamp, "完全是另一回事") == []
    found = alike(cast.district_office, place=lamp.place, kind=lamp.kind, title=lamp.title, besides=lamp)
    assert found == []
    assert {minutes.number, far.number}.isdisjoint(numbers(cast.district_office, lamp, lamp.title))


def test_nothing_hidden_leaks(open_item: Opener, cast: SimpleNamespace) -> None:
    """A matter of a pack, or a place, that the writer does not see is not even hinted at."""
    lamp = open_item(title="村口路灯不亮")
    assert numbers(cast.stranger, lamp, lamp.title) == []
    grant_duty(by=system_account(), account=cast.stranger, role="verifier", place=lamp.place, pack="hubs")
    assert numbers(cast.stranger, lamp, lamp.title) == []
    assert numbers(cast.secretary, lamp, lamp.title) == [lamp.number]


def test_what_ended_long_ago_is_not_offered(item: Matter, cast: SimpleNamespace) -> None:
    close(item, cast.secretary, cast.verifier)
    assert numbers(cast.town_office, item, item.title) == [item.number]
    with at("2018-09-01"):
        assert numbers(cast.town_office, item, item.title) == []
