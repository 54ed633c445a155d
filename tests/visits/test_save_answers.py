"""Filling in a sheet."""

from __future__ import annotations

import json
from typing import Any

import pytest

from huoshui.kernel.errors import Refusal
from huoshui.kernel.models import Entry
from huoshui.places.models import Place
from huoshui.visits import actions
from huoshui.visits.models import Answer, Visit
from tests.visits.staging import Stage


@pytest.fixture
def visit(stage: Stage) -> Visit:
    return actions.open_sheet(by=stage.cast.judges[0], round=stage.opened(), place=stage.land.village)


def save(stage: Stage, visit: Visit, **given: Any) -> Visit:
    return actions.save_answers(by=stage.cast.judges[0], visit=visit, **given)


@pytest.mark.parametrize(
    ("item", "raw", "points", "fails"),
    [
        ("meetings", 0, 6000, False),
        ("meetings", "2", 4000, False),
        ("meetings", 3, 3000, True),
        ("meetings", 20, 0, True),
        ("theme", "good", 4000, False),
        ("theme", "差", 1500, False),
        ("floor", "300", 5000, False),
        ("floor", "1,200.55", 5000, False),
        ("floor", "150", 2500, True),
        ("floor", 0, 0, True),
        ("plaza", True, 2000, False),
        ("plaza", "否", 0, True),
        ("overall", "2.5", 2500, False),
        ("overall", 0, 0, False),
    ],
)
def test_an_answer_is_scored(stage: Stage, visit: Visit, item: str, raw: Any, points: int, fails: bool) -> None:
    save(stage, visit, answers={item: raw})
    answer = Answer.objects.get(visit=visit, item=item)
    assert (answer.points, answer.fails) == (points, fails)


@pytest.mark.parametrize(
    ("item", "raw", "code"),
    [
        ("overall", "3.5", "value.range"),
        ("overall", "-0.5", "value.range"),
        ("overall", "2.3", "value.step"),
        ("meetings", -1, "value.at_least"),
        ("meetings", "1.5", "value.type"),
        ("meetings", 1000, "value.implausible"),
        ("theme", "best", "value.choice"),
        ("floor", "big", "value.type"),
        ("floor", "1.234", "value.decimals"),
        ("floor", -3, "value.at_least"),
        ("floor", 10**9 + 1, "value.implausible"),
        ("plaza", "perhaps", "value.type"),
        ("nothing", 1, "value.unknown"),
    ],
)
def test_what_is_out_of_range_is_refused_by_name(stage: Stage, visit: Visit, item: str, raw: Any, code: str) -> None:
    with pytest.raises(Refusal) as refusal:
        save(stage, visit, answers={"theme": "good", item: raw})
    assert (refusal.value.code, refusal.value.problems[0].field) == (code, item)
    assert not Answer.objects.filter(visit=visit).exists()


@pytest.mark.parametrize(
    ("item", "raw", "said"),
    [
        ("overall", "3.5", "“总评”的值 3.5 分 超出范围（0 至 3 分）。"),
        ("overall", "2.3", "“总评”只能按 0.5 分一档打分，填的是 2.3。"),
        ("meetings", 1000, "“会议”填的是 1000 处，大得不合常理。"),
        ("floor", "12.345", "“面积”最多 2 位小数，填的是 12.345。"),
        ("floor", "99999999999", "“面积”填的是 99999999999 平方米，大得不合常理。"),
    ],
)
def test_limits_are_said_in_the_items_own_unit(stage: Stage, visit: Visit, item: str, raw: Any, said: str) -> None:
    with pytest.raises(Refusal) as refusal:
        save(stage, visit, answers={item: raw})
    assert refusal.value.problems[0].message() == said


def test_every_wrong_item_is_named_at_once(stage: Stage, visit: Visit) -> None:
    with pytest.raises(Refusal) as refusal:
        save(stage, visit, answers={"overall": 9, "theme": "best"}, notes={"meetings": "x" * 501})
    assert {problem.field for problem in refusal.value.problems} == {"overall", "theme", "meetings"}


def test_an_empty_value_clears(stage: Stage, visit: Visit) -> None:
    save(stage, visit, answers={"overall": 2}, notes={"overall": "好"})
    save(stage, visit, answers={"overall": ""})
    answer = Answer.objects.get(visit=visit, item="overall")
    assert (answer.points, answer.value, answer.note) == (None, None, "好")


def test_only_what_is_given_changes(stage: Stage, visit: Visit) -> None:
    save(stage, visit, strengths="有品牌", direction="再扩", answers={"overall": 2})
    saved = save(stage, visit, shortcomings="台账缺页", notes={"meetings": "缺三月"})
    assert (saved.strengths, saved.shortcomings, saved.direction) == ("有品牌", "台账缺页", "再扩")
    assert {a.item: (a.points, a.note) for a in saved.answers.all()} == {
        "overall": (2000, ""),
        "meetings": (None, "缺三月"),
    }


def test_the_same_again_changes_nothing(stage: Stage, visit: Visit) -> None:
    saved = save(stage, visit, strengths="有品牌", answers={"overall": 2}, notes={"overall": "好"})
    again = save(stage, visit, strengths="有品牌", answers={"overall": "2.0"}, notes={"overall": "好"})
    assert again.version == saved.version
    assert Entry.objects.filter(action="visits.save_answers").count() == 1


def test_a_confirmed_prefill_counts(stage: Stage, hub: Place) -> None:
    judge, village = stage.cast.judges[0], stage.land.village
    visit = actions.open_sheet(by=judge, round=stage.opened(), place=village)
    actions.save_answers(by=judge, visit=visit, answers={"floor": "320.5"})
    answer = Answer.objects.get(visit=visit, item="floor")
    assert (answer.points, answer.prefilled) == (5000, True)


def test_a_stale_edit_carries_both_versions(stage: Stage, visit: Visit) -> None:
    seen = visit.version
    save(stage, visit, answers={"overall": 2}, strengths="甲", seen_version=seen)
    with pytest.raises(Refusal) as refusal:
        save(stage, visit, answers={"overall": 1, "theme": "good"}, strengths="乙", seen_version=seen)
    assert refusal.value.code == "record.stale"
    assert refusal.value.extra["mine"] == {"strengths": "乙", "answers": {"overall": 1, "theme": "good"}}
    assert refusal.value.extra["theirs"] == {"strengths": "甲", "answers": {"overall": "2", "theme": None}}


def test_the_journal_keeps_both_values_restricted(stage: Stage, visit: Visit) -> None:
    save(stage, visit, answers={"overall": 2})
    save(stage, visit, answers={"overall": "1.5"})
    entry = Entry.objects.filter(action="visits.save_answers").latest("seq")
    data = json.loads(entry.data)
    assert entry.restricted
    assert data == {
        "before": {"answers": {"overall": ["2", 2000, ""]}},
        "after": {"answers": {"overall": ["1.5", 1500, ""]}},
    }


@pytest.mark.parametrize("who", ["review_lead", "secretary", "tally_clerk"])
def test_nobody_writes_in_anothers_sheet(stage: Stage, visit: Visit, who: str) -> None:
    with pytest.raises(Refusal) as refusal:
        actions.save_answers(by=getattr(stage.cast, who), visit=visit, strengths="好")
    assert refusal.value.code == "access.not_found"


def test_a_submitted_sheet_stands(stage: Stage) -> None:
    visit = stage.submitted(stage.opened())
    with pytest.raises(Refusal) as refusal:
        save(stage, visit, strengths="好")
    assert refusal.value.code == "visit.not_draft"
