"""Periods of reporting: a day, week, reporting month, quarter, half, year or plan of several years, and their codes.

A code says its period fully: 2018-03-28, 2018W13 (ISO 8601), 2018-03, 2018Q1, 2018H1, 2018, 2016/2018. A reporting
month may begin on another day than the first (``month_begins``): the month 2018-03 that begins on the 21st of the one
before is 21 February to 20 March, and quarters, halves and years are made of such months.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from enum import StrEnum

from django.utils.translation import gettext as _

MONTHS = {"month": 1, "quarter": 3, "half": 6, "year": 12}
FIRST_YEAR, LAST_YEAR = 1100, 9000
"""No register tells of periods beyond; so there is always one before and one after."""
LATEST_BEGINNING = 28
"""A reporting month begins on a day that every month has."""


class PeriodKind(StrEnum):
    """How long a period is."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    HALF = "half"
    YEAR = "year"
    PLAN = "plan"


@dataclass(frozen=True, order=True)
class Period:
    """A span of whole days, both ends in it; ordered by its first day."""

    first: dt.date
    last: dt.date
    code: str
    kind: PeriodKind

    def __str__(self) -> str:
        return self.code

    @property
    def name(self) -> str:
        """As offices write it: 2018年, 2018年第一季度, 2018年3月."""
        year, part = self.code[:4], self.code[4:]
        match self.kind:
            case PeriodKind.YEAR:
                return _("%(year)s年") % {"year": year}
            case PeriodKind.HALF:
                return (_("%(year)s年上半年") if part == "H1" else _("%(year)s年下半年")) % {"year": year}
            case PeriodKind.QUARTER:
                return _("%(year)s年%(n)s季度") % {"year": year, "n": part[1:]}
            case PeriodKind.MONTH:
                return _("%(year)s年%(n)d月") % {"year": year, "n": int(part[1:])}
            case PeriodKind.WEEK:
                return _("%(year)s年第%(n)d周") % {"year": year, "n": int(part[1:])}
            case PeriodKind.PLAN:
                first, _slash, last = self.code.partition("/")
                return _("%(first)s至%(last)s年") % {"first": first, "last": last}
            case _:
                return self.code


CODES: dict[PeriodKind, re.Pattern[str]] = {
    PeriodKind.DAY: re.compile(r"(\d{4})-(\d{2})-(\d{2})", re.ASCII),
    PeriodKind.WEEK: re.compile(r"(\d{4})W(\d{2})", re.ASCII),
    PeriodKind.MONTH: re.compile(r"(\d{4})-(0[1-9]|1[0-2])", re.ASCII),
    PeriodKind.QUARTER: re.compile(r"(\d{4})Q([1-4])", re.ASCII),
    PeriodKind.HALF: re.compile(r"(\d{4})H([12])", re.ASCII),
    PeriodKind.YEAR: re.compile(r"(\d{4})", re.ASCII),
    PeriodKind.PLAN: re.compile(r"(\d{4})/(\d{4})", re.ASCII),
}


def period(code: str, month_begins: int = 1) -> Period:
    """The period of a code. Raises ValueError for one that is none, or that never was (2018-02-30, 2018W54)."""
    for kind, pattern in CODES.items():
        if found := pattern.fullmatch(code):
            numbers = [int(part) for part in found.groups()]
            if not FIRST_YEAR <= numbers[0] <= LAST_YEAR:
                break
            first, last = _bounds(kind, numbers, month_begins)
            return Period(first, last, code, kind)
    raise ValueError(f"not a period: {code}")


def _bounds(kind: PeriodKind, numbers: list[int], month_begins: int) -> tuple[dt.date, dt.date]:
    year = numbers[0]
    if kind == PeriodKind.DAY:
        day = dt.date(*numbers)
        return day, day
    if kind == PeriodKind.WEEK:
        monday = dt.date.fromisocalendar(year, numbers[1], 1)
        return monday, monday + dt.timedelta(days=6)
    if kind == PeriodKind.PLAN:
        if not year < numbers[1] <= LAST_YEAR:
            raise ValueError("a plan ends after the year it begins in")
        return _month(year, 1, month_begins), _month(numbers[1] + 1, 1, month_begins) - dt.timedelta(days=1)
    many = MONTHS[kind]
    first = 1 if kind == PeriodKind.YEAR else (numbers[1] - 1) * many + 1
    beyond = first + many
    end = _month(year + (beyond - 1) // 12, (beyond - 1) % 12 + 1, month_begins)
    return _month(year, first, month_begins), end - dt.timedelta(days=1)


def _month(year: int, month: int, month_begins: int) -> dt.date:
    """The first day of a reporting month; one that begins later than the 1st began in the month before."""
    if not 1 <= month_begins <= LATEST_BEGINNING:
        raise ValueError(f"a reporting month begins on day 1 to {LATEST_BEGINNING}")
    if month_begins == 1:
        return dt.date(year, month, 1)
    return dt.date(year - (month == 1), 12 if month == 1 else month - 1, month_begins)


def period_of(day: dt.date, kind: PeriodKind, month_begins: int = 1) -> Period:
    """The period of a kind that a day lies in. Raises ValueError for a plan, whose years only its code says."""
    if kind == PeriodKind.DAY:
        return period(day.isoformat())
    if kind == PeriodKind.WEEK:
        year, week, _day = day.isocalendar()
        return period(f"{year}W{week:02}")
    if kind == PeriodKind.PLAN:
        raise ValueError("a plan has no fixed length")
    year, month = day.year, day.month
    if month_begins > 1 and day.day >= month_begins:
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
    codes = {
        PeriodKind.MONTH: f"{year}-{month:02}",
        PeriodKind.QUARTER: f"{year}Q{(month + 2) // 3}",
        PeriodKind.HALF: f"{year}H{(month + 5) // 6}",
        PeriodKind.YEAR: f"{year}",
    }
    return period(codes[kind], month_begins)


def parts(whole: Period, kind: PeriodKind, month_begins: int = 1) -> list[Period]:
    """The periods of a shorter kind that a period is made of, in their order; weeks that begin in it."""
    found: list[Period] = []
    day = whole.first
    while day <= whole.last:
        part = period_of(day, kind, month_begins)
        if part.first >= whole.first:
            found.append(part)
        day = part.last + dt.timedelta(days=1)
    return found


def period_before(one: Period, many: int = 1, month_begins: int = 1) -> Period:
    """The period of the same kind so many before it; a negative number counts onwards. Raises ValueError for a plan."""
    if one.kind in (PeriodKind.DAY, PeriodKind.WEEK):
        step = dt.timedelta(days=many * (7 if one.kind == PeriodKind.WEEK else 1))
        return period_of(one.first - step, one.kind)
    if one.kind == PeriodKind.PLAN:
        raise ValueError("a plan has none of its kind before it")
    year, at, each = int(one.code[:4]), one.code[4:].strip("-HQ"), MONTHS[one.kind]
    count = year * (12 // each) + (int(at) - 1 if at else 0) - many
    year, at_year = divmod(count, 12 // each)
    code = {
        PeriodKind.MONTH: f"{year}-{at_year + 1:02}",
        PeriodKind.QUARTER: f"{year}Q{at_year + 1}",
        PeriodKind.HALF: f"{year}H{at_year + 1}",
        PeriodKind.YEAR: f"{year}",
    }[one.kind]
    return period(code, month_begins)
