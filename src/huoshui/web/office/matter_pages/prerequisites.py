"""What a matter's next steps wait for: a checklist to be filled in at its place, a notice that runs, an honour."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from huoshui.activities.models import Activity
from huoshui.activities.permits import kinds_at
from huoshui.kernel.access import allows
from huoshui.kernel.wording import listed
from huoshui.matters.clocks import due_again_on
from huoshui.matters.honours import honours_of
from huoshui.matters.models import CLOSED, Matter
from huoshui.matters.queries import StepOption, available_transitions
from huoshui.matters.required import Found, RequiredState, held_about
from huoshui.places.models import Honour
from huoshui.visits.models import Visit

ACTIVITIES = "activities"
"""The section of what is held, and not looked at by a checklist."""


@dataclass(frozen=True)
class Row:
    """A record that was found: when, with what share, why it does not count, and where it opens."""

    day: dt.date
    said: str
    url: str


@dataclass(frozen=True)
class Wanted:
    """Something to be done before one or more steps."""

    name: str
    steps: str
    since: dt.date
    least: int | None
    met: bool
    rows: list[Row]
    url: str
    """Where it is filled in; "" where the reader may not, or need not any more."""
    naming: bool
    """Whether the matter's number has to stand in it."""


@dataclass(frozen=True)
class Held:
    """What was done about the matter by its number, such as the sessions of a topic, whichever step asked for it."""

    name: str
    rows: list[Row]
    url: str
    """Where a further one is recorded; "" where the reader may not, or the matter has ended."""


@dataclass(frozen=True)
class Prerequisites:
    """What the matter's page shows of all this."""

    wanted: list[Wanted]
    held: list[Held]
    honours: list[Honour]
    due_again: list[tuple[str, dt.date]]
    """Steps out of the closed state that fall due, with their day."""


def prerequisites_of(matter: Matter, actor: Any) -> Prerequisites:
    """Of the steps from the matter's present state."""
    offered = available_transitions(matter, actor)
    again = [(option.transition, due_again_on(matter, option.transition)) for option in offered]
    due = [(str(step.name), day) for step, day in again if day is not None]
    return Prerequisites(_wanted(matter, actor, offered), _held(matter, actor), honours_of(matter), due)


def _wanted(matter: Matter, actor: Any, offered: list[StepOption]) -> list[Wanted]:
    states: dict[Any, RequiredState] = {}
    steps: dict[Any, list[str]] = {}
    for option in offered:
        for state in option.done:
            key = (state.asked.section, state.asked.of, state.asked.since, state.asked.at_least_percent)
            states.setdefault(key, state)
            steps.setdefault(key, []).append(str(option.transition.name))
    seen = _seen(actor, [found for state in states.values() for found in state.found])
    return [
        Wanted(
            name=state.name,
            steps=listed(dict.fromkeys(steps[key])),
            since=state.since,
            least=state.asked.at_least_percent,
            met=state.met,
            rows=[_row(found, seen) for found in state.found],
            url="" if state.met else _address(matter, actor, state),
            naming=bool(state.asked.naming),
        )
        for key, state in states.items()
    ]


def _held(matter: Matter, actor: Any) -> list[Held]:
    states = held_about(matter)
    seen = _seen(actor, [found for state in states for found in state.found])
    return [
        Held(
            state.name,
            [_row(found, seen) for found in state.found],
            "" if matter.phase == CLOSED else _address(matter, actor, state),
        )
        for state in states
        if state.found
    ]


def _seen(actor: Any, found: list[Found]) -> dict[UUID, str]:
    """Those of some records that the reader may open, each with its address."""
    ids = [one.record.id for one in found]
    if not ids:
        return {}
    sheets = Visit.objects.visible_to(actor).filter(pk__in=ids).values_list("pk", flat=True)
    seen = {pk: reverse("sheet", args=[pk]) for pk in sheets}
    held = set(ids) - set(seen)
    rows = Activity.objects.visible_to(actor).filter(pk__in=held).values_list("pk", flat=True) if held else []
    return seen | {pk: reverse("activity", args=[pk]) for pk in rows}


def _row(found: Found, seen: dict[UUID, str]) -> Row:
    said = [] if found.percent is None else [_("得分率 %(percent)d%%") % {"percent": found.percent}]
    said += {"own": [_("申报单位自己填的，不算")], "points": [_("未达到")]}.get(found.lacks, [])
    return Row(found.record.day, listed(said), seen.get(found.record.id, ""))


def _address(matter: Matter, actor: Any, state: RequiredState) -> str:
    """Where it is begun at the matter's place, with place, kind and the matter's number filled in."""
    asked = state.asked
    if asked.section == ACTIVITIES:
        given = {"place": matter.place.code, "kind": asked.of} | ({asked.naming: matter.number} if asked.naming else {})
        return f"{reverse('activity_new')}?{urlencode(given)}" if asked.of in kinds_at(actor, matter.place) else ""
    if not allows(actor, "visit.score", path=matter.place.path, pack=asked.of.partition(".")[0]):
        return ""
    return f"{reverse('sheet_start')}?{urlencode({'place': matter.place.code, 'checklist': asked.of})}"
