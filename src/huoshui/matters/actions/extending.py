"""More time: asked for before the deadline by those who rectify, granted or refused by another."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils.translation import gettext as _

from huoshui.kernel import clock, journal
from huoshui.kernel.actions import action
from huoshui.kernel.errors import Problem, Refusal
from huoshui.matters import clocks, extensions
from huoshui.matters import values as typed_values
from huoshui.matters.actions.common import locked, tell_accounts
from huoshui.matters.models import Extension, Matter
from huoshui.notices.actions import read_about

REASON_LENGTH = 2000


@action("matters.ask_extension")
def ask_extension(
    *, by: Any, matter: Matter, until: dt.date | None, reason: str, seen_version: int | None = None
) -> Extension:
    """Ask that the running clock end on ``until``, later than its limit, for a reason. The clock runs on meanwhile.

    Raises record.stale, matter.extension_none, matter.extension_asker, matter.extension_pending,
    matter.extension_expired, matter.extension_times, matter.extension_day, or the value.* errors.
    """
    matter, reason = locked(matter, seen_version, {}), reason.strip()
    terms = extensions.terms_for(matter, by)
    until = _checked_day(terms, until, reason)
    asked = Extension.objects.create(
        matter=matter,
        clock=terms.clock.code,
        asked_by=by,
        asked_unit=by.unit,
        asked_on=clock.today(),
        reason=reason,
        due_on=terms.due_on,
        until=until,
    )
    matter.extension_until = until
    matter.save_next_version("extension_until")
    journal.record(
        by=by,
        subject=matter,
        place=matter.place,
        before={"due_on": matter.due_on},
        after={"due_on": matter.due_on, "extension_until": until},
        note=reason,
    )
    whom = extensions.nearest_deciders(matter, asked)
    tell_accounts(by, matter, whom, "matter.extension_asked", until=str(until), due=str(matter.due_on), reason=reason)
    return asked


def _checked_day(terms: extensions.Terms, until: dt.date | None, reason: str) -> dt.date:
    problems: list[Problem] = []
    if until is None:
        problems.append(Problem("value.required", "until", params={"label": _("延至")}))
    elif not terms.run.limit_on < until <= terms.latest:
        params = {"day": until, "limit": terms.run.limit_on, "latest": terms.latest}
        problems.append(Problem("matter.extension_day", "until", params=params))
    problems += _reason_problems(reason)
    if until is None or problems:
        raise Refusal.of(problems)
    return until


def _reason_problems(reason: str) -> list[Problem]:
    label = _("理由")
    if not reason:
        return [Problem("value.required", "note", params={"label": label})]
    if len(reason) > REASON_LENGTH:
        params = {"label": label, "length": len(reason), "limit": REASON_LENGTH}
        return [Problem("value.too_long", "note", params=params)]
    return []


@action("matters.decide_extension")
def decide_extension(
    *, by: Any, matter: Matter, granted: bool, reason: str = "", seen_version: int | None = None
) -> Matter:
    """Grant or refuse the request that waits; a refusal needs a reason. Granted, the deadline moves to the day asked.

    What was asked in time can also be granted after the deadline. Raises record.stale, matter.extension_nothing,
    matter.extension_decider, matter.extension_own, matter.extension_unit, or the value.* errors.
    """
    matter, reason = locked(matter, seen_version, {}), reason.strip()
    asked = extensions.pending(matter)
    if asked is None:
        raise Refusal("matter.extension_nothing", number=matter.number)
    refusal = extensions.deciding_refusal(matter, asked, by)
    if refusal:
        raise refusal
    problems = _reason_problems(reason) if reason or not granted else []
    if problems:
        raise Refusal.of(problems)
    before = _dates(matter)
    outcome = Extension.Outcome.GRANTED if granted else Extension.Outcome.REFUSED
    asked.outcome, asked.decided_by, asked.decided_on = outcome, by, clock.today()
    asked.save_next_version("outcome", "decided_by", "decided_on")
    matter.extension_until = None
    if granted:
        _move_limit(matter, asked)
    matter.save_next_version("extension_until", *clocks.DATE_COLUMNS)
    after = _dates(matter) | {"outcome": str(outcome)}
    journal.record(by=by, subject=matter, place=matter.place, before=before, after=after, note=reason)
    read_about(subject=matter, place=matter.place, account=by)
    _tell_outcome(by, matter, asked, reason)
    return matter


def _dates(matter: Matter) -> dict[str, Any]:
    own = {code: typed_values.plain(day) for code, day in clocks.own_deadlines(matter).items()}
    return {"due_on": matter.due_on, "extension_until": matter.extension_until, **own}


def _move_limit(matter: Matter, asked: Extension) -> None:
    """The clock ends on the day asked for, a day that no calendar will move; so does the unit's own deadline."""
    run = matter.clocks.get(clock=asked.clock)
    run.limit_on, run.provisional = asked.until, False
    run.save(update_fields=["limit_on", "provisional"])
    definition = next(known for known in matter.definition.clocks if known.code == asked.clock)
    own = definition.own_deadline_field
    if own in clocks.own_deadlines(matter):
        typed_values.write(matter, {own: asked.until})
    clocks.settle(matter, clock.today())


def _tell_outcome(by: Any, matter: Matter, asked: Extension, reason: str) -> None:
    code = "matter.extension_granted" if asked.outcome == Extension.Outcome.GRANTED else "matter.extension_refused"
    whom = [asked.asked_by, *([matter.owner] if matter.owner else [])]
    tell_accounts(by, matter, whom, code, until=str(asked.until), due=str(asked.due_on), reason=reason)
