"""The fact view of what comes round: counted by the day on which it is due, kept cells true."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from huoshui.figures.cells.models import Touch
from huoshui.figures.compiling import count
from huoshui.figures.schema import Measure
from huoshui.kernel.periods import period
from huoshui.places import actions as places
from huoshui.schedules.actions import begin_plan, excuse
from huoshui.schedules.models import Plan
from tests.schedules.conftest import JANUARY, kept_in, survey_on, wanted


def begun(cast: SimpleNamespace) -> Plan:
    """The survey of the three withouts, each month since January, of every village."""
    return begin_plan(by=cast.district_office, place=cast.land.district, wanted=wanted(), begins_on=JANUARY)


@pytest.fixture(autouse=True)
def _files_of_the_test(settings: Any, tmp_path: Path) -> None:
    kept_in(settings, tmp_path)


@pytest.fixture
def plan(cast: SimpleNamespace) -> Plan:
    return begun(cast)


def counted(where: str, place: object) -> int:
    measure = Measure.model_validate({"from": "occasions", "where": where, "value": "count(*)", "period": "due_on"})
    found = count(measure, [period("2018")], None)
    return sum(one.value or 0 for (at, _period), one in found.items() if at == place)


def test_it_counts_what_was_due_done_late_and_excused(cast: SimpleNamespace, plan: Plan) -> None:
    village = cast.land.village
    survey_on(cast, dt.date(2018, 3, 5))
    survey_on(cast, dt.date(2018, 3, 6))
    excuse(by=cast.town_office, occasion=plan.occasions.get(place=village, due_on=dt.date(2018, 4, 30)), why="封路")
    asked = "asks = 'hubs.three_withouts' and place_kind = 'village'"
    assert counted(asked, village.pk) == 4
    assert counted(f"{asked} and done_on is not null", village.pk) == 2, "one visit too many made up for February"
    assert counted(f"{asked} and late", village.pk) == 1
    assert counted(f"{asked} and excused", village.pk) == 1
    assert counted(asked, cast.land.district.pk) == 20


def test_every_change_marks_its_cells(cast: SimpleNamespace) -> None:
    new = places.open_place(
        by=cast.administrator, kind="village", code="410871203209", name="新村村民委员会", parent=cast.land.town,
        opened_on=dt.date(2018, 1, 1),
    )  # fmt: skip
    plan = begun(cast)
    assert Touch.objects.filter(source="occasions").exists()
    for change in (
        lambda: survey_on(cast, dt.date(2018, 3, 5)),
        lambda: excuse(
            by=cast.town_office, occasion=plan.occasions.filter(place=cast.land.village).latest("due_on"), why="封路"
        ),
        lambda: places.close_place(by=cast.administrator, place=new),
    ):
        Touch.objects.all().delete()
        change()
        assert Touch.objects.filter(source="occasions").exists()


def test_a_village_that_was_closed_owes_nothing_of_later(cast: SimpleNamespace) -> None:
    new = places.open_place(
        by=cast.administrator, kind="village", code="410871203209", name="新村村民委员会", parent=cast.land.town,
        opened_on=dt.date(2018, 1, 1),
    )  # fmt: skip
    begun(cast)
    assert counted("due_on is not null", new.pk) == 4
    places.close_place(by=cast.administrator, place=new)
    assert counted("due_on is not null", new.pk) == 3
