"""An indicator is tried before it is published: checked, counted, its SQL shown; nothing is written."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection

from huoshui.figures import trying
from huoshui.figures.queries import figure, first_records, get_indicator
from huoshui.figures.redefining import Change, corrections
from huoshui.figures.trying import Tried, publish_indicator, try_indicator
from huoshui.kernel.errors import Refusal
from huoshui.kernel.periods import period
from huoshui.packs.models import PackVersion
from tests.matters.conftest import Opener

COUNT = {"from": "matters", "where": "kind = 'rectification.item' and severity = 'serious'", "value": "count(*)"}


def definition(**changes: Any) -> dict[str, Any]:
    whole: dict[str, Any] = {
        "code": "serious", "name": {"zh": "严重问题数", "en": "Serious"}, "unit": "件",
        "definition": {"zh": "当期立项的严重问题。", "en": "Serious ones opened."},
        "numerator": COUNT | {"period": "opened_on"}, "periods": ["year", "month"],
    }  # fmt: skip
    return whole | changes


def tried(cast: SimpleNamespace, **changes: Any) -> Tried:
    how = {"by": cast.administrator, "pack": "rectification", "place": cast.land.district, "period": "2018"}
    how |= {"change": None}
    given = {name: changes.pop(name) for name in tuple(how) if name in changes}
    return try_indicator(**how | given, definition=definition(**changes))


def test_value_sql_and_records_at_once(open_item: Opener, cast: SimpleNamespace) -> None:
    open_item(severity="serious")
    open_item(severity="ordinary")
    found = tried(cast)
    assert found.figure is not None
    assert (found.problems, found.figure.told, len(found.records) + found.hidden) == ([], "1", 1)
    (sql,) = found.sql
    assert "'serious'" in sql
    assert "matters_matter" in sql
    assert "%s" not in sql
    assert PackVersion.objects.filter(pack="rectification").count() == 1


def test_a_share_shows_both_statements(open_item: Opener, cast: SimpleNamespace) -> None:
    open_item(severity="serious")
    open_item(severity="ordinary")
    whole = {"from": "matters", "where": "kind = 'rectification.item'", "value": "count(*)", "period": "opened_on"}
    found = tried(cast, unit="%", decimals=1, denominator=whole)
    assert found.figure is not None
    assert (found.figure.told, len(found.sql)) == ("50.0", 2)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"numerator": COUNT | {"where": "(select 1) = 1", "period": "opened_on"}}, "indicator.not_allowed"),
        ({"numerator": COUNT | {"value": "count(*) / 0", "period": "opened_on"}}, "indicator.division"),
        ({"numerator": COUNT | {"where": "password = 'x'", "period": "opened_on"}}, "indicator.column_unknown"),
        ({"numerator": COUNT | {"where": "1 = 1; drop table x", "period": "opened_on"}}, "indicator.not_sql"),
        ({"numerator": COUNT | {"period": "title"}}, "indicator.no_date"),
        ({"numerator": COUNT | {"from": "accounts", "period": "opened_on"}}, "indicator.view_unknown"),
        ({"code": "Serious!"}, "pack.type"),
    ],
)
def test_what_is_wrong_is_told_and_nothing_counted(cast: SimpleNamespace, changes: dict[str, Any], code: str) -> None:
    found = tried(cast, **changes)
    assert code in [problem.code for problem in found.problems] or found.problems
    assert found.figure is None
    if not code.startswith("pack."):
        assert [problem.code for problem in found.problems] == [code]


def test_a_trial_ends_in_time(open_item: Opener, cast: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> None:
    long = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000000000) SELECT COUNT(*) FROM n"

    def forever(*_asked: Any) -> None:
        with connection.cursor() as cursor:
            cursor.execute(long)

    monkeypatch.setattr(trying, "figure_parts", forever)
    monkeypatch.setattr(trying, "SECONDS", 0.3)
    found = tried(cast)
    assert [problem.code for problem in found.problems] == ["indicator.too_slow"]
    assert "0.3 秒" in found.problems[0].message()
    monkeypatch.undo()
    assert tried(cast).figure is not None  # the connection is as before


def test_a_period_that_is_none(cast: SimpleNamespace) -> None:
    with pytest.raises(Refusal, match=r"figure\.period"):
        tried(cast, period="2018-02-30")


def test_published_it_counts_for_everybody(open_item: Opener, cast: SimpleNamespace) -> None:
    open_item(severity="serious")
    before = PackVersion.objects.get(pack="rectification", current=True).number
    with pytest.raises(Refusal, match=r"access\.denied"):
        publish_indicator(by=cast.leader, pack="rectification", definition=definition(), seen_version=before)
    publish_indicator(by=cast.administrator, pack="rectification", definition=definition(), seen_version=before)
    told = figure(cast.leader, get_indicator("rectification.serious"), cast.land.district, period("2018"))
    assert told.told == "1"
    with pytest.raises(Refusal, match=r"pack\.edited_meanwhile"):
        publish_indicator(
            by=cast.administrator, pack="rectification", definition=definition(unit="个"), seen_version=before
        )


def test_only_whoever_loads_packs(cast: SimpleNamespace) -> None:
    with pytest.raises(Refusal, match=r"access\.denied"):
        tried(cast, by=cast.leader)


def changed(cast: SimpleNamespace, change: Change | None, **changes: Any) -> None:
    seen = PackVersion.objects.get(pack="rectification", current=True).number
    publish_indicator(
        by=cast.administrator, pack="rectification", definition=definition(**changes), seen_version=seen, change=change
    )


def told(cast: SimpleNamespace, year: str) -> str:
    return figure(cast.leader, get_indicator("rectification.serious"), cast.land.district, period(year)).told


ORDINARY = COUNT | {"where": "severity = 'ordinary'", "period": "opened_on"}


def test_a_code_in_use_is_not_taken_by_a_new_indicator(cast: SimpleNamespace) -> None:
    found = tried(cast, code="opened")
    assert [problem.code for problem in found.problems] == ["indicator.taken"]
    with pytest.raises(Refusal, match=r"indicator\.taken"):
        changed(cast, None, code="opened")


def test_what_is_counted_does_not_change_without_a_word(open_item: Opener, cast: SimpleNamespace) -> None:
    open_item(severity="serious")
    changed(cast, None)
    assert told(cast, "2018") == "1"
    assert [one.code for one in tried(cast, change=Change(), numerator=ORDINARY).problems] == ["indicator.change_when"]
    with pytest.raises(Refusal, match=r"indicator\.change_when"):
        changed(cast, Change(), numerator=ORDINARY)
    changed(cast, Change(), name={"zh": "严重的问题数", "en": "Serious ones"})  # its words alone may
    assert corrections("rectification.serious") == ()


def test_changed_from_a_day_on_the_years_before_stay(open_item: Opener, cast: SimpleNamespace) -> None:
    open_item(severity="serious")
    changed(cast, None)
    changed(cast, Change(since=dt.date(2019, 1, 1)), numerator=ORDINARY)
    assert told(cast, "2018") == "1"
    indicator = get_indicator("rectification.serious")
    assert [one.until for one in indicator.earlier] == [dt.date(2019, 1, 1)]
    assert corrections("rectification.serious") == ()


def test_a_correction_counts_the_years_before_anew_and_is_told(open_item: Opener, cast: SimpleNamespace) -> None:
    open_item(severity="serious")
    changed(cast, None)
    changed(cast, Change(corrects=True), numerator=ORDINARY)
    assert told(cast, "2018") == "0"
    (one,) = corrections("rectification.serious")
    assert (one.number, str(one.was)) == (
        PackVersion.objects.get(pack="rectification", current=True).number,
        "当期立项的严重问题。",
    )


def test_unit_and_kind_of_a_published_indicator_stay(cast: SimpleNamespace) -> None:
    changed(cast, None)
    found = tried(cast, change=Change(corrects=True), unit="个")
    assert [problem.code for problem in found.problems] == ["indicator.meaning"]


def test_whoever_sees_no_record_is_told_how_many_there_are(
    open_item: Opener, cast: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _n in range(4):
        open_item()
    indicator, place = get_indicator("rectification.opened"), cast.land.district
    for most in (1_000, 2):  # looked through here, and asked of the database
        monkeypatch.setattr("huoshui.figures.queries.LOOKED_AT", most)
        blind = first_records(cast.administrator, indicator, place, period("2018"), count=2)
        assert (blind.rows, blind.more, blind.hidden) == ([], False, 4)
        seeing = first_records(cast.leader, indicator, place, period("2018"), count=2)
        assert (len(seeing.rows), seeing.more, seeing.hidden) == (2, True, 0)
