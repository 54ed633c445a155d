"""Whatever the type checker can find wrong has Chinese words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.utils import translation
from ninja import Schema

from huoshui.packs.actions import check_pack
from huoshui.packs.contract import SECTIONS
from huoshui.packs.schema import Manifest
from huoshui.packs.type_errors import REASONS
from huoshui.web.api import v1
from tests.packs.helpers import KIND
from tests.packs.helpers import write_pack as write_tiny
from tests.visits.staging import CHECKLIST, write_pack

ERRORS: dict[str, set[str]] = {
    "bool": {"bool_type", "bool_parsing"},
    "date": {"date_type", "date_parsing", "date_from_datetime_parsing", "date_from_datetime_inexact"},
    "dict": {"dict_type"},
    "int": {"int_type", "int_parsing", "int_parsing_size", "int_from_float", "finite_number"},
    "list": {"list_type"},
    "literal": {"literal_error"},
    "model": {"model_type"},
    "model-fields": {"missing", "extra_forbidden", "model_attributes_type"},
    "str": {"string_type", "string_unicode"},
    "tagged-union": {"union_tag_invalid", "union_tag_not_found", "model_attributes_type"},
    "time": {"time_type", "time_parsing"},
    "uuid": {"uuid_type", "uuid_parsing"},
}
"""What pydantic says of each kind of schema."""
OF_OTHERS = {
    "any", "default", "nullable", "union", "function-wrap", "no-info", "with-info", "definitions", "definition-ref",
    "model-field",
}  # fmt: skip
"""Schemas whose findings are those of the schemas inside them."""
OURS = {"function-before", "function-after", "decimal"}
"""What our own validators look at first: they bring their words."""
IN_ANSWERS = {"datetime", "float", "tuple"}
BOUNDS: dict[tuple[str, str], set[str]] = {
    ("int", "ge"): {"greater_than_equal"},
    ("int", "le"): {"less_than_equal"},
    ("list", "min_length"): {"too_short"},
    ("list", "max_length"): {"too_long"},
    ("str", "min_length"): {"string_too_short"},
    ("str", "max_length"): {"string_too_long"},
    ("str", "pattern"): {"string_pattern_mismatch"},
}


def nodes(node: Any, seen: set[int]) -> Iterator[dict[str, Any]]:
    if isinstance(node, dict) and id(node) not in seen:
        seen.add(id(node))
        if isinstance(node.get("type"), str):
            yield node
        for part in node.values():
            yield from nodes(part, seen)
    elif isinstance(node, list | tuple):
        for part in node:
            yield from nodes(part, seen)


def requests() -> list[type[Any]]:
    """What the API takes and gives."""
    assert v1.api
    found: list[type[Any]] = []
    ahead: list[type[Any]] = [Schema]
    while ahead:
        ahead += (found.append(below) or below for below in ahead.pop().__subclasses__())  # type: ignore[func-returns-value]
    return [model for model in found if model.__module__.startswith(("huoshui.", "ninja.params"))]


def test_every_type_of_finding_has_words_and_none_is_left_over() -> None:
    reachable = {"json_invalid"}
    for schema in (Manifest, *(section.schema for section in SECTIONS.values()), *requests()):
        for node in nodes(schema.__pydantic_core_schema__, set()):
            if node["type"] not in OF_OTHERS | OURS | IN_ANSWERS:
                reachable |= ERRORS[node["type"]]
            bounds = ("ge", "le", "gt", "lt", "multiple_of", "min_length", "max_length", "pattern")
            reachable |= set().union(*(BOUNDS[node["type"], name] for name in bounds if name in node))
    assert reachable == REASONS.keys()


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("points: 20", "points: twenty", "应为数字"),
        ("points: 20", "points: [20]", "应为数字"),
        ("points: 20", "points: yes", "应为数字"),
        ("points: 20", "points: 20.0001", "至多 3 位小数"),
        ("points: 20", "points: 1e18", "数太大"),
        ("points: 20", "points: -20", "过小"),
        ("at_least: 300", "at_least: many", "应为数字"),
    ],
)
def test_a_numeral_that_does_not_fit(packs: None, tmp_path: Path, old: str, new: str, reason: str) -> None:
    (finding, *_more) = check_pack(write_pack(tmp_path, checklist=CHECKLIST.replace(old, new, 1))).findings
    assert reason in finding.problem.message("zh")
    with translation.override("en"):
        assert not re.search("[\u4e00-\u9fff]", finding.problem.message())


def test_choices_of_a_field_that_has_none(packs: None, tmp_path: Path) -> None:
    folder = write_tiny(tmp_path, place_kinds=KIND.replace("type: decimal", "type: choice"))
    (finding,) = check_pack(folder).findings
    assert finding.problem.message("zh").endswith("choices 只属于 type 为 choice 的字段，且至少要有一个。")
    with translation.override("en"):
        assert "choices belong to a field of type choice" in finding.problem.message()
