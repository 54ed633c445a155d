"""Reading a table of distances or times: one row a pair, from, to, and kilometres or minutes."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from huoshui.kernel.errors import Problem, Refusal
from huoshui.kernel.wording import bracketed, listed
from huoshui.places.models import Place
from huoshui.visits.tour.names import Names

if TYPE_CHECKING:
    from huoshui.kernel.tables import Row

HEADS = {
    "from": ("from", "起点", "从", "出发"),
    "to": ("to", "终点", "到", "到达"),
    "minutes": ("minutes", "min", "分钟", "行车分钟", "时间（分钟）"),
    "km": ("km", "公里", "千米", "里程", "里程（公里）", "距离（公里）"),
}
"""The columns by what their heads may say; minutes count before kilometres where a table has both."""
MOST = {"minutes": 24 * 60, "km": 1000}
NAMED_PAIRS = 12

Pair = tuple[str, str]


@dataclass(frozen=True)
class Distances:
    """Pairs of codes (the lesser first, both ways alike) with minutes, or with metres; ``rows``: of the file."""

    name: str
    unit: str
    legs: dict[Pair, int]
    rows: int

    def kept(self) -> dict[str, Any]:
        """As it is kept: sorted, so that the order of a file's rows does not matter."""
        legs = [[*pair, value] for pair, value in sorted(self.legs.items())]
        return {"name": self.name, "unit": self.unit, "legs": legs, "rows": self.rows}

    @classmethod
    def of(cls, kept: dict[str, Any]) -> Distances:
        """The table that was kept."""
        return cls(kept["name"], kept["unit"], {(a, b): value for a, b, value in kept["legs"]}, kept["rows"])

    def missing(self, places: Iterable[Place]) -> list[tuple[Place, Place]]:
        """The pairs of these places that the table says nothing of."""
        ordered = sorted(places, key=lambda place: place.code)
        return [(a, b) for a, b in itertools.combinations(ordered, 2) if (a.code, b.code) not in self.legs]


def missing_problem(missing: list[tuple[Place, Place]]) -> Problem:
    """Which pairs are missing, the first of them by name."""
    told = listed(f"{a.short_name}—{b.short_name}" for a, b in missing[:NAMED_PAIRS])
    more = _("等") if len(missing) > NAMED_PAIRS else ""
    return Problem("tour.pairs_missing", "table", params={"count": len(missing), "pairs": told + more})


def read_distances(data: bytes, name: str, names: Names) -> Distances:
    """The table in a .xlsx or .csv file, its heads in the first row that is not blank.

    Raises every problem at once, each with its row and column: tour.table_heads, tour.place_unknown,
    tour.place_twice, tour.table_value, tour.table_conflict; and what ``read_rows`` raises.
    """
    from huoshui.kernel.tables import read_rows  # brings the workbook library, which few commands need

    rows = iter(read_rows(data, name))
    head = next(rows, None)
    reader = _Reader(head, names)
    for row in rows:
        reader.take(row)
    if reader.problems:
        raise Refusal.of(reader.problems)
    unit = "metres" if reader.measure == "km" else "minutes"
    return Distances(name[:200], unit, {pair: value for pair, (value, _row) in reader.legs.items()}, reader.rows)


class _Reader:
    """Takes in row after row, and notes what is wrong."""

    def __init__(self, head: Row | None, names: Names) -> None:
        heads = [str(cell).strip() for cell in head.cells] if head else []
        at = {
            what: next((n for n, word in enumerate(heads) if word.lower() in words), None)
            for what, words in HEADS.items()
        }
        self.measure = "minutes" if at["minutes"] is not None else "km"
        wanted = {"from": at["from"], "to": at["to"], self.measure: at[self.measure]}
        lacking = [HEADS[what][1] for what, column in wanted.items() if column is None]
        if lacking:
            raise Refusal("tour.table_heads", field="table", lacking=listed(lacking))
        self.columns = {what: column for what, column in wanted.items() if column is not None}
        self.heads, self.names = heads, names
        self.legs: dict[Pair, tuple[int, int]] = {}
        self.problems: list[Problem] = []
        self.rows = 0

    def take(self, row: Row) -> None:
        """One pair; without two known places and a sound value it counts for nothing but its problems."""
        self.rows += 1
        places = [self._place(row, which) for which in ("from", "to")]
        value = self._value(row)
        if None in places or value is None:
            return
        a, b = sorted(place.code for place in places if place)
        if a == b:
            if value:
                self._note("tour.table_value", row, self.measure, value=self._cell(row, self.measure))
            return
        standing = self.legs.setdefault((a, b), (value, row.number))
        if standing[0] != value:
            told = {"first": standing[1], "was": self._shown(standing[0]), "value": self._shown(value)}
            self._note("tour.table_conflict", row, self.measure, **told)

    def _place(self, row: Row, which: str) -> Place | None:
        text = self._cell(row, which)
        problem = self.names.problem(text, "table")
        if problem:
            self._note(problem.code, row, which, **problem.params)
            return None
        return self.names.find(text)[0]

    def _value(self, row: Row) -> int | None:
        """Minutes, rounded up; or metres."""
        text = self._cell(row, self.measure)
        try:
            value = Decimal(text)
        except InvalidOperation:
            value = Decimal("NaN")
        if not (value.is_finite() and 0 <= value <= MOST[self.measure]):
            self._note("tour.table_value", row, self.measure, value=text)
            return None
        return int(value * 1000) if self.measure == "km" else math.ceil(value)

    def _shown(self, value: int) -> str:
        return f"{value / 1000:g}" if self.measure == "km" else str(value)

    def _cell(self, row: Row, which: str) -> str:
        column = self.columns[which]
        return str(row.cells[column]).strip() if column < len(row.cells) else ""

    def _note(self, code: str, row: Row, which: str, **params: Any) -> None:
        from openpyxl.utils import get_column_letter

        column = self.columns[which]
        where = self.heads[column] + bracketed(_("%(letter)s 列") % {"letter": get_column_letter(column + 1)})
        self.problems.append(Problem(code, "table", row.number, params, where))
