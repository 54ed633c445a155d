"""The ledger by HTTP: filters in the address, scope, sort, export, print."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook
from pypdf import PdfReader

from huoshui.duties.models import Account
from huoshui.kernel import clock
from huoshui.matters.actions import open_matter
from huoshui.matters.models import Matter
from tests.conftest import NOON
from tests.matters.conftest import submit
from tests.reports.test_typesetting import pages

SignIn = Callable[[Account], Client]
TITLES = ("村室漏雨", '=HYPERLINK("http://x")', "阅览室缺书", "镇上的问题")


def test_a_verifiers_page_costs_the_same_with_more_rows(cast: SimpleNamespace, signed_in: SignIn) -> None:
    """The bars of all rows are read at once: of ``both`` too, who is barred from their own village's."""

    def asked(by: Account) -> tuple[int, int]:
        client = signed_in(by)
        client.get(reverse("ledger"))
        with CaptureQueriesContext(connection) as queries:
            words = client.get(reverse("ledger")).content.decode()
        return len(queries), words.count("?step=verify")

    def submitted(at: int) -> None:
        for place, by, shade in ((cast.land.village, cast.secretary, 30), (cast.land.village3, cast.both, 60)):
            options = {"kind": "rectification.item", "place": place, "title": f"第{at}件"}
            submit(open_matter(by=cast.town_office, **options), by, shade=shade + at)

    submitted(1)
    few, few_of_both = asked(cast.verifier), asked(cast.both)
    for at in range(2, 5):
        submitted(at)
    more, more_of_both = asked(cast.verifier), asked(cast.both)
    assert [few[1], few_of_both[1], more[1], more_of_both[1]] == [2, 1, 8, 4]
    assert (more[0], more_of_both[0]) == (few[0], few_of_both[0])


@pytest.fixture
def matters(cast: SimpleNamespace) -> list[Matter]:
    """Three matters in 苏家作乡 (one urgent, one with a formula as its title) and one in 阳庙镇."""
    land = cast.land
    rows = [
        (cast.town_office, land.village, TITLES[0], "urgent"),
        (cast.town_office, land.village, TITLES[1], "ordinary"),
        (cast.town_office, land.village2, TITLES[2], "serious"),
        (cast.other_town_office, land.other_village, TITLES[3], "ordinary"),
    ]
    return [
        open_matter(by=by, kind="rectification.item", place=place, title=title, severity=severity)
        for by, place, title, severity in rows
    ]


def titles_in(client: Client, query: str = "") -> set[str]:
    """The titles that the ledger shows."""
    response = client.get(reverse("ledger") + query)
    assert response.status_code == 200
    return {row.matter.title for row in response.context["rows"]}


def test_scope(cast: SimpleNamespace, matters: list[Matter], signed_in: SignIn) -> None:
    assert titles_in(signed_in(cast.district_office)) == set(TITLES)
    assert titles_in(signed_in(cast.town_office)) == set(TITLES[:3])
    assert titles_in(signed_in(cast.secretary)) == set(TITLES[:2])
    assert titles_in(signed_in(cast.stranger)) == set()


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("?q=漏雨", {0}),
        ("?q=北西尚", set()),
        ("?severity=serious", {2}),
        ("?place=410871100", {3}),
        ("?kind=rectification.item&state=to_claim", {0, 1, 2, 3}),
        ("?state=closed", set()),
        ("?source=hand&q=缺书", {2}),
        ("?due_from=2018-05-01", {2}),
        ("?due_to=2018-04-20", {0}),
        ("?light=none&phase=open", {0, 1, 2, 3}),
        ("?kind=&light=&supervised=&due_from=", {0, 1, 2, 3}),
        ("?page=99", {0, 1, 2, 3}),
    ],
)
def test_filters(
    cast: SimpleNamespace, matters: list[Matter], signed_in: SignIn, query: str, expected: set[int]
) -> None:
    assert titles_in(signed_in(cast.district_office), query) == {TITLES[at] for at in expected}


@pytest.mark.parametrize("view", ["ledger", "ledger_pdf", "ledger_export"])
@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("place=999", "“地点”的值“999”没有找到"),
        ("kind=none.such", "“种类”的值“none.such”不在可选项中："),
        ("state=nope", "“状态”的值“nope”不在可选项中："),
        ("phase=nope", "“进展”的值“nope”不在可选项中：办理中、待核验、已办结"),
        ("light=nope", "“灯色”的值“nope”不在可选项中：逾期、滞后、临期、在期与其他、已核验"),
        ("severity=nope", "“严重程度”的值“nope”不在可选项中：一般"),
        ("supervised=nope", "“督办”的值“nope”不在可选项中：督办中的"),
        ("due_to=nonsense", "“时限到”的值“nonsense”不是日期"),
        ("owner=nope", "“责任人”的筛选值“nope”无法识别"),
        ("sort=nope", "台账不能按“nope”排序"),
    ],
)
def test_a_filter_that_is_none_is_refused_with_the_way_on(
    cast: SimpleNamespace, matters: list[Matter], signed_in: SignIn, view: str, query: str, said: str
) -> None:
    client = signed_in(cast.district_office)
    answer = client.get(f"{reverse(view)}?q=漏雨&{query}&page=2")
    assert answer.status_code == 422
    assert said in answer.content.decode()
    on = answer.context["despite"]
    assert f'href="{on}"' in answer.content.decode()
    assert on == f"{reverse(view)}?{urlencode({'q': '漏雨'})}"
    assert client.get(on).status_code == 200


def test_owner_and_light(cast: SimpleNamespace, matters: list[Matter], signed_in: SignIn) -> None:
    client = signed_in(cast.district_office)
    assert titles_in(client, f"?owner={cast.secretary2.pk}") == {TITLES[2]}
    urgent = next(matter for matter in matters if matter.severity == "urgent")
    assert urgent.due_on is not None
    with clock.set_to(NOON + (urgent.due_on - clock.today()) + (NOON - NOON.replace(hour=NOON.hour - 1)) * 24):
        assert titles_in(client, "?light=red") == {TITLES[0]}
        words = client.get(reverse("ledger")).content.decode()
        assert "其中逾期 1 件" in words
        assert "light--red" in words


def test_heads_sort(cast: SimpleNamespace, matters: list[Matter], signed_in: SignIn) -> None:
    client = signed_in(cast.district_office)
    up = [row.matter.number for row in client.get(reverse("ledger") + "?sort=number").context["rows"]]
    down = [row.matter.number for row in client.get(reverse("ledger") + "?sort=-number").context["rows"]]
    assert up == sorted(up)
    assert down == up[::-1]


def test_the_next_step_stands_in_the_row(cast: SimpleNamespace, matters: list[Matter], signed_in: SignIn) -> None:
    assert "?step=claim" in signed_in(cast.secretary).get(reverse("ledger")).content.decode()
    assert "?step=" not in signed_in(cast.leader).get(reverse("ledger")).content.decode()


def test_few_queries(
    cast: SimpleNamespace,
    matters: list[Matter],
    signed_in: SignIn,
    django_assert_max_num_queries: Callable[[int], object],
) -> None:
    client = signed_in(cast.leader)
    with django_assert_max_num_queries(40):  # type: ignore[attr-defined]
        client.get(reverse("ledger"))


def test_export_is_scoped_and_safe(cast: SimpleNamespace, matters: list[Matter], signed_in: SignIn) -> None:
    response = signed_in(cast.town_office).get(reverse("ledger_export") + "?q=")
    assert response.status_code == 200
    sheet = load_workbook(io.BytesIO(response.content)).active
    cells = [cell for row in sheet.iter_rows() for cell in row if cell.value]
    said = {str(cell.value) for cell in cells}
    assert TITLES[0] in said
    assert TITLES[3] not in said
    assert all(cell.data_type != "f" for cell in cells)
    filtered = signed_in(cast.town_office).get(reverse("ledger_export") + "?q=漏雨")
    assert TITLES[2] not in {
        str(cell.value) for row in load_workbook(io.BytesIO(filtered.content)).active.iter_rows() for cell in row
    }
    assert signed_in(cast.secretary).get(reverse("ledger_export")).status_code == 403


def wall(client: Client, query: str = "") -> list[str]:
    """The text of each page of the ledger's PDF."""
    response = client.get(reverse("ledger_pdf") + query)
    assert (response.status_code, response["Content-Type"]) == (200, "application/pdf")
    assert all(page.mediabox.width > page.mediabox.height for page in PdfReader(io.BytesIO(response.content)).pages)
    return pages(response.content)


def test_the_wall_ledger_has_the_filter_and_columns_of_the_page(
    cast: SimpleNamespace, matters: list[Matter], signed_in: SignIn
) -> None:
    (whole,) = wall(signed_in(cast.town_office))
    assert "单位负责人" in whole
    assert TITLES[0] in whole
    assert TITLES[3] not in whole
    (picked,) = wall(signed_in(cast.town_office), "?columns=title,opened_on&severity=urgent")
    assert "序号编号问题立项日期" in picked
    assert (TITLES[0] in picked, TITLES[2] in picked, "2018-04-02" in picked) == (True, False, True)


def test_numbers_and_dates_on_the_wall_end_where_the_next_column_begins(
    cast: SimpleNamespace, matters: list[Matter], signed_in: SignIn
) -> None:
    page = PdfReader(io.BytesIO(signed_in(cast.town_office).get(reverse("ledger_pdf")).content)).pages[0]
    begins: dict[str, float] = {}

    def note(text: str, at: list[float], _matrix: list[float], _font: object, _size: float) -> None:
        begins.setdefault(text.strip(), at[4])

    page.extract_text(visitor_text=note)
    number = matters[0].number
    assert begins["登记"] - begins[number] > len(number) * 9 * 0.5  # 9 pt; a figure is over half as wide


def test_long_wall_ledgers_repeat_their_heads_and_keep_signatures_with_the_last_rows(
    cast: SimpleNamespace, signed_in: SignIn
) -> None:
    for number in range(45):
        open_matter(by=cast.town_office, kind="rectification.item", place=cast.land.village, title=f"问题{number:02}")
    found = wall(signed_in(cast.town_office), "?sort=number")
    assert len(found) > 1
    assert all("序号编号" in page for page in found)
    assert ["单位负责人" in page for page in found] == [False] * (len(found) - 1) + [True]
    assert "问题44" in found[-1]


def test_whoever_sees_a_ledger_prints_it_for_the_wall_up_to_an_end(
    cast: SimpleNamespace, matters: list[Matter], signed_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    secretary, town = signed_in(cast.secretary), signed_in(cast.town_office)
    for client in (secretary, town):
        assert reverse("ledger_pdf") in client.get(reverse("ledger")).content.decode()
    (own,) = wall(secretary)
    assert TITLES[0] in own
    assert TITLES[2] not in own
    monkeypatch.setattr("huoshui.web.office.matter_pages.wall.MOST_ON_PAPER", 1)
    refused = town.get(reverse("ledger_pdf"))
    assert (refused.status_code, "一次最多打印 1 件" in refused.content.decode()) == (422, True)
    wall(town, "?severity=urgent")


def test_a_places_own_ledger(cast: SimpleNamespace, matters: list[Matter], signed_in: SignIn) -> None:
    address = reverse("place", args=[cast.land.village.code]) + "?tab=matters"
    words = signed_in(cast.town_office).get(address).content.decode()
    assert TITLES[0] in words
    assert TITLES[2] not in words
    assert "matters/new?place=" in words
    assert "matters/new?place=" not in signed_in(cast.auditor).get(address).content.decode()


def test_deadline_days_and_light_are_of_the_same_clock(
    cast: SimpleNamespace, signed_in: SignIn, settings: Any, tmp_path: Path
) -> None:
    storage = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": tmp_path / "files"}}
    settings.STORAGES = {**settings.STORAGES, "default": storage}
    matter = submit(
        open_matter(by=cast.town_office, kind="rectification.item", place=cast.land.village, title="漏雨"),
        cast.secretary,
    )
    with clock.set_to(NOON + dt.timedelta(days=15)):
        client = signed_in(cast.verifier)
        (row,) = client.get(reverse("ledger")).context["rows"]
        deadline = next(number for number, cell in enumerate(row.cells) if cell.code == "deadline")
        day, left = row.cells[deadline : deadline + 2]
        assert (day.shown, day.clock, row.light_class) == (str(matter.due_on), "核验期限", "red")
        assert left.shown == f"已超 {(clock.today() - matter.due_on).days} 天"
        (printed,) = wall(client)
    assert f"{matter.due_on}核验期限" in printed
    assert "待核验逾期" in printed


def test_a_phone_is_told_how_many_filters_are_set(
    cast: SimpleNamespace, matters: list[Matter], signed_in: SignIn
) -> None:
    client = signed_in(cast.district_office)
    assert 'filters-fold__count num">2<' in client.get(reverse("ledger") + "?q=漏雨&severity=urgent").content.decode()
    assert "filters-fold__count" not in client.get(reverse("ledger")).content.decode()
