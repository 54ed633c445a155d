"""A table of distances: read whatever the order of its rows, refused with row and column, kept once."""

from __future__ import annotations

import io
import itertools
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from huoshui.kernel.errors import Refusal
from huoshui.kernel.models import Entry
from huoshui.visits import actions
from huoshui.visits.models import TourDistances
from huoshui.visits.queries import tour_of
from huoshui.visits.tour.table import Distances, read_distances
from tests.visits.staging import Stage

PLACES = ["苏家作乡", "410871203201", "苏家作村", "阳庙村村民委员会"]
"""By short name, code and official name."""


def rows_of(values: dict[tuple[str, str], str]) -> str:
    return "\n".join(["起点,终点,分钟", *(f"{a},{b},{value}" for (a, b), value in values.items())])


def whole() -> dict[tuple[str, str], str]:
    return {pair: str(5 + n) for n, pair in enumerate(itertools.combinations(PLACES, 2))}


def keep(stage: Stage, round: Any, text: str, **how: Any) -> Distances:
    return actions.keep_distances(by=stage.lead, round=round, data=text.encode(), name="里程.csv", **how)


def refused(stage: Stage, text: str, by: Any = None) -> list[tuple[str, int | None, str]]:
    with pytest.raises(Refusal) as refusal:
        actions.keep_distances(by=by or stage.lead, round=stage.planned(), data=text.encode(), name="里程.csv")
    assert all(problem.message("zh") and problem.message("en") for problem in refusal.value.problems)
    return [(problem.code, problem.row, problem.column) for problem in refusal.value.problems]


def test_a_tour_by_a_table(stage: Stage) -> None:
    round = stage.planned()
    keep(stage, round, rows_of(whole()), dry_run=True)
    assert not TourDistances.objects.exists()
    keep(stage, round, rows_of(whole()))
    keep(stage, round, rows_of(dict(reversed(whole().items()))))
    assert Entry.objects.filter(action="visits.keep_distances").count() == 1
    found = tour_of(stage.toured(round, source="table"), stage.lead)
    assert (found.state, found.villages) == ("done", 3)
    assert {stop.driven for route in found.routes for stop in route.stops} <= {5, 6, 7, 8, 9, 10}


def test_kilometres_in_a_workbook_at_the_speed(stage: Stage) -> None:
    book = Workbook()
    book.active.append(["from", "to", "km"])
    for (a, b), value in whole().items():
        book.active.append([a, b, float(value)])
    file = io.BytesIO()
    book.save(file)
    round = stage.planned()
    found = actions.keep_distances(by=stage.lead, round=round, data=file.getvalue(), name="里程.xlsx")
    assert (found.unit, found.rows, min(found.legs.values())) == ("metres", 6, 5000)
    shown = tour_of(stage.toured(round, source="table"), stage.lead)
    assert shown.inputs.legs.minutes(stage.land.town, stage.land.village) == 8  # 5 km at 40 km/h: 7.5 minutes


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("无名村,苏家作村,5", ("tour.place_unknown", 2, "起点（A 列）")),
        ("苏家作村,无名村,5", ("tour.place_unknown", 2, "终点（B 列）")),
        ("苏家作村,阳庙村,-1", ("tour.table_value", 2, "分钟（C 列）")),
        ("苏家作村,阳庙村,远", ("tour.table_value", 2, "分钟（C 列）")),
        ("苏家作村,阳庙村,", ("tour.table_value", 2, "分钟（C 列）")),
        ("苏家作村,阳庙村", ("tour.table_value", 2, "分钟（C 列）")),
        ("苏家作村,阳庙村,inf", ("tour.table_value", 2, "分钟（C 列）")),
        ("苏家作村,苏家作村,3", ("tour.table_value", 2, "分钟（C 列）")),
        ("苏家作村,阳庙村,5\n阳庙村,苏家作村,6", ("tour.table_conflict", 3, "分钟（C 列）")),
    ],
)
def test_each_fault_with_its_row_and_column(stage: Stage, line: str, found: tuple[str, int, str]) -> None:
    assert refused(stage, f"起点,终点,分钟\n{line}") == [found]
    assert not TourDistances.objects.exists()


def test_what_is_no_table(stage: Stage) -> None:
    assert refused(stage, "村,公里\n苏家作村,3") == [("tour.table_heads", None, "")]
    assert refused(stage, "  ") == [("file.empty", None, "")]
    assert refused(stage, rows_of(whole()), by=stage.cast.tally_clerk) == [("access.denied", None, "")]


def test_a_missing_pair_is_named_when_the_tour_is_asked_for(stage: Stage) -> None:
    values, round = whole(), stage.planned()
    values.pop(("苏家作乡", "苏家作村"))
    keep(stage, round, rows_of(values))
    with pytest.raises(Refusal) as refusal:
        stage.toured(round, source="table")
    assert refusal.value.code == "tour.pairs_missing"
    assert "缺 1 对地点：苏家作乡—苏家作村" in refusal.value.problems[0].message("zh")


class Anything:
    """Names of places that are their own codes."""

    class Named:
        def __init__(self, code: str) -> None:
            self.code = code

    def problem(self, text: str, field: str) -> None:
        return None

    def find(self, text: str) -> list[Any]:
        return [self.Named(text)]


@given(st.permutations([(a, b, n) for n, (a, b) in enumerate(itertools.combinations("abcde", 2))]), st.booleans())
def test_the_order_of_rows_and_the_direction_do_not_matter(rows: list[tuple[str, str, int]], turned: bool) -> None:
    text = "\n".join(["from,to,km", *(f"{b},{a},{n}" if turned else f"{a},{b},{n}" for a, b, n in rows)])
    found = read_distances(text.encode(), "t.csv", Anything())  # type: ignore[arg-type]
    assert found.legs == {(a, b): n * 1000 for n, (a, b) in enumerate(itertools.combinations("abcde", 2))}
    assert Distances.of(found.kept()) == found
