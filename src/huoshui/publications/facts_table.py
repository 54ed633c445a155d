"""A table of facts, one a row: which indicator, place, period and value each row states."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from fractions import Fraction

from huoshui.kernel.periods import Period, period
from huoshui.kernel.tables import Row
from huoshui.places.models import Place
from huoshui.publications.comparing import Printed, bound_of_op
from huoshui.publications.files import Publication
from huoshui.publications.matching import Match, Matcher
from huoshui.publications.numerals import read_numeral
from huoshui.publications.terms import TermKind
from huoshui.publications.units import factor_of
from huoshui.publications.whens import whens
from huoshui.publications.wheres import Gazetteer

WANTED = {
    "standard": (TermKind.STANDARD,),
    "budget": (TermKind.FUND, TermKind.INDICATOR),
}
"""What a kind of fact is compared with; every other kind with indicators."""
SCHEDULE = "schedule"
"""The kind of what lies in a plan."""
NO_NUMBERS = ("date",)
"""Units whose values are days: what lies in a plan is compared where it is counted, not when it is."""


@dataclass(frozen=True)
class Fact:
    """A row. ``printed`` None: its value is no number (a day); ``place`` None: not in the register; ``period`` None:
    none that the register knows."""

    row: int
    label: str
    name: str
    place_name: str
    period_name: str
    place: Place | None
    period: Period | None
    kind: str
    printed: Printed | None
    shown: str
    matches: tuple[Match, ...]


def facts(publication: Publication, gazetteer: Gazetteer, day: dt.date, matcher: Matcher) -> list[Fact]:
    """Every row of a table of facts, in its order."""
    return [_fact(_Cells(publication.columns, row), gazetteer, day, matcher) for row in publication.rows]


@dataclass(frozen=True)
class _Cells:
    columns: dict[str, int]
    row: Row

    def __getitem__(self, column: str) -> str:
        at = self.columns.get(column, len(self.row.cells))
        return str(self.row.cells[at]).strip() if at < len(self.row.cells) else ""


def _fact(cells: _Cells, gazetteer: Gazetteer, day: dt.date, matcher: Matcher) -> Fact:
    kind, unit, name = cells["kind"] or "actual", cells["unit"], cells["indicator_zh"]
    wanted = WANTED.get(kind, (TermKind.INDICATOR,))
    op = cells["op"]
    printed = None if unit in NO_NUMBERS else _printed(cells["value"], unit, op)
    # The name of a plan is its period: 第三期行动计划改扩建公办幼儿园.
    bare = name.replace(cells["period"], "") if cells["period"] else name
    named = matcher.named(bare, unit, printed.low if printed else None)
    sign = {">=": "≥", "<=": "≤", "~": "约"}.get(op, "")
    return Fact(
        row=cells.row.number,
        label=cells["fact"] or str(cells.row.number),
        name=name,
        place_name=cells["place"],
        period_name=cells["period"],
        place=gazetteer.place_called(cells["place"]) if cells["place"] else gazetteer.context,
        period=_period(cells["period"], day),
        kind=kind,
        printed=printed,
        shown=f"{sign}{cells['value']}{unit if unit not in NO_NUMBERS else ''}",
        matches=tuple(match for match in named if match.term.kind in wanted),
    )


def _period(text: str, day: dt.date) -> Period | None:
    if not text:
        return period(str(day.year))
    try:
        return period(text)
    except ValueError:
        said = whens(text, day)
        return said[0].period if said else None


def _printed(text: str, unit: str, op: str) -> Printed | None:
    reading = read_numeral(text.rstrip("%％"))
    if reading is None:
        return None
    factor = factor_of(unit)
    value: Fraction = reading.value * factor
    return Printed(value, value, reading.step * factor, bound_of_op(op))
