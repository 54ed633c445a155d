"""The pages, the API and the commands of figures."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from types import SimpleNamespace

import pytest
from click.testing import CliRunner
from django.test import Client

from huoshui.commands import huoshui
from huoshui.duties.models import Account
from tests.matters.conftest import Opener, open_item
from tests.web.api_client import codes, done
from tests.web.api_client import signed_in as api

__all__ = ["open_item"]

SignIn = Callable[[Account], Client]
SHEET = "/figures/rectification.opened/?place=410871&period=2018"


def text_of(client: Client, address: str, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status, answer.content.decode()[:500]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def test_the_list_and_the_sheet_of_one(open_item: Opener, cast: SimpleNamespace, signed_in: SignIn) -> None:
    item = open_item()
    client = signed_in(cast.leader)
    listed = text_of(client, "/figures/?year=2018")
    assert "列入整改台账数 1" in listed
    assert "焦作城乡一体化示范区2018年数据" in listed
    sheet = text_of(client, SHEET)
    for said in ("由 1 条记录算出", "苏家作乡 1", "阳庙镇 0", item.number, "2018-01-01 至 2018-12-31"):
        assert said in sheet
    assert f'href="/matters/{item.number}/"' in client.get(SHEET).content.decode()


def test_a_place_below_and_a_period_of_its_own(open_item: Opener, cast: SimpleNamespace, signed_in: SignIn) -> None:
    open_item()
    client = signed_in(cast.town_office)
    assert "苏家作乡2018年数据" in text_of(client, "/figures/")
    assert "2018年4月" in text_of(client, "/figures/rectification.opened/?place=410871203201&period=2018-04")
    assert "权限" in text_of(client, SHEET, 403)  # the district's figures are not the town's


@pytest.mark.parametrize(
    ("address", "status", "said"),
    [
        ("/figures/?year=18", 422, "四位年份"),
        ("/figures/hubs.nothing/", 404, "没有“hubs.nothing”这个指标"),
        ("/figures/hubs.built/?period=2018-02-30", 422, "不是这个指标的期间"),
        ("/figures/hubs.built/?period=2018W13", 422, "不是这个指标的期间"),
        ("/figures/?place=999", 422, "999"),
    ],
)
def test_what_is_refused(address: str, status: int, said: str, cast: SimpleNamespace, signed_in: SignIn) -> None:
    client = signed_in(cast.leader)
    answer = client.get(address)
    assert (answer.status_code, said in answer.content.decode()) == (status, True), answer.content.decode()[:800]


def test_a_judge_sees_no_figures(cast: SimpleNamespace, signed_in: SignIn) -> None:
    client = signed_in(cast.stranger)
    assert client.get("/figures/").status_code == 403
    assert 'href="/figures/"' not in client.get("/").content.decode()


def test_the_api_tells_value_parts_and_records(open_item: Opener, cast: SimpleNamespace) -> None:
    item = open_item()
    client = api(cast.leader)
    known = done(client.get("/api/v1/figures"))["items"]
    assert {"hubs.built", "core.villages", "rectification.opened"} <= {one["code"] for one in known}
    query = "?place=410871&period=2018"
    found = done(client.get(f"/api/v1/figures/rectification.opened{query}"))
    assert (found["value"], found["numerator"], found["records"]) == ("1", 1, 1)
    assert {part["place"]: part["value"] for part in found["parts"]} == {"410871203": "1", "410871100": "0"}
    records = done(client.get(f"/api/v1/figures/rectification.opened/records{query}"))
    assert [record["id"] for record in records["items"]] == [str(item.pk)]
    nothing = done(client.get(f"/api/v1/figures/hubs.built_cost{query}"))
    assert (nothing["value"], nothing["why_none"]) == (None, "没有数据")
    refused = client.get("/api/v1/figures/rectification.opened?place=410871&period=20x8")
    assert codes(refused) == ["figure.period"]


def test_the_commands(open_item: Opener, cast: SimpleNamespace) -> None:
    open_item()
    listed = CliRunner().invoke(huoshui, ["figures", "list", "--json"])
    assert any(row["code"] == "review.mean_score" for row in json.loads(listed.output))
    shown = ["figures", "show", "rectification.opened", "--place", "410871", "--period", "2018", "--json"]
    rows = json.loads(CliRunner().invoke(huoshui, shown).output)
    assert [(row["place"], row["value"]) for row in rows] == [("410871", "1"), ("410871100", "0"), ("410871203", "1")]
    unknown = CliRunner().invoke(huoshui, ["figures", "show", "hubs.built", "--place", "1", "--period", "2018"])
    assert unknown.exit_code != 0
    assert "ops.unknown" in unknown.output
