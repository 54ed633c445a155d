"""Recurrence rules: read strictly, expanded, told in words."""

from __future__ import annotations

import datetime as dt
import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huoshui.schedules.recurrence import BadRule, check, due_days, told, turns_a_year, windows

DAYS = st.dates(dt.date(2015, 1, 1), dt.date(2035, 12, 31))
RULES = st.sampled_from(
    [
        "FREQ=DAILY", "FREQ=WEEKLY;BYDAY=FR", "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TH", "FREQ=MONTHLY;BYMONTHDAY=-1",
        "FREQ=MONTHLY;BYMONTHDAY=10,25", "FREQ=MONTHLY;BYDAY=2SA", "FREQ=MONTHLY;INTERVAL=3;BYMONTHDAY=-1",
        "FREQ=YEARLY;BYMONTH=7;BYMONTHDAY=1", "FREQ=YEARLY;BYMONTH=3,6,9,12;BYMONTHDAY=-1",
    ]
)  # fmt: skip


@given(RULES, DAYS, st.integers(0, 800))
def test_turns_follow_each_other_without_a_gap(rule: str, begins: dt.date, length: int) -> None:
    until = begins + dt.timedelta(days=length)
    found = list(windows(rule, begins, until))
    assert found[0].opens_on == begins
    for before, after in itertools.pairwise(found):
        assert after.opens_on == before.due_on + dt.timedelta(days=1)
    assert all(one.opens_on <= one.due_on and one.opens_on <= until for one in found)
    assert found[-1].due_on >= until, "every day until then lies in a turn"


@given(RULES, DAYS, st.integers(0, 400))
def test_a_later_look_finds_the_same_turns_first(rule: str, begins: dt.date, length: int) -> None:
    middle = begins + dt.timedelta(days=length)
    early, late = list(windows(rule, begins, middle)), list(windows(rule, begins, middle + dt.timedelta(days=90)))
    assert late[: len(early)] == early


@pytest.mark.parametrize(
    ("rule", "first", "after"),
    [
        ("FREQ=WEEKLY;BYMONTH=6,7;BYDAY=SU", ("2018-06-01", "2018-06-03"), ("2018-06-04", "2018-06-10")),
        ("FREQ=MONTHLY;BYMONTH=11,12,1;BYMONTHDAY=15", ("2018-01-01", "2018-01-15"), ("2018-11-01", "2018-11-15")),
        ("FREQ=YEARLY;BYMONTH=6,12;BYMONTHDAY=-1", ("2018-01-01", "2018-06-30"), ("2018-07-01", "2018-12-31")),
    ],
)
def test_a_season_begins_with_its_months(rule: str, first: tuple[str, str], after: tuple[str, str]) -> None:
    found = windows(rule, dt.date(2018, 1, 1), dt.date(2018, 12, 31))
    told = [(str(one.opens_on), str(one.due_on)) for one in itertools.islice(found, 2)]
    assert told == [first, after]


def test_a_month_is_due_on_its_last_day_whatever_its_length() -> None:
    found = due_days("FREQ=MONTHLY;BYMONTHDAY=-1", dt.date(2024, 1, 1), dt.date(2024, 1, 1), dt.date(2024, 4, 30))
    assert found == [dt.date(2024, 1, 31), dt.date(2024, 2, 29), dt.date(2024, 3, 31), dt.date(2024, 4, 30)]


@pytest.mark.parametrize(
    ("rule", "times"),
    [
        ("FREQ=MONTHLY;BYMONTHDAY=-1", 12),
        ("FREQ=YEARLY;BYMONTH=3,6,9,12;BYMONTHDAY=-1", 4),
        ("FREQ=WEEKLY;BYDAY=FR", 52),
    ],
)
def test_how_often_it_comes_round_in_a_year(rule: str, times: int) -> None:
    assert turns_a_year(rule, dt.date(2018, 1, 1)) == times


@pytest.mark.parametrize(
    ("rule", "code"),
    [
        ("", "schedule.rule"),
        ("每月", "schedule.rule"),
        ("FREQ=MONTHLY;FREQ=DAILY", "schedule.rule"),
        ("FREQ=MONTHLY;BYMONTHDAY=0", "schedule.rule"),
        ("FREQ=MONTHLY;BYDAY=XX", "schedule.rule"),
        ("FREQ=MONTHLY;INTERVAL=-1", "schedule.rule"),
        ("FREQ=DAILY;" + "BYMONTH=1;" * 40, "schedule.rule"),
        ("FREQ=MONTHLY;COUNT=3", "schedule.rule_part"),
        ("FREQ=MONTHLY;UNTIL=20200101", "schedule.rule_part"),
        ("FREQ=DAILY;BYHOUR=8", "schedule.rule_part"),
        ("FREQ=HOURLY", "schedule.rule_frequency"),
        ("BYMONTHDAY=1", "schedule.rule_frequency"),
        ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "schedule.rule_never"),
        ("FREQ=MONTHLY;BYMONTHDAY=31", "schedule.rule_skips"),
        ("FREQ=YEARLY;BYMONTH=2,3;BYMONTHDAY=29", "schedule.rule_skips"),
    ],
)
def test_what_cannot_be_used_is_refused(rule: str, code: str) -> None:
    with pytest.raises(BadRule) as bad:
        check(rule)
    assert bad.value.code == code


def test_a_rule_is_kept_in_capitals() -> None:
    assert check(" freq=weekly;byday=fr ") == "FREQ=WEEKLY;BYDAY=FR"


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ("FREQ=MONTHLY;BYMONTHDAY=-1", "每月最后一天"),
        ("FREQ=MONTHLY;BYMONTHDAY=10,25", "每月10 日、25 日"),
        ("FREQ=WEEKLY;INTERVAL=2;BYDAY=MO", "每两周周一"),
        ("FREQ=YEARLY;BYMONTH=7;BYMONTHDAY=1", "每年7 月1 日"),
        ("FREQ=DAILY", "每天"),
        ("FREQ=MONTHLY;BYDAY=2SA", "FREQ=MONTHLY;BYDAY=2SA"),
    ],
)
def test_a_rule_is_told_in_words(rule: str, words: str) -> None:
    assert told(rule) == words
