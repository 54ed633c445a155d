"""Conditions of a question list as those of a checklist: 1=是 且 3>=2 becomes gc and dws >= 2."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from huoshui.kernel.wording import listed
from huoshui.visits.question_list.reading import QuestionList, Row

AND, OR = re.compile(r"\s*(?:且|并且|；|;|&&|\band\b)\s*"), re.compile(r"\s*(?:或者|或|\|\||\bor\b)\s*")
PART = re.compile(
    r"^第?\s*(?P<number>\d+)\s*题?\s*(?P<sign>>=|<=|<>|!=|≥|≤|≠|=|＝|>|<|不小于|不少于|不大于|不超过|大于|小于|不等于|不是|等于|包含|含|选了|为|是)"
    r"\s*[“\"]?(?P<value>.+?)[”\"]?$"
)
SIGNS = {
    "=": "=", "＝": "=", "等于": "=", "为": "=", "是": "=", "包含": "=", "含": "=", "选了": "=",
    "<>": "<>", "!=": "<>", "≠": "<>", "不等于": "<>", "不是": "<>",
    ">=": ">=", "≥": ">=", "不小于": ">=", "不少于": ">=", "<=": "<=", "≤": "<=", "不大于": "<=", "不超过": "<=",
    ">": ">", "大于": ">", "<": "<", "小于": "<",
}  # fmt: skip
NUMERAL = re.compile(r"-?\d+(?:\.\d+)?")
YES_NO = {"是": True, "有": True, "否": False, "没有": False, "无": False}


@dataclass(frozen=True)
class Earlier:
    """A question before, by which a condition may go: its code, and the codes of its options by their names."""

    row: Row
    code: str
    options: Mapping[str, str]


def condition_of(read: QuestionList, row: Row, before: Mapping[int, Earlier]) -> str:
    """The condition in SQL, "" without one; what cannot be read is among the problems of ``read``."""
    if not row.condition:
        return ""
    link, parts = ("or", OR.split(row.condition)) if OR.search(row.condition) else ("and", AND.split(row.condition))
    mixed = link == "or" and any(AND.search(part) for part in parts)
    said = [] if mixed else [_part(read, row, part.strip(), before) for part in parts]
    if mixed:
        read.refuse("question_list.condition", row.at, "condition", value=row.condition)
    return f" {link} ".join(said) if said and all(said) else ""


def _part(read: QuestionList, row: Row, text: str, before: Mapping[int, Earlier]) -> str:
    found = PART.match(text)
    if found is None:
        read.refuse("question_list.condition", row.at, "condition", value=text or row.condition)
        return ""
    earlier = before.get(int(found["number"]))
    if earlier is None:
        read.refuse("question_list.condition_before", row.at, "condition", number=found["number"])
        return ""
    sign, value = SIGNS[found["sign"]], found["value"].strip()
    said = _comparison(earlier, sign, value)
    if said is None:
        known = listed(earlier.options) if earlier.options else _wanted(earlier.row.type)
        params = {"value": f"{found['sign']}{value}", "number": found["number"], "known": known}
        read.refuse("question_list.condition_answer", row.at, "condition", **params)
    return said or ""


def _comparison(earlier: Earlier, sign: str, value: str) -> str | None:
    """One comparison in SQL; None where the question has no such answer."""
    code, equal = earlier.code, sign in ("=", "<>")
    match earlier.row.type:
        case "yes_no" if equal and value in YES_NO:
            return code if YES_NO[value] == (sign == "=") else f"not {code}"
        case "one" if equal and value in earlier.options:
            return f"{code} {sign} '{earlier.options[value]}'"
        case "many" if equal and value in earlier.options:
            has = f"'{earlier.options[value]}' = any({code})"
            return has if sign == "=" else f"not {has}"
        case "whole" | "decimal" if NUMERAL.fullmatch(value):
            return f"{code} {sign} {value}"
    return None


def _wanted(kind: str) -> str:
    return {"yes_no": "是、否", "whole": "=3、>=3、<3", "decimal": "=3、>=3、<3"}.get(kind, "—")
