"""One search over all: what is visible is found by whatever part of its title, what is hidden never."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from huoshui.matters.models import Matter
from huoshui.places.models import Place
from huoshui.search import engine
from huoshui.search.finding import Group, find, wanted
from huoshui.search.keeping import keep_up
from huoshui.search.models import Indexed
from huoshui.search.registry import SEARCHABLES
from huoshui.search.terms import But, Every, Has, Some, share
from tests.matters.conftest import Opener, at

SIGNS = "安全隐患排查整改道路灯ABedLED0123ＬＥＤ３（），-_ 　。"
QUERIES = (
    "村",
    "阳庙",
    "寨卜昌",
    "zbc",
    "410871",
    "评委",
    "整改",
    "示范",
    "支书",
    "记录",
    "rectif",
    "办",
    "ZG-2018-0001",
)


def asked(actor: Any, typed: str, **how: Any) -> list[Group]:
    keep_up()
    return find(actor, wanted(typed, **how))


def titles(actor: Any, typed: str, **how: Any) -> dict[str, list[str]]:
    """What a reader finds, by kind."""
    return {group.searchable.kind: [row.title for row in group.hits] for group in asked(actor, typed, **how)}


def found(actor: Any, typed: str, kind: str = "matters", **how: Any) -> list[str]:
    """Every record of a kind that a reader finds, page by page."""
    keep_up()
    records: list[str] = []
    after = ""
    while groups := find(actor, wanted(typed, kinds=[kind], **how), most=3, after=after):
        records += [row.record for row in groups[0].hits]
        after = groups[0].beyond
        if not after:
            break
    return records


@pytest.mark.parametrize(
    "typed", ["寨卜昌", "卜昌", "寨卜昌村村民委员会", "zbc", "BCC", "410871203201", "1203201", "昌", "ｚｂｃ"]
)
def test_a_place_is_found_by_name_initials_and_code(cast: SimpleNamespace, typed: str) -> None:
    assert titles(cast.district_office, typed)["places"] == ["寨卜昌村"]


def test_a_matter_is_found_by_number_title_detail_unit_and_place(open_item: Opener, cast: SimpleNamespace) -> None:
    matter = open_item(title="东头路灯不亮", detail="第三根电杆下，二组群众反映")
    other = open_item(cast.land.other_village, title="坑塘有垃圾")
    office = cast.district_office
    numbers = [matter.number, matter.number.lower(), matter.number.replace("-", "")]
    for typed in [*numbers, "路灯", "ldbl", "电杆", "路灯 二组", "路灯 寨卜昌", "寨卜昌 电杆", "第三根电杆"]:
        assert found(office, typed) == [matter.number], typed
    assert found(office, "阳庙村") == [other.number], "what lies at a place is found by its name"
    assert found(office, "路灯 阳庙") == []
    assert found(office, "隐患") == []


def test_the_whole_number_comes_first_then_titles_then_texts_the_newest_first(
    open_item: Opener,
    cast: SimpleNamespace,
) -> None:
    with at("2018-03-01"):
        old = open_item(title="广场路灯不亮")
    with at("2018-03-05"):
        told = open_item(title="夜间黑暗", detail="广场路灯不亮，行人不便")
    with at("2018-03-09"):
        new = open_item(title="路灯不亮")
    assert found(cast.district_office, "路灯") == [new.number, old.number, told.number]
    named = open_item(title=f"与{old.number}重复")
    assert found(cast.district_office, old.number) == [old.number, named.number]


def test_kind_place_and_period_narrow(open_item: Opener, cast: SimpleNamespace) -> None:
    with at("2018-03-01"):
        first = open_item(title="路灯不亮")
    with at("2018-03-20"):
        second = open_item(cast.land.other_village, title="路灯不亮")
    office, day = cast.district_office, dt.date(2018, 3, 1)
    assert found(office, "路灯", since=day, until=day) == [first.number]
    assert found(office, "路灯", since=day + dt.timedelta(days=1)) == [second.number]
    assert found(office, "路灯", until=day - dt.timedelta(days=1)) == []
    assert found(office, "路灯", place=cast.land.other_town) == [second.number]
    assert "places" in titles(office, "阳庙")
    assert "places" not in titles(office, "阳庙", since=day), "a place has no day"
    assert set(titles(office, "阳庙", kinds=["people"])) == {"people"}


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data(), title=st.text(st.sampled_from(SIGNS), min_size=4, max_size=24))
def test_whatever_part_of_a_visible_title_finds_it(
    data: st.DataObject,
    title: str,
    open_item: Opener,
    cast: SimpleNamespace,
) -> None:
    matter = open_item(title=f"村{title.strip()}里")
    start = data.draw(st.integers(0, len(matter.title) - 2))
    part = matter.title[start : start + data.draw(st.integers(2, len(matter.title) - start))]
    if any(sign.isalnum() for sign in part):
        assert matter.number in found(cast.district_office, part), (matter.title, part)
        assert matter.number in found(cast.secretary, part)
        assert matter.number not in found(cast.other_secretary, part)
        assert matter.number not in found(cast.stranger, part)


def test_nothing_hidden_is_found_by_anybody(open_item: Opener, cast: SimpleNamespace) -> None:
    for village in (cast.land.village, cast.land.village2, cast.land.other_village):
        open_item(village, title=f"{village}记录不全")
    people = [
        cast.district_office,
        cast.town_office,
        cast.secretary,
        cast.other_secretary,
        cast.judges[0],
        cast.stranger,
    ]
    seen_at_all = set()
    for actor in people:
        for typed in QUERIES:
            for group in asked(actor, typed):
                sources = {row.source for row in group.hits}
                seen_at_all.add(group.searchable.kind)
                assert group.searchable.visible(actor, sources) == sources, (actor, typed, group.searchable.kind)
    assert {"places", "matters", "people", "packs", "indicators", "checklists", "matter_kinds"} <= seen_at_all
    assert found(cast.secretary, "记录") == [Matter.objects.get(place=cast.land.village).number]
    assert titles(cast.stranger, "记录") == {}
    assert titles(cast.secretary, "整改台账").get("packs") is None, "a village sees no packs"


def test_an_index_that_is_wrong_shows_nothing_hidden(open_item: Opener, cast: SimpleNamespace) -> None:
    matter = open_item(title="路灯不亮")
    assert found(cast.secretary, "路灯") == [matter.number]
    # Moved without the index hearing of it.
    with connection.cursor() as cursor:
        Matter.objects.filter(pk=matter.pk).update(place=cast.land.other_village)
        cursor.execute("DELETE FROM search_touched")
    assert found(cast.secretary, "路灯") == []


def test_what_few_see_is_found_behind_what_is_hidden(cast: SimpleNamespace) -> None:
    """Of people the index does not know who sees them: the first that are read may all be hidden."""
    judges = found(cast.judges[0], "评委", "people")
    assert judges == [cast.judges[0].username]


@pytest.mark.parametrize("common", [1.1, -1.0], ids=["rare", "common"])
def test_what_is_older_is_found_like_what_is_new(
    open_item: Opener, cast: SimpleNamespace, monkeypatch: pytest.MonkeyPatch, common: float
) -> None:
    """On PostgreSQL whatever lies beyond the newest is gathered: what is rare at once, what is common span by span."""
    numbers = {}
    for day in ("2017-11-06", "2018-03-05", "2018-03-06"):
        with at(day):
            for title, detail in (("路灯不亮", ""), ("夜间黑暗", "路灯不亮"), ("门牌缺失", "")):
                numbers[open_item(title=f"{title}（{day}）", detail=detail).number] = day
    typed = ("路灯", "路灯 不亮", "黑暗", "门牌 2018", "2017", "寨卜昌 缺失", "门牌 路灯")
    office, first = cast.district_office, dt.date(2018, 3, 5)
    usual = [
        (found(office, text), found(office, text, until=first), found(office, text, since=first)) for text in typed
    ]
    assert [len(every) for every, _until, _since in usual] == [6, 6, 3, 2, 3, 3, 0]
    monkeypatch.setattr(engine, "WALKED", 1)
    monkeypatch.setattr(engine, "COMMON", common)
    for text, expected in zip(typed, usual, strict=True):
        assert (found(office, text), found(office, text, until=first), found(office, text, since=first)) == expected


def test_the_share_of_a_question_is_that_of_its_rarest_part() -> None:
    common = {"路灯": 0.3, "不亮": 0.1}
    lamp, dark, rare = Has("路灯"), Has("不亮"), Has("琉璃")
    assert share(Every((lamp, dark)), common) == 0.1
    assert share(Some((lamp, dark)), common) == 0.4
    assert share(Some((lamp,) * 9), common) == 1.0
    assert share(But(lamp, dark), common) == 0.3
    assert share(Every((lamp, rare)), common) == 0.0


ODD = ["", " ", "，。", "%", "_", "'", '"', "\\", "*", "(", "NOT", "a' OR 1=1 --", "~", "\x00村", "隐" * 300]


@pytest.mark.parametrize("typed", ODD)
def test_signs_of_a_query_language_say_nothing(cast: SimpleNamespace, typed: str) -> None:
    for group in asked(cast.district_office, typed):
        assert group.hits


def test_it_takes_a_few_statements_however_much_is_found(open_item: Opener, cast: SimpleNamespace) -> None:
    for number in range(40):
        open_item(title=f"村路灯 {number}")
    keep_up()
    with CaptureQueriesContext(
        connection,
    ) as few:
        find(cast.district_office, wanted("评委1"))
    with CaptureQueriesContext(connection) as many:
        groups = find(cast.district_office, wanted("村"))
    assert len(groups) >= 4
    assert max(len(group.hits) for group in groups) == 8
    assert len(many) <= len(few) + 2 * len(SEARCHABLES) + 6, [query["sql"][:90] for query in many]


def test_every_kind_that_is_indexed_is_registered(cast: SimpleNamespace) -> None:
    keep_up()
    assert set(Indexed.objects.values_list("kind", flat=True)) <= set(SEARCHABLES)
    assert Indexed.objects.filter(kind="places").count() == Place.objects.count()
