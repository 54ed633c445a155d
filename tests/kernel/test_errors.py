"""Refusals and their words."""

from __future__ import annotations

import pytest
from django.utils.translation import override

from huoshui.kernel.errors import Problem, Refusal


def test_a_refusal_speaks_the_language_of_the_reader() -> None:
    refusal = Refusal("value.required", field="name", label="名称")
    assert str(refusal) == "value.required: “名称”必须填写。"
    assert refusal.problems[0].message("en") == "“名称” is required."
    with override("en"):
        assert refusal.problems[0].what_next() == "Fill it in and submit again."


def test_the_wire_form() -> None:
    refusal = Refusal("value.required", field="name", row=3, label="名称")
    refusal.extra = {"file": "x.csv"}
    assert refusal.as_dict() == {
        "problems": [
            {
                "code": "value.required",
                "field": "name",
                "row": 3,
                "message": "“名称”必须填写。",
                "next": "请填写后再提交。",
            }
        ],
        "file": "x.csv",
    }


def test_several_problems_lead_with_the_first() -> None:
    problems = [Problem("record.stale"), Problem("access.not_found")]
    refusal = Refusal.of(problems)
    assert (refusal.code, refusal.status) == ("record.stale", 409)
    assert str(refusal).count(";") == 1


def test_an_unknown_code_fails_at_once() -> None:
    with pytest.raises(KeyError):
        Refusal("no.such_code")


def test_a_forgotten_parameter_is_a_dash_not_a_crash() -> None:
    assert Problem("value.required").message() == "“—”必须填写。"
