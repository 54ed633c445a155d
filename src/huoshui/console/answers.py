"""An answer: its values as Python knows them; small cells hidden, and others, so that none can be reckoned."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from huoshui.console.sql.scoped import Asked
from huoshui.console.sql.selects import Output
from huoshui.console.sql.shapes import FEWEST
from huoshui.kernel.errors import Refusal

DECIMALS = Decimal("0.000001")


class Hidden:
    """What stands in place of a value that is not shown."""

    def __str__(self) -> str:
        return "*"


HIDDEN = Hidden()


@dataclass(frozen=True)
class Answer:
    """The rows of an answer. ``small``: cells hidden for their own sake; ``beside``: those hidden to keep these."""

    outputs: list[Output]
    rows: list[tuple[Any, ...]]
    small: int
    beside: int
    cut: bool
    views: tuple[str, ...] = ()


@dataclass
class _Row:
    cells: list[Any]
    held: dict[int, int]
    size: int


def answer(asked: Asked, raw: list[tuple[Any, ...]], most: int) -> Answer:
    """The answer of what the engine returned, at most ``most`` rows.

    Where a count decides the order, rows with a hidden one come last, by their keys: their place is to tell nothing.
    """
    outputs = asked.outputs
    cut = len(raw) > most
    counted = [at for at, output in enumerate(outputs) if output.counted]
    rows = [_row(outputs, counted, values) for values in raw[:most]]
    small = _hide(rows, {(index, at) for index, row in enumerate(rows) for at, many in row.held.items() if _few(many)})
    beside = _hide(rows, _beside(rows, outputs))
    if asked.ranked:
        rows = [row for row in rows if not _hides(row)] + sorted(filter(_hides, rows), key=_said)
    return Answer(list(outputs), [tuple(row.cells) for row in rows], small, beside, cut, asked.views)


def _hides(row: _Row) -> bool:
    return any(cell is HIDDEN for cell in row.cells)


def _said(row: _Row) -> list[str]:
    return [str(row.cells[at]) for at in range(len(row.cells)) if at not in row.held]


def _few(many: int) -> bool:
    return 1 <= many < FEWEST


def _row(outputs: Sequence[Output], counted: Sequence[int], values: tuple[Any, ...]) -> _Row:
    cells = [_value(output.type, value) for output, value in zip(outputs, values, strict=False)]
    many = dict(zip(counted, (int(value or 0) for value in values[len(outputs) :]), strict=False))
    return _Row(cells, many, int(values[-1] or 0) if counted else 0)


def _hide(rows: list[_Row], cells: Iterable[tuple[int, int]]) -> int:
    number = 0
    for index, at in cells:
        if rows[index].cells[at] is not HIDDEN:
            rows[index].cells[at] = HIDDEN
            number += 1
    return number


def _beside(rows: list[_Row], outputs: Sequence[Output]) -> set[tuple[int, int]]:
    """More cells to hide: of all rows, and of those that share a key, no total may give a small one away."""
    keys = [at for at, output in enumerate(outputs) if not output.counted]
    found: set[tuple[int, int]] = set()
    for at, output in enumerate(outputs):
        hidden = {index for index, row in enumerate(rows) if row.cells[at] is HIDDEN}
        if hidden and output.counted and not output.total:
            found |= {(index, at) for index in _Lines(rows, keys, hidden).closed()}
    return found


class _Lines:
    """The lines of a table that a total may be of: all rows together, and those of one value of each key.

    What is hidden in a line has to be two cells at least and of FEWEST records. Another cell that is hidden for it is
    one that lays open the fewest other lines, and of these the one of the fewest records.
    """

    def __init__(self, rows: list[_Row], keys: Sequence[int], hidden: set[int]) -> None:
        self.sizes = [row.size for row in rows]
        self.lines: list[list[int]] = [list(range(len(rows)))]
        for at in keys if len(keys) > 1 else ():
            by_value: dict[Any, list[int]] = defaultdict(list)
            for index, row in enumerate(rows):
                by_value[row.cells[at]].append(index)
            self.lines += by_value.values()
        self.of: list[list[int]] = [[] for _row in rows]
        for number, line in enumerate(self.lines):
            for index in line:
                self.of[index].append(number)
        self.hidden: set[int] = set()
        self.touched: set[int] = set()
        for index in hidden:
            self._hide(index)

    def closed(self) -> set[int]:
        """The rows whose cells are hidden in the end: asked again until nothing is added."""
        open_ = set(self.touched)
        while open_:
            line = self.lines[open_.pop()]
            inside = [index for index in line if index in self.hidden]
            if len(inside) > 1 and sum(max(self.sizes[index], 1) for index in inside) >= FEWEST:
                continue
            others = [index for index in line if index not in self.hidden and self.sizes[index] > 0]
            if others:
                chosen = min(others, key=self._cost)
                self._hide(chosen)
                open_ |= set(self.of[chosen])
        return self.hidden

    def _cost(self, index: int) -> tuple[int, int]:
        return sum(number not in self.touched for number in self.of[index]), self.sizes[index]

    def _hide(self, index: int) -> None:
        self.hidden.add(index)
        self.touched.update(self.of[index])


def _value(kind: str, value: Any) -> Any:
    """A value as the type of its column says; the engines say dates, truths and numbers in ways of their own.

    Raises console.engine for a number or a date beyond what is reckoned with.
    """
    try:
        return _typed(kind, value)
    except (ValueError, ArithmeticError):
        raise Refusal("console.engine", field="sql", reason=_("数值或日期超出范围")) from None


def _typed(kind: str, value: Any) -> Any:
    if value is None:
        return None
    match kind:
        case "integer":
            return int(value)
        case "number":
            return Decimal(str(value)).quantize(DECIMALS).normalize()
        case "date":
            return value if isinstance(value, dt.date) else dt.date.fromisoformat(str(value)[:10])
        case "yes_no":
            return bool(value)
        case _:
            return str(value)
