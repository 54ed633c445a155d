"""Reported figures add up: over places when everybody has reported, over months, by the two parts of a ratio."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from huoshui.figures.queries import figure, figure_parts, get_indicator
from huoshui.figures.reporting.models import Filing, FilingStep, Observation
from huoshui.kernel.errors import Refusal
from huoshui.kernel.periods import period
from huoshui.places.models import Place
from tests.figures.conftest import Report


def told(forest: SimpleNamespace, code: str, place: Place, when: str = "2018-03") -> tuple[str, str]:
    found = figure(forest.leader, get_indicator(f"forest.{code}"), place, period(when))
    return found.told, found.why_none


def test_a_sum_waits_until_everybody_has_reported(forest: SimpleNamespace, report: Report) -> None:
    land = forest.land
    assert told(forest, "trees", land.district) == ("", "未报")
    report(land.town)
    assert told(forest, "trees", land.district) == ("", "1 处已报，还缺 1 处")
    report(land.other_town, approved=False)
    assert told(forest, "trees", land.district)[0] == ""
    report(land.other_town, "2018-02")
    assert told(forest, "trees", land.district)[0] == ""


def test_numbers_and_ratios_add_up(forest: SimpleNamespace, report: Report) -> None:
    land = forest.land
    report(land.town, trees="120", alive="90/120")
    report(land.other_town, trees="30", alive="30/30", oaks="5")
    assert told(forest, "trees", land.district) == ("150", "")
    assert told(forest, "alive", land.district) == ("80.0", "")  # 120 of 150, no mean of 75 and 100
    parts = figure_parts(forest.leader, get_indicator("forest.alive"), land.district, period("2018-03"))
    assert sorted(part.figure.told for part in parts) == ["100.0", "75.0"]


def test_quotients_without_parts_do_not_add_up(forest: SimpleNamespace, report: Report) -> None:
    report(forest.land.town, alive="75%")
    report(forest.land.other_town, alive="30/30")
    assert told(forest, "alive", forest.land.town) == ("75.0", "")
    value, why = told(forest, "alive", forest.land.district)
    assert (value, "没有分子分母" in why) == ("", True)


def test_a_bound_stays_with_the_sum(forest: SimpleNamespace, report: Report) -> None:
    report(forest.land.town, trees="120余")
    report(forest.land.other_town, trees="30")
    assert told(forest, "trees", forest.land.town)[0] == "120 以上"
    assert told(forest, "trees", forest.land.district)[0] == "150 以上"


def test_a_quarter_of_months(forest: SimpleNamespace, report: Report) -> None:
    town = forest.land.town
    for month, trees in (("2018-01", "100"), ("2018-02", "110")):
        report(town, month, trees=trees)
    assert told(forest, "trees", town, "2018Q1") == ("", "2 期已报，还缺 1 期")
    report(town, "2018-03", trees="90")
    assert told(forest, "trees", town, "2018Q1") == ("300", "")


def test_a_year_of_a_stock_is_its_last_month(forest: SimpleNamespace, report: Report) -> None:
    town = forest.land.town
    report(town, "2017-11", keepers="0.10")
    report(town, "2017-12", keepers="0.11")
    assert told(forest, "keepers", town, "2017") == ("0.11", "")


def test_who_may_not_see_is_refused(forest: SimpleNamespace, report: Report) -> None:
    report(forest.land.other_town)
    with pytest.raises(Refusal, match=r"access\.denied"):
        figure(forest.town_office, get_indicator("forest.trees"), forest.land.other_town, period("2018-03"))


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(values=st.lists(st.tuples(st.integers(0, 10**6), st.integers(1, 10**6)), min_size=2, max_size=2))
def test_the_district_is_always_the_sum_of_its_towns(
    forest: SimpleNamespace, report: Report, values: list[tuple[int, int]]
) -> None:
    _forget()
    for town, (top, bottom) in zip((forest.land.town, forest.land.other_town), values, strict=True):
        report(town, trees=str(top), oaks="0", alive=f"{min(top, bottom)}/{bottom}")
    district = forest.land.district
    found = figure(forest.leader, get_indicator("forest.trees"), district, period("2018-03"))
    assert found.numerator == sum(top for top, _bottom in values)
    share = figure(forest.leader, get_indicator("forest.alive"), district, period("2018-03"))
    assert (share.numerator, share.denominator) == (
        sum(min(top, bottom) for top, bottom in values), sum(bottom for _top, bottom in values),
    )  # fmt: skip


def _forget() -> None:
    """The example before, as if it had not been."""
    Filing.objects.update(state=Filing.State.DRAFT)  # unlocks their figures
    for model in (Observation, FilingStep, Filing):
        model.objects.all().delete()
