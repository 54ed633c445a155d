"""Cleaning values against field definitions."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from huoshui.kernel.errors import Refusal
from huoshui.packs.schema import FieldDef
from huoshui.packs.values import clean_value, clean_values, shown_value


def field(type_: str, **more: Any) -> FieldDef:
    return FieldDef.model_validate({"code": "f", "name": {"zh": "项", "en": "Field"}, "type": type_, **more})


CHOICES = [{"code": "good", "name": {"zh": "好", "en": "Good"}}, {"code": "bad", "name": {"zh": "差", "en": "Bad"}}]


@pytest.mark.parametrize(
    ("definition", "raw", "value", "shown"),
    [
        (field("integer"), " 1,200 ", 1200, "1200"),
        (field("integer"), 7, 7, "7"),
        (field("decimal", decimals=2), "320.5", 32050, "320.50"),
        (field("money"), "12.34", 1234, "12.34"),
        (field("date"), "2018-03-05", dt.date(2018, 3, 5), "2018-03-05"),
        (field("date"), "2018/3/5", dt.date(2018, 3, 5), "2018-03-05"),
        (field("date"), "2018年3月5日", dt.date(2018, 3, 5), "2018-03-05"),
        (field("date"), dt.datetime(2018, 3, 5, 9), dt.date(2018, 3, 5), "2018-03-05"),
        (field("yes_no"), "有", True, "是"),
        (field("yes_no"), False, False, "否"),
        (field("choice", choices=CHOICES), "好", "good", "好"),
        (field("text"), "  文字 ", "文字", "文字"),
    ],
)
def test_values_are_typed_and_shown(definition: FieldDef, raw: Any, value: Any, shown: str) -> None:
    assert clean_value(definition, raw) == value
    assert shown_value(definition, value) == shown


@pytest.mark.parametrize(
    ("definition", "raw", "code"),
    [
        (field("integer"), "1.5", "value.type"),
        (field("integer", minimum=0, maximum=9), "10", "value.range"),
        (field("decimal", decimals=1, minimum=0), "-0.1", "value.at_least"),
        (field("integer", maximum=9), "10", "value.at_most"),
        (field("decimal", decimals=1), "0.15", "value.decimals"),
        (field("decimal", decimals=1), "NaN", "value.type"),
        (field("money"), "1.234", "value.decimals"),
        (field("money"), "9" * 30, "value.implausible"),
        (field("date"), "2018-02-30", "value.type"),
        (field("date"), "soon", "value.type"),
        (field("yes_no"), "perhaps", "value.type"),
        (field("choice", choices=CHOICES), "ugly", "value.choice"),
        (field("text", max_length=3), "文字很长", "value.too_long"),
    ],
)
def test_wrong_values_are_named(definition: FieldDef, raw: Any, code: str) -> None:
    with pytest.raises(Refusal) as caught:
        clean_value(definition, raw)
    assert caught.value.code == code
    assert caught.value.problems[0].field == "f"


def test_all_problems_at_once() -> None:
    with pytest.raises(Refusal) as caught:
        clean_values([field("integer", required=True)], {"g": 1})
    assert [problem.code for problem in caught.value.problems] == ["value.unknown", "value.required"]
    assert clean_values([field("integer")], {}, partial=True) == {}
    assert clean_values([field("integer")], {"f": ""}, partial=True) == {"f": None}
    assert clean_values([field("integer")], {"f": ""}) == {}
