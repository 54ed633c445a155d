"""Proving a kind of activity sound before it loads: what it names is there, and names are kept for a stated reason."""

from __future__ import annotations

from collections.abc import Sequence

from huoshui.activities.schema import RESERVED_VALUES, ActivityKind
from huoshui.packs.contract import Known, Path, SectionReport
from huoshui.packs.schema import FieldDef, Manifest

PERSONAL_TYPES = ("text", "long_text")
"""Types of field that can hold personal data."""
ADDED_UP = ("integer", "decimal", "money")
"""Types of field that can be added up; all are kept as scaled integers."""


def validate(manifest: Manifest, kinds: Sequence[ActivityKind], known: Known, report: SectionReport) -> None:
    """Every rule over every kind of a pack."""
    for index, kind in enumerate(kinds):
        _codes(kind, (index,), report)
        _references(kind, (index,), known, report)
        _fields(kind, (index,), report)
        _totals(kind, (index,), report)
        _groups(kinds, index, report)


def _codes(kind: ActivityKind, at: Path, report: SectionReport) -> None:
    for name in ("fields", "slots"):
        seen: set[str] = set()
        for index, item in enumerate(getattr(kind, name)):
            if item.code in seen:
                report.add((*at, name, index, "code"), "pack.code_twice", name=item.code)
            seen.add(item.code)
    for index, field in enumerate(kind.fields):
        if field.code in RESERVED_VALUES:
            report.add((*at, "fields", index, "code"), "workflow.field_reserved", name=field.code)


def _references(kind: ActivityKind, at: Path, known: Known, report: SectionReport) -> None:
    named: list[tuple[str, str]] = [("place_kinds", "place_kinds"), ("planned_by", "roles"), ("recorded_by", "roles")]
    for name, section in [*named, ("parts", "activities")]:
        for index, code in enumerate(getattr(kind, name)):
            if not known.has(section, code):
                report.add((*at, name, index), "pack.reference", name=code, section=section)


def _fields(kind: ActivityKind, at: Path, report: SectionReport) -> None:
    """Personal fields are texts with a stated reason; counts are whole numbers; nobody is named by an account."""
    for index, field in enumerate(kind.fields):
        here: Path = (*at, "fields", index)
        if field.names_whom:
            report.add((*here, "type"), "activity_kind.account_field", name=field.code)
        if field.personal and field.type not in PERSONAL_TYPES:
            expected = " / ".join(PERSONAL_TYPES)
            report.add((*here, "personal"), "workflow.field_personal", name=field.code, expected=expected)
        if field.personal and kind.names is None:
            report.add((*here, "personal"), "activity_kind.names_unstated", name=field.code)
    for index, code in enumerate(kind.planned_fields):
        if code not in kind.fields_by_code:
            report.add((*at, "planned_fields", index), "workflow.field_unknown", name=code)
    types = {field.code: field.type for field in kind.fields}
    for index, code in enumerate(kind.counts):
        if types.get(code) != "integer":
            report.add((*at, "counts", index), "activity_kind.count_field", name=code)
    if kind.counts and kind.headcount == "none":
        report.add((*at, "counts"), "activity_kind.count_of_none", name=kind.code)


def _totals(kind: ActivityKind, at: Path, report: SectionReport) -> None:
    """What is added up are numbers of one sort, and so is what states the whole."""
    for index, total in enumerate(kind.totals):
        here: Path = (*at, "totals", index)
        if total.code in kind.fields_by_code:
            report.add((*here, "code"), "pack.code_twice", name=total.code)
        named = [*total.of, *([total.equals] if total.equals else [])]
        sorts = {code: _sort(kind.fields_by_code.get(code)) for code in named}
        for code, sort in sorts.items():
            if sort is None or sort != sorts[total.of[0]]:
                report.add(here, "activity_kind.total_field", name=code)


def _sort(field: FieldDef | None) -> tuple[object, ...] | None:
    """What has to agree for two fields to be added up; None for what is no number."""
    return (field.type, field.unit, field.decimals) if field and field.type in ADDED_UP else None


def _groups(kinds: Sequence[ActivityKind], index: int, report: SectionReport) -> None:
    """One heading has one label within a pack."""
    group = kinds[index].group
    first = next(kind.group for kind in kinds if kind.group.code == group.code)
    if group.name != first.name:
        report.add((index, "group", "name"), "activity_kind.group_named_twice", name=group.code, first=str(first.name))
