"""Periods as other systems write them.

DHIS2's codes: 2017, 2017S1, 2017Q1, 201703, 2017W5, 20170301 (its documentation, "Relative and fixed periods").
ADX: an interval of ISO 8601, a first day and a length or a last day: 2017-03-01/P1M, 2017-03-01/2017-03-31.
"""

from __future__ import annotations

import datetime as dt
import re

from huoshui.kernel.periods import Period, PeriodKind, period, period_of

DHIS2: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"(\d{4})", re.ASCII), "{0}"),
    (re.compile(r"(\d{4})S([12])", re.ASCII), "{0}H{1}"),
    (re.compile(r"(\d{4})Q([1-4])", re.ASCII), "{0}Q{1}"),
    (re.compile(r"(\d{4})(\d{2})", re.ASCII), "{0}-{1}"),
    (re.compile(r"(\d{4})W(\d{1,2})", re.ASCII), "{0}W{1:0>2}"),
    (re.compile(r"(\d{4})(\d{2})(\d{2})", re.ASCII), "{0}-{1}-{2}"),
)
"""What DHIS2 writes, and the same as we do."""
INTERVAL = re.compile(
    r"(\d{4}-\d{2}-\d{2})(?:T00:00:00(?:Z|\.0+Z?)?)?/(?:P(\d{1,3})([DWMY])|(\d{4}-\d{2}-\d{2}))", re.ASCII
)
LENGTHS: dict[tuple[int, str], PeriodKind] = {
    (1, "D"): PeriodKind.DAY, (7, "D"): PeriodKind.WEEK, (1, "W"): PeriodKind.WEEK, (1, "M"): PeriodKind.MONTH,
    (3, "M"): PeriodKind.QUARTER, (6, "M"): PeriodKind.HALF, (12, "M"): PeriodKind.YEAR, (1, "Y"): PeriodKind.YEAR,
}  # fmt: skip
ISO = {
    PeriodKind.DAY: "P1D", PeriodKind.WEEK: "P7D", PeriodKind.MONTH: "P1M", PeriodKind.QUARTER: "P3M",
    PeriodKind.HALF: "P6M", PeriodKind.YEAR: "P1Y",
}  # fmt: skip


def from_dhis2(code: str) -> Period:
    """The period of a code of DHIS2. Raises ValueError for one that we have none like, such as 2017April."""
    for pattern, ours in DHIS2:
        if found := pattern.fullmatch(code):
            return period(ours.format(*found.groups()))
    raise ValueError(f"no period of DHIS2 that we know: {code}")


def to_dhis2(one: Period) -> str:
    """The code of DHIS2 for a period. Raises ValueError for a plan, which DHIS2 does not know."""
    year = one.code[:4]
    match one.kind:
        case PeriodKind.PLAN:
            raise ValueError("DHIS2 has no period of several years")
        case PeriodKind.HALF:
            return f"{year}S{one.code[-1]}"
        case PeriodKind.WEEK:
            return f"{year}W{int(one.code[5:])}"
        case _:
            return one.code.replace("-", "")


def from_interval(text: str) -> Period:
    """The period of an ISO 8601 interval. Raises ValueError for one that is no whole day, week, month, … or years."""
    found = INTERVAL.fullmatch(text)
    if found is None:
        raise ValueError(f"no interval: {text}")
    first = dt.date.fromisoformat(found[1])
    if found[4]:
        return _from_days(first, dt.date.fromisoformat(found[4]))
    many, unit = int(found[2]), found[3]
    if kind := LENGTHS.get((many, unit)):
        return _beginning(first, kind)
    if unit == "Y" and many > 1:
        return _exactly(first, period(f"{first.year}/{first.year + many - 1}"))
    raise ValueError(f"no period of ours: {text}")


def _beginning(first: dt.date, kind: PeriodKind) -> Period:
    return _exactly(first, period_of(first, kind))


def _exactly(first: dt.date, one: Period) -> Period:
    if one.first != first:
        raise ValueError(f"{one.code} begins on {one.first}")
    return one


def _from_days(first: dt.date, last: dt.date) -> Period:
    for kind in ISO:
        one = period_of(first, kind)
        if (one.first, one.last) == (first, last):
            return one
    if last.year > first.year:
        one = period(f"{first.year}/{last.year}")
        if (one.first, one.last) == (first, last):
            return one
    raise ValueError(f"no period from {first} to {last}")


def to_interval(one: Period) -> str:
    """The period as an interval: its first day and its length."""
    if one.kind == PeriodKind.PLAN:
        return f"{one.first}/P{one.last.year - one.first.year + 1}Y"
    return f"{one.first}/{ISO[one.kind]}"
