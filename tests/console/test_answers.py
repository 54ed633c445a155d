"""What the console answers: within the asker's duties, with small cells hidden, the same on both engines."""

from __future__ import annotations

import json
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest

from huoshui.console.actions import ask
from huoshui.console.answers import HIDDEN
from huoshui.duties.models import Account
from huoshui.kernel.errors import Refusal
from huoshui.kernel.models import Entry
from tests.matters.conftest import Opener, at


def rows(by: Account, sql: str) -> list[tuple[Any, ...]]:
    return ask(by=by, sql=sql).rows


def test_records_are_listed_within_the_duties(many: SimpleNamespace, analyst: Account) -> None:
    district = rows(many.auditor, "select place, kind from matters")
    town = rows(analyst, "select m.place from matters m order by place")
    assert len(district) == 23
    assert len(town) == 15
    assert {place for (place,) in town} == {many.land.village.path, many.land.village2.path, many.land.village3.path}


@pytest.mark.parametrize(
    "sql",
    [
        "select count(*) from matters",
        "select count(*) from matters where place like '%'",
        "select count(*) from matters where 1 = 1 or place = ''",
        "with m as (select place from matters) select count(*) from m",
        "select count(*) from (select place from matters) as hidden",
        "select count(*) from matters a left join places b on b.place = a.place",
        "select sum(n) from (select place, count(*) as n from matters group by place) t",
    ],
)
def test_the_rows_of_another_town_never_count(many: SimpleNamespace, analyst: Account, sql: str) -> None:
    assert rows(analyst, sql) == [(15,)]
    assert rows(many.auditor, sql) == [(23,)]


def test_small_groups_are_hidden_and_one_beside_them(many: SimpleNamespace, analyst: Account) -> None:
    found = ask(by=analyst, sql="select place, count(*) as n from matters group by place order by place")
    # 2 matters are too few; the smaller of the others goes with them, or the total of 15 would tell it.
    assert [n for _place, n in found.rows] == [7, HIDDEN, HIDDEN]
    assert (found.small, found.beside) == (1, 1)


def test_a_share_gives_no_hidden_count_away(many: SimpleNamespace, analyst: Account) -> None:
    sql = (
        "select place, count(*) as n, count(*) * 100 / sum(count(*)) over () as share, sum(count(*)) over () as total "
        "from matters group by place order by place"
    )
    found = rows(analyst, sql)
    assert [n for _place, n, _share, _total in found] == [7, HIDDEN, HIDDEN]
    assert [share is HIDDEN for _place, _n, share, _total in found] == [False, True, True]
    assert {total for *_rest, total in found} == {15}


def test_a_hidden_neighbour_tells_nothing_by_its_place(many: SimpleNamespace, analyst: Account) -> None:
    found = rows(analyst, "select place, count(*) as n from matters group by place order by n desc")
    land = many.land
    assert found == [(land.village.path, 7), (land.village2.path, HIDDEN), (land.village3.path, HIDDEN)]
    up = rows(analyst, "select place, count(*) as n from matters group by place order by n")
    assert up == found


def test_two_keys_are_safe_in_each_direction(cast: SimpleNamespace, open_item: Opener) -> None:
    """A line and a column of the table are each hidden twice at least, or hold enough together."""
    land, titles = cast.land, iter(range(1000))
    for place, opened in (
        (land.village, {"2018-01-05": 9, "2018-02-05": 2, "2018-03-05": 8}),
        (land.village2, {"2018-01-05": 7, "2018-02-05": 6, "2018-03-05": 9}),
        (land.other_village, {"2018-01-05": 6, "2018-02-05": 7, "2018-03-05": 5}),
    ):
        for day, many in opened.items():
            with at(day):
                for _n in range(many):
                    open_item(place, title=f"事项{next(titles)}")
    sql = "select place, extract(month from opened_on) as m, count(*) from matters group by 1, 2 order by 1, 2"
    found = rows(cast.auditor, sql)
    assert len(found) == 9
    for key in (0, 1):
        for value in {row[key] for row in found}:
            line = [row for row in found if row[key] == value]
            assert sum(row[2] is HIDDEN for row in line) in (0, 2), line
    assert sum(row[2] is HIDDEN for row in found) == 4


def test_nothing_small_nothing_hidden(many: SimpleNamespace) -> None:
    sql = "select substring(place, 1, 25) as town, count(*) from matters group by 1 order by 2 desc"
    found = ask(by=many.auditor, sql=sql)
    assert [n for _town, n in found.rows] == [15, 8]
    assert (found.small, found.beside) == (0, 0)


HIDDEN_CELLS = [
    "select count(*) from matters where place = '{village3}'",
    "select count(distinct place) from matters where place = '{village3}'",
    "select count(*) * 2 + 1 from matters where place = '{village3}'",
    "select max(due_on) from matters where place = '{village3}'",
    "select count(*) filter (where place = '{village3}') from matters",
    "select sum(case when place = '{village3}' then 1 else 0 end) from matters",
    "select sum(case when place <> '{village3}' then 1 else 0 end) from matters",  # the rest is 2
    "select count(case when place = '{village3}' then 1 end) from matters",
    "select count(*) from matters cross join places where matters.place = '{village3}'",  # as many as there are places
    "with t as (select place, count(*) as n from matters group by place) select n from t where place = '{village3}'",
    "with t as (select place, count(*) as n from matters group by place) "
    "select max(t.n) from t cross join places where t.place = '{village3}'",
    "with t as (select place, count(*) as n from matters group by place) "
    "select sum(case when place = '{village3}' then n else 0 end) from t",
    "with t as (select count(*) filter (where place = '{village3}') as n from matters) select n from t",
    "with t as (select count(*) filter (where place = '{village3}') as n from matters) select n + 1 from t",
    "with t as (select place from matters where place = '{village3}'), u as (select place from t) "
    "select count(*) from u",
    "select distinct_place from (select count(*) as distinct_place from matters where place = '{village3}') q",
    "select count(*) over (partition by place) from matters where place = '{village3}'",
    "select sum(count(*)) over () from matters where place = '{village3}' group by place",
]


@pytest.mark.parametrize("sql", HIDDEN_CELLS)
def test_no_way_round_to_a_small_cell(many: SimpleNamespace, analyst: Account, sql: str) -> None:
    found = rows(analyst, sql.replace("{village3}", many.land.village3.path))
    assert found
    assert all(value is HIDDEN for row in found for value in row), found


def test_a_neighbour_tells_no_small_cell(many: SimpleNamespace, analyst: Account) -> None:
    sql = "select place, lag(count(*)) over (order by place) from matters group by place order by place"
    found = rows(analyst, sql.replace("lag", "lead"))
    assert found[1][1] is HIDDEN  # the third village's
    assert rows(analyst, sql)[1][1] in (7, HIDDEN)


def test_a_rank_by_a_small_count_is_hidden(many: SimpleNamespace, analyst: Account) -> None:
    sql = "select place, rank() over (order by count(*)) from matters group by place order by place"
    assert [rank for _place, rank in rows(analyst, sql)] == [3, 2, HIDDEN]
    sql = (
        "with t as (select place, count(*) as n from matters group by place) "
        "select place, count(*) over (partition by n = 2) from t order by place"
    )
    assert rows(analyst, sql)[2][1] is HIDDEN


def test_what_is_counted_decides_over_shown_groups_alone(many: SimpleNamespace, analyst: Account) -> None:
    kept = "select place from matters group by place having count(*) {} order by place"
    assert rows(analyst, kept.format("= 2")) == []
    assert rows(analyst, kept.format("< 7")) == [(many.land.village2.path,)]
    listed = "with t as (select place, count(*) as n from matters group by place) select place from t where n {}"
    assert rows(analyst, listed.format("= 2")) == []
    assert rows(analyst, listed.format("= 7")) == [(many.land.village.path,)]


def test_what_is_hidden_stands_last(many: SimpleNamespace, analyst: Account) -> None:
    found = rows(analyst, "select place, count(*) as n from matters group by place order by n, place")
    assert found[-1] == (many.land.village3.path, HIDDEN)


def test_a_mean_over_villages_is_of_enough_records(many: SimpleNamespace, analyst: Account) -> None:
    sql = "with t as (select place, count(*) as n from matters group by place) select avg(n), count(*) from t"
    assert rows(analyst, sql) == [(Decimal(5), 3)]


def test_which_villages_there_are_is_no_secret(cast: SimpleNamespace) -> None:
    found = ask(by=cast.auditor, sql="select kind, count(*) from places group by kind order by kind")
    assert ("village", 5) in found.rows
    assert (found.small, found.beside) == (0, 0)


ALIKE: list[tuple[str, Any]] = [
    ("select 1 / 0 from places where code = '410871'", None),
    ("select 7 / 2 from places where code = '410871'", Decimal("3.5")),
    ("select 7 % 0 from places where code = '410871'", None),
    ("select count(*) / (count(*) - count(*)) from places", None),
    ("select round(2.0 / 3, 2) from places where code = '410871'", Decimal("0.67")),
    ("select sum(1) from places where code = 'none'", None),
    ("select avg(2) from places where code = '410871'", Decimal(2)),
    ("select coalesce(null, 3) from places where code = '410871'", 3),
    ("select kind like 'VILL%' from places where code = '410871203201'", False),
    ("select code like '4108_1' from places where code = '410871'", True),
    ("select code like '410*' from places where code = '410871'", False),
    ("select length('活水') from places where code = '410871'", 2),
    ("select substring('活水台', 2, 1) || left('abc', 2) from places where code = '410871'", "水ab"),
    ("select extract(year from date '2018-05-06') from places where code = '410871'", 2018),
    ("select extract(quarter from date '2018-05-06') from places where code = '410871'", 2),
    ("select date '2018-03-01' - date '2018-02-01' from places where code = '410871'", 28),
    ("select date '2018-02-28' + 1 = '2018-03-01' from places where code = '410871'", True),
    ("select case when closed_on is null then 'a' else 'b' end from places where code = '410871'", "a"),
    ("select '100%s; -- ''x''' from places where code = '410871'", "100%s; -- 'x'"),
    ("select nullif(3, 3) from places where code = '410871'", None),
    ("select not true or 2 between 1 and 3 from places where code = '410871'", True),
    ("select strpos('abc', 'c') + abs(-2) from places where code = '410871'", 5),
    ("select 1 as \"本 数\" from places where code = '410871'", "console.name"),
    ("select kind in ('district', 'x') from places where code = '410871'", True),
]


@pytest.mark.parametrize(("sql", "value"), ALIKE)
def test_both_engines_read_alike(cast: SimpleNamespace, sql: str, value: Any) -> None:
    if value == "console.name":
        with pytest.raises(Refusal):
            rows(cast.auditor, sql)
        return
    assert rows(cast.auditor, sql) == [(value,)]


def test_every_asking_is_journalled(many: SimpleNamespace, analyst: Account) -> None:
    ask(by=analyst, sql="select count(*) from matters where place like '%203203/'")
    with pytest.raises(Refusal):
        ask(by=analyst, sql="select password from duties_account")
    first, second = Entry.objects.filter(action="console.ask").order_by("seq")
    told = json.loads(first.data)["after"]
    assert told["sql"].startswith("select count(*)")
    assert (first.actor_id, told["rows"], told["hidden"], told["views"]) == (analyst.pk, 1, 1, ["matters"])
    assert len(told["digest"]) == 64
    assert json.loads(second.data)["after"]["refused"] == "console.table"


@pytest.mark.parametrize(
    "sql",
    [
        "select kind::regclass from matters",
        "select opened_on - 800000 from matters",
        "select 1.0 * 100000000000000000 * 10000000000 from matters",
    ],
)
def test_what_is_beyond_reckoning_is_refused_in_words(many: SimpleNamespace, sql: str) -> None:
    with pytest.raises(Refusal) as caught:
        ask(by=many.auditor, sql=sql)
    assert caught.value.problems[0].code.startswith("console.")
