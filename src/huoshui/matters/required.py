"""What must have been done at a matter's place before a step: which records count, and which is missing."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

from huoshui.duties.models import Account
from huoshui.duties.standing import standing_of
from huoshui.kernel import clock
from huoshui.kernel.errors import Problem
from huoshui.matters import permits
from huoshui.matters.models import Matter, steps_of
from huoshui.matters.schema import Transition
from huoshui.matters.schema_parts import RequiredRecord
from huoshui.packs.models import PackVersion
from huoshui.packs.queries import current_definition
from huoshui.schedules.targets import TARGETS, DoneRecord


@dataclass(frozen=True)
class Found:
    """A record of what is required: whether it counts, and if not, why not ("own", "points" or "")."""

    record: DoneRecord
    lacks: str

    @property
    def percent(self) -> int | None:
        """Its share of the points, in whole percent (rounded down, so that none is told that was not reached)."""
        return None if self.record.share is None else int(self.record.share * 100)


@dataclass(frozen=True)
class RequiredState:
    """Something required by a step, with what was found of it at the matter's place."""

    asked: RequiredRecord
    name: str
    since: dt.date
    found: tuple[Found, ...]

    @property
    def met(self) -> bool:
        """Whether a record counts."""
        return any(not one.lacks for one in self.found)


NUMBER = re.compile(r"[A-Z]{2,6}-\d{4}-\d+")
"""A matter's number, as it stands among others in a text."""


def required_by(matter: Matter, step: Transition) -> list[RequiredState]:
    """All that a step requires to have been done."""
    return [_state(matter, asked) for asked in step.requires_done]


def problems(matter: Matter, step: Transition) -> list[Problem]:
    """A problem for each thing that is missing, or that was done but does not count.

    matter.done_missing, matter.done_unnamed, matter.done_points or matter.done_own; each names what, where and since
    when.
    """
    return [_problem(matter, state) for state in required_by(matter, step) if not state.met]


def _problem(matter: Matter, state: RequiredState) -> Problem:
    words = {"label": state.name, "name": state.name, "place": matter.place.short_name, "since": state.since}
    latest = state.found[-1] if state.found else None
    if latest is None and state.asked.naming:
        return Problem("matter.done_unnamed", state.asked.of, params=words | {"number": matter.number})
    if latest is None:
        return Problem("matter.done_missing", state.asked.of, params=words)
    if latest.lacks == "own":
        return Problem("matter.done_own", state.asked.of, params=words)
    points = {"percent": latest.percent, "least": state.asked.at_least_percent}
    return Problem("matter.done_points", state.asked.of, params=words | points)


def _state(matter: Matter, asked: RequiredRecord) -> RequiredState:
    since = _since(matter, asked)
    rows = _records(matter, asked, since)
    return RequiredState(
        asked,
        required_name(asked),
        clock.local_date(since),
        tuple(Found(row, _lacks(matter, asked, row)) for row in rows),
    )


def _records(matter: Matter, asked: RequiredRecord, since: dt.datetime) -> list[DoneRecord]:
    """What was done since a moment; where the matter's number must stand in it, only what was about the matter."""
    records = TARGETS[asked.section].records
    rows = list(records(asked.of, matter.place_id, since)) if records else []
    if asked.naming is None:
        return rows
    return [row for row in rows if matter.number in NUMBER.findall(row.texts.get(asked.naming, "").upper())]


def held_about(matter: Matter) -> list[RequiredState]:
    """What was ever done about the matter by its number, whichever step asked for it: each thing once."""
    asked = {one.of: one for step in matter.definition.transitions for one in step.requires_done if one.naming}
    return [
        RequiredState(
            one,
            required_name(one),
            matter.opened_on,
            tuple(Found(row, "") for row in _records(matter, one, matter.created_at)),
        )
        for one in asked.values()
    ]


def _since(matter: Matter, asked: RequiredRecord) -> dt.datetime:
    """Since when records count."""
    if asked.since == "state":
        entered = [step.at for step in steps_of(matter) if step.to_state == matter.state != step.from_state]
        if entered:
            return entered[-1]
    return matter.created_at


def _lacks(matter: Matter, asked: RequiredRecord, record: DoneRecord) -> str:
    if _is_own(matter, asked, record.account):
        return "own"
    least = asked.at_least_percent
    return "points" if least and (record.share is None or record.share * 100 < least) else ""


def _is_own(matter: Matter, asked: RequiredRecord, account: Account) -> bool:
    """Whether who did it, or their unit, took a step whose takers must be others."""
    if not asked.other_unit_than:
        return False
    hands = permits.hands_ever_in(matter, asked.other_unit_than)
    stands, path = standing_of(account), matter.place.path
    return stands.had_a_hand(hands, path, matter.pack) or stands.is_of_their_units(hands, path, matter.pack)


def required_name(asked: RequiredRecord) -> str:
    """The label of what has to be done; its code where no current pack declares it any more."""
    try:
        return str(current_definition(asked.section, asked.of)[1].name)
    except (PackVersion.DoesNotExist, KeyError):
        return asked.of
