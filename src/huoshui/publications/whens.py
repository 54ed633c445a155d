"""Words of time in a text, as periods: 2017年, 去年, 2018年第一季度, 3月28日, 截至目前, “十三五”.

What is relative (去年, 本月, 目前) is told from the publication's day.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import dataclass

from huoshui.kernel.periods import Period, PeriodKind, period, period_before, period_of
from huoshui.publications.numerals import DIGITS, read_numeral
from huoshui.publications.spotting import folded

_N = rf"(?:\d{{1,2}}|[{DIGITS}十]{{1,3}})"
_YEAR = rf"(?P<year>(?:19|20)\d{{2}}|[一二][{DIGITS}]{{3}})\s?年"
_REL = r"(?P<rel>前年|去年|上年|上一年|今年|本年|当年|明年)"
_WHICH_YEAR = rf"(?:{_YEAR}|{_REL})(?:度)?"
YEARS_AWAY = {"前年": -2, "去年": -1, "上年": -1, "上一年": -1, "今年": 0, "本年": 0, "当年": 0, "明年": 1}
PLANS = {"十一": 2006, "十二": 2011, "十三": 2016, "十四": 2021, "十五": 2026}
PLAN_YEARS = 5
HALF_A_YEAR = 6


@dataclass(frozen=True)
class When:
    """A word of time, where it stands, and the period it means."""

    start: int
    end: int
    period: Period


Reader = Callable[[re.Match[str], dt.date], str]


def _year(one: re.Match[str], day: dt.date) -> int:
    found = one.groupdict()
    if found.get("rel"):
        return day.year + YEARS_AWAY[found["rel"]]
    if found.get("year"):
        return _number(found["year"]) if not found["year"].isdigit() else int(found["year"])
    return day.year


def _number(text: str) -> int:
    reading = read_numeral(text)
    return int(reading.value) if reading else 0


def _near_year(one: re.Match[str], day: dt.date, month: int) -> int:
    """Of a month without its year: that of the publication, or the one before when it would lie far ahead."""
    said = one.groupdict()
    if said.get("rel") or said.get("year"):
        return _year(one, day)
    return day.year - 1 if month > day.month + HALF_A_YEAR else day.year


def _day(one: re.Match[str], day: dt.date) -> str:
    month = _number(one["month"])
    return f"{_near_year(one, day, month)}-{month:02}-{_number(one['day']):02}"


def _month(one: re.Match[str], day: dt.date) -> str:
    month = _number(one["month"])
    return f"{_near_year(one, day, month)}-{month:02}"


def _quarter(one: re.Match[str], day: dt.date) -> str:
    return f"{_year(one, day)}Q{_number(one['part'])}"


def _half(one: re.Match[str], day: dt.date) -> str:
    return f"{_year(one, day)}H{1 if one['part'] == '上' else 2}"


def _span(one: re.Match[str], _day_of: dt.date) -> str:
    return f"{one['first']}/{one['year']}"


def _plan(one: re.Match[str], _day_of: dt.date) -> str:
    first = PLANS[one["plan"]]
    return f"{first}/{first + PLAN_YEARS - 1}"


def _same_kind(kind: PeriodKind) -> Reader:
    def read(one: re.Match[str], day: dt.date) -> str:
        now = period_of(day, kind)
        return (period_before(now) if one.group().startswith("上") else now).code

    return read


READERS: list[tuple[re.Pattern[str], Reader]] = [
    (re.compile(pattern), reader)
    for pattern, reader in (
        (rf"(?P<first>(?:19|20)\d{{2}})\s?年?\s?[-—–~～至到]\s?{_YEAR}", _span),
        (r"[“\"]?(?P<plan>十[一二三四五])五[”\"]?", _plan),
        (r"(?P<year>(?:19|20)\d{2})[-/.](?P<month>\d{1,2})[-/.](?P<day>\d{1,2})(?!\d)", _day),
        (rf"(?:{_WHICH_YEAR})?\s?(?P<month>{_N})\s?月\s?(?P<day>{_N})\s?[日号]", _day),
        (rf"(?:{_WHICH_YEAR})?\s?第?(?P<part>[一二三四1-4])季度", _quarter),
        (rf"(?:{_WHICH_YEAR})?\s?(?P<part>[上下])半年", _half),
        (rf"(?:{_WHICH_YEAR})?\s?(?<![\d个{DIGITS}十])(?P<month>{_N})\s?月(?!\d)", _month),
        (r"上个?月|本月|当月", _same_kind(PeriodKind.MONTH)),
        (r"上个?季度|本季度", _same_kind(PeriodKind.QUARTER)),
        (r"上周|本周", _same_kind(PeriodKind.WEEK)),
        (rf"{_WHICH_YEAR}", lambda one, day: str(_year(one, day))),
        (r"目前|截至发稿|迄今|至今|现有|现已|近日|日前", lambda _one, day: day.isoformat()),
    )
]
"""In order: what an earlier one read, a later one leaves."""


def whens(text: str, day: dt.date) -> list[When]:
    """Every word of time in a text, in its order; a day that never was (2月30日) is none."""
    plain = folded(text)
    found: list[When] = []
    for pattern, reader in READERS:
        for one in pattern.finditer(plain):
            if any(one.start() < known.end and known.start < one.end() for known in found):
                continue
            try:
                found.append(When(one.start(), one.end(), period(reader(one, day))))
            except ValueError:
                continue
    return sorted(found, key=lambda when: when.start)


def told_for(asked: Period, kinds: list[str]) -> Period | None:
    """The period of an indicator that a word of time means: its own, else the shortest told one that holds it."""
    if asked.kind in kinds:
        return asked
    for kind in (PeriodKind.MONTH, PeriodKind.QUARTER, PeriodKind.HALF, PeriodKind.YEAR):
        if kind in kinds and asked.kind != PeriodKind.PLAN:
            whole = period_of(asked.first, kind)
            if whole.last >= asked.last and _worth(asked, kind):
                return whole
    return None


def _worth(asked: Period, kind: PeriodKind) -> bool:
    """A day says at what day something stood, which a year tells too; a quarter is not told by its year."""
    return asked.kind in (PeriodKind.DAY, PeriodKind.WEEK) and kind == PeriodKind.YEAR
