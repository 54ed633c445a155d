"""Journal entries in the words of those who read them: what was done, to what, from which value to which."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from huoshui.activities.models import Activity
from huoshui.kernel import journal
from huoshui.kernel.models import Entry
from huoshui.kernel.wording import bracketed, clauses, listed
from huoshui.matters.columns import CLOSE_REASONS
from huoshui.matters.models import Extension, Matter
from huoshui.matters.schema import MatterKind
from huoshui.packs.schema import FieldDef
from huoshui.packs.units import unit_word
from huoshui.packs.values import shown_value
from huoshui.visits.queries import Openness, openness
from huoshui.web.glossary import ACTIVITY, READERS, VISIT, Glossary
from huoshui.web.value_readers import yuan_words
from huoshui.web.words import FIELD_WORDS, action_label, actor_words, done_by, field_label, value_words

MATTER, ROUND, PLACE = "matters.matter", "visits.round", "places.place"
CLOCK = "clock_"
TECHNICAL = {
    "place", "path", "digest", "sha256", "template_sha256", "docx_sha256", "pdf_sha256", "sealed_sha256", "hash",
    "photo", "version", "step", "unlocked_at", "revoked_at",
}  # fmt: skip
"""Kept in the journal for proof, of no use to a reader; or the same as the time of the entry."""


OF_MATTER = ("number", "kind", "pack_version")
"""What is told of a matter that an entry is about."""
ENDS_WITH_IT = {"clock", "due_on"}
"""What a matter no longer has once it is closed; nobody needs to be told."""


def moments(entries: Iterable[Entry], *, beside: UUID | None = None, reader: Any = None) -> list[dict[str, Any]]:
    """Entries as ``partials/_timeline.html`` shows them.

    ``beside``: the record on whose page they stand; every other subject is named, and linked where ``reader`` may
    open it. The content of restricted entries is left out, but of those that ``reader`` may read: the caller has
    shown that the entries may be seen.
    """
    rows = list(entries)
    known = openness(reader, rows) if reader else Openness()
    told = Matter.objects.telling_visible(reader) if reader else Matter.objects.get_queryset()
    matters = told.only(*OF_MATTER).in_bulk([row.subject_id for row in rows if row.subject_kind == MATTER])
    visible = [matter for matter in matters.values() if getattr(matter, "seen", False)]
    addresses = {
        **{matter.pk: reverse("matter", args=[matter.number]) for matter in visible},
        **{pk: reverse("activity", args=[pk]) for pk in _activities_seen(rows, reader)},
        **{pk: reverse("round", args=[pk]) for pk in known.rounds},
        **{row.subject_id: reverse("sheet", args=[row.subject_id]) for row in rows if _is_open_sheet(row, known)},
    }
    glossary = Glossary(rows, known.sheets)
    return [_moment(row, matters.get(row.subject_id), glossary, beside, known, addresses) for row in rows]


def _activities_seen(rows: list[Entry], reader: Any) -> list[UUID]:
    """The activities among what some entries are about that open for the reader."""
    wanted = [row.subject_id for row in rows if row.subject_kind == ACTIVITY]
    if not wanted or reader is None:
        return []
    return list(Activity.objects.visible_to(reader).filter(pk__in=wanted).values_list("pk", flat=True))


def _is_open_sheet(entry: Entry, known: Openness) -> bool:
    return entry.subject_kind == VISIT and entry.seq in known.open


def _moment(
    entry: Entry,
    matter: Matter | None,
    glossary: Glossary,
    beside: UUID | None,
    known: Openness,
    addresses: dict[UUID, str],
) -> dict[str, Any]:
    hidden = entry.restricted and entry.seq not in known.open
    data = {} if hidden else json.loads(entry.data)
    before, after = data.get("before", {}), data.get("after", {})
    kind = matter.definition if matter else None
    what, subject = _what(entry, kind, after), glossary.subject(entry)
    named = beside not in (None, entry.subject_id)
    return {
        "at": entry.at,
        "who": known.judges.get(entry.seq) or done_by(actor_words(entry.actor_label), data.get(journal.FOR, "")),
        "what": f"{what} · {subject}" if named else what,
        "subject": subject,
        "where": glossary.where(entry),
        "url": addresses.get(entry.subject_id, "") if named else "",
        "note": data.get("note", ""),
        "changes": changes_of(entry, before, after, kind, glossary),
    }


def _what(entry: Entry, kind: MatterKind | None, after: dict[str, Any]) -> str:
    step = kind.transition(str(after.get("step", ""))) if kind else None
    return str(step.name) if step else action_label(entry.action)


def changes_of(
    entry: Entry, before: dict[str, Any], after: dict[str, Any], kind: MatterKind | None, glossary: Glossary
) -> list[dict[str, str]]:
    """Each changed field with its label, its former value and its new one, in words; "" where there is none.

    What the name of the subject says is not said again.
    """
    words = _Words(entry, kind, glossary)
    was, now_is = _flat(before), _flat(after)
    ended = ENDS_WITH_IT if now_is.get("closed_on") else set()
    found = []
    for name in sorted({*was, *now_is} - TECHNICAL - ended, key=words.position):
        old, new = words.both(name, was.get(name), now_is.get(name))
        named = not old and len(new) > 1 and new in glossary.subject(entry)
        if (old or new) and not named:
            found.append({"name": name, "label": words.label(name), "before": old, "after": new})
    return found


def _flat(values: dict[str, Any]) -> dict[str, Any]:
    """Values with the attributes of a place among them, each for itself."""
    attributes = values.get("attributes")
    return {**{k: v for k, v in values.items() if k != "attributes"}, **(attributes or {})}


class _Words:
    """Words for the fields of one entry, and their order."""

    def __init__(self, entry: Entry, kind: MatterKind | None, glossary: Glossary) -> None:
        self._entry, self._kind, self._glossary = entry, kind, glossary
        self._readers = READERS.get(entry.subject_kind, {})
        other = {PLACE: glossary.attributes, ACTIVITY: glossary.activity_fields}.get(entry.subject_kind)
        self._fields: dict[str, FieldDef] = {}
        for field in kind.fields if kind else other(entry) if other else []:
            self._fields.setdefault(field.code, field)

    def position(self, name: str) -> tuple[int, str]:
        """Where a field stands in the telling: the usual ones, then those that the pack declares, then others."""
        declared = list(self._fields)
        usual = list(FIELD_WORDS)
        if name in declared:
            return len(usual) + declared.index(name), ""
        return (usual.index(name), "") if name in usual else (len(usual) + len(declared), name)

    def label(self, name: str) -> str:
        """The words of a field."""
        if name in self._fields:
            return str(self._fields[name].name)
        if self._kind and name.startswith(CLOCK):
            code = name.removeprefix(CLOCK)
            return next((str(clock.name) for clock in self._kind.clocks if clock.code == code), code)
        if self._kind:
            column = next((column for column in self._kind.ledger if column.column == name), None)
            if column and name in ("title", "closed_on"):
                return str(column.name)
        return field_label(name, self._entry.subject_kind)

    def both(self, name: str, old: Any, new: Any) -> tuple[str, str]:
        """A field's former and new value. Of two lists only what came and what went is said."""
        if old and new and isinstance(old, list) and isinstance(new, list) and not name.startswith(CLOCK):
            return "", self._difference(name, old, new)
        return self.value(name, old), self.value(name, new)

    def _difference(self, name: str, old: list[Any], new: list[Any]) -> str:
        came, went = [part for part in new if part not in old], [part for part in old if part not in new]
        said = [(_("增加%(names)s"), came), (_("去掉%(names)s"), went)]
        told = [text % {"names": self.value(name, parts)} for text, parts in said if parts]
        return clauses(told) or _("调整次序")

    def value(self, name: str, value: Any) -> str:
        """One value; "" for none."""
        if value is None or (value in ("", [], {}) and name not in self._readers):
            return ""
        if name in self._fields:
            return self._typed(self._fields[name], value)
        if self._kind:
            return self._of_matter(self._kind, name, value)
        if name == "slot" and self._entry.subject_kind == ACTIVITY:
            return self._glossary.activity_slot(self._entry, str(value))
        if name == "slot" and self._entry.subject_kind == VISIT:
            return self._glossary.sheet_item(self._entry, str(value))
        reader = self._readers.get(name)
        return reader(self._glossary, value) if reader else value_words(value)

    def _typed(self, field: FieldDef, value: Any) -> str:
        if field.type == "account":
            return self._glossary.person(str(value))
        if field.personal:
            return value_words(value)
        unit = unit_word(field.unit) or (_("元") if field.type == "money" else "")
        return f"{shown_value(field, value)} {unit}".strip()

    def _of_matter(self, kind: MatterKind, name: str, value: Any) -> str:
        if name.startswith(CLOCK):
            limit, provisional = value
            return f"{limit}{bracketed(_('暂定')) if provisional else ''}"
        if name == "kind":
            return str(kind.name)
        if name == "line_amount":
            return yuan_words(value)
        if name == "clock":
            return next((str(clock.name) for clock in kind.clocks if clock.code == value), str(value))
        if name == "owner":
            return self._glossary.person(str(value))
        if name == "told":
            return listed(self._glossary.person(username) for username in value) or _("没有人")
        if name == "rungs":
            levels = {rung.level.zh: str(rung.level) for rung in kind.ladder}
            return listed(levels.get(level, level) for level in value)
        named: dict[str, dict[str, Any]] = {
            "state": {state.code: state.name for state in kind.states},
            "severity": {severity.code: severity.name for severity in kind.severities},
            "close_reason": CLOSE_REASONS,
            "line_type": {known.code: known.name for known in kind.money},
            "slot": {slot.code: slot.name for slot in kind.slots},
            "outcome": dict(Extension.Outcome.choices),
        }
        return str(named[name].get(value, value)) if name in named else value_words(value)
