"""Working days: holidays, make-up days, and what is not published yet."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huoshui.schedules.workdays import (
    ONE_DAY,
    DueDate,
    add_calendar_days,
    add_working_days,
    is_working_day,
    published_until,
    working_days_between,
)

days = st.dates(dt.date(2003, 1, 1), dt.date(2035, 12, 31))
counts = st.integers(-60, 60)


@pytest.mark.parametrize(
    ("start", "count", "end"),
    [
        ("2018-04-04", 1, "2018-04-08"),  # Qingming 5-7 April; Sunday the 8th made up for it
        ("2018-04-02", 5, "2018-04-10"),
        ("2018-04-08", -1, "2018-04-04"),
        ("2017-09-29", 1, "2017-09-30"),  # Saturday, worked for National Day
        ("2017-09-30", 1, "2017-10-09"),  # 1-8 October
        ("2017-12-29", 1, "2018-01-02"),
        ("2018-04-07", 0, "2018-04-07"),
    ],
)
def test_known_holidays(start: str, count: int, end: str) -> None:
    assert add_working_days(dt.date.fromisoformat(start), count) == DueDate(dt.date.fromisoformat(end))


def test_beyond_the_published_calendar_weekends_and_fixed_holidays_count() -> None:
    last = published_until()
    due = add_working_days(last, 1)
    assert due.provisional
    assert due.day == next(d for n in range(2, 9) if (d := last + ONE_DAY * n).weekday() < 5)
    year = last.year + 1
    holidays = [(1, 1), (5, 1), (5, 2), (10, 1), (10, 2), (10, 3)]
    assert not any(is_working_day(dt.date(year, month, day)) for month, day in holidays)
    others = [(1, 2), (5, 3), (9, 30), (10, 4)]
    assert all(is_working_day(day) == (day.weekday() < 5) for month, n in others for day in [dt.date(year, month, n)])
    assert not add_working_days(last - ONE_DAY * 40, 1).provisional


def test_calendar_days_are_never_provisional() -> None:
    assert add_calendar_days(dt.date(2090, 1, 31), 30) == DueDate(dt.date(2090, 3, 2))


@given(days, st.integers(1, 60))
def test_the_end_is_a_working_day_and_counts_back(start: dt.date, count: int) -> None:
    end = add_working_days(start, count).day
    assert is_working_day(end)
    assert working_days_between(start, end) == count


@given(days, st.integers(-60, -1))
def test_going_back_mirrors_going_forward(start: dt.date, count: int) -> None:
    end = add_working_days(start, count).day
    assert is_working_day(end)
    assert working_days_between(start, end) == count


@given(days, counts, counts)
def test_more_days_never_end_earlier(start: dt.date, one: int, other: int) -> None:
    low, high = sorted((one, other))
    assert add_working_days(start, low).day <= add_working_days(start, high).day


@given(days, days)
def test_between_is_antisymmetric_on_working_days(one: dt.date, other: dt.date) -> None:
    if is_working_day(one) and is_working_day(other):
        assert working_days_between(one, other) == -working_days_between(other, one)
