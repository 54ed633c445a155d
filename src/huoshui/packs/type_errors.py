"""What the type checker finds wrong with a definition, as problems of the catalogue."""

from __future__ import annotations

from typing import Any

from huoshui.kernel.errors import Problem
from huoshui.packs.schema import Text, Unfit

REASONS = {
    "missing": "缺少这一项",
    "extra_forbidden": "没有这一项",
    "json_invalid": "不是有效的 JSON",
    "date_type": "应为日期（如 2018-03-28）",
    "time_type": "应为时刻（如 08:30）",
    "time_parsing": "应为时刻（如 08:30）",
    "date_parsing": "应为日期（如 2018-03-28）",
    "date_from_datetime_parsing": "应为日期（如 2018-03-28）",
    "date_from_datetime_inexact": "应为日期（如 2018-03-28），不带时间",
    "uuid_type": "应为编号（UUID）",
    "uuid_parsing": "应为编号（UUID）",
    "string_type": "应为文字",
    "string_unicode": "含有无效的字符",
    "int_type": "应为整数",
    "int_parsing": "应为整数",
    "int_parsing_size": "整数太大",
    "int_from_float": "应为整数",
    "finite_number": "应为有限的数",
    "bool_type": "应为 true 或 false",
    "bool_parsing": "应为 true 或 false",
    "list_type": "应为列表",
    "dict_type": "应为若干“键: 值”",
    "model_type": "应为若干“键: 值”",
    "model_attributes_type": "应为若干“键: 值”",
    "string_pattern_mismatch": "格式不符",
    "string_too_short": "不能为空",
    "string_too_long": "过长",
    "too_short": "项数过少",
    "too_long": "项数过多",
    "literal_error": "不在可选值中",
    "union_tag_invalid": "不在可选值中",
    "union_tag_not_found": "缺少 type",
    "greater_than_equal": "过小",
    "less_than_equal": "过大",
}
"""Chinese words for every finding of the type checker that our types can give (a test holds the list against them);
the English ones come from the checker itself. What our own validators find brings both (``schema.Unfit``)."""


def reason_of(detail: Any) -> Text:
    """What one of pydantic's errors finds wrong, in words."""
    own = detail.get("ctx", {}).get("error")
    if isinstance(own, Unfit):
        return own.text
    found = REASONS.get(detail["type"], "格式不符")
    if detail["type"] == "string_too_long":
        found = f"{found}，最多 {detail['ctx']['max_length']} 个字"
    return Text(zh=found, en=detail["msg"])


def as_problem(where: str, path: tuple[str | int, ...], detail: Any) -> Problem:
    """One of pydantic's errors at ``path``, which people read as ``where``."""
    last = path[-1] if path else ""
    if detail["type"] == "missing":
        code = "pack.label_missing" if last in ("zh", "en", "name") else "pack.key_missing"
        return Problem(code, field=where, params={"key": where})
    if detail["type"] == "extra_forbidden":
        return Problem("pack.key_unknown", field=where, params={"key": where})
    return Problem("pack.value", field=where, params={"key": where, "reason": reason_of(detail)})
