"""Relevance of an XLSForm as a condition of a checklist: XPath, where what is missing equals nothing, as SQL.

In XPath every comparison is true or false: with an empty answer ``=`` is false and ``!=`` is true. In SQL neither is
true. So a contrary is never written as NOT around a comparison: it is carried inwards, and each comparison is written
with what it says of a missing answer.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation

from sqlglot import exp

from huoshui.packs.expressions import CONDITIONS, Unsound, parsed
from huoshui.visits.xlsform.expressions import (
    TODAY,
    Always,
    Compare,
    Condition,
    Joined,
    Not,
    Ref,
    Selected,
    Untranslatable,
)

LONGEST = 1000
OPERATORS = {"=": "=", "!=": "<>", "<": "<", "<=": "<=", ">": ">", ">=": ">="}
CONTRARY = {"=": "!=", "!=": "=", "<": ">=", "<=": ">", ">": "<=", ">=": "<"}


@dataclass(frozen=True)
class Asked:
    """A question as the item that it became."""

    code: str
    """As conditions name it."""
    type: str
    """Its scoring type: graded, choices, yes_no, threshold, text or date."""
    values: Mapping[str, str] = field(default_factory=dict)
    """By the form's own value: the code of the option, or "yes" and "no"."""


def sql_name(code: str) -> str:
    """A code as a condition names it: in quotes where SQL has another use for the word."""
    try:
        return code if isinstance(parsed(code, {code}, CONDITIONS), exp.Column) else f'"{code}"'
    except Unsound:
        return f'"{code}"'


def relevant(conditions: list[Condition], asked: Mapping[str, Asked]) -> str:
    """All of the conditions over the questions before, as SQL. Raises Untranslatable."""
    parts = [_written(condition, asked, true=True) for condition in conditions]
    text = " and ".join(f"({part})" if " or " in part and len(parts) > 1 else part for part in parts)
    if len(text) > LONGEST:
        raise Untranslatable(text)
    return text


def _written(condition: Condition, asked: Mapping[str, Asked], *, true: bool) -> str:
    """What is true exactly when the condition is ``true``."""
    match condition:
        case Always(yes):
            return "true" if yes == true else "false"
        case Not(part):
            return _written(part, asked, true=not true)
        case Joined(word, parts):
            link = word if true else {"and": "or", "or": "and"}[word]
            return f" {link} ".join(_inner(part, asked, true) for part in parts)
        case Selected(ref, value):
            return _chosen(_of(ref, asked), value, true=true)
        case Compare(ref, op, value, _):
            return _compared(_of(ref, asked), op if true else CONTRARY[op], value, sure=(op != "!=") == true)
    raise AssertionError(condition)


def _inner(part: Condition, asked: Mapping[str, Asked], true: bool) -> str:
    said = _written(part, asked, true=true)
    return f"({said})" if " or " in said or " and " in said else said


def _of(ref: Ref, asked: Mapping[str, Asked]) -> Asked:
    if ref.of or ref.name not in asked:
        raise Untranslatable(ref.name)
    return asked[ref.name]


def _or_missing(said: str, code: str, sure: bool) -> str:
    """``sure``: false of a missing answer; otherwise true."""
    return said if sure else f"{said} or {code} is null"


def _compared(item: Asked, op: str, value: str, *, sure: bool) -> str:
    if value == "":
        return _answered(item, answered={"=": False, "!=": True}[_equality(op)])
    if item.type in ("yes_no", "graded"):
        return _chosen(item, value, true=_equality(op) == "=")
    if item.type == "threshold":
        try:
            literal = f"{Decimal(value):f}"
        except InvalidOperation:
            raise Untranslatable(value) from None
    elif value == TODAY or item.type == "choices" or (item.type == "text" and op not in ("=", "!=")):
        raise Untranslatable(value)
    else:
        if item.type == "date":
            _require_day(value)
        literal = "'" + value.replace("'", "''") + "'"
    return _or_missing(f"{item.code} {OPERATORS[op]} {literal}", item.code, sure)


def _require_day(value: str) -> None:
    try:
        dt.date.fromisoformat(value)
    except ValueError:
        raise Untranslatable(value) from None


def _equality(op: str) -> str:
    if op not in ("=", "!="):
        raise Untranslatable(op)
    return op


def _answered(item: Asked, *, answered: bool) -> str:
    return f"{item.code} is not null" if answered else f"{item.code} is null"


def _chosen(item: Asked, value: str, *, true: bool) -> str:
    """Whether a choice is the answer, or among the chosen ones."""
    if value not in item.values:
        raise Untranslatable(value)
    option = item.values[value]
    if item.type == "yes_no":
        same = (option == "yes") == true
        return _or_missing(item.code if same else f"not {item.code}", item.code, sure=true)
    if item.type == "choices":
        said = f"'{option}' = any({item.code})"
        return said if true else _or_missing(f"not {said}", item.code, sure=False)
    if item.type != "graded":
        raise Untranslatable(value)
    return _or_missing(f"{item.code} {'=' if true else '<>'} '{option}'", item.code, sure=true)
