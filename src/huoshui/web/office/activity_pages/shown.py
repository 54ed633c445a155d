"""One activity as its page shows it: facts, photos, consents, names, and what can be done next."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from huoshui.activities import permits
from huoshui.activities import values as typed_values
from huoshui.activities.models import Activity
from huoshui.activities.schema import ActivityKind
from huoshui.kernel import clock
from huoshui.kernel.access import allows
from huoshui.kernel.journal import history_of
from huoshui.kernel.numbers import nearest, shown
from huoshui.kernel.wording import bracketed
from huoshui.media.queries import attachments_of
from huoshui.packs.schema import FieldDef
from huoshui.packs.values import shown_value
from huoshui.vault.queries import deleted_on
from huoshui.web.entries import moments
from huoshui.web.office.attached import input_of, shown_attachment

STORY = 60
"""Journal entries of one activity on its page."""


@dataclass(frozen=True)
class Names:
    """Why names are kept, until when, and which of them the reader may look at in full."""

    purpose: str
    basis: str
    keep_days: int
    delete_on: dt.date | None
    rows: list[tuple[str, str]]
    fields: list[FieldDef]


def when_of(activity: Activity) -> str:
    """The day or days, with the planned hours of a plan."""
    days = activity.day.isoformat()
    if activity.last_day != activity.day:
        days = _("%(first)s 至 %(last)s") % {"first": days, "last": activity.last_day.isoformat()}
    if not activity.is_planned or activity.starts_at is None:
        return days
    starts = f"{activity.starts_at.astimezone(clock.LOCAL_ZONE):%H:%M}"
    ends = f"–{activity.ends_at.astimezone(clock.LOCAL_ZONE):%H:%M}" if activity.ends_at else ""
    return f"{days} {starts}{ends}"


def facts_of(activity: Activity) -> list[tuple[str, str]]:
    """The kind's own fields with a value, in words, of one that is added up its share too, and the totals; no names."""
    kind, values = activity.definition, typed_values.read(activity)
    found = []
    for field in kind.fields:
        if field.code in values and not field.personal:
            told = _measured(field, typed_values.shown(kind, field.code, values[field.code]))
            found.append((str(field.name), told + _share(kind, field.code, values)))
    for total in kind.totals:
        whole, field = typed_values.total_of(total, values), kind.field(total.of[0])
        if whole is not None:
            found.append((str(total.name), _measured(field, shown_value(field, whole))))
    return found


def _measured(field: FieldDef, value: str) -> str:
    """A shown value with the unit of its field."""
    return f"{value} {typed_values.measured_in(field)}".strip()


def _share(kind: ActivityKind, code: str, values: dict[str, Any]) -> str:
    """What part of its total a field is, in brackets; "" of one that is not added up."""
    total = next((known for known in kind.totals if code in known.of), None)
    whole = typed_values.total_of(total, values) if total else None
    if not whole:
        return ""
    return bracketed(f"{shown(nearest(values[code] * 1000, whole), 10, 1)}%")


def slots_of(activity: Activity, reader: Any) -> list[dict[str, Any]]:
    """The slots with their photos and files; an empty one only where the reader may add to it."""
    opened = activity.slots_open_to(reader)
    files = [shown_attachment(one) for one in attachments_of(activity)]
    found = []
    for slot in activity.definition.slots:
        mine = [file for file in files if file["slot"] == slot.code]
        if mine or slot.code in opened:
            found.append(
                {
                    "code": slot.code, "label": str(slot.name), "documents": slot.documents, "children": slot.children,
                    "photos": mine, "open": slot.code in opened, "input": input_of(activity, slot.code),
                }
            )  # fmt: skip
    return found


def names_of(activity: Activity, reader: Any) -> Names | None:
    """What is said of the names that an activity keeps; None of a kind that keeps none."""
    stated = activity.definition.names
    if stated is None:
        return None
    kind, values = activity.definition, typed_values.read(activity)
    kept = [field for field in kind.fields if field.personal and field.code in values]
    may_look = allows(reader, "personal.reveal", path=activity.place.path, pack=activity.pack)
    rows = [(str(field.name), typed_values.shown(kind, field.code, values[field.code])) for field in kept]
    return Names(
        str(stated.purpose), str(stated.basis), stated.keep_days, deleted_on(activity), rows, kept if may_look else []
    )


def story_of(activity: Activity, reader: Any) -> list[dict[str, Any]]:
    """What happened to it, the newest first."""
    entries = history_of([(activity._meta.label_lower, activity.pk)])[:STORY]
    return moments(entries, beside=activity.pk, reader=reader)


def steps_of(activity: Activity, reader: Any) -> dict[str, bool]:
    """What the reader may do with it now."""
    kind, place, pack = activity.definition, activity.place, activity.pack
    records = permits.may_record(reader, kind, place, pack)
    plans = permits.may_plan(reader, kind, place, pack)
    return {
        "record": activity.is_planned and records,
        "plan": activity.is_planned and plans,
        "correct": activity.is_held and records,
        "cancel": activity.state != Activity.State.CANCELLED and (records or plans),
        "consent": bool(kind.children_slots) and activity.state != Activity.State.CANCELLED and (records or plans),
    }
