"""The typed values of an activity: cleaned, read, written and shown by the fields of its kind."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from huoshui.activities.models import Activity, ActivityValue
from huoshui.activities.schema import ActivityKind, Total
from huoshui.kernel.errors import Problem, Refusal
from huoshui.packs.schema import FieldDef
from huoshui.packs.units import unit_word
from huoshui.packs.values import clean_values, shown_value
from huoshui.vault import actions as vault
from huoshui.vault.crypto import masked
from huoshui.vault.queries import Kept, kept_values


def read(activity: Activity) -> dict[str, Any]:
    """Typed values by field code, of a personal field what the vault shows of it; empty ones are left out."""
    fields = activity.definition.fields_by_code
    found = {row.code: _typed(fields[row.code], row.value) for row in activity.values.all() if row.code in fields}
    personal = activity.definition.personal_codes
    if not personal:
        return found
    return found | {code: kept for code, kept in kept_values(activity).items() if code in personal}


def _typed(field: FieldDef, stored: Any) -> Any:
    return bool(stored) if field.type == "yes_no" else stored


def shown(kind: ActivityKind, code: str, value: Any) -> str:
    """A typed value as it is shown, without its unit; a personal one masked."""
    return value.masked if isinstance(value, Kept) else shown_value(kind.field(code), value)


def plain(value: Any) -> Any:
    """A typed value as the journal keeps it: a personal one by its digest, ISO dates."""
    if isinstance(value, Kept):
        return value.digest
    return value.isoformat() if isinstance(value, dt.date) else value


def clean(fields: Sequence[FieldDef], given: dict[str, Any]) -> dict[str, Any]:
    """Typed values of what was given, by code. Raises one Refusal with all value.* problems.

    What a kind requires is asked for when the activity is recorded (``missing``), not while it is planned.
    """
    known = {field.code for field in fields}
    wanted = [field.model_copy(update={"required": False}) for field in fields if field.code in given]
    strange = {code: value for code, value in given.items() if code not in known}
    return clean_values(wanted, given | strange, partial=True)


def total_of(total: Total, values: Mapping[str, Any]) -> int | None:
    """What the fields of a total come to, in their scale; None when none of them has a value."""
    given = [values[code] for code in total.of if isinstance(values.get(code), int)]
    return sum(given) if given else None


def total_problems(kind: ActivityKind, values: Mapping[str, Any]) -> list[Problem]:
    """An activity.total_differs for each stated whole that its parts, where any is given, do not come to."""
    found = []
    for total in kind.totals:
        whole, parts = values.get(total.equals or ""), total_of(total, values)
        if total.equals and whole is not None and parts is not None and whole != parts:
            field = kind.field(total.equals)
            words = {"total": str(total.name), "label": str(field.name), "unit": measured_in(field)}
            words |= {"parts": shown_value(field, parts), "whole": shown_value(field, whole)}
            found.append(Problem("activity.total_differs", total.equals, params=words))
    return found


def measured_in(field: FieldDef) -> str:
    """The unit of a field in words; of money yuan."""
    return unit_word(field.unit) or (_("元") if field.type == "money" else "")


def missing(kind: ActivityKind, values: dict[str, Any]) -> list[Problem]:
    """A value.required for each required field that has no value."""
    return [
        Problem("value.required", field.code, params={"label": field.name})
        for field in kind.fields
        if field.required and values.get(field.code) in (None, "")
    ]


def asked(kind: ActivityKind, given: dict[str, Any], present: dict[str, Any]) -> dict[str, Any]:
    """What is really asked for: an empty personal text, and the mask of what is kept, leave it; None takes it away.

    Raises activity.personal_masked for another text that is only a mask.
    """
    left, problems = set(), []
    for code in kind.personal_codes & set(given):
        if given[code] is None:
            continue
        text, kept = str(given[code]).strip(), present.get(code)
        if not text or (isinstance(kept, Kept) and text == kept.masked):
            left.add(code)
        elif masked(text) == text:
            problems.append(Problem("activity.personal_masked", code, params={"label": kind.field(code).name}))
    if problems:
        raise Refusal.of(problems)
    return {code: value for code, value in given.items() if code not in left}


def keep(activity: Activity, cleaned: dict[str, Any]) -> dict[str, Any]:
    """The same typed values, with the personal ones kept by the vault; of these only Kept (or None) goes on."""
    texts = {code: cleaned[code] or "" for code in cleaned if code in activity.definition.personal_codes}
    if not texts:
        return cleaned
    digests = vault.keep(activity, texts, delete_on=deletion_day(activity))
    kept = {code: Kept(masked(text), digests[code]) if text else None for code, text in texts.items()}
    return cleaned | kept


def schedule(activity: Activity) -> None:
    """Set the day on which the names are deleted; none while the activity is planned."""
    if activity.definition.personal_codes:
        vault.schedule(activity, deletion_day(activity))


def deletion_day(activity: Activity) -> dt.date | None:
    """The last day and the days that the kind states; None while the activity is planned."""
    stated = activity.definition.names
    return activity.last_day + dt.timedelta(days=stated.keep_days) if stated and not activity.is_planned else None


def write(activity: Activity, given: dict[str, Any]) -> None:
    """Store typed values; None takes a value away. Personal ones are with the vault already."""
    kept = []
    for code, value in given.items():
        if code in activity.definition.personal_codes:
            continue
        if value is None or value == "":
            ActivityValue.objects.filter(activity=activity, code=code).delete()
        else:
            kept.append(ActivityValue(activity=activity, code=code, **_columns(value)))
    ActivityValue.objects.bulk_create(
        kept, update_conflicts=True, unique_fields=["activity", "code"], update_fields=["number", "text", "day"]
    )


def _columns(value: Any) -> dict[str, Any]:
    if isinstance(value, dt.date):
        return {"day": value, "number": None, "text": ""}
    if isinstance(value, int):
        return {"number": int(value), "day": None, "text": ""}
    return {"text": value, "number": None, "day": None}
