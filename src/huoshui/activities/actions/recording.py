"""Recording that an activity was held, and correcting what was recorded."""

from __future__ import annotations

import datetime as dt
from typing import Any

from huoshui.activities import permits
from huoshui.activities import values as typed_values
from huoshui.activities.actions.common import (
    check_parent,
    check_place,
    check_site,
    held_problems,
    host_or_own,
    kind_or_refuse,
    locked,
    raise_any,
    require_state,
    taken_values,
    text_problems,
    told,
)
from huoshui.activities.cadence import settle_activity
from huoshui.activities.models import Activity
from huoshui.duties.models import Unit
from huoshui.kernel import journal
from huoshui.kernel.actions import action, running_action
from huoshui.places.models import Place

State = Activity.State
COLUMNS = (
    "title", "venue", "site", "state", "held_on", "day", "last_day", "minutes", "headcount", "outcome",
)  # fmt: skip


@action("activities.record")
def record(
    *,
    by: Any,
    activity: Activity,
    held_on: dt.date,
    last_day: dt.date | None = None,
    minutes: int | None = None,
    headcount: int | None = None,
    outcome: str = "",
    title: str | None = None,
    venue: str | None = None,
    values: dict[str, Any] | None = None,
    seen_version: int | None = None,
) -> Activity:
    """Record that a planned activity was held; what was planned of it stays unless it is given anew.

    ``last_day``: of one that went on for days. Raises record.stale, activity.recorder_needed, activity.state,
    activity.not_yet, activity.ends_before, activity.not_asked, activity.more_than_there, activity.personal_masked, or
    the value.* errors.
    """
    activity = locked(activity, seen_version)
    permits.require_recorder(by, activity.definition, activity.place, activity.pack)
    require_state(activity, State.PLANNED)
    return _held(
        by, activity, held_on=held_on, last_day=last_day, minutes=minutes, headcount=headcount, outcome=outcome,
        title=title, venue=venue, values=values or {},
    )  # fmt: skip


@action("activities.correct")
def correct(
    *,
    by: Any,
    activity: Activity,
    held_on: dt.date,
    last_day: dt.date | None = None,
    minutes: int | None = None,
    headcount: int | None = None,
    outcome: str = "",
    title: str | None = None,
    venue: str | None = None,
    values: dict[str, Any] | None = None,
    seen_version: int | None = None,
) -> Activity:
    """Correct what was recorded of an activity that was held: the whole of it, but values that are not given.

    The journal keeps what it was. Raises what ``record`` raises.
    """
    activity = locked(activity, seen_version)
    permits.require_recorder(by, activity.definition, activity.place, activity.pack)
    require_state(activity, State.HELD)
    return _held(
        by, activity, held_on=held_on, last_day=last_day, minutes=minutes, headcount=headcount, outcome=outcome,
        title=title, venue=venue, values=values or {},
    )  # fmt: skip


def _held(
    by: Any,
    activity: Activity,
    *,
    held_on: dt.date,
    last_day: dt.date | None,
    minutes: int | None,
    headcount: int | None,
    outcome: str,
    title: str | None,
    venue: str | None,
    values: dict[str, Any],
) -> Activity:
    """Write what is told of one that was held, whether it was planned so far or recorded already."""
    present, before, was_held = typed_values.read(activity), told(activity, {}), activity.is_held
    texts = {code: text.strip() for code, text in (("title", title), ("venue", venue)) if text is not None}
    cleaned = taken_values(activity, values, present)
    last, outcome = last_day or held_on, outcome.strip()
    check_place(activity.definition, activity.place, held_on)
    raise_any(
        [
            *text_problems({**texts, "outcome": outcome}),
            *held_problems(
                activity.definition, held_on=held_on, last_day=last, minutes=minutes, headcount=headcount,
                outcome=outcome, values=present | cleaned,
            ),
        ]
    )  # fmt: skip
    for code, text in texts.items():
        setattr(activity, code, text)
    activity.state, activity.held_on, activity.day, activity.last_day = State.HELD, held_on, held_on, last
    activity.minutes, activity.headcount, activity.outcome = minutes, headcount, outcome
    cleaned = typed_values.keep(activity, cleaned)
    changed = {code: value for code, value in cleaned.items() if value != present.get(code)}
    after = told(activity, changed)
    before |= {code: typed_values.plain(present.get(code)) for code in changed}
    if was_held and before == after:
        running_action().changed_nothing()
        return activity
    typed_values.write(activity, changed)
    activity.save_next_version(*COLUMNS)
    typed_values.schedule(activity)
    journal.record(by=by, subject=activity, place=activity.place, before=before, after=after)
    settle_activity(activity)
    return activity


@action("activities.record_at_once")
def record_at_once(
    *,
    by: Any,
    kind: str,
    place: Place,
    title: str,
    held_on: dt.date,
    last_day: dt.date | None = None,
    minutes: int | None = None,
    headcount: int | None = None,
    outcome: str = "",
    site: Place | None = None,
    venue: str = "",
    unit: Unit | None = None,
    values: dict[str, Any] | None = None,
    parent: Activity | None = None,
    key: str = "",
) -> Activity:
    """Record an activity that was held and that nobody had planned here.

    ``key``: its number in the file that it comes from. Raises activity.kind, activity.recorder_needed,
    activity.place_kind, place.closed, activity.site_elsewhere, activity.part_*, and what ``record`` raises.
    """
    version, definition = kind_or_refuse(kind)
    permits.require_recorder(by, definition, place, version.pack)
    check_place(definition, place, held_on)
    check_site(place, site)
    check_parent(by, parent, kind, definition, place)
    title, venue, outcome, last = title.strip(), venue.strip(), outcome.strip(), last_day or held_on
    activity = Activity(
        pack=version.pack, pack_version=version, kind=kind, place=place, site=site, venue=venue,
        unit=host_or_own(by, unit), organiser=by, title=title, day=held_on, last_day=last, state=State.HELD,
        held_on=held_on, minutes=minutes, headcount=headcount, outcome=outcome, parent=parent, key=key,
    )  # fmt: skip
    cleaned = {c: value for c, value in taken_values(activity, values or {}, {}).items() if value is not None}
    raise_any(
        [
            *text_problems({"title": title, "venue": venue, "outcome": outcome}),
            *held_problems(
                definition, held_on=held_on, last_day=last, minutes=minutes, headcount=headcount, outcome=outcome,
                values=cleaned,
            ),
        ]
    )  # fmt: skip
    activity.save(force_insert=True)
    cleaned = typed_values.keep(activity, cleaned)
    typed_values.write(activity, cleaned)
    journal.record(by=by, subject=activity, place=place, after=told(activity, cleaned))
    settle_activity(activity)
    return activity
