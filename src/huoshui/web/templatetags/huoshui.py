"""Template filters of the product: scaled numbers, declared fields as inputs, journal entries in words."""

from __future__ import annotations

import json
from typing import Any

from django import template

from huoshui.kernel.models import Entry
from huoshui.kernel.numbers import POINTS, shown
from huoshui.packs.schema import FieldDef
from huoshui.web.office.forms import FormState
from huoshui.web.words import action_label, field_label, value_words

register = template.Library()


@register.filter
def points(value: int | None, decimals: int = 2) -> str:
    """A score kept in thousandths, as a numeral; nothing for None."""
    return "" if value is None else shown(value, POINTS, decimals)


@register.filter
def light_class(light: str) -> str:
    """The style of a light: the ledger's "yellow" is drawn in amber."""
    return "amber" if light == "yellow" else light


@register.inclusion_tag("partials/_input.html")
def field_input(field: FieldDef, form: FormState, accounts: Any = None) -> dict[str, Any]:
    """A declared field as an input, with its label, unit, hint, typed value and problem."""
    return {
        "field": field,
        "value": form.values.get(field.code, ""),
        "problem": form.problem_of(field.code),
        "accounts": accounts,
    }


@register.inclusion_tag("partials/_plain_input.html")
def plain_input(
    form: FormState, name: str, label: str, kind: str = "text", required: bool = True, hint: str = ""
) -> dict[str, Any]:
    """A plain input of a form that no pack declares."""
    return {
        "name": name,
        "label": label,
        "kind": kind,
        "required": required,
        "hint": hint,
        "value": form.values.get(name, ""),
        "problem": form.problem_of(name),
    }


@register.filter
def timeline(entries: Any) -> list[dict[str, Any]]:
    """Journal entries as a timeline shows them; the content of restricted ones is left out."""
    return [_moment(entry) for entry in entries]


def _moment(entry: Entry) -> dict[str, Any]:
    data = {} if entry.restricted else json.loads(entry.data)
    before, after = data.get("before", {}), data.get("after", {})
    return {
        "at": entry.at,
        "who": entry.actor_label,
        "what": action_label(entry.action),
        "note": data.get("note", ""),
        "changes": [
            {"label": field_label(name), "before": value_words(before.get(name)), "after": value_words(after.get(name))}
            for name in dict.fromkeys([*before, *after])
        ],
    }
