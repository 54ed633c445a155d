"""Dashboards: a place pack by pack, a pack with the places below, their map and workbooks, and the wall."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from huoshui.duties.models import Account
from huoshui.duties.queries import system_account
from huoshui.figures.cells.keeping import rebuild
from huoshui.figures.reporting.targets import set_target
from huoshui.packs.actions import check_pack, load_pack
from huoshui.places.actions import locate_place
from tests.figures.conftest import INDICATORS, RETURNS, RULES, Report, forest, offices, report
from tests.figures.test_doubts import SEED, bring
from tests.matters.conftest import Opener, open_item
from tests.packs.helpers import write_pack
from tests.web.test_figures import text_of

__all__ = ["forest", "offices", "open_item", "report"]

SignIn = Callable[[Account], Client]
MOST_QUERIES = 15
FRAME = 13
"""What every page of the office asks besides: who reads (4), the packs, the mark of a demo, the rail (6)."""
WHERE = "place=410871&year=2018"
OPENED = f"{WHERE}&indicator=rectification.opened"
SQUARE = [[113.1, 35.1], [113.2, 35.1], [113.2, 35.2], [113.1, 35.2], [113.1, 35.1]]
RANKED = """\
  better: more
  ranked: true
  ranked_for: {zh: 安排下一年的护林员补助, en: To share out next year's subsidy}
"""


def rows_of(client: Client, address: str) -> list[list[object]]:
    answer = client.get(address)
    assert answer.status_code == 200, answer.content.decode()[:500]
    sheet = load_workbook(io.BytesIO(answer.content)).active
    assert sheet is not None
    return [[cell.value for cell in row] for row in sheet.iter_rows()]


def test_every_number_of_a_workbook_leads_to_its_sheet(
    open_item: Opener, cast: SimpleNamespace, signed_in: SignIn
) -> None:
    open_item()
    client, sheet = signed_in(cast.leader), "http://testserver/figures/rectification.opened/?place={}&period=2018"
    for address, code in ((f"boards.xlsx?{WHERE}", "410871"), (f"parts.xlsx?{OPENED}", "410871203")):
        found = load_workbook(io.BytesIO(client.get(f"/figures/{address}").content)).active
        assert found is not None
        linked = {cell.hyperlink.target: cell.value for row in found.iter_rows() for cell in row if cell.hyperlink}
        assert linked[sheet.format(code)] == 1


def forest_pack(folder: Path, indicators: str) -> Path:
    """The pack of the tests of reported figures with other indicators, as its next version."""
    manifest = """\
        code: forest
        version: 1.1.0
        name: {zh: 植树, en: Forest}
        description: {zh: 测试用。, en: For tests.}
        requires: [core]
    """
    written = write_pack(folder, manifest=manifest)
    (written / "place_kinds.yaml").unlink(missing_ok=True)
    for name, text in (("indicators", indicators), ("returns", RETURNS), ("figure_rules", RULES)):
        (written / f"{name}.yaml").write_text(text, encoding="utf-8")
    return written


@pytest.fixture
def ranked(forest: SimpleNamespace, tmp_path: Path) -> SimpleNamespace:
    """The pack whose keepers are ranked."""
    load_pack(by=system_account(), folder=forest_pack(tmp_path / "ranked", INDICATORS + RANKED))
    return forest


def test_a_place_pack_by_pack(open_item: Opener, cast: SimpleNamespace, signed_in: SignIn) -> None:
    open_item()
    by, place = cast.leader, cast.land.district
    set_target(by=by, indicator="rectification.opened", place=place, period="2018", value="≤4", source="工作安排")
    set_target(by=by, indicator="hubs.built_cost", place=place, period="2018", value="20", source="工作安排")
    client = signed_in(cast.leader)
    shown = text_of(client, f"/figures/boards/?{WHERE}")
    assert "焦作城乡一体化示范区2018年看板" in shown
    assert re.search(r"列入整改台账数 2018年 1 件 ≤ 4 件 达到", shown)
    assert re.search(r"新建村级党建阵地投入 2018年 没有数据 = 20.00 万元 还没有数", shown)
    page = client.get(f"/figures/boards/?{WHERE}").content.decode()
    assert (
        'data-label="列入整改台账数" data-value="25"' in page
    )  # percent of its target; what has no value is not drawn
    assert 'data-label="新建村级党建阵地投入" data-value=""' in page
    assert 'href="/figures/rectification.opened/?place=410871&amp;period=2018"' in page
    assert 'href="/figures/boards/?place=410871203&amp;year=2018"' in page  # a place below
    silent = shown.partition("没有数据的指标")[2]
    assert "观摩平均分" in silent
    assert 'href="/figures/boards/?place=410871&amp;year=2018"' in client.get(f"/figures/?{WHERE}").content.decode()


def test_what_changed_is_told_in_words(offices: SimpleNamespace, signed_in: SignIn) -> None:
    head = "indicator,place,period,value,note\n"
    bring(offices, f"{head}education.public_kindergartens,410871,2017,40,\n", "年报一")
    bring(offices, f"{head}education.public_kindergartens,410871,2018,30,\n", "年报二")
    bring(offices, f"{head}education.inclusive_share,410871,2017,76.5,\n", "年报三")
    bring(offices, f"{head}education.inclusive_share,410871,2018,78,\n", "年报四")
    bring(offices, f"{head}education.maker_schools,410871,2017,660余,\n", "年报五")
    bring(offices, f"{head}education.maker_schools,410871,2018,700,\n", "年报六")
    bring(offices, f"{head}education.infrastructure_spending,410871,2017,40,\n", "年报七")
    bring(offices, f"{head}education.infrastructure_spending,410871,2018,9,\n", "年报八")
    client = signed_in(offices.leader)
    shown = text_of(client, f"/figures/boards/education/?{WHERE}")
    assert "比上一年少 10（-25.0%）" in shown
    assert "比上一年高 1.5 个百分点" in shown
    assert "两年中有概数，不比" in shown
    assert "这一年还没过完，不和上一年比" in shown
    assert "660 以上" in shown
    page = client.get(f"/figures/boards/education/?{WHERE}").content.decode()
    assert page.count('data-board-chart="trend"') == 4  # of the others there is one year at most
    assert 'data-label="2017" data-value="40" data-told="40"' in page
    assert 'data-label="2016" data-value="" data-told=""' in page


def test_an_open_question_is_marked(offices: SimpleNamespace, signed_in: SignIn) -> None:
    bring(offices, SEED, "2018年3月报道")
    page = signed_in(offices.leader).get(f"/figures/boards/education/?{WHERE}").content.decode()
    marked = r'<a class="tag" href="/figures/conflicts/[0-9a-f-]{36}/">待查明'
    assert re.search(marked, page)
    listed = signed_in(offices.leader).get("/figures/?year=2018").content.decode()
    rows = {name: row for row in listed.split("<tr>") for name in re.findall(r"/figures/(education\.\w+)/", row)}
    assert re.search(marked, rows["education.inclusive_share"])
    assert "待查明 2" in rows["education.inclusive_kindergartens"], "several stand on the sheet, to which it leads"
    assert not re.search(marked, rows["education.public_kindergartens"])


def test_the_places_below_are_not_ranked(open_item: Opener, cast: SimpleNamespace, signed_in: SignIn) -> None:
    open_item()
    client = signed_in(cast.leader)
    address = f"/figures/boards/rectification/?{OPENED}"
    shown = text_of(client, address)
    assert "这个指标不排名次" in shown
    below = shown.partition("分到下级的数")[2]
    assert below.index("阳庙镇") < below.index("苏家作乡")  # by their codes, though it has fewer
    assert "名次" not in below.replace("不排名次", "")
    page = client.get(address).content.decode()
    drill = "/figures/boards/rectification/?place=410871203&amp;year=2018&amp;indicator=rectification.opened#chosen"
    assert f'data-url="{drill}"' in page
    child = text_of(client, drill.replace("&amp;", "&").partition("#")[0])
    assert "苏家作乡2018年整改台账" in child
    up = "?place=410871&amp;year=2018&amp;indicator=rectification.opened"
    assert f'href="{up}"' in client.get(drill.replace("&amp;", "&").partition("#")[0]).content.decode()
    heads = rows_of(client, f"/figures/parts.xlsx?{OPENED}")[1]
    assert "名次" not in heads


def test_ranked_where_the_pack_allows(ranked: SimpleNamespace, report: Report, signed_in: SignIn) -> None:
    land = ranked.land
    report(land.town, "2017-12", keepers="0.11")
    report(land.other_town, "2017-12", keepers="0.25")
    client = signed_in(ranked.leader)
    query = "place=410871&year=2017&indicator=forest.keepers"
    shown = text_of(client, f"/figures/boards/forest/?{query}")
    assert "排名用途：安排下一年的护林员补助" in shown
    assert re.search(r"1 阳庙镇 0.25 来历 2 苏家作乡 0.11", shown)
    title, heads, first, second = rows_of(client, f"/figures/parts.xlsx?{query}")
    assert "排名用途：安排下一年的护林员补助" in str(title[0])
    assert heads[:4] == ["名次", "地点", "地点代码", "数值"]
    assert (first[:2], second[:2]) == ([1, "阳庙镇"], [2, "苏家作乡"])
    assert first[3] == pytest.approx(0.25)


def test_a_bound_has_no_rank(ranked: SimpleNamespace, report: Report, signed_in: SignIn) -> None:
    report(ranked.land.town, "2017-12", keepers="约0.11")
    report(ranked.land.other_town, "2017-12", keepers="0.05")
    query = "place=410871&year=2017&indicator=forest.keepers"
    client = signed_in(ranked.leader)
    assert "概数不排名次" in text_of(client, f"/figures/boards/forest/?{query}")
    _title, _heads, first, second = rows_of(client, f"/figures/parts.xlsx?{query}")
    assert (first[:2], second[:2]) == ([1, "阳庙镇"], [None, "苏家作乡"])
    assert second[3] == "约 0.11"


@pytest.mark.parametrize(
    "text", ["  ranked: true\n", "  ranked: true\n  better: more\n", RANKED.replace("  ranked: true\n", "")]
)
def test_ranking_wants_a_direction_and_a_purpose(cast: SimpleNamespace, tmp_path: Path, text: str) -> None:
    findings = check_pack(forest_pack(tmp_path / "forest", INDICATORS + text)).findings
    assert any("ranked" in str(finding) for finding in findings), findings


def test_the_map_has_shades_outlines_and_points(open_item: Opener, cast: SimpleNamespace, signed_in: SignIn) -> None:
    open_item()
    land, by = cast.land, cast.administrator
    client = signed_in(cast.leader)
    assert client.get(f"/figures/parts.geojson?{OPENED}").json()["features"] == []
    assert "另有 2 处没有标位置" in text_of(client, f"/figures/boards/rectification/?{OPENED}")
    locate_place(by=by, place=land.town, outline={"type": "Polygon", "coordinates": [SQUARE]})
    locate_place(by=by, place=land.other_town, latitude=35_100_000, longitude=113_200_000)
    found = client.get(f"/figures/parts.geojson?{OPENED}").json()["features"]
    told = {one["properties"]["name"]: (one["geometry"]["type"], one["properties"]["shade"]) for one in found}
    assert told == {"阳庙镇": ("Point", 0), "苏家作乡": ("Polygon", 4)}
    assert {one["properties"]["told"] for one in found} == {"阳庙镇：0 件", "苏家作乡：1 件"}
    page = f"/figures/boards/rectification/?{OPENED}"
    assert "界线是示意" not in text_of(client, page)
    locate_place(
        by=by, place=land.town, outline={"type": "Polygon", "coordinates": [SQUARE]}, precision="schematic",
        latitude=35_100_000, longitude=113_300_000,
    )  # fmt: skip
    assert "1 处的界线是示意，不是实际界线。" in text_of(client, page)


def test_a_workbook_has_definition_period_and_source(
    open_item: Opener, offices: SimpleNamespace, signed_in: SignIn
) -> None:
    open_item()
    head = "indicator,place,period,value,note\n"
    bring(
        offices,
        f"{head}education.inclusive_share,410871,2018,78,\neducation.maker_schools,410871,2018,约9,\n",
        "区年报",
    )
    client = signed_in(offices.leader)
    title, heads, *rows = rows_of(client, f"/figures/boards.xlsx?{WHERE}")
    assert "焦作城乡一体化示范区2018年看板" in str(title[0])
    by_code = {row[-1]: dict(zip(heads, row, strict=True)) for row in rows}
    opened = by_code["rectification.opened"]
    assert (opened["2018年"], opened["单位"], opened["期间"]) == (1, "件", "2018-01-01 至 2018-12-31")
    assert str(opened["来源"]).startswith("由记录算出")
    assert "立项" in str(opened["定义"])
    share = by_code["education.inclusive_share"]
    assert (share["2018年"], share["2017年"], share["来源"]) == (78, None, "区年报")
    assert by_code["education.maker_schools"]["2018年"] == "约 9"
    assert by_code["education.infrastructure_spending"]["说明"] == "未报"
    assert "education.public_kindergartens" not in by_code, "counted from the register since, and nothing was reported"
    only = rows_of(client, f"/figures/boards.xlsx?{WHERE}&pack=rectification")
    assert {row[-1].partition(".")[0] for row in only[2:] if isinstance(row[-1], str)} == {"rectification"}
    parts = rows_of(client, f"/figures/parts.xlsx?{OPENED}")
    assert [row[:3] for row in parts[2:]] == [["阳庙镇", "410871100", 0], ["苏家作乡", "410871203", 1]]


def test_the_wall(open_item: Opener, cast: SimpleNamespace, signed_in: SignIn) -> None:
    open_item()
    client = signed_in(cast.leader)
    page = client.get(f"/figures/wall/?{WHERE}&seconds=30").content.decode()
    assert 'data-seconds="30"' in page
    assert 'hx-trigger="every 60s, online from:window"' in page
    slides = re.findall(r'<section class="wall__slide" data-slide aria-label="([^"]+)"', page)
    assert "整改台账" in slides
    assert "教育" not in slides  # nothing has been reported: no empty slide
    only = client.get(f"/figures/wall/?{WHERE}&pack=rectification").content.decode()
    board = client.get(f"/figures/boards/?{WHERE}").content.decode()
    assert 'href="/figures/wall/?place=410871"' in board, "of this year, so that it goes on to the next by itself"
    earlier = client.get("/figures/boards/?place=410871&year=2017").content.decode()
    assert 'href="/figures/wall/?place=410871&year=2017"' in earlier.replace("&amp;", "&")
    assert set(re.findall(r'data-slide aria-label="([^"]+)"', only)) == {"整改台账"}
    assert "这一年还没有数" in text_of(client, f"/figures/wall/?{WHERE}&pack=education")


@pytest.mark.parametrize(
    ("address", "status", "said"),
    [
        ("/figures/boards/?year=18", 422, "四位年份"),
        ("/figures/boards/?year=2018-03", 422, "四位年份"),
        ("/figures/boards/?place=999", 422, "999"),
        ("/figures/boards/nothing/", 404, "没有看板"),
        (f"/figures/boards/education/?{WHERE}&indicator=education.nothing", 404, "education.nothing"),
        (f"/figures/parts.xlsx?{WHERE}&indicator=x.y", 404, "没有“x.y”这个指标"),
        (f"/figures/parts.geojson?{WHERE}", 404, "这个指标"),
        ("/figures/boards.xlsx?year=20", 422, "四位年份"),
        ("/figures/wall/?seconds=1", 422, "5 到 600 的整数"),
        ("/figures/wall/?seconds=²", 422, "5 到 600 的整数"),
    ],
)
def test_what_is_refused(address: str, status: int, said: str, cast: SimpleNamespace, signed_in: SignIn) -> None:
    answer = signed_in(cast.leader).get(address)
    assert (answer.status_code, said in answer.content.decode()) == (status, True), answer.content.decode()[:800]


PAGES = ("boards/", "boards/rectification/", "boards.xlsx", "parts.xlsx", "parts.geojson", "wall/")


@pytest.mark.parametrize("page", PAGES)
def test_a_place_whose_figures_one_may_not_see(page: str, cast: SimpleNamespace, signed_in: SignIn) -> None:
    assert signed_in(cast.town_office).get(f"/figures/{page}?{OPENED}").status_code == 403
    assert signed_in(cast.stranger).get(f"/figures/{page}").status_code in (403, 404)
    assert Client().get(f"/figures/{page}").status_code == 302


def test_few_questions_to_the_database(open_item: Opener, offices: SimpleNamespace, signed_in: SignIn) -> None:
    open_item()
    bring(offices, SEED, "2018年3月报道")
    set_target(
        by=offices.leader, indicator="hubs.built", place=offices.land.district, period="2018", value="9", source="安排"
    )
    rebuild()
    client = signed_in(offices.leader)
    for page in PAGES:
        address = f"/figures/{page}?{OPENED}"
        asked_by(client, address)
        asked = asked_by(client, address)
        most = MOST_QUERIES + (FRAME if page.startswith("boards/") else 0)
        told = "\n".join(re.sub(r"SELECT .* FROM", "SELECT … FROM", sql)[:300] for sql in asked)
        assert len(asked) <= most, f"{page}\n{told}"


def asked_by(client: Client, address: str, status: int = 200) -> list[str]:
    """What a request asks of the database."""
    with CaptureQueriesContext(connection) as asked:
        assert client.get(address).status_code == status
    return [query["sql"] for query in asked]
