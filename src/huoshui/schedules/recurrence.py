"""Recurrence rules (RFC 5545, section 3.3.10) on whole days: read strictly, expanded by dateutil, told in words."""

from __future__ import annotations

import calendar
import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from dateutil.rrule import rrule, rrulestr
from django.utils.translation import gettext as _

from huoshui.kernel.wording import listed

PARTS = ("FREQ", "INTERVAL", "BYMONTH", "BYMONTHDAY", "BYDAY", "BYSETPOS", "WKST")
"""Parts that a rule may have. It ends with its plan, not by COUNT or UNTIL, and days have no hours."""
FREQUENCIES = ("DAILY", "WEEKLY", "MONTHLY", "YEARLY")
SEASONAL = ("MONTHLY", "WEEKLY", "DAILY")
"""With months, rules of these come round within a season; a yearly one in months is due in each of them."""
SURE_DAYS = 28
"""A day of the month that every month has."""
_NUMBERS = ("INTERVAL", "BYMONTH", "BYMONTHDAY", "BYSETPOS")
LONGEST = 200
YEARS_TRIED = 9
"""Among so many years there is a leap day, also around 2100."""
_VALUE = re.compile(r"^[A-Z0-9,+-]+$")


class BadRule(ValueError):
    """Why a rule cannot be used: a code of the catalogue and its parameters."""

    def __init__(self, code: str, **params: object) -> None:
        super().__init__(code)
        self.code, self.params = code, params


@dataclass(frozen=True)
class Window:
    """One turn of a rule: from the day after the turn before it was due until its own due day, both included.

    The first of a season (see ``months_of_season``) begins with the season.
    """

    opens_on: dt.date
    due_on: dt.date


def parsed(text: str) -> dict[str, str]:
    """The parts of a rule such as ``FREQ=MONTHLY;BYMONTHDAY=-1``, each once. Raises BadRule."""
    found: dict[str, str] = {}
    if len(text) > LONGEST:
        raise BadRule("schedule.rule", rule=text[:40])
    for part in text.strip().upper().split(";"):
        name, sign, value = part.partition("=")
        if not sign or name in found or not _VALUE.match(value):
            raise BadRule("schedule.rule", rule=text[:80])
        if name not in PARTS:
            raise BadRule("schedule.rule_part", name=name, known=listed(PARTS))
        found[name] = value
    if found.get("FREQ") not in FREQUENCIES:
        raise BadRule("schedule.rule_frequency", known=listed(FREQUENCIES))
    return found


def check(text: str) -> str:
    """The rule in capitals, if it can be used: it can be read, it comes round, and no turn of it is skipped for want
    of a day 29, 30 or 31. Raises BadRule."""
    parts = parsed(text)
    rule = ";".join(f"{name}={value}" for name, value in parts.items())
    start = dt.date(2023, 1, 1)
    try:
        if any(int(number) == 0 for name in _NUMBERS for number in parts.get(name, "1").split(",")):
            raise ValueError(rule)
        # Bounded: dateutil looks as far as the year 9999 for a 30 February.
        tried = _expanded(rule, start).replace(until=_moment(start.replace(year=start.year + YEARS_TRIED)))
        first = next(iter(tried), None)
    except (ValueError, TypeError):
        raise BadRule("schedule.rule", rule=text[:80]) from None
    if first is None:
        raise BadRule("schedule.rule_never", rule=text[:80])
    if parts["FREQ"] in ("MONTHLY", "YEARLY"):
        _refuse_skipping(parts)
    return rule


def _refuse_skipping(parts: dict[str, str]) -> None:
    days = [int(day) for day in parts.get("BYMONTHDAY", "").split(",") if day]
    months = [int(month) for month in parts.get("BYMONTH", "").split(",") if month]
    shortest = min((calendar.monthrange(2023, month)[1] for month in months), default=SURE_DAYS)
    for day in days:
        if day > shortest:
            raise BadRule("schedule.rule_skips", day=day)


@lru_cache(maxsize=500)
def _expanded(rule: str, begins_on: dt.date) -> rrule:
    found = rrulestr(rule, dtstart=_moment(begins_on), cache=True)
    if not isinstance(found, rrule):
        raise ValueError(rule)
    return found


def _moment(day: dt.date) -> dt.datetime:
    return dt.datetime(day.year, day.month, day.day)


def windows(rule: str, begins_on: dt.date, until: dt.date) -> Iterator[Window]:
    """The turns of a rule that began by ``until`` (included), in order; the first opens on ``begins_on``."""
    opens, season = begins_on, months_of_season(rule)
    for moment in _expanded(rule, begins_on):
        due = moment.date()
        opens = max(opens, _season_began(due, season)) if season else opens
        if opens > until:
            return
        yield Window(opens, due)
        opens = due + dt.timedelta(days=1)


def months_of_season(rule: str) -> frozenset[int]:
    """The months in which a rule comes round that does so every month, week or day of a season; none: all the year."""
    parts = parsed(rule)
    seasonal = parts["FREQ"] in SEASONAL and parts.get("INTERVAL", "1") == "1"
    return frozenset(int(month) for month in parts.get("BYMONTH", "").split(",") if month) if seasonal else frozenset()


def _season_began(due: dt.date, season: frozenset[int]) -> dt.date:
    """The first day of the months of a season that follow each other up to a day."""
    first = due.replace(day=1)
    while (before := (first - dt.timedelta(days=1)).replace(day=1)).month in season and before.year >= due.year - 1:
        first = before
    return first


def due_days(rule: str, begins_on: dt.date, since: dt.date, until: dt.date) -> list[dt.date]:
    """The days on which it is due between two days, both included."""
    found = _expanded(rule, begins_on).between(_moment(since), _moment(until), inc=True)
    return [moment.date() for moment in found]


def turns_a_year(rule: str, begins_on: dt.date) -> int:
    """How many times it comes round in the year from ``begins_on``: what it asks of a place."""
    return len(due_days(rule, begins_on, begins_on, begins_on + dt.timedelta(days=364)))


def told(rule: str) -> str:
    """A rule in words, such as 每季度最后一个月的最后一天; one that has no simple words, as it stands."""
    parts = parsed(rule)
    every, on = _every(parts), _on(parts)
    return rule if every is None or on is None else _after(every, on)


def _after(said: str, more: str) -> str:
    """One part of a rule in words after another, as the language sets them."""
    return _("%(often)s%(day)s") % {"often": said, "day": more} if said and more else said or more


def _every(parts: dict[str, str]) -> str | None:
    interval = int(parts.get("INTERVAL", "1"))
    if "BYSETPOS" in parts:
        return None
    known = {
        ("DAILY", 1): _("每天"), ("WEEKLY", 1): _("每周"), ("WEEKLY", 2): _("每两周"), ("MONTHLY", 1): _("每月"),
        ("MONTHLY", 2): _("每两个月"), ("MONTHLY", 3): _("每三个月"), ("MONTHLY", 6): _("每六个月"),
        ("YEARLY", 1): _("每年"),
    }  # fmt: skip
    return known.get((parts["FREQ"], interval))


def _on(parts: dict[str, str]) -> str | None:
    weekdays = {
        "MO": _("周一"), "TU": _("周二"), "WE": _("周三"), "TH": _("周四"), "FR": _("周五"),
        "SA": _("周六"), "SU": _("周日"),
    }  # fmt: skip
    said = ""
    if "BYMONTH" in parts:
        said = listed(_("%(month)s 月") % {"month": month} for month in parts["BYMONTH"].split(","))
    if "BYMONTHDAY" in parts:
        days = parts["BYMONTHDAY"].split(",")
        monthdays = listed(_("最后一天") if day == "-1" else _("%(day)s 日") % {"day": day} for day in days)
        if any(day.startswith("-") and day != "-1" for day in days):
            return None
        said = _after(said, monthdays)
    if "BYDAY" in parts:
        days = parts["BYDAY"].split(",")
        if any(day not in weekdays for day in days):
            return None
        said = _after(said, listed(weekdays[day] for day in days))
    return said
