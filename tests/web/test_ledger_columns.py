"""The columns of the ledger by HTTP: chosen, ordered, sorted and filtered in the address."""

from __future__ import annotations

import io
from collections.abc import Callable
from types import SimpleNamespace

import pytest
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from huoshui.duties.models import Account
from huoshui.matters import queries
from huoshui.matters.models import Matter
from huoshui.matters.queries import LedgerFilter, ledger_page, order
from tests.matters.conftest import Opener, claim, close, open_item

__all__ = ["open_item"]

SignIn = Callable[[Account], Client]


@pytest.fixture
def three(open_item: Opener, cast: SimpleNamespace) -> None:
    """Village 1: one claimed with measures, one closed; village 2: one to claim."""
    claim(open_item(title="会议记录不全"), cast.secretary, measures="乙")
    close(claim(open_item(title="牌子未挂"), cast.secretary, measures="甲"), cast.secretary, cast.verifier)
    open_item(cast.land.village2, title="消防通道堵塞")


def heads(client: Client, query: str) -> list[str]:
    response = client.get(reverse("ledger") + query)
    assert response.status_code == 200, response.content.decode()
    return [head["label"] for head in response.context["columns"] if head["key"] not in ("step", "days")]


def sequences(client: Client, query: str) -> list[int]:
    return [row.matter.sequence for row in client.get(reverse("ledger") + query).context["rows"]]


def test_columns_stand_as_the_address_names_them(three: None, cast: SimpleNamespace, signed_in: SignIn) -> None:
    client = signed_in(cast.district_office)
    assert heads(client, "?columns=title,where_else,opened_on") == ["编号", "问题", "应转办的单位", "立项日期"]
    chooser = client.get(reverse("ledger") + "?columns=title,place&sort=title").context["chooser"]
    assert chooser["shown"][2].earlier == reverse("ledger") + "?sort=title&columns=number,place,title"
    assert chooser["usual"] == reverse("ledger") + "?sort=title"
    refused = client.get(reverse("ledger") + "?columns=password")
    assert (refused.status_code, "“列”的值“password”不在可选项中" in refused.content.decode()) == (422, True)
    assert client.get(refused.context["despite"]).status_code == 200


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("?sort=measures", [1, 2, 3]),
        ("?sort=-measures", [2, 1, 3]),
        ("?sort=closed", [2, 1, 3]),
        ("?sort=number&columns=title,closed_on&closed_on_from=2018-04-01", [2]),
        ("?sort=number&opened_on_from=2018-04-03", []),
        ("?sort=number&opened_on_to=2018-04-02", [1, 2, 3]),
    ],
)
def test_any_column_sorts_and_typed_ones_filter(
    three: None, cast: SimpleNamespace, signed_in: SignIn, query: str, expected: list[int]
) -> None:
    assert sequences(signed_in(cast.district_office), query) == expected


def test_a_filter_of_another_type_is_refused(three: None, cast: SimpleNamespace, signed_in: SignIn) -> None:
    answer = signed_in(cast.district_office).get(reverse("ledger") + "?opened_on_from=soon")
    assert (answer.status_code, "立项日期" in answer.content.decode()) == (422, True)


@pytest.mark.parametrize("sort", [*order.SORT_KEYS, "measures"])
def test_walking_an_index_and_sorting_give_the_same_page(three: None, cast: SimpleNamespace, sort: str) -> None:
    for way in (sort, f"-{sort}"):
        whole = [matter.pk for matter in queries.ledger(cast.district_office, LedgerFilter(), way)]
        assert ledger_page(cast.district_office, None, way, 1, 1).keys == whole[:1]  # walks: one of three
        assert ledger_page(cast.district_office, None, way, 1, 3).keys == whole
        assert ledger_page(cast.town_office, None, way, 2, 2).keys == whole[2:]


@pytest.mark.parametrize("few", [order.FEW_NAMES, 1])
def test_those_of_several_persons_come_name_by_name_on_every_page(
    open_item: Opener, cast: SimpleNamespace, monkeypatch: pytest.MonkeyPatch, few: int
) -> None:
    """One after another up to so many names; beyond them by one order: the pages are the same."""
    monkeypatch.setattr(order, "FEW_NAMES", few)
    monkeypatch.setattr(order, "_everything", lambda: 0)  # an index is walked, however few there are
    for number in range(7):
        place = (cast.land.village, cast.land.village2)[number % 2]
        owner = (cast.secretary, cast.secretary2)[number % 2]
        matter = open_item(place, title=f"问题{number}")
        if number < 5:  # two have nobody yet
            Matter.objects.filter(pk=matter.pk).update(owner=owner)
    for way in ("owner", "-owner"):
        whole = [matter.pk for matter in queries.ledger(cast.district_office, LedgerFilter(), way)]
        for size in (1, 2, 3):
            found = [
                key
                for page in range(1, -(-7 // size) + 1)
                for key in ledger_page(cast.district_office, None, way, page, size).keys
            ]
            assert found == whole, (way, size)


def test_the_file_has_the_columns_and_the_order_of_the_page(
    three: None, cast: SimpleNamespace, signed_in: SignIn
) -> None:
    answer = signed_in(cast.district_office).get(reverse("ledger_export") + "?columns=title,measures&sort=-measures")
    _title, head, *rows = load_workbook(io.BytesIO(answer.content)).active.iter_rows(values_only=True)
    assert head[:3] == ("编号", "问题", "整改措施")  # behind them the hidden marks
    assert [row[1:3] for row in rows] == [("牌子未挂", "甲"), ("会议记录不全", "乙"), ("消防通道堵塞", None)]


def test_a_page_beyond_the_last_is_the_last(three: None, cast: SimpleNamespace) -> None:
    found = ledger_page(cast.district_office, None, "number", 99, 2)
    assert (found.total, found.reachable, found.start, len(found.keys)) == (3, 3, 2, 1)
