"""Periods: codes, bounds, parts, the one before; own reporting months."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huoshui.kernel.periods import MONTHS, Period, PeriodKind, parts, period, period_before, period_of

KINDS = [kind for kind in PeriodKind if kind != PeriodKind.PLAN]
DAYS = st.dates(dt.date(1950, 1, 1), dt.date(2090, 12, 31))
BEGINNINGS = st.integers(1, 28)


@pytest.mark.parametrize(
    ("code", "first", "last", "name"),
    [
        ("2018-03-28", "2018-03-28", "2018-03-28", "2018-03-28"),
        ("2018W13", "2018-03-26", "2018-04-01", "2018年第13周"),
        ("2015W53", "2015-12-28", "2016-01-03", "2015年第53周"),
        ("2016-02", "2016-02-01", "2016-02-29", "2016年2月"),
        ("2018Q1", "2018-01-01", "2018-03-31", "2018年1季度"),
        ("2018H2", "2018-07-01", "2018-12-31", "2018年下半年"),
        ("2017", "2017-01-01", "2017-12-31", "2017年"),
        ("2016/2018", "2016-01-01", "2018-12-31", "2016至2018年"),
    ],
)
def test_bounds_and_names(code: str, first: str, last: str, name: str) -> None:
    found = period(code)
    assert (found.first.isoformat(), found.last.isoformat(), found.name) == (first, last, name)


@pytest.mark.parametrize(
    "code", ["", "17", "2018-13", "2018-00", "2018-02-30", "2018W54", "2018W00", "2018Q5", "2018H3", "2018/2018",
             "2018/2016", "2018 ", "0000", "9999", "２０１８"]
)  # fmt: skip
def test_what_is_no_period(code: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        period(code)


def test_a_reporting_month_of_its_own() -> None:
    month = period("2018-03", month_begins=21)
    assert (month.first, month.last) == (dt.date(2018, 2, 21), dt.date(2018, 3, 20))
    year = period("2018", month_begins=21)
    assert (year.first, year.last) == (dt.date(2017, 12, 21), dt.date(2018, 12, 20))
    assert period_of(dt.date(2017, 12, 25), PeriodKind.MONTH, 21).code == "2018-01"
    with pytest.raises(ValueError, match="day 1 to 28"):
        period("2018-03", month_begins=29)


@given(DAYS, st.sampled_from(KINDS), BEGINNINGS)
def test_a_day_lies_in_its_period_and_the_code_says_it(day: dt.date, kind: PeriodKind, begins: int) -> None:
    found = period_of(day, kind, begins)
    assert found.first <= day <= found.last
    own = begins if kind in MONTHS else 1
    assert period(found.code, own) == found


@given(DAYS, st.sampled_from(KINDS), BEGINNINGS)
def test_periods_of_a_kind_meet_without_a_gap(day: dt.date, kind: PeriodKind, begins: int) -> None:
    begins = begins if kind in MONTHS else 1
    found = period_of(day, kind, begins)
    before = period_before(found, month_begins=begins)
    assert before.last + dt.timedelta(days=1) == found.first
    assert period_before(before, -1, begins) == found


@given(st.integers(1950, 2090), st.sampled_from(["month", "quarter", "half"]), BEGINNINGS)
def test_the_parts_of_a_year_are_the_year(year: int, kind: str, begins: int) -> None:
    whole = period(str(year), begins)
    found: list[Period] = parts(whole, PeriodKind(kind), begins)
    assert (found[0].first, found[-1].last) == (whole.first, whole.last)
    assert len(found) == 12 // MONTHS[kind]
    assert sum((part.last - part.first).days + 1 for part in found) == (whole.last - whole.first).days + 1


def test_a_plan_has_no_neighbours() -> None:
    with pytest.raises(ValueError, match="plan"):
        period_before(period("2016/2018"))
    with pytest.raises(ValueError, match="plan"):
        period_of(dt.date(2018, 1, 1), PeriodKind.PLAN)
