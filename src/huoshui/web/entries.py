"""Journal entries in the words of those who read them: what was done, to what, from which value to which."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from django.urls import reverse

from huoshui.kernel.models import Entry
from huoshui.matters.models import Matter
from huoshui.matters.schema import MatterKind
from huoshui.packs.queries import all_current
from huoshui.packs.schema import FieldDef
from huoshui.packs.values import shown_value
from huoshui.visits.models import Round
from huoshui.web.words import action_label, field_label, value_words

MATTER, ROUND, PLACE = "matters.matter", "visits.round", "places.place"
TECHNICAL = {"place", "path", "digest", "version", "step"}
"""Kept in the journal for proof, of no use to a reader."""


def moments(entries: Iterable[Entry], *, about: bool = False) -> list[dict[str, Any]]:
    """Entries as ``partials/_timeline.html`` shows them. ``about``: name and link the subject of each.

    The content of restricted entries is left out. The caller has shown that the entries may be seen.
    """
    rows = list(entries)
    matters = Matter.objects.in_bulk([row.subject_id for row in rows if row.subject_kind == MATTER])
    return [_moment(row, matters.get(row.subject_id), about) for row in rows]


def _moment(entry: Entry, matter: Matter | None, about: bool) -> dict[str, Any]:
    data = {} if entry.restricted else json.loads(entry.data)
    before, after = data.get("before", {}), data.get("after", {})
    kind = matter.definition if matter else None
    what = _what(entry, kind, after)
    return {
        "at": entry.at,
        "who": entry.actor_label,
        "what": f"{what} · {entry.subject_label}" if about and entry.subject_kind != PLACE else what,
        "url": _address(entry, matter) if about else "",
        "note": data.get("note", ""),
        "changes": _changes(before, after, entry.subject_kind, kind),
    }


def _what(entry: Entry, kind: MatterKind | None, after: dict[str, Any]) -> str:
    step = kind.transition(str(after.get("step", ""))) if kind else None
    return str(step.name) if step else action_label(entry.action)


def _address(entry: Entry, matter: Matter | None) -> str:
    if matter:
        return reverse("matter", args=[matter.number])
    if entry.subject_kind == ROUND:
        return reverse("round", args=[entry.subject_id])
    return ""


def _changes(
    before: dict[str, Any], after: dict[str, Any], subject: str, kind: MatterKind | None
) -> list[dict[str, str]]:
    found = []
    for name in dict.fromkeys([*before, *after]):
        was, now = (_words(name, values.get(name), subject, kind) for values in (before, after))
        if name not in TECHNICAL and (was or now):
            found.append({"name": name, "label": _label(name, subject, kind), "before": was, "after": now})
    return found


def _label(name: str, subject: str, kind: MatterKind | None) -> str:
    fields = kind.fields if kind else _place_fields() if subject == PLACE else []
    return next((str(field.name) for field in fields if field.code == name), "") or field_label(name)


def _place_fields() -> list[FieldDef]:
    return [field for kind in all_current("place_kinds").values() for field in kind.attributes]


def _words(name: str, value: Any, subject: str, kind: MatterKind | None) -> str:
    if value is None or value == "":
        return ""
    if kind:
        return _matter_words(name, value, kind)
    if subject == ROUND and name == "state":
        return str(dict(Round.State.choices).get(value, value))
    return value_words(value)


def _matter_words(name: str, value: Any, kind: MatterKind) -> str:
    named = {
        "state": {state.code: str(state.name) for state in kind.states},
        "severity": {severity.code: str(severity.name) for severity in kind.severities},
    }
    if name in named:
        return named[name].get(str(value), str(value))
    if name == "kind":
        return str(kind.name)
    field = next((field for field in kind.fields if field.code == name), None)
    if field is None or field.personal or field.type in ("date", "account"):
        return value_words(value)
    return shown_value(field, value)
