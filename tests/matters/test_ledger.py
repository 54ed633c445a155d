"""The ledger: what it shows to whom, filtered, sorted, and as typed rows."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace
from typing import Any

import pytest

from huoshui.kernel.errors import Refusal
from huoshui.matters.actions import Source, advance
from huoshui.matters.models import Matter
from huoshui.matters.queries import LedgerFilter, ledger, ledger_rows, light_counts, matter_story, matters_of_place
from tests.matters.conftest import CLAIM, Opener, at, claim, close, submit

SOURCE = Source("round", __import__("uuid").UUID(int=7), "第一轮", "x/y")


@pytest.fixture
def four(open_item: Opener, cast: SimpleNamespace) -> SimpleNamespace:
    """Village 1: one claimed, one closed; village 2: an urgent one from a round; the other town: one."""
    land = cast.land
    claimed = claim(open_item(title="会议记录不全"), cast.secretary)
    closed = close(open_item(title="牌子未挂"), cast.secretary, cast.verifier)
    urgent = open_item(land.village2, title="消防通道堵塞", severity="urgent", source=SOURCE)
    other = open_item(land.other_village, title="阅览室未开放")
    return SimpleNamespace(claimed=claimed, closed=closed, urgent=urgent, other=other)


def numbers(actor: Any, sort: str = "number", **filters: Any) -> list[int]:
    return [matter.sequence for matter in ledger(actor, LedgerFilter(**filters), sort)]


def test_everybody_sees_their_own_places_only(four: SimpleNamespace, cast: SimpleNamespace) -> None:
    assert numbers(cast.district_office) == [1, 2, 3, 4]
    assert numbers(cast.town_office) == [1, 2, 3]
    assert numbers(cast.secretary2) == [3]
    assert numbers(cast.other_secretary) == [4]
    assert numbers(cast.stranger) == []
    with pytest.raises(Refusal):
        Matter.objects.get_visible(cast.secretary2, number="ZG-2018-0001")


def test_filters(four: SimpleNamespace, cast: SimpleNamespace) -> None:
    cases: list[tuple[dict[str, Any], list[int]]] = [
        ({"kind": "rectification.item"}, [1, 2, 3, 4]),
        ({"kind": "hubs.upgrade"}, []),
        ({"place": cast.land.town.path}, [1, 2, 3]),
        ({"state": "rectifying"}, [1]),
        ({"phase": "closed"}, [2]),
        ({"light": "green"}, [2]),
        ({"light": "none"}, [1, 3, 4]),
        ({"severity": "urgent"}, [3]),
        ({"source": "hand"}, [1, 2, 4]),
        ({"source": str(SOURCE.id)}, [3]),
        ({"owner": str(cast.secretary.pk)}, [1, 2]),
        ({"text": "消防"}, [3]),
        ({"text": "zg-2018-0004"}, [4]),
        ({"text": "zbc 记录"}, [1]),
        ({"due_from": dt.date(2018, 4, 11), "due_to": dt.date(2018, 4, 20)}, [1]),
        ({"supervised": True}, []),
    ]
    for filters, expected in cases:
        assert numbers(cast.district_office, **filters) == expected, filters


def test_sorts(four: SimpleNamespace, cast: SimpleNamespace) -> None:
    cases = {
        "-number": [4, 3, 2, 1],
        "due": [3, 1, 4, 2],
        "-due": [4, 1, 3, 2],
        "closed": [2, 1, 3, 4],
        "-severity": [3, 4, 2, 1],
        "place": [4, 1, 2, 3],
        "measures": [1, 2, 3, 4],
        "-measures": [2, 1, 4, 3],
        "source": [1, 2, 4, 3],
    }
    for sort, expected in cases.items():
        assert numbers(cast.district_office, sort) == expected, sort
    with pytest.raises(Refusal) as refused:
        numbers(cast.district_office, "owner__password")
    assert refused.value.code == "matter.sort"
    assert "编号、到期日、立项日期、销号日期、督办日期、应复办日期、地点、" in refused.value.problems[0].message()


def test_unreadable_filters_are_refused(cast: SimpleNamespace) -> None:
    cases = [({"owner": "x"}, "责任人"), ({"source": "x"}, "来源")]
    for filters, label in cases:
        with pytest.raises(Refusal) as refused:
            numbers(cast.district_office, **filters)
        assert refused.value.code == "matter.filter"
        assert f"“{label}”" in refused.value.problems[0].message()


@pytest.mark.parametrize("name", ["kind", "state", "phase", "severity", "light"])
def test_a_code_that_is_none_is_refused_with_those_there_are(cast: SimpleNamespace, name: str) -> None:
    known = {"kind": "rectification.item", "state": "to_claim", "phase": "open", "severity": "serious", "light": "red"}
    with pytest.raises(Refusal) as refused:
        numbers(cast.district_office, **{name: "purple"})
    assert (refused.value.code, refused.value.problems[0].field) == ("value.choice", name)
    assert "purple" in refused.value.problems[0].message()
    assert known[name] in refused.value.problems[0].message()


def test_lights_are_counted(four: SimpleNamespace, cast: SimpleNamespace) -> None:
    with at("2018-04-18"):
        assert light_counts(cast.district_office) == {"red": 1, "yellow": 1, "blue": 1, "green": 1, "": 0}
        assert light_counts(cast.other_town_office) == {"red": 0, "yellow": 1, "blue": 0, "green": 0, "": 0}
        assert numbers(cast.district_office, light="red") == [3]
        found = {m.sequence: m.light_now for m in ledger(cast.district_office)}
        assert found == {1: "blue", 2: "green", 3: "red", 4: "yellow"}


def test_typed_rows(four: SimpleNamespace, cast: SimpleNamespace) -> None:
    rows = list(ledger_rows(ledger(cast.district_office, sort="number")))
    assert rows[0].cells == (
        "ZG-2018-0001", "登记", "寨卜昌村", "会议记录不全", CLAIM["measures"], dt.date(2018, 4, 20),
        "村委会", "寨卜昌村支书", None, 0, "", None,
    )  # fmt: skip
    closed = rows[1]
    assert (closed.cell("progress"), closed.cell("evidence"), closed.cell("verifier")) == ("已补齐", 1, "核验员")
    assert (closed.cell("closed_on"), closed.cell("deadline")) == (dt.date(2018, 4, 2), dt.date(2018, 4, 20))
    assert (rows[2].cell("source"), rows[2].cell("deadline")) == ("第一轮", dt.date(2018, 4, 10))


def test_rows_take_the_same_number_of_queries_however_many(
    four: SimpleNamespace, open_item: Opener, cast: SimpleNamespace, django_assert_max_num_queries: Any
) -> None:
    for _ in range(20):
        open_item()
    list(ledger_rows(ledger(cast.district_office)))
    with django_assert_max_num_queries(14):
        assert len(list(ledger_rows(ledger(cast.district_office)))) == 24
    page = ledger(cast.district_office)[:5]
    assert len(list(ledger_rows(page, batch=2))) == 5


def test_matters_of_place_puts_what_runs_first(four: SimpleNamespace, cast: SimpleNamespace) -> None:
    assert [m.sequence for m in matters_of_place(cast.town_office, cast.land.town)] == [3, 1, 2]


def test_the_story_tells_steps_and_what_else_happened(item: Matter, cast: SimpleNamespace) -> None:
    matter = submit(item, cast.secretary)
    advance(by=cast.verifier, matter=matter, transition="return", note="重拍")
    story = matter_story(matter)
    assert [event.what for event in story] == ["登记", "认领", "上传佐证", "申请销号", "退回"]
    assert (story[4].note, story[4].from_state, story[4].to_state) == ("重拍", "待核验", "整改中")
    assert story[1].values["整改措施"] == CLAIM["measures"]
    assert story[1].who == "寨卜昌村支书 · 村委会"
