"""One cell of the ledger changed in its place, by HTTP: the same actions, versions, refusals."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from huoshui.duties.models import Account
from huoshui.kernel.models import Entry
from huoshui.matters.models import Matter
from tests.matters.conftest import Opener, claim, open_item

__all__ = ["open_item"]
SignIn = Callable[[Account], Client]
IN_PLACE = {"HX-Request": "true"}


@pytest.fixture
def claimed(open_item: Opener, cast: SimpleNamespace) -> Matter:
    return claim(open_item(), cast.secretary)


def send(client: Client, matter: Matter, column: str, value: str, version: int | None = None, **options: Any) -> Any:
    address = reverse("matter_cell", args=[matter.number, column])
    return client.post(address, {"value": value, "version": version or matter.version}, **options)


def test_the_table_offers_what_the_reader_may_change(claimed: Matter, cast: SimpleNamespace, signed_in: SignIn) -> None:
    def offered(who: Account) -> set[str]:
        (row,) = signed_in(who).get(reverse("ledger")).context["rows"]
        return {cell.code for cell in row.cells if cell.change}

    assert offered(cast.secretary) == {"measures", "deadline", "progress", "owner"}
    assert offered(cast.town_office) == {"owner"}
    assert offered(cast.leader) == set()


def test_a_cell_is_written_by_the_action_and_the_row_comes_back(
    claimed: Matter, cast: SimpleNamespace, signed_in: SignIn
) -> None:
    client = signed_in(cast.secretary)
    form = client.get(reverse("matter_cell", args=[claimed.number, "measures"]), headers=IN_PLACE).content.decode()
    assert "补齐会议记录，按月整理归档</textarea>" in form
    row = send(client, claimed, "measures", "换锁", headers=IN_PLACE)
    assert row.content.decode().lstrip().startswith("<tr")
    assert "换锁" in row.content.decode()
    left = client.get(reverse("matter_cell", args=[claimed.number, "measures"]) + "?row=1&steps=1", headers=IN_PLACE)
    assert "换锁" in left.content.decode()
    assert "row=1" not in left.content.decode()
    send(client, claimed, "deadline", "2018-04-18", claimed.version + 1, headers=IN_PLACE)
    assert str(Matter.objects.get(pk=claimed.pk).due_on) == "2018-04-18"
    told = Entry.objects.filter(subject_id=claimed.pk).order_by("-seq")[:2]
    assert [(entry.action, entry.actor_id) for entry in told] == [("matters.edit", cast.secretary.pk)] * 2


def test_the_responsible_person_is_assigned(claimed: Matter, cast: SimpleNamespace, signed_in: SignIn) -> None:
    answer = send(signed_in(cast.town_office), claimed, "owner", "village_lead")
    assert (answer.status_code, answer["Location"]) == (302, reverse("ledger") + "?")
    assert Matter.objects.get(pk=claimed.pk).owner == cast.village_lead
    refused = send(signed_in(cast.town_office), claimed, "owner", "nobody", claimed.version + 1)
    assert (refused.status_code, "没有账号“nobody”" in refused.content.decode()) == (422, True)


def test_two_who_edit_one_cell_see_both_values_and_nothing_is_lost(
    claimed: Matter, cast: SimpleNamespace, signed_in: SignIn
) -> None:
    client = signed_in(cast.secretary)
    send(client, claimed, "measures", "先到的")
    late = send(client, claimed, "measures", "后到的", headers=IN_PLACE)
    words = late.content.decode()
    assert (late.status_code, late["HX-Retarget"]) == (409, f"#cell-{claimed.number}-measures")
    assert "已存的是：先到的" in words
    assert "后到的</textarea>" in words
    assert f'name="version" value="{claimed.version + 1}"' in words
    assert send(client, claimed, "measures", "后到的", claimed.version + 1, headers=IN_PLACE).status_code == 200


@pytest.mark.parametrize(
    ("column", "value", "said"), [("deadline", "2019-01-01", "晚于规定期限"), ("deadline", "x", "不是日期")]
)
def test_a_wrong_value_is_refused_in_the_cell(
    claimed: Matter, cast: SimpleNamespace, signed_in: SignIn, column: str, value: str, said: str
) -> None:
    answer = send(signed_in(cast.secretary), claimed, column, value, headers=IN_PLACE)
    assert (answer.status_code, said in answer.content.decode()) == (422, True)


@pytest.mark.parametrize("column", ["state", "place", "title", "none"])
def test_what_may_not_be_changed_is_refused(
    claimed: Matter, cast: SimpleNamespace, signed_in: SignIn, column: str
) -> None:
    client = signed_in(cast.secretary)
    assert client.get(reverse("matter_cell", args=[claimed.number, column])).status_code == 404
    assert send(client, claimed, column, "x").status_code >= 400
    assert send(signed_in(cast.secretary2), claimed, "measures", "x").status_code == 404
    assert Matter.objects.get(pk=claimed.pk).version == claimed.version
