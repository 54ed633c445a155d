"""Planning activities, changing the plan, and cancelling."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils.translation import gettext as _

from huoshui.activities import permits
from huoshui.activities import values as typed_values
from huoshui.activities.actions.common import (
    check_parent,
    check_place,
    check_site,
    host_or_own,
    kind_or_refuse,
    locked,
    raise_any,
    require_state,
    taken_values,
    text_problems,
    told,
)
from huoshui.activities.models import Activity
from huoshui.duties.models import Unit
from huoshui.kernel import clock, journal
from huoshui.kernel.actions import action, running_action
from huoshui.kernel.errors import Problem, Refusal
from huoshui.places.models import Place

LONGEST_REASON = 500
KEEP: Any = object()
"""Stands for what is left as it is."""
State = Activity.State


@action("activities.plan")
def plan(
    *,
    by: Any,
    kind: str,
    place: Place,
    title: str,
    starts_at: dt.datetime,
    ends_at: dt.datetime | None = None,
    site: Place | None = None,
    venue: str = "",
    unit: Unit | None = None,
    values: dict[str, Any] | None = None,
    parent: Activity | None = None,
) -> Activity:
    """Plan an activity of a qualified kind ("activities.party_lecture"), not before today; moments are aware.

    Without ``unit`` the planner's is the host. With ``parent`` it is a part of that activity, such as a festival.
    Raises activity.kind, activity.not_planned, activity.planner_needed, activity.place_kind, place.closed,
    activity.site_elsewhere, activity.part_*, activity.plan_past, activity.plan_ends, activity.personal_masked, or the
    value.* errors.
    """
    version, definition = kind_or_refuse(kind)
    permits.require_planner(by, definition, place, version.pack)
    day = clock.local_date(starts_at)
    check_place(definition, place, day)
    check_site(place, site)
    check_parent(by, parent, kind, definition, place)
    title, venue = title.strip(), venue.strip()
    raise_any([*text_problems({"title": title, "venue": venue}), *time_problems(starts_at, ends_at)])
    activity = Activity(
        pack=version.pack, pack_version=version, kind=kind, place=place, site=site, venue=venue,
        unit=host_or_own(by, unit), organiser=by, title=title, starts_at=starts_at, ends_at=ends_at,
        day=day, last_day=clock.local_date(ends_at) if ends_at else day, state=State.PLANNED, parent=parent,
    )  # fmt: skip
    cleaned = taken_values(activity, values or {}, {})
    activity.save(force_insert=True)
    cleaned = typed_values.keep(activity, {code: value for code, value in cleaned.items() if value is not None})
    typed_values.write(activity, cleaned)
    journal.record(by=by, subject=activity, place=place, after=told(activity, cleaned))
    return activity


def time_problems(starts_at: dt.datetime, ends_at: dt.datetime | None) -> list[Problem]:
    """activity.plan_past or activity.plan_ends, for a plan that is made now."""
    day, today = clock.local_date(starts_at), clock.today()
    if day < today:
        return [Problem("activity.plan_past", "starts_at", params={"day": day, "today": today})]
    if ends_at is not None and ends_at <= starts_at:
        return [Problem("activity.plan_ends", "ends_at")]
    return []


@action("activities.change_plan")
def change_plan(
    *,
    by: Any,
    activity: Activity,
    title: str | None = None,
    starts_at: dt.datetime | None = None,
    ends_at: dt.datetime | None = KEEP,
    site: Place | None = KEEP,
    venue: str | None = None,
    values: dict[str, Any] | None = None,
    seen_version: int | None = None,
) -> Activity:
    """Change what is given of a plan; what is not given stays.

    Raises record.stale, activity.state, activity.planner_needed, activity.site_elsewhere, activity.plan_past (where the
    day is changed), activity.plan_ends, activity.personal_masked, or the value.* errors.
    """
    activity = locked(activity, seen_version)
    permits.require_planner(by, activity.definition, activity.place, activity.pack)
    require_state(activity, State.PLANNED)
    present = typed_values.read(activity)
    before = told(activity, {})
    starts, ends = starts_at or activity.starts_at, activity.ends_at if ends_at is KEEP else ends_at
    texts = {code: text.strip() for code, text in (("title", title), ("venue", venue)) if text is not None}
    # A plan whose day has passed may be put right in all else; only a new day has to lie ahead.
    moved = (starts, ends) != (activity.starts_at, activity.ends_at)
    raise_any([*text_problems(dict(texts)), *(time_problems(starts, ends) if moved and starts else [])])
    if site is not KEEP:
        check_site(activity.place, site)
        activity.site = site
    for code, text in texts.items():
        setattr(activity, code, text)
    activity.starts_at, activity.ends_at = starts, ends
    if starts:
        activity.day = clock.local_date(starts)
        activity.last_day = clock.local_date(ends) if ends else activity.day
    cleaned = typed_values.keep(activity, taken_values(activity, values or {}, present))
    changed = {code: value for code, value in cleaned.items() if value != present.get(code)}
    after = told(activity, changed)
    before |= {code: typed_values.plain(present.get(code)) for code in changed}
    if before == after:
        running_action().changed_nothing()
        return activity
    typed_values.write(activity, changed)
    activity.save_next_version("title", "venue", "site", "starts_at", "ends_at", "day", "last_day")
    journal.record(by=by, subject=activity, place=activity.place, before=before, after=after)
    return activity


@action("activities.cancel")
def cancel(*, by: Any, activity: Activity, reason: str, seen_version: int | None = None) -> Activity:
    """Cancel a plan, or take back the record of one that was not held; it stays on record, with the reason.

    The parts of a whole are cancelled one by one before it. Raises record.stale, activity.recorder_needed,
    activity.state, activity.parts_stand, value.required or value.too_long (the reason).
    """
    activity = locked(activity, seen_version)
    permits.require_hand(by, activity)
    require_state(activity, State.PLANNED, State.HELD)
    standing = activity.parts.exclude(state=State.CANCELLED).count()
    if standing:
        raise Refusal("activity.parts_stand", field="parent", count=standing)
    reason = reason.strip()
    if not reason:
        raise Refusal("value.required", field="reason", label=_("原因"))
    if len(reason) > LONGEST_REASON:
        raise Refusal("value.too_long", field="reason", label=_("原因"), length=len(reason), limit=LONGEST_REASON)
    before = journal.snapshot(activity, "state", "held_on")
    activity.state, activity.held_on, activity.cancel_reason = State.CANCELLED, None, reason
    activity.save_next_version("state", "held_on", "cancel_reason")
    typed_values.schedule(activity)
    after = journal.snapshot(activity, "state", "held_on")
    journal.record(by=by, subject=activity, place=activity.place, before=before, after=after, note=reason)
    return activity
