"""What the console refuses, and why: other tables, writing, loops, other functions, tricks of an engine, escapes."""
# ruff: noqa: E501 - a question a line

from __future__ import annotations

import re
import time
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from huoshui.console import running
from huoshui.console.actions import ask
from huoshui.console.sql.reading import read
from huoshui.console.sql.scoped import columns_of
from huoshui.console.sql.selects import Question, Table
from huoshui.console.sql.shapes import Column, Evidence, Refused
from huoshui.figures.facts import FACT_VIEWS
from huoshui.kernel.errors import Refusal, catalogue
from tests.matters.conftest import Opener

VIEWS = {
    name: Table(
        f"hs_view_{name}",
        {column: Column(kind) for column, kind in columns_of(view).items()},
        (Evidence("hs_record"),),
    )
    for name, view in FACT_VIEWS.items()
}
ENGINES = ("sqlite", "postgresql")


def written(sql: str, vendor: str = "sqlite") -> str:
    question = Question(vendor, VIEWS)
    last = question.written(read(sql), 10)
    return " ".join([*question.steps, last.sql])


def tried(sql: str, vendor: str) -> str:
    """What becomes of a question: as it is written, or the code of its refusal."""
    try:
        return written(sql, vendor)
    except Refused as refused:
        return refused.code


REFUSED: list[tuple[str, str]] = [
    # other tables
    ("select password from duties_account", "console.table"),
    ("select * from matters_matter", "console.table"),
    ("select * from matters m join duties_account a on true", "console.table"),
    ("select * from sqlite_master", "console.table"),
    ("select * from sqlite_schema", "console.table"),
    ("select * from pragma_table_info('matters_matter')", "console.not_allowed"),
    ("select * from pg_catalog.pg_user", "console.not_allowed"),
    ("select * from pg_shadow", "console.table"),
    ("select * from information_schema.tables", "console.not_allowed"),
    ("select * from main.matters", "console.not_allowed"),
    ("select * from public.matters", "console.not_allowed"),
    ("select * from temp.matters", "console.not_allowed"),
    ('select * from "duties_account"', "console.table"),
    ('select * from "DUTIES_ACCOUNT"', "console.table"),
    ("select * from `duties_account`", "console.not_sql"),
    ("select * from [duties_account]", "console.not_sql"),
    ("table duties_account", "console.table"),
    ("select * from hs_view_matters", "console.name"),
    ('select * from "hs_view_matters"', "console.name"),
    ("select hs_record from matters", "console.name"),
    ("select c_record from matters", "console.column"),
    ("select rowid from matters", "console.column"),
    ("select ctid from matters", "console.column"),
    ("select matters from matters", "console.column"),
    ("select duties_account.password from matters", "console.source"),
    ("select a.b.c from matters", "console.not_allowed"),
    ("select place from matters where place in (select password from duties_account)", "console.subquery"),
    ("select place from matters where exists (select 1 from duties_account)", "console.subquery"),
    ("select (select password from duties_account) from matters", "console.subquery"),
    ("select place from matters where place = any (select password from duties_account)", "console.subquery"),
    ("select place from matters where place = (select max(username) from duties_account)", "console.subquery"),
    ("select count(*) from matters group by (select password from duties_account)", "console.subquery"),
    ("select place from matters order by (select password from duties_account)", "console.subquery"),
    ("select place from matters limit (select count(*) from duties_account)", "console.subquery"),
    ("select place from matters join lateral (select * from duties_account) a on true", "console.subquery"),
    ("select place from matters, lateral (select 1) a", "console.subquery"),
    ("with t as (select * from duties_account) select * from t", "console.table"),
    ("select * from (select * from duties_account) t", "console.table"),
    ("select * from (values (1)) t", "console.not_allowed"),
    ("select case when true then (select 1) end from matters", "console.subquery"),
    # names that shadow
    ("with matters as (select place from places) select * from matters", "console.shadow"),
    ('with "MATTERS" as (select place from places) select * from matters', "console.shadow"),
    ("with t as (select place from places), t as (select kind from matters) select * from t", "console.shadow"),
    ("with hs_view_matters as (select place from places) select * from matters", "console.name"),
    ("with t(password) as (select place from places) select password from t", "console.not_allowed"),
    ("select place from matters as m(place)", "console.not_allowed"),
    ("select place from (select place from matters)", "console.alias"),
    ("select place from matters, matters", "console.ambiguous"),
    ("select kind from matters m join places p on p.place = m.place", "console.ambiguous"),
    # more than one, and what hides in comments
    ("select 1 from matters; drop table matters_matter", "console.several"),
    ("select 1 from matters; select 2 from matters", "console.several"),
    ("select 1 from matters; -- x\n delete from matters_matter", "console.several"),
    ("select place from matters /* ; */ union /**/ select password from duties_account", "console.no_select"),
    ("select/**/password/**/from/**/duties_account", "console.table"),
    ("select place from matters --\n, duties_account", "console.table"),
    ("select place from matters /*! , duties_account */ , duties_account", "console.table"),
    ("-- only a comment", "console.no_select"),
    # writing
    ("insert into matters_matter values (1)", "console.no_select"),
    ("update matters_matter set title = 'x'", "console.no_select"),
    ("delete from matters_matter", "console.no_select"),
    ("drop table matters_matter", "console.no_select"),
    ("create table x (a int)", "console.no_select"),
    ("create view x as select 1", "console.no_select"),
    ("truncate matters_matter", "console.no_select"),
    ("merge into matters_matter using places on true when matched then delete", "console.no_select"),
    ("select place into x from matters", "console.not_allowed"),
    ("select place from matters for update", "console.not_allowed"),
    ("with t as (delete from matters_matter returning *) select * from t", "console.no_select"),
    ("with t as (insert into x values (1) returning *) select * from t", "console.no_select"),
    ("explain analyze delete from matters_matter", "console.no_select"),
    # administration
    ("pragma writable_schema = 1", "console.no_select"),
    ("attach database '/tmp/x' as y", "console.not_sql"),
    ("detach y", "console.no_select"),
    ("vacuum into '/tmp/x'", "console.no_select"),
    ("copy matters_matter to '/tmp/x'", "console.no_select"),
    ("copy (select 1) to program 'sh'", "console.no_select"),
    ("set role postgres", "console.no_select"),
    ("begin", "console.no_select"),
    ("commit", "console.no_select"),
    ("do $$ begin end $$", "console.no_select"),
    ("call x()", "console.no_select"),
    ("listen x", "console.no_select"),
    ("values (1)", "console.no_select"),
    ("select 1", "console.no_from"),
    ("(select place from matters)", "console.no_select"),
    ("select place from matters union all select place from places", "console.no_select"),
    ("select place from matters except select place from places", "console.no_select"),
    # loops
    ("with recursive t as (select place from places union all select place from t) select * from t",
     "console.recursive"),
    ("with recursive t as (select place from places) select * from t", "console.recursive"),
    ("select place from generate_series(1, 1000000000)", "console.not_allowed"),
    ("select generate_series(1, 1000000000) from matters", "console.not_allowed"),
    ("with t as (select place from t) select * from t", "console.table"),
    # functions
    *[(f"select {call} from matters", "console.not_allowed") for call in (
        "pg_sleep(10)", "load_extension('x')", "readfile('/etc/passwd')", "writefile('/tmp/x', 'y')",
        "pg_read_file('/etc/passwd')", "lo_import('/etc/passwd')", "dblink('x', 'y')", "query_to_xml('x', true, true, '')",
        "randomblob(1000000000)", "zeroblob(1000000000)", "hex('x')", "quote(place)", "printf('%s', place)",
        "sqlite_version()", "version()", "current_user", "session_user", "current_setting('x')", "set_config('a', 'b', true)",
        "random()", "now()", "current_timestamp", "last_insert_rowid()", "changes()", "json_extract(place, '$')",
        "to_regclass('x')", "nextval('x')", "pg_terminate_backend(1)", "repeat('x', 1000000000)",
        "rpad('x', 1000000000)", "array_agg(place)", "string_agg(place, ',')", "group_concat(place)", "json_agg(place)",
        "regexp_replace(place, 'a', 'b')", "place ~ '(a+)+$'", "place similar to 'a'", "place ilike 'a'", "place glob 'a'",
        "array[1, 2]", "row(1, 2)", "place collate \"C\"", "place is distinct from 'a'",
        "interval '1 day'", "e'\\x41'", "u&'\\0041'", "$1", ":x", "?", "@x", "b'1'", "x'41'", "$$a$$ || version()",
        "percentile_cont(0.5) within group (order by place)", "grouping(place)", "ntile(4) over (order by place)",
        "greatest(1, 2)", "coalesce(pg_sleep(1), 1)", "soundex(place)", "matters.*::text",
    )],
    ("select 1 << 60 from matters", "console.not_allowed"),
    ("select place from matters where place match 'x'", "console.not_sql"),
    ("select xmlparse(document 'x') from matters", "console.not_sql"),
    ("select place::jsonb from matters", "console.cast"),
    # parts of a select that are not there
    ("select distinct on (place) place from matters", "console.not_allowed"),
    ("select place from matters tablesample system (10)", "console.not_allowed"),
    ("select place from only matters", "console.not_allowed"),
    ("select count(*) from matters natural join places", "console.not_allowed"),
    ("select m.place from matters m join places p using (place)", "console.not_allowed"),
    ("select m.place from matters m right join places p on true", "console.join"),
    ("select m.place from matters m full join places p on true", "console.join"),
    ("select place from matters window w as (order by place)", "console.not_allowed"),
    ("select count(*) from matters group by rollup (place)", "console.not_allowed"),
    ("select count(*) from matters group by cube (place)", "console.not_allowed"),
    ("select count(*) from matters group by grouping sets ((place), ())", "console.not_allowed"),
    ("select place from matters fetch first 5 rows with ties", "console.not_allowed"),
    ("select place from matters limit all", "console.number"),
    ("select place from matters limit 1 + 1", "console.number"),
    ("select place from matters offset 99999999999", "console.number"),
    ("select place from (with t as (select place from matters) select place from t) u", "console.with_inside"),
    ("select place from (select place from matters limit 1) t", "console.limit_inside"),
    ("select place from (select place from matters order by place) t", "console.limit_inside"),
    ("select place from (select distinct place from matters) t", "console.distinct"),
    ("select distinct count(*) from matters", "console.distinct"),
    ("select distinct place from matters order by kind", "console.distinct"),
    ("select * from matters, places, visits, results, money_lines, matters a, matters b, matters c, matters d",
     "console.too_long"),
    # counting
    ("select place, count(*) from matters", "console.not_grouped"),
    ("select place, max(kind) from matters group by kind", "console.not_grouped"),
    ("select count(*) from matters where count(*) > 1", "console.nested"),
    ("select sum(count(*)) from matters", "console.nested"),
    ("select count(*) from matters group by count(*)", "console.nested"),
    ("select place from matters where row_number() over () = 1", "console.nested"),
    ("select sum(row_number() over ()) over () from matters", "console.nested"),
    ("select sum(count(*)) over (order by place) from matters group by place", "console.running_total"),
    ("with t as (select place, count(*) n from matters group by place) select sum(n) over (order by place) from t",
     "console.running_total"),
    ("with t as (select place, count(*) n from matters group by place) select a.place from t a join t b on a.n = b.n",
     "console.join_counted"),
    # types
    ("select place from matters where place", "console.type"),
    ("select place from matters where place = 1", "console.type"),
    ("select place from matters where opened_on > 5", "console.type"),
    ("select place + 1 from matters", "console.type"),
    ("select sum(place) from matters", "console.type"),
    ("select max(verified) from matters", "console.type"),
    ("select not place from matters", "console.type"),
    ("select coalesce(place, 1) from matters", "console.type"),
    ("select round(place) from matters", "console.type"),
    ("select null from matters", "console.type"),
    ("select cast(place as integer) from matters", "console.cast"),
    ("select place like kind from matters", "console.pattern"),
    ("select place like 'a\\%' from matters", "console.pattern"),
    ("select substring(place, -5, 3) from matters", "console.number"),
    ("select 99999999999999999999 from matters", "console.number"),
    ("select round(1.5, 100) from matters", "console.number"),
    # what cannot be read
    ("select from where", "console.not_sql"),
    ("select ((((", "console.not_sql"),
    ("select 'open from matters", "console.not_sql"),
    ("", "console.no_select"),
    ("select place from matters where place = 'a\0b'", "console.not_sql"),
    ("select " + "(" * 3000 + "1" + ")" * 3000 + " from matters", "console.too_long"),
    ("select place from matters where " + " or ".join(["place = 'a'"] * 400), "console.too_long"),
    ("select place from matters where place = '" + "a" * 9000 + "'", "console.too_long"),
]  # fmt: skip


@pytest.mark.parametrize(("sql", "code"), REFUSED, ids=[f"{n}-{sql[:40]}" for n, (sql, _code) in enumerate(REFUSED)])
@pytest.mark.parametrize("vendor", ENGINES)
def test_questions_that_are_refused(sql: str, code: str, vendor: str) -> None:
    with pytest.raises(Refused) as refused:
        written(sql, vendor)
    assert refused.value.code in catalogue()
    assert refused.value.code == code, refused.value


PIECES = st.sampled_from([
    "select", "from", "matters", "places", "duties_account", "sqlite_master", "place", "kind", "m", "t", "(", ")", ",",
    "'a'", "1", "=", "and", "or", "not", "in", "count(*)", "sum", ";", "--", "/*", "*/", "union", "drop", ".", "*", "null",
    "case", "when", "then", "end", "%", "/", "$$", "\\", '"', "with", "as", "recursive", "group by", "having", "order by",
    "limit", "join", "on", "lateral", "over", "partition by", "filter", "where", "distinct", "pg_sleep(1)", "into", "for update",
    "values", "pragma", "attach", "hs_view_matters", "::", "[", "]", "@", "#", "`", "\0",
])  # fmt: skip
OPENINGS = st.sampled_from(["", "select ", "select place from matters ", "select count(*) from matters where ",
                            "with t as (select place from matters) select "])  # fmt: skip
ELSEWHERE = ("duties_account", "sqlite_master", "pg_sleep", "union", "drop", "pragma", "attach", "recursive", "lateral", "values",
             "into", "for update", "--", "/*", ";")  # fmt: skip


@given(OPENINGS, st.lists(PIECES, max_size=14), st.sampled_from(ENGINES))
@settings(max_examples=400, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_is_typed_is_refused_or_reads_only_views(opening: str, pieces: list[str], vendor: str) -> None:
    said = tried(opening + " ".join(pieces), vendor)
    if said in catalogue():
        return
    tables = re.findall(r'(?:FROM|JOIN) "(\w+)"', said)
    assert tables
    assert all(table.startswith(("hs_view_", "hs_step_")) for table in tables), said
    outside = re.sub(r"'[^']*'|\"\w+\"", "", said).lower()  # texts, and names that were looked at
    assert not any(word in outside for word in ELSEWHERE), said


@given(st.text(max_size=60), st.sampled_from(ENGINES))
def test_a_text_stays_a_text(text: str, vendor: str) -> None:
    literal = "'" + text.replace("'", "''") + "'"
    said = tried(f"select place from matters where kind = {literal}", vendor)
    if "\0" in text:
        assert said == "console.not_sql"
        return
    assert said.count("'") % 2 == 0
    assert f"= ({literal})" in said


def test_a_cross_join_is_stopped_in_time(open_item: Opener, cast: SimpleNamespace, settings: Any) -> None:
    settings.CONSOLE_SECONDS = 0.3
    sources = " cross join ".join(f"places {name}" for name in "abcdefgh")
    # The few places of the tests to the power of sixteen: no machine is quick enough.
    squared = f"with t as (select a.kind from {sources}) select count(*) from t x cross join t y"
    began = time.monotonic()
    with pytest.raises(Refusal, match=r"console\.too_slow"):
        ask(by=cast.auditor, sql=squared)
    assert time.monotonic() - began < 5
    assert ask(by=cast.auditor, sql="select count(*) from places").rows  # the connection is as it was
    open_item()  # and writes again


@pytest.mark.parametrize(
    "sql",
    [
        "update places_place set name = 'x'",
        "delete from places_place",
        "insert into kernel_referencestamp (id, value) values (99, 'x')",
        "create table console_x (a int)",
        "drop table places_place",
        "with t as (select 1) update places_place set name = 'x'",
    ],
)
def test_nothing_is_written_whatever_passes_the_grammar(cast: SimpleNamespace, sql: str) -> None:
    with pytest.raises(Refusal, match=r"console\.engine"):
        running.fetched(sql, [])
    assert cast.land.village.__class__.objects.get(pk=cast.land.village.pk).name == cast.land.village.name


@pytest.mark.skipif(connection.vendor != "sqlite", reason="SQLite's own ways out")
@pytest.mark.parametrize(
    "sql",
    [
        "select * from sqlite_master",
        "select * from vault_key",
        "pragma query_only = off",
        "attach database ':memory:' as other",
        "with recursive t(n) as (select 1 union all select n + 1 from t) select count(*) from t",
        "select load_extension('x')",
    ],
)
def test_the_engine_itself_is_closed(cast: SimpleNamespace, sql: str) -> None:
    with pytest.raises(Refusal, match=r"console\.engine"):
        running.fetched(sql, [])


def test_too_much_for_memory_is_refused(cast: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "MOST_CELLS", 20)
    with pytest.raises(Refusal, match=r"console\.too_much"):
        ask(by=cast.auditor, sql="select a.place, b.place from places a cross join places b")


def test_whoever_may_not_is_refused(cast: SimpleNamespace) -> None:
    for nobody in (cast.stranger, cast.secretary, cast.verifier):
        with pytest.raises(Refusal, match=r"access\.denied"):
            ask(by=nobody, sql="select count(*) from matters")


def test_an_administrator_sees_only_what_they_may_open(open_item: Opener, cast: SimpleNamespace) -> None:
    for _n in range(6):
        open_item()
    assert ask(by=cast.administrator, sql="select count(*) from matters").rows == [(0,)]  # no matter.view
    assert ask(by=cast.auditor, sql="select count(*) from matters").rows == [(6,)]


PERSONAL = ("username", "password", "phone", "email", "title", "label", "official_name", "account_id", "judge_id")
"""Columns of tables in which a person may be named."""


@pytest.mark.parametrize("name", sorted(FACT_VIEWS))
def test_no_view_has_personal_values(name: str) -> None:
    """The vault's values and the fields that are marked personal are in no column, and no name of a person is."""
    view = FACT_VIEWS[name]
    read = str(view.facts(view.types()).query).lower().split(" from ")[0]
    assert "vault_" not in read
    assert not any(f'"{column}"' in read for column in PERSONAL), read


@pytest.mark.parametrize("name", sorted(FACT_VIEWS))
def test_every_view_and_column_can_be_asked(cast: SimpleNamespace, name: str) -> None:
    columns = columns_of(FACT_VIEWS[name])
    found = ask(by=cast.auditor, sql=f"select {', '.join(columns)} from {name}")
    assert [output.type for output in found.outputs] == list(columns.values())
    assert [output.title for output in ask(by=cast.auditor, sql=f"select * from {name}").outputs] == list(columns)
    assert ask(by=cast.auditor, sql=f"select count(*) from {name}").rows[0][0] is not None
