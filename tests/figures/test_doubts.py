"""Questions between figures are found by rules, kept, decided, and change no figure."""

from __future__ import annotations

from fractions import Fraction
from types import SimpleNamespace
from typing import Any

import numpy
import pytest
from hypothesis import given
from hypothesis import strategies as st

from huoshui.duties.queries import system_account
from huoshui.figures.queries import figure, get_indicator
from huoshui.figures.reporting.actions import approve_return, reopen_return
from huoshui.figures.reporting.conflicts import (
    RECORDS,
    decide_conflict,
    give_conflict,
    holding,
    look_for_conflicts,
    open_conflicts,
)
from huoshui.figures.reporting.doubts import possible_wholes
from huoshui.figures.reporting.imports import import_figures
from huoshui.figures.reporting.likeness import subject
from huoshui.figures.reporting.models import Conflict, Filing, Observation
from huoshui.figures.reporting.targets import set_target
from huoshui.kernel.errors import Refusal
from huoshui.kernel.numbers import nearest
from huoshui.kernel.periods import period
from tests.figures.conftest import Report

SEED = """\
指标,地点,期间,值
education.inclusive_created,410871,2017,21
education.inclusive_kindergartens,410871,2018,34
education.public_kindergartens,410871,2018,30
education.inclusive_share,410871,2018,78%
livelihood.village_models,410871,2017,6
livelihood.village_qualified,410871,2017,10
culture.activity_centres,410871,2017,59
culture.model_centres,410871,2017,6
education.provincial_key_teachers,410871,2017,32
education.city_key_teachers,410871,2017,61
"""


def bring(offices: SimpleNamespace, text: str, source: str) -> Filing:
    report = import_figures(
        by=offices.reviewer, data=text.encode(), name="f.csv", place=offices.land.district, source=source
    )
    assert report.filing is not None, report.problems
    filing: Filing = approve_return(by=offices.leader, filing=report.filing)
    return filing


def found(offices: SimpleNamespace) -> dict[tuple[str, ...], Conflict]:
    rows = open_conflicts(offices.leader, offices.land.district)
    return {(row.rule, *(one["indicator"].partition(".")[2] for one in row.members)): row for row in rows}


def test_the_questions_of_the_seed_are_found_and_no_others(offices: SimpleNamespace) -> None:
    set_target(
        by=offices.leader, indicator="education.covered_share", place=offices.land.district, period="2018",
        value="≥88", source="A2",
    )  # fmt: skip
    bring(offices, SEED, "2018年3月报道")
    assert set(found(offices)) == {
        ("kin", "inclusive_created", "inclusive_kindergartens"),
        ("kin", "village_models", "village_qualified"),
        ("kin", "inclusive_share", "covered_share"),
        ("whole", "inclusive_share", "inclusive_kindergartens"),
    }
    told = found(offices)["whole", "inclusive_share", "inclusive_kindergartens"].told
    assert told["near"] == ["34/43 = 79.1%", "34/44 = 77.3%"]
    assert any("(34+公办幼儿园数 30)/82 = 78.0%" in one for one in told["sums"])


def test_two_sources_of_one_figure_stay_side_by_side(offices: SimpleNamespace) -> None:
    head, district = "指标,地点,期间,值\n", offices.land.district
    bring(offices, head + "culture.film_shows,410871,2017,1200\n", "甲")
    bring(offices, head + "culture.film_shows,410871,2017,1100余\n", "乙")
    assert not found(offices)  # 1200 is more than 1100
    bring(offices, head + "culture.film_shows,410871,2017,1180\n", "丙")
    (row,) = found(offices).values()
    assert (row.rule, len(row.members)) == ("sources", 3)
    shows = get_indicator("culture.film_shows")
    one = figure(offices.leader, shows, district, period("2017"))
    assert (one.told, "还没有裁定" in one.why_none) == ("", True)
    held = Observation.objects.get(numerator=1200)
    decide_conflict(by=offices.reviewer, conflict=row, decision="value", reason="原始记录在案。", holds=held.pk)
    assert figure(offices.leader, shows, district, period("2017")).told == "1200"
    assert Observation.objects.count() == 3
    look_for_conflicts(by=offices.leader, place=district)
    assert not found(offices)


def test_a_decided_question_comes_up_again_when_a_figure_changed(offices: SimpleNamespace) -> None:
    head = "指标,地点,期间,值\n"
    bring(offices, head + "culture.film_shows,410871,2017,1200\n", "甲")
    second = bring(offices, head + "culture.film_shows,410871,2017,1180\n", "乙")
    (row,) = found(offices).values()
    decide_conflict(by=offices.reviewer, conflict=row, decision="doubted", reason="查不到。")
    assert not found(offices)
    bring(offices, head + "culture.film_shows,410871,2017,1150\n", "丙")
    assert [one.pk for one in found(offices).values()] == [row.pk]
    reopen_return(by=offices.leader, filing=second, reason="来源收回。")
    reopen_return(by=offices.leader, filing=Filing.objects.get(source="丙"), reason="来源收回。")
    assert look_for_conflicts(by=system_account(), place=offices.land.district) == 0
    assert Conflict.objects.get().state == Conflict.State.GONE


def test_records_are_held_against_what_is_published(offices: SimpleNamespace) -> None:
    bring(offices, "指标,地点,期间,值\ncore.villages,410871,2018,5\n", "甲")
    assert not found(offices)  # five villages stand in the register
    bring(offices, "指标,地点,期间,值\ncore.villages,410871,2018Q1,7\n", "乙")
    (row,) = found(offices).values()
    assert sorted(one["kind"] for one in row.members) == ["observation", "record"]
    assert figure(offices.leader, get_indicator("core.villages"), offices.land.district, period("2018Q1")).told == "5"


def refused(act: Any, **arguments: Any) -> str:
    with pytest.raises(Refusal) as caught:
        act(**arguments)
    return caught.value.problems[0].code


def test_who_decides_and_how(offices: SimpleNamespace) -> None:
    bring(offices, SEED, "报道")
    row = found(offices)["kin", "village_models", "village_qualified"]
    how: dict[str, Any] = {"by": offices.reviewer, "conflict": row, "decision": "definitions", "reason": "口径不同。"}
    assert refused(decide_conflict, **how | {"by": offices.clerk}) == "access.denied"
    assert refused(decide_conflict, **how | {"reason": " "}) == "value.required"
    assert refused(decide_conflict, **how | {"decision": "average"}) == "value.choice"
    assert refused(decide_conflict, **how | {"decision": "value"}) == "conflict.holds"
    assert refused(give_conflict, by=offices.reviewer, conflict=row, owner=offices.stranger) == "access.not_found"
    assert give_conflict(by=offices.reviewer, conflict=row, owner=offices.clerk).owner == offices.clerk
    decide_conflict(**how)
    assert refused(decide_conflict, **how) == "conflict.decided"


@pytest.mark.parametrize(
    ("name", "of"),
    [
        ("美好乡村通过验收数", "美好乡村"),
        ("普惠性民办幼儿园数（当年新认定）", "普惠性民办幼儿园"),
        ("公办和普惠性民办幼儿园覆盖率", "公办和普惠性民办幼儿园"),
        ("率", "率"),
    ],
)
def test_what_a_name_speaks_of(name: str, of: str) -> None:
    assert subject(name) == of


@given(count=st.integers(1, 300), percent=st.integers(1, 1000))
def test_a_share_is_possible_when_some_whole_number_gives_it(count: int, percent: int) -> None:
    """Held against trying every whole number."""
    share = Fraction(percent, 10)
    step = 1 if share.denominator == 1 else 10
    tried = numpy.arange(count, 1_000 * count + 1)
    gives = tried[nearest(100 * count * step, tried) == int(share * step)]
    wholes = possible_wholes(count, share)
    assert (wholes is not None) == bool(len(gives))
    if wholes is not None:
        assert (wholes[0], min(wholes[1], 1_000 * count)) == (gives[0], gives[-1])


def test_sources_that_can_both_be_true_are_no_question(offices: SimpleNamespace) -> None:
    head, shows = "指标,地点,期间,值\n", get_indicator("culture.film_shows")
    share = get_indicator("culture.contact_point_share")
    bring(offices, head + "culture.film_shows,410871,2017,600余\nculture.contact_point_share,410871,2017,98%\n", "甲")
    bring(offices, head + "culture.film_shows,410871,2017,660\nculture.contact_point_share,410871,2017,98/100\n", "乙")
    assert not found(offices)
    told = [figure(offices.leader, one, offices.land.district, period("2017")) for one in (shows, share)]
    assert [one.told for one in told] == ["660", "98.0"]
    assert told[1].counted == (98, 100)
    bring(offices, head + "culture.film_shows,410871,2017,≥700\n", "丙")
    assert [row.rule for row in found(offices).values()] == ["sources"]


def test_a_share_of_nothing_is_no_crash(offices: SimpleNamespace) -> None:
    text = (
        "指标,地点,期间,值\neducation.inclusive_kindergartens,410871,2018,3\neducation.inclusive_share,410871,2018,0%\n"
    )
    bring(offices, text, "报道")
    assert [row.told["near"] for row in found(offices).values() if row.rule == "whole"] == [[]]


def test_nobody_looks_where_they_see_no_figures(offices: SimpleNamespace) -> None:
    assert refused(look_for_conflicts, by=offices.stranger, place=offices.land.district) == "access.denied"


def test_a_file_of_a_town_does_not_replace_what_was_reported_below(
    forest: SimpleNamespace, report: Report, offices: SimpleNamespace
) -> None:
    for town in (forest.land.town, forest.land.other_town):
        report(town)
    trees, district = get_indicator("forest.trees"), forest.land.district
    bring(forest, "指标,地点,期间,值\nforest.trees,410871,2018-03,300\n", "报道")
    assert figure(forest.leader, trees, district, period("2018-03")).told == "240"
    (row,) = found(forest).values()
    assert sorted(one["value"] for one in row.members) == ["240", "300"]


def test_a_decision_for_a_file_holds_against_a_return(forest: SimpleNamespace, report: Report) -> None:
    report(forest.land.town)
    row = f"forest.trees,{forest.land.town.code},2018-03,130\n"
    bring(forest, f"指标,地点,期间,值\n{row}", "年鉴")
    trees, town = get_indicator("forest.trees"), forest.land.town
    assert figure(forest.leader, trees, town, period("2018-03")).told == "120"  # undecided, what the unit reports
    question = found(forest)["sources", "trees", "trees"]
    held = Observation.objects.get(numerator=130)
    decide_conflict(by=forest.reviewer, conflict=question, decision="value", reason="年鉴核定。", holds=held.pk)
    assert figure(forest.leader, trees, town, period("2018-03")).told == "130"
    question.refresh_from_db()
    assert (holding(question) or {})["value"] == "130"


def test_the_register_itself_can_be_what_holds(offices: SimpleNamespace) -> None:
    bring(offices, "指标,地点,期间,值\ncore.villages,410871,2018Q1,7\n", "乙")
    (row,) = found(offices).values()
    row = decide_conflict(by=offices.reviewer, conflict=row, decision="value", reason="逐村核过。", holds=RECORDS)
    assert (row.holds, (holding(row) or {})["kind"]) == (None, "record")
    assert refused_where_nothing_is_recorded(offices) == "conflict.holds"


def refused_where_nothing_is_recorded(offices: SimpleNamespace) -> str:
    head = "指标,地点,期间,值\n"
    bring(offices, head + "culture.film_shows,410871,2017,1200\n", "丙")
    bring(offices, head + "culture.film_shows,410871,2017,1100\n", "丁")
    row = found(offices)["sources", "film_shows", "film_shows"]
    how = {"by": offices.reviewer, "conflict": row, "decision": "value", "reason": "登记。", "holds": RECORDS}
    return refused(decide_conflict, **how)
