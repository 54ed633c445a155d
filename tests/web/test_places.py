"""Pages of places: scoped, searched, amended, opened."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from types import SimpleNamespace

import pytest
from django.test import Client
from django.urls import reverse

from huoshui.duties.actions import grant_duty
from huoshui.duties.models import Account
from huoshui.duties.queries import system_account
from huoshui.matters.actions import open_matter
from huoshui.places.actions import open_site
from huoshui.places.models import Place
from huoshui.places.queries import present_attributes
from huoshui.visits.queries import ranking
from tests.visits.staging import Stage

SignIn = Callable[[Account], Client]


def test_list_shows_the_towns_own_villages_only(cast: SimpleNamespace, signed_in: SignIn) -> None:
    page = signed_in(cast.town_office).get(reverse("places"), {"kind": "village"}).content.decode()
    assert "寨卜昌村" in page
    assert "北西尚村" not in page


@pytest.mark.parametrize("words", ["寨卜昌", "zbc", "410871203201"])
def test_search(cast: SimpleNamespace, signed_in: SignIn, words: str) -> None:
    page = signed_in(cast.leader).get(reverse("places"), {"q": words}).content.decode()
    assert reverse("place", args=["410871203201"]) in page
    assert reverse("place", args=["410871203202"]) not in page


@pytest.mark.parametrize("tab", ["overview", "sites", "visits", "matters", "journal"])
def test_page_of_a_village(cast: SimpleNamespace, signed_in: SignIn, tab: str) -> None:
    answer = signed_in(cast.secretary).get(reverse("place", args=[cast.land.village.code]), {"tab": tab})
    assert answer.status_code == 200
    assert "寨卜昌村" in answer.content.decode()


def test_another_towns_village_is_not_found(cast: SimpleNamespace, signed_in: SignIn) -> None:
    assert signed_in(cast.town_office).get(reverse("place", args=[cast.land.other_village.code])).status_code == 404


def test_names_above_are_shown_but_not_who_answers_there(cast: SimpleNamespace, signed_in: SignIn) -> None:
    answer = signed_in(cast.secretary).get(reverse("place", args=[cast.land.district.code]))
    assert answer.status_code == 200
    assert "系统管理员" not in answer.content.decode()


def test_amend(cast: SimpleNamespace, signed_in: SignIn) -> None:
    client, code = signed_in(cast.district_office), cast.land.village.code
    answer = client.post(reverse("place_amend", args=[code]), {"version": 1, "households": "312", "brand": "民俗"})
    assert answer.status_code == 302
    assert present_attributes(Place.objects.get(code=code)) == {"households": 312, "brand": "民俗"}


def test_amend_refused_beside_the_field(cast: SimpleNamespace, signed_in: SignIn) -> None:
    client, code = signed_in(cast.district_office), cast.land.village.code
    answer = client.post(reverse("place_amend", args=[code]), {"version": 1, "households": "很多"})
    assert answer.status_code == 422
    assert "不是整数" in answer.content.decode()
    assert 'value="很多"' in answer.content.decode()


def test_amend_of_a_stale_page(cast: SimpleNamespace, signed_in: SignIn) -> None:
    client, address = signed_in(cast.district_office), reverse("place_amend", args=[cast.land.village.code])
    client.post(address, {"version": 1, "households": "312"})
    answer = client.post(address, {"version": 1, "households": "300"})
    assert answer.status_code == 409
    assert present_attributes(Place.objects.get(code=cast.land.village.code))["households"] == 312


def test_amend_without_the_permission(cast: SimpleNamespace, signed_in: SignIn) -> None:
    answer = signed_in(cast.secretary).post(
        reverse("place_amend", args=[cast.land.village.code]), {"version": 1, "households": "1"}
    )
    assert answer.status_code == 403
    assert "维护地点" in answer.content.decode()


def test_open_a_hub(cast: SimpleNamespace, signed_in: SignIn) -> None:
    client, village = signed_in(cast.district_office), cast.land.village
    address = reverse("place_open", args=[village.code]) + "?kind=hub"
    answer = client.post(address, {"name": "寨卜昌村党群服务中心", "floor_area": "320.5"})
    assert answer.status_code == 302, answer.content.decode()
    hub = Place.objects.get(kind="hub")
    assert hub.parent == village
    page = client.get(reverse("place", args=[village.code]), {"tab": "sites"}).content.decode()
    assert "320.5" in page


def test_a_towns_page_tells_what_lies_below_it(stage: Stage, signed_in: SignIn) -> None:
    round = stage.opened()
    for judge in (1, 2, 3):
        stage.submitted(round, judge, meetings=6)
        stage.submitted(round, judge, place=stage.land.village2, meetings=0)
    sealed = stage.sealed(round)
    open_site(by=stage.cast.district_office, kind="hub", name="寨卜昌村党群服务中心", parent=stage.land.village)
    rows = [row for row in ranking(sealed, stage.cast.town_office) if row.town == stage.land.town]
    mean = sum(row.total for row in rows) / len(rows) / 1000
    client, address = signed_in(stage.cast.town_office), reverse("place", args=[stage.land.town.code])
    overview = client.get(address).content.decode()
    assert f"{mean:.2f}<" in overview
    assert f"{len(rows)} 个村的均分" in overview
    assert "寨卜昌村党群服务中心" in client.get(address, {"tab": "sites"}).content.decode()
    assert "登记地点 · 寨卜昌村党群服务中心" in client.get(address, {"tab": "journal"}).content.decode()


def test_another_towns_village_is_not_told_on_the_districts_page(stage: Stage, signed_in: SignIn) -> None:
    open_site(by=stage.cast.district_office, kind="hub", name="北西尚村党群服务中心", parent=stage.land.other_village)
    client, address = signed_in(stage.cast.town_office), reverse("place", args=[stage.land.district.code])
    for tab in ("overview", "sites", "visits", "matters", "journal"):
        assert "北西尚村" not in client.get(address, {"tab": tab}).content.decode()


def test_people_are_linked_where_their_page_opens(cast: SimpleNamespace, signed_in: SignIn) -> None:
    address, village = reverse("person", args=["village_lead"]), reverse("place", args=[cast.land.village.code])
    for who, opens in (("town_office", True), ("secretary", True), ("judges", False)):
        client = signed_in(cast.judges[0] if who == "judges" else getattr(cast, who))
        assert (client.get(address).status_code == 200) is opens, who
        page = client.get(village).content.decode()
        assert "寨卜昌村包村干部" in page, who
        assert (address in page) is opens, who


def test_the_list_of_duties_leads_to_nobody_of_another_area(cast: SimpleNamespace, signed_in: SignIn) -> None:
    grant_duty(
        by=system_account(), account=cast.other_town_office, role="verifier", place=cast.land.village,
        since=dt.date(2018, 1, 1),
    )  # fmt: skip
    client, address = signed_in(cast.secretary), reverse("person", args=["other_town_office"])
    for page in (reverse("people"), reverse("place", args=[cast.land.village.code])):
        text = client.get(page).content.decode()
        assert "阳庙镇党建办" in text
        assert address not in text
    assert client.get(address).status_code == 404


def test_no_matters_are_not_told_to_who_may_see_none(cast: SimpleNamespace, signed_in: SignIn) -> None:
    """Who keeps the accounts sees no matters: the page says so, and not that there are none."""
    open_matter(by=cast.district_office, place=cast.land.village, kind="rectification.item", title="记录不全")
    address = reverse("place", args=[cast.land.village.code])
    told = "未销号事项"
    assert told in signed_in(cast.town_office).get(address).content.decode()
    client = signed_in(cast.administrator)
    assert told not in client.get(address).content.decode()
    assert "您的职责看不到这里的事项" in client.get(address, {"tab": "matters"}).content.decode()


def test_on_a_former_day_it_says_so(cast: SimpleNamespace, signed_in: SignIn) -> None:
    address = reverse("place", args=[cast.land.village.code])
    page = signed_in(cast.administrator).get(address, {"on": "2018-01-05"}).content.decode()
    assert "2018-01-05 当天" in page
    assert reverse("place_amend", args=[cast.land.village.code]) not in page
