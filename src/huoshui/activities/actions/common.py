"""What planning, recording and correcting an activity share: what is given, how it is checked, how it is written."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _

from huoshui.activities import values as typed_values
from huoshui.activities.models import MOST_MINUTES, Activity
from huoshui.activities.schema import ActivityKind
from huoshui.duties.models import Unit
from huoshui.kernel import clock, journal
from huoshui.kernel.errors import Problem, Refusal
from huoshui.kernel.wording import listed
from huoshui.packs.models import PackVersion
from huoshui.packs.queries import all_current, current_definition
from huoshui.places.models import Place

LENGTHS = {"title": 200, "venue": 120, "outcome": 20_000}
MOST_PEOPLE = 1_000_000
TOLD = (
    "kind", "title", "venue", "starts_at", "ends_at", "state", "held_on", "last_day", "minutes", "headcount", "outcome",
)  # fmt: skip
"""Columns that the journal tells of."""


def kind_or_refuse(qualified: str) -> tuple[PackVersion, ActivityKind]:
    """The current version and definition of a kind. Raises activity.kind when no current pack declares it."""
    try:
        return current_definition("activities", qualified)
    except (PackVersion.DoesNotExist, KeyError):
        known = listed(definition.name for definition in all_current("activities").values()) or "—"
        raise Refusal("activity.kind", field="kind", kind=qualified, known=known) from None


def locked(activity: Activity, seen: int | None) -> Activity:
    """The activity as it stands now, locked. Raises record.stale."""
    found = Activity.objects.select_for_update(of=("self",)).select_related("place", "site", "unit", "pack_version")
    fresh: Activity = found.get(pk=activity.pk)
    fresh.require_version(seen)
    return fresh


def require_state(activity: Activity, *states: str) -> None:
    """Raise activity.state unless the activity stands in one of the states."""
    if activity.state not in states:
        wanted = listed(dict(Activity.State.choices)[state] for state in states)
        raise Refusal("activity.state", field="state", state=activity.get_state_display(), wanted=wanted)


def check_place(kind: ActivityKind, place: Place, day: dt.date) -> None:
    """Raise activity.place_kind or place.closed."""
    if kind.place_kinds and place.kind not in kind.place_kinds:
        raise Refusal("activity.place_kind", field="place", kind=str(kind.name), place=place.short_name)
    if place.closed_on and place.closed_on <= day:
        raise Refusal("place.closed", field="place", place=place.short_name, day=place.closed_on)


def check_site(place: Place, site: Place | None) -> None:
    """Raise activity.site_elsewhere unless the site lies within the place."""
    if site is not None and not site.path.startswith(place.path):
        raise Refusal("activity.site_elsewhere", field="site", site=site.short_name, place=place.short_name)


def check_parent(by: Any, parent: Activity | None, qualified: str, kind: ActivityKind, place: Place) -> None:
    """Raise access.not_found, activity.part_kind, activity.part_place or activity.part_cancelled."""
    if parent is None:
        return
    seen = Activity.objects.visible_to(by).select_for_update(of=("self",)).select_related("place", "pack_version")
    parent = seen.filter(pk=parent.pk).first()
    if parent is None:
        raise Refusal("access.not_found")
    if qualified not in parent.definition.parts:
        raise Refusal("activity.part_kind", field="parent", kind=str(kind.name), whole=parent.kind_name)
    if not place.path.startswith(parent.place.path):
        raise Refusal("activity.part_place", field="place", place=place.short_name, whole=parent.place.short_name)
    if parent.state == Activity.State.CANCELLED:
        raise Refusal("activity.part_cancelled", field="parent", whole=parent.title)


def text_problems(texts: dict[str, str | None]) -> list[Problem]:
    """What is wrong with a title, a venue and an outcome (None: not given)."""
    labels = {"title": _("名称"), "venue": _("地点说明"), "outcome": _("成效")}
    found: list[Problem] = []
    for code, text in texts.items():
        if code == "title" and text == "":
            found.append(Problem("value.required", code, params={"label": labels[code]}))
        elif text and len(text) > LENGTHS[code]:
            params = {"label": labels[code], "length": len(text), "limit": LENGTHS[code]}
            found.append(Problem("value.too_long", code, params=params))
    return found


def held_problems(
    kind: ActivityKind,
    *,
    held_on: dt.date,
    last_day: dt.date,
    minutes: int | None,
    headcount: int | None,
    outcome: str,
    values: dict[str, Any],
) -> list[Problem]:
    """What is wrong with what is told of an activity that was held: each with the field that it stands beside."""
    found = [*_day_problems(held_on, last_day), *typed_values.missing(kind, values)]
    numbers = (("minutes", _("时长"), minutes, kind.minutes, MOST_MINUTES, _("分钟")),
               ("headcount", _("参加人数"), headcount, kind.headcount, MOST_PEOPLE, _("人")))  # fmt: skip
    for code, label, number, asked, most, unit in numbers:
        if asked == "required" and number is None:
            found.append(Problem("value.required", code, params={"label": label}))
        elif asked == "none" and number is not None:
            found.append(Problem("activity.not_asked", code, params={"label": label, "kind": str(kind.name)}))
        elif number is not None and not 1 <= number <= most:
            params = {"label": label, "value": number, "low": 1, "high": f"{most} {unit}"}
            found.append(Problem("value.range", code, params=params))
    found += typed_values.total_problems(kind, values)
    if kind.outcome_required and not outcome:
        found.append(Problem("value.required", "outcome", params={"label": _("成效")}))
    if headcount is not None:
        found += [
            Problem("activity.more_than_there", code, params={"label": kind.field(code).name, "headcount": headcount})
            for code in kind.counts
            if isinstance(values.get(code), int) and values[code] > headcount
        ]
    return found


def _day_problems(held_on: dt.date, last_day: dt.date) -> list[Problem]:
    today = clock.today()
    if held_on > today:
        return [Problem("activity.not_yet", "held_on", params={"day": held_on, "today": today})]
    if last_day < held_on:
        return [Problem("activity.ends_before", "last_day", params={"first": held_on, "last": last_day})]
    if last_day > today:
        return [Problem("activity.not_yet", "last_day", params={"day": last_day, "today": today})]
    return []


def raise_any(problems: Iterable[Problem]) -> None:
    """Raise one Refusal with all problems, if there are any."""
    found = list(problems)
    if found:
        raise Refusal.of(found)


def taken_values(activity: Activity, given: dict[str, Any], present: dict[str, Any]) -> dict[str, Any]:
    """Typed values of what was given, ready to be checked and kept. Raises value.* and activity.personal_masked."""
    kind = activity.definition
    return typed_values.clean(kind.fields, typed_values.asked(kind, given, present))


def told(activity: Activity, values: dict[str, Any]) -> dict[str, Any]:
    """What the journal tells of an activity, with some of its values."""
    columns = journal.snapshot(activity, *TOLD) | {
        "site": activity.site.code if activity.site else "",
        "unit": str(activity.unit or ""),
        "parent": activity.parent.title if activity.parent else "",
    }
    return columns | {code: typed_values.plain(value) for code, value in values.items()}


def host_or_own(by: Any, unit: Unit | None) -> Unit | None:
    """The host: whoever was named, or the unit of whoever acts."""
    return unit or by.unit
