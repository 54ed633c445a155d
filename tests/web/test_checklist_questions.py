"""Questions without points in the editor: added, kept as they are, wrong inputs named where they stand."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.utils.translation import override

from huoshui.packs.queries import current
from huoshui.visits.question_types import Choices, DateAnswer, TextAnswer
from huoshui.visits.schema import Checklist, Item, Threshold
from huoshui.web.office.checklist_editor.build import unchanged, written
from tests.visits.survey import load_survey
from tests.web.test_checklists import Editor, editor, items, stage

__all__ = ["editor", "stage"]


def added(editor: Editor, how: str, name: str, **typed: str) -> str:
    """A new item at the end of the only section; its node's name."""
    editor.press("add_item:sections.all")
    node = f"items.{editor.newest('item')}"
    editor.set(f"{node}.how", how)
    for key, value in {"name.zh": name, "points": "0", "method": "hear", **typed}.items():
        editor.set(f"{node}.{key.replace('__', '.')}", value)
    return node


def name_options(editor: Editor, node: str) -> None:
    """Name the two empty options that a new item begins with."""
    options = [entry.partition(":")[2] for entry in editor.values["node"] if entry.startswith("option:new-")][-2:]
    for option, name in zip(options, ("球架", "灯"), strict=True):
        editor.set(f"{node}.options.{option}.name.zh", name)


def by_name(name: str) -> Item:
    return next(item for item in items().values() if item.name.zh == name)


def test_each_kind_is_added(editor: Editor) -> None:
    added(editor, "text", "没做到的原因", text__long="yes", text__max_length="300", relevant="not plaza")
    added(editor, "date", "哪天建成", date__earliest="1980-1-1", date__latest="今天", message__zh="核对日期")
    node = added(editor, "choices", "配了什么", choices__at_most="1")
    name_options(editor, node)
    unit = {
        "threshold__unit": "度",
        "threshold__bound": "none",
        "threshold__minimum": "-20",
        "threshold__maximum": "40",
    }
    added(editor, "threshold", "室温", **unit)
    editor.publish()
    assert by_name("没做到的原因").scoring == TextAnswer(type="text", long=True, max_length=300)
    assert by_name("没做到的原因").relevant == "not plaza"
    assert by_name("哪天建成").scoring == DateAnswer(type="date", earliest=dt.date(1980, 1, 1), latest="today")
    assert str(by_name("哪天建成").constraint_message) == "核对日期"
    choices: Any = by_name("配了什么").scoring
    assert isinstance(choices, Choices)
    assert ([option.name.zh for option in choices.options], choices.at_most) == (["球架", "灯"], 1)
    measured = by_name("室温").scoring
    assert isinstance(measured, Threshold)
    assert (measured.minimum, measured.maximum) == (Decimal(-20), Decimal(40))


@pytest.mark.parametrize(
    ("how", "typed", "at", "words"),
    [
        ("text", {"relevant": "nothing"}, "relevant", "不是它前面的条目"),
        ("text", {"relevant": "plaza and"}, "relevant", "读不通"),
        ("text", {"points": "2"}, "points", "分值须为 0"),
        ("text", {"text__max_length": "9000"}, "text.max_length", "超出范围"),
        ("date", {"date__earliest": "某天"}, "date.earliest", "日期"),
        ("date", {"date__earliest": "2020-01-02", "date__latest": "2020-01-01"}, "date.earliest", "高于上限"),
        ("choices", {"choices__at_least": "9"}, "choices.at_least", "至少选 9 项"),
        ("threshold", {"threshold__unit": "度", "threshold__bound": "none", "threshold__minimum": "5",
                       "threshold__maximum": "4"}, "threshold.minimum", "高于上限"),
    ],
)  # fmt: skip
def test_what_is_wrong_stands_at_its_input(
    editor: Editor, how: str, typed: dict[str, str], at: str, words: str
) -> None:
    node = added(editor, how, "新问题", **typed)
    if how == "choices":
        name_options(editor, node)
    editor.press("review")
    assert words in editor.error_at(f"{node}.{at}"), editor.error_at(f"{node}.{at}")


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_form_holds_all_of_a_survey(packs: None, tmp_path: Path, language: str) -> None:
    load_survey(tmp_path / "toilets")
    survey: Checklist = current("toilets").section("checklists")["toilets"]
    with override(language):
        assert unchanged(survey, written(survey))
