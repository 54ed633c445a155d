"""What the review lead asks of a tour: teams and days, where they begin, how fast, how long, what is together."""

from __future__ import annotations

import dataclasses
import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from huoshui.kernel.errors import Refusal
from huoshui.packs.schema import Choice, FieldDef, Text
from huoshui.packs.values import clean_values
from huoshui.schedules.workdays import ONE_DAY, add_working_days
from huoshui.visits.models import Round
from huoshui.visits.tour.names import Names

POINTS, TABLE = "points", "table"


def _number(code: str, zh: str, en: str, low: int, high: int, unit: str = "", decimals: int = 0) -> FieldDef:
    kind: Any = "decimal" if decimals else "integer"
    name = Text(zh=zh, en=en)
    return FieldDef(
        code=code, name=name, type=kind, unit=unit, decimals=decimals, minimum=low, maximum=high, required=True
    )


FIELDS = [
    _number("teams", "组数", "Teams", 1, 20, "组"),
    _number("days", "天数", "Days", 1, 20, "天"),
    _number("stay", "每村停留", "Stay in each village", 5, 480, "分钟"),
    _number("hours", "每天最多", "Most a day", 1, 14, "小时", decimals=1),
    _number("speed", "车速", "Speed", 5, 100, "公里/小时"),
    _number("winding", "弯路系数", "Winding factor", 1, 3, decimals=2),
    FieldDef(code="leaves", name=Text(zh="出发时间", en="Departure"), type="text", max_length=5, required=True),
    FieldDef(code="begins", name=Text(zh="出发地点", en="Begins at"), type="text", max_length=120, required=True),
    FieldDef(code="ends", name=Text(zh="收工地点", en="Ends at"), type="text", max_length=120),
    FieldDef(
        code="source",
        name=Text(zh="里程依据", en="Distances from"),
        type="choice",
        choices=[
            Choice(code=POINTS, name=Text(zh="各村坐标", en="Coordinates")),
            Choice(code=TABLE, name=Text(zh="里程表", en="Table of distances")),
        ],
        required=True,
    ),
]
"""The values of the form; how far apart places are is either reckoned from their points or read in a table."""
USUAL: dict[str, Any] = {
    "teams": 2, "days": 1, "stay": 40, "hours": "8", "speed": 40, "winding": "1.3", "leaves": "08:30", "source": POINTS,
}  # fmt: skip
"""What the form begins with. Nothing of it is measured: the review lead sets what holds in the district."""
CLOCK_TIME = re.compile(r"([01]?\d|2[0-3])[:：]([0-5]\d)")
LINE, WITHIN = re.compile(r"[\n;；]+"), re.compile(r"[、,，\s]+")
DAY_OF = re.compile(r"\s*(\d+)\s*[:：]\s*(.*)")


@dataclass(frozen=True)
class Terms:
    """The terms, places by code.

    ``stay``, ``most``: minutes; ``leaves``: minutes after midnight; ``speed``: km/h; ``winding``: the way by road in
    percent of the straight one; ``fixed``: the day, from 1, of a place.
    """

    teams: int
    days: int
    begins: str
    ends: str
    stay: int
    most: int
    leaves: int
    speed: int
    winding: int
    source: str
    together: list[list[str]]
    fixed: dict[str, int]

    def kept(self) -> dict[str, Any]:
        """As they are kept: plain values, of which ``Terms(**kept)`` makes them again."""
        return dataclasses.asdict(self)

    def typed(self, names: Mapping[str, str]) -> dict[str, Any]:
        """The values of the form that says these terms; ``names``: short names by code."""
        by_day: dict[int, list[str]] = {}
        for code, day in self.fixed.items():
            by_day.setdefault(day, []).append(names.get(code, code))
        return {
            **{name: getattr(self, name) for name in ("teams", "days", "stay", "speed", "source", "begins", "ends")},
            "hours": f"{self.most / 60:g}",
            "winding": f"{self.winding / 100:g}",
            "leaves": f"{self.leaves // 60:02}:{self.leaves % 60:02}",
            "together": "\n".join("、".join(names.get(code, code) for code in group) for group in self.together),
            "fixed": "\n".join(f"{day}：{'、'.join(on)}" for day, on in sorted(by_day.items())),
        }


def clean_terms(round: Round, given: Mapping[str, Any], names: Names) -> Terms:
    """The terms as typed or sent: ``together`` as lists or lines of names, ``fixed`` by place or as lines "2：name".

    Raises what ``clean_values`` raises, value.type, tour.place_unknown, tour.place_twice, tour.not_in_round,
    tour.grouped_twice, tour.fixed_line, tour.day_unknown, tour.group_days, tour.past_midnight or tour.days_beyond.
    """
    values = clean_values(FIELDS, {field.code: given.get(field.code) for field in FIELDS})
    clock_time = CLOCK_TIME.fullmatch(values["leaves"])
    if clock_time is None:
        raise Refusal("value.type", field="leaves", label=_("出发时间"), value=values["leaves"], expected="08:30")
    leaves, most = int(clock_time[1]) * 60 + int(clock_time[2]), values["hours"] * 6
    if leaves + most > 24 * 60:
        raise Refusal("tour.past_midnight", field="leaves", leaves=values["leaves"])
    begins = names.get(values["begins"], "begins").code
    ends = names.get(values["ends"], "ends").code if values.get("ends") else begins
    together = _groups(given.get("together"), names)
    fixed = _fixed(given.get("fixed"), values["days"], names)
    for group in together:
        if len({fixed[code] for code in group if code in fixed}) > 1:
            raise Refusal("tour.group_days", field="fixed", places=names.spoken(group))
    tour_days(round, values["days"])
    return Terms(
        teams=values["teams"],
        days=values["days"],
        begins=begins,
        ends=ends,
        stay=values["stay"],
        most=most,
        leaves=leaves,
        speed=values["speed"],
        winding=values["winding"],
        source=values["source"],
        together=together,
        fixed=fixed,
    )


def tour_days(round: Round, days: int) -> list[dt.date]:
    """The first working days of the round, by the office's calendar. Raises tour.days_beyond past its last day."""
    found = [add_working_days(round.opens_on - ONE_DAY, n).day for n in range(1, days + 1)]
    if found[-1] > round.closes_on:
        fitting = sum(day <= round.closes_on for day in found)
        raise Refusal("tour.days_beyond", field="days", days=days, fitting=fitting, closes_on=round.closes_on)
    return found


def _groups(given: Any, names: Names) -> list[list[str]]:
    lines = LINE.split(given) if isinstance(given, str) else given or []
    groups = [_codes(line, names, "together") for line in lines]
    groups = [group for group in groups if len(group) > 1]
    seen: set[str] = set()
    for code in (code for group in groups for code in group):
        if code in seen:
            raise Refusal("tour.grouped_twice", field="together", place=names.spoken([code]))
        seen.add(code)
    return sorted(groups)


def _fixed(given: Any, days: int, names: Names) -> dict[str, int]:
    pairs: list[tuple[Any, str]] = []
    if isinstance(given, str):
        for line in filter(str.strip, LINE.split(given)):
            told = DAY_OF.fullmatch(line)
            if told is None:
                raise Refusal("tour.fixed_line", field="fixed", line=line.strip())
            pairs += [(told[1], code) for code in _codes(told[2], names, "fixed")]
    else:
        pairs = [(day, names.in_round(name, "fixed").code) for name, day in (given or {}).items()]
    for day, code in pairs:
        if not 1 <= int(day) <= days:
            raise Refusal("tour.day_unknown", field="fixed", place=names.spoken([code]), day=day, days=days)
    return {code: int(day) for day, code in sorted(pairs, key=lambda pair: pair[1])}


def _codes(line: str | Sequence[str], names: Names, field: str) -> list[str]:
    words = WITHIN.split(line) if isinstance(line, str) else line
    return sorted({names.in_round(word, field).code for word in words if word.strip()})
