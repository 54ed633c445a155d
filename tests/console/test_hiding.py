"""Which cells are hidden beside the small ones: whatever the table, no total of a line gives a hidden one away."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from huoshui.console.answers import HIDDEN, answer
from huoshui.console.sql.scoped import Asked
from huoshui.console.sql.selects import Output
from huoshui.console.sql.shapes import FEWEST

OUTPUTS = [Output("a", "text", False), Output("b", "text", False), Output("n", "integer", True)]
TABLES = st.dictionaries(
    st.tuples(st.sampled_from("ABCD"), st.sampled_from("xyz")), st.integers(0, 12), min_size=1, max_size=12
)


def shown(table: dict[tuple[str, str], int]) -> list[tuple[Any, ...]]:
    """The table as an answer shows it."""
    raw = [(a, b, many, 1 if 1 <= many < FEWEST else many, many) for (a, b), many in sorted(table.items())]
    return answer(Asked("", [], OUTPUTS, (), False), raw, 1_000).rows


@given(TABLES)
def test_no_small_number_is_shown(table: dict[tuple[str, str], int]) -> None:
    for a, b, many in shown(table):
        assert many is HIDDEN or many == table[a, b]
        assert many is HIDDEN or not 1 <= many < FEWEST


@given(TABLES)
def test_no_total_gives_a_hidden_one_away(table: dict[tuple[str, str], int]) -> None:
    lines: dict[Any, list[tuple[Any, ...]]] = defaultdict(list)
    for row in shown(table):
        for line in ("all", ("a", row[0]), ("b", row[1])):
            lines[line].append(row)
    for line in lines.values():
        hidden = [table[a, b] for a, b, many in line if many is HIDDEN]
        rest = [table[a, b] for a, b, many in line if many is not HIDDEN and table[a, b]]
        # Alone in its line, or too few together, only where nothing else could be hidden with it.
        assert not hidden or not rest or (len(hidden) > 1 and sum(hidden) >= FEWEST), line


@given(TABLES)
def test_nothing_small_nothing_hidden(table: dict[tuple[str, str], int]) -> None:
    if not any(1 <= many < FEWEST for many in table.values()):
        assert all(many is not HIDDEN for *_keys, many in shown(table))
