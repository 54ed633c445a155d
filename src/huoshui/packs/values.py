"""Cleaning values against field definitions: of place attributes, matters, answers, imports alike."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from huoshui.kernel.errors import Problem, Refusal
from huoshui.kernel.numbers import TooFine, TooLarge, scaled, shown
from huoshui.kernel.wording import listed
from huoshui.packs.schema import FieldDef
from huoshui.packs.units import unit_word

DATE = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?")
TRUE = {"true", "yes", "1", "是", "有", "y"}
FALSE = {"false", "no", "0", "否", "无", "n"}
MONEY_UNITS = {"万元": 1_000_000, "万": 1_000_000, "元": 100}
"""Endings of a sum of money, the longest first, with how many fen one of them is."""
EXPECTED = {
    "integer": _("整数"),
    "decimal": _("数字"),
    "money": _("金额（元，最多两位小数；也可写“1.2万元”）"),
    "date": _("日期（如 2018-03-28）"),
    "yes_no": _("“是”或“否”"),
    "text": _("文字"),
    "long_text": _("文字"),
    "choice": _("可选项"),
    "account": _("人员"),
    "office": _("单位"),
}


def clean_values(fields: Sequence[FieldDef], values: dict[str, Any], *, partial: bool = False) -> dict[str, Any]:
    """Typed values by code: numbers as scaled integers, money in fen, yes/no as bool, dates as date.

    ``partial``: only the given ones are checked and returned. An empty value is None. Raises one Refusal with a
    problem for every wrong field (value.required, value.unknown, and what ``clean_value`` raises).
    """
    problems: list[Problem] = []
    cleaned: dict[str, Any] = {}
    known = {field.code for field in fields}
    problems += [Problem("value.unknown", code, params={"label": code}) for code in values if code not in known]
    for field in fields:
        if partial and field.code not in values:
            continue
        raw = values.get(field.code)
        if raw is None or raw == "":
            if field.required:
                problems.append(Problem("value.required", field.code, params={"label": field.name}))
            cleaned[field.code] = None
            continue
        try:
            cleaned[field.code] = clean_value(field, raw)
        except Refusal as refusal:
            problems += refusal.problems
    if problems:
        raise Refusal.of(problems)
    return {code: value for code, value in cleaned.items() if value is not None or partial}


def clean_value(field: FieldDef, raw: Any) -> Any:
    """One typed value.

    Raises value.type, value.decimals, value.range, value.at_least, value.at_most, value.implausible, value.choice or
    value.too_long.
    """
    match field.type:
        case "integer":
            return _in_range(field, _number(field, raw, 1), 1)
        case "decimal":
            return _in_range(field, _number(field, raw, 10**field.decimals), 10**field.decimals)
        case "money":
            return _in_range(field, fen(raw, field=field.code, label=field.name), 100)
        case "date":
            return _date(field, raw)
        case "yes_no":
            return _yes_no(field, raw)
        case "choice":
            return _choice(field, raw)
        case _:
            return _text(field, raw)


def shown_value(field: FieldDef, value: Any) -> str:
    """A stored value as it is shown, without its unit."""
    if value is None or value == "":
        return ""
    match field.type:
        case "decimal":
            return shown(value, 10**field.decimals, field.decimals)
        case "money":
            return shown(value, 100, 2)
        case "yes_no":
            return str(_("是") if value else _("否"))
        case "choice":
            return next((str(choice.name) for choice in field.choices if choice.code == value), str(value))
        case _:
            return str(value)


def _wrong_type(field: FieldDef, raw: Any) -> Refusal:
    return Refusal("value.type", field=field.code, label=field.name, value=raw, expected=EXPECTED[field.type])


def _number(field: FieldDef, raw: Any, scale: int) -> int:
    return number(raw, scale, field=field.code, label=field.name, unit=field.unit, expected=EXPECTED[field.type])


def number(raw: Any, scale: int, *, field: str, label: object, expected: object, unit: str = "") -> int:
    """A number as people type it, with or without commas, as an integer scaled by ``scale`` (a power of ten).

    Raises value.type (it is not ``expected``), value.decimals, or value.implausible above what can be stored.
    """
    wrong: dict[str, Any] = {"field": field, "label": label, "value": raw}
    try:
        return scaled(str(raw).replace(",", "").strip(), scale)
    except TooFine:
        if scale > 1:
            raise Refusal("value.decimals", **wrong, decimals=len(str(scale)) - 1) from None
        raise Refusal("value.type", **wrong, expected=expected) from None
    except TooLarge:
        raise Refusal("value.implausible", **wrong, unit=unit_word(unit)) from None
    except ValueError:
        raise Refusal("value.type", **wrong, expected=expected) from None


def fen(raw: Any, *, field: str, label: object) -> int:
    """Money as offices write it, in fen: yuan with two decimals ("1,200.50", "￥1200", "1200元") or 万元 ("1.2万").

    Full-width digits and signs are understood. Raises value.type, value.decimals or value.implausible.
    """
    text = unicodedata.normalize("NFKC", str(raw)).strip().removeprefix("¥").strip()
    scale = next((scale for ending, scale in MONEY_UNITS.items() if text.endswith(ending)), 100)
    for ending in MONEY_UNITS:
        text = text.removesuffix(ending)
    return number(text, scale, field=field, label=label, unit="元", expected=EXPECTED["money"])


def _in_range(field: FieldDef, value: int, scale: int) -> int:
    low = None if field.minimum is None else field.minimum * scale
    high = None if field.maximum is None else field.maximum * scale
    require_within(value, low, high, scale, field=field.code, label=field.name, unit=field.unit)
    return value


def require_within(
    value: int, low: int | None, high: int | None, scale: int, *, field: str, label: object, unit: str = ""
) -> None:
    """Raise value.range, or value.at_least or value.at_most where only one side is limited, unless it is within.

    ``value``, ``low`` and ``high`` are scaled by ``scale``; None: no limit. The words name value and limits in
    ``unit``.
    """
    if (low is None or value >= low) and (high is None or value <= high):
        return
    named: dict[str, Any] = {"field": field, "label": label, "value": measure(value, scale, unit)}
    if high is None:
        raise Refusal("value.at_least", **named, low=measure(low or 0, scale, unit))
    if low is None:
        raise Refusal("value.at_most", **named, high=measure(high, scale, unit))
    raise Refusal("value.range", **named, low=shown(low, scale), high=measure(high, scale, unit))


def measure(value: int, scale: int, unit: str) -> str:
    """A scaled number with its unit, in the reader's language."""
    return f"{shown(value, scale)} {unit_word(unit)}".strip()


def _date(field: FieldDef, raw: Any) -> dt.date:
    found = day(raw)
    if found is None:
        raise _wrong_type(field, raw)
    return found


def day(raw: Any) -> dt.date | None:
    """A day as people write it (2018-03-28, 2018.3.28, 2018年3月28日); None for anything else."""
    if isinstance(raw, dt.datetime):
        return raw.date()
    if isinstance(raw, dt.date):
        return raw
    match = DATE.fullmatch(str(raw).strip())
    try:
        return dt.date(*(int(part) for part in match.groups())) if match else None
    except ValueError:
        return None  # such as 30 February


def _yes_no(field: FieldDef, raw: Any) -> bool:
    text = str(raw).strip().lower()
    if text in TRUE | FALSE:
        return text in TRUE
    raise _wrong_type(field, raw)


def _choice(field: FieldDef, raw: Any) -> str:
    for choice in field.choices:
        if raw in (choice.code, choice.name.zh, choice.name.en):
            return choice.code
    raise Refusal(
        "value.choice",
        field=field.code,
        label=field.name,
        value=raw,
        choices=listed(choice.name for choice in field.choices),
    )


def _text(field: FieldDef, raw: Any) -> str:
    text = str(raw).strip()
    if len(text) > field.max_length:
        raise Refusal("value.too_long", field=field.code, label=field.name, length=len(text), limit=field.max_length)
    return text
