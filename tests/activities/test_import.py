"""Many activities from a file: tried first, all or none, and never twice."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from huoshui.activities.import_file import template
from huoshui.activities.imports import ActivityImport, import_activities
from huoshui.activities.models import Activity
from huoshui.activities.queries import kinds
from huoshui.activities.values import read
from tests.activities.staging import appoint_clerk, refusal

KIND = "activities.film_show"
HEAD = "编号,地点,日期,片名,参加人数,中央补助,区级补助\n"
ROWS = "F-1,寨卜昌村,2018-03-01,地道战,80,100,50.5\nF-2,410871203202,2018/3/2,小兵张嘎,,100,\n"


def run(cast: SimpleNamespace, rows: str = ROWS, **given: Any) -> ActivityImport:
    data = (HEAD + rows).encode()
    return import_activities(by=cast.district_office, kind=KIND, data=data, name="films.csv", **given)


@pytest.fixture(autouse=True)
def _clerk(cast: SimpleNamespace) -> None:
    appoint_clerk(cast)


def test_tried_then_written_and_the_same_again_changes_nothing(cast: SimpleNamespace) -> None:
    trial = run(cast, dry_run=True)
    assert (len(trial.trial.possible), trial.problems, Activity.objects.count()) == (2, [], 0)
    assert run(cast, agreed=trial.plan).written
    first = Activity.objects.get(key="F-1")
    assert (first.place, first.title, first.headcount) == (cast.land.village, "农村电影放映", 80)
    assert read(first) == {"film": "地道战", "paid_nation": 10_000, "paid_district": 5_050}
    again = run(cast)
    assert (again.written, len(again.trial.unchanged), Activity.objects.count()) == (False, 2, 2)
    longer = run(cast, ROWS + "F-3,寨卜昌村,2018-03-03,小兵张嘎,,,\n")
    assert (len(longer.trial.possible), Activity.objects.count()) == (1, 3)


def test_one_bad_row_and_nothing_is_written(cast: SimpleNamespace) -> None:
    report = run(cast, ROWS + "F-4,没有的村,2018-03-01,x,,,\nF-5,寨卜昌村,三月,x,,,\nF-6,寨卜昌村,2018-03-01,,,,\n")
    told = [(problem.code, problem.row, problem.column) for problem in report.problems]
    assert told == [
        ("activity_import.place", 4, "地点（B 列）"),
        ("activity_import.value", 5, "日期（C 列）"),
        ("value.required", 6, "片名（D 列）"),
    ]
    assert not Activity.objects.exists()


def test_a_number_means_one_thing(cast: SimpleNamespace) -> None:
    run(cast)
    moved = run(cast, "F-1,苏家作村,2018-03-01,地道战,80,100,50.5\n")
    assert [problem.code for problem in moved.problems] == ["activity.key_taken"]
    twice = run(cast, ROWS + "F-1,寨卜昌村,2018-03-05,x,,,\n", dry_run=True)
    assert [(problem.code, problem.row) for problem in twice.problems] == [("activity_import.twice", 4)]


def test_refusals(cast: SimpleNamespace) -> None:
    given = {"kind": KIND, "data": (HEAD + ROWS).encode(), "name": "films.csv"}
    assert refusal(import_activities, by=cast.secretary, **given) == [("access.denied", "")]
    assert refusal(run, cast=cast, agreed="0" * 64) == [("import.plan_changed", "")]
    strange = import_activities(by=cast.district_office, **given | {"data": "编号,地点\n1,2\n".encode()})
    assert [problem.code for problem in strange.problems] == ["import.no_header"]


def test_the_template_is_read_back_without_rows(cast: SimpleNamespace) -> None:
    data = template(kinds()[KIND])
    report = import_activities(by=cast.district_office, kind=KIND, data=data, name="t.xlsx", dry_run=True)
    assert [problem.code for problem in report.problems] == ["import.no_rows"]
