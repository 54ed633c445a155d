"""An answer: its values as Python knows them; small cells hidden, and others, so that none can be reckoned."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from huoshui.console.sql.selects import Output
from huoshui.console.sql.shapes import FEWEST

DECIMALS = Decimal("0.000001")


class Hidden:
    """What stands in place of a value that is not shown."""

    def __str__(self) -> str:
        return "＊"


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

    def key(self, at: int) -> Any:
        return self.cells[at]


def answer(outputs: Sequence[Output], raw: list[tuple[Any, ...]], most: int, views: tuple[str, ...] = ()) -> Answer:
    """The answer of what the engine returned: at most ``most`` rows, hidden cells last where they decide the order."""
    cut = len(raw) > most
    counted = [at for at, output in enumerate(outputs) if output.counted]
    rows = [_row(outputs, counted, values) for values in raw[:most]]
    small = _hide(rows, {(index, at) for index, row in enumerate(rows) for at, many in row.held.items() if _few(many)})
    beside = _hide(rows, _beside(rows, outputs))
    return Answer(list(outputs), [tuple(row.cells) for row in rows], small, beside, cut, views)


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
    """More cells to hide: of all rows, and of those that share a key, no total may give a small one away.

    What is hidden together has to be two cells at least and FEWEST records. Hiding one may lay open another line
    that it stands in, so it is asked again until nothing is added.
    """
    keys = [at for at, output in enumerate(outputs) if not output.counted]
    found: set[tuple[int, int]] = set()
    for at, output in enumerate(outputs):
        if not output.counted or output.total:
            continue
        hidden = {index for index, row in enumerate(rows) if row.cells[at] is HIDDEN}
        lines = _lines(rows, keys) if hidden else []
        while more := _opened(rows, lines, hidden):
            hidden |= more
        found |= {(index, at) for index in hidden}
    return found


def _lines(rows: list[_Row], keys: Sequence[int]) -> list[list[int]]:
    """Rows that a total may be of: all together, and those of one value of each key."""
    lines = [list(range(len(rows)))]
    if len(keys) > 1:
        for at in keys:
            by_value: dict[Any, list[int]] = defaultdict(list)
            for index, row in enumerate(rows):
                by_value[row.key(at)].append(index)
            lines += by_value.values()
    return lines


def _opened(rows: list[_Row], lines: list[list[int]], hidden: set[int]) -> set[int]:
    """One more row for each line whose hidden rows could be told from its total: the one of the fewest records."""
    more: set[int] = set()
    for line in lines:
        inside = [index for index in line if index in hidden or index in more]
        if not inside or (len(inside) > 1 and sum(max(rows[index].size, 1) for index in inside) >= FEWEST):
            continue
        others = [index for index in line if index not in hidden and index not in more and rows[index].size > 0]
        if others:
            more.add(min(others, key=lambda index: rows[index].size))
    return more


def _value(kind: str, value: Any) -> Any:
    """A value as the type of its column says; the engines say dates, truths and numbers in ways of their own."""
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
