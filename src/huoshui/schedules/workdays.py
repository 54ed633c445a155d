"""Working days of China: weekends, public holidays and the working weekends that make up for them.

The State Council publishes the calendar of a year late in the year before. Beyond the published years only
weekends and the holidays that the law fixes by date count as free, and what was computed with such days is
provisional: it is computed again once the calendar is there.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cache

from chinese_calendar import constants

ONE_DAY = dt.timedelta(days=1)
FIXED_HOLIDAYS = {(1, 1), (5, 1), (5, 2), (10, 1), (10, 2), (10, 3)}
"""Month and day of the holidays that every year has by law (全国年节及纪念日放假办法, as in force since 2025). The
others follow the lunar calendar and the sun: Spring Festival, Qingming, Dragon Boat, Mid-Autumn."""


@dataclass(frozen=True)
class DueDate:
    """A computed day; ``provisional`` while a day of an unpublished calendar went into it."""

    day: dt.date
    provisional: bool = False


@cache
def published_from() -> dt.date:
    """The first day whose calendar is known."""
    return dt.date(min(constants.holidays).year, 1, 1)


@cache
def published_until() -> dt.date:
    """The last day whose calendar is known: 31 December of the last published year."""
    return dt.date(max(constants.holidays).year, 12, 31)


def is_published(day: dt.date) -> bool:
    """Whether the calendar of the day's year is known."""
    return published_from() <= day <= published_until()


def is_working_day(day: dt.date) -> bool:
    """Whether offices work on the day; in years to come: whether it is neither weekend nor a fixed holiday."""
    if day in constants.workdays:
        return True
    if day > published_until() and (day.month, day.day) in FIXED_HOLIDAYS:
        return False
    return day.weekday() < 5 and day not in constants.holidays


def add_working_days(start: dt.date, days: int) -> DueDate:
    """The ``days``-th working day after ``start`` (before it, when negative); ``start`` itself never counts.

    Zero gives ``start``, be it a working day or not.
    """
    step = ONE_DAY if days >= 0 else -ONE_DAY
    day, left, provisional = start, abs(days), False
    while left:
        day += step
        provisional = provisional or not is_published(day)
        left -= is_working_day(day)
    return DueDate(day, provisional)


def add_calendar_days(start: dt.date, days: int) -> DueDate:
    """``days`` calendar days after ``start``; never provisional."""
    return DueDate(start + dt.timedelta(days=days))


def working_days_between(start: dt.date, end: dt.date) -> int:
    """How many working days lie after ``start`` up to and including ``end``; negative when ``end`` is earlier."""
    if end < start:
        return -sum(is_working_day(end + ONE_DAY * n) for n in range((start - end).days))
    return sum(is_working_day(start + ONE_DAY * (n + 1)) for n in range((end - start).days))
