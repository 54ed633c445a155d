"""What time does to matters: the ladder is climbed, and provisional deadlines are counted again.

The timer of ``serve`` calls ``tick``; running it twice, or after days of standstill, does nothing twice.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable
from typing import Any

from huoshui.duties.models import Account
from huoshui.duties.queries import system_account
from huoshui.kernel import clock, journal
from huoshui.kernel.access import require
from huoshui.kernel.actions import action, running_action
from huoshui.kernel.errors import Refusal
from huoshui.matters import clocks
from huoshui.matters.actions.common import recipients, tell_accounts
from huoshui.matters.counting import fold
from huoshui.matters.models import ClockRun, LadderMark, Matter
from huoshui.matters.schema import LadderStep
from huoshui.schedules import workdays

logger = logging.getLogger(__name__)


def tick() -> dict[str, int]:
    """Count provisional deadlines again, climb the ladder, tell what is due again, fold the counts.

    Returns how many matters each changed.
    """
    fold()
    return {"recomputed": recompute_provisional(), "climbed": run_ladder(), "reminded": run_again()}


def run_ladder(today: dt.date | None = None) -> int:
    """Fire every rung that is due on ``today`` (default: today's date). Returns how many matters had one.

    Each matter has its own transaction: one that fails is logged and holds up no other.
    """
    day = today or clock.today()
    due = Matter.objects.going().filter(next_rung_on__lte=day).order_by("next_rung_on", "id")
    return _for_each(due.values_list("pk", flat=True), lambda by, matter: climb_ladder(by=by, matter=matter, today=day))


def run_again(today: dt.date | None = None) -> int:
    """Tell of every ended matter of which a step, such as a re-check, is due on ``today``. Returns how many there were.

    Each once for each day that it falls due, whatever was left out by a standstill.
    """
    day = today or clock.today()
    due = Matter.objects.filter(again_on__lte=day, again_told_on__isnull=True).order_by("again_on", "id")
    return _for_each(due.values_list("pk", flat=True), lambda by, matter: remind_again(by=by, matter=matter, today=day))


def recompute_provisional() -> int:
    """Count deadlines again whose calendar was not published when they were set. Returns how many were settled."""
    known = (workdays.published_from(), workdays.published_until())
    runs = ClockRun.objects.filter(provisional=True, limit_on__range=known)
    waiting = Matter.objects.going().filter(pk__in=runs.values("matter_id")).order_by("id")
    return _for_each(waiting.values_list("pk", flat=True), lambda by, matter: recompute_due(by=by, matter=matter))


def _for_each(keys: Any, act: Callable[[Any, Matter], bool]) -> int:
    by, done = system_account(), 0
    for key in list(keys):
        try:
            done += act(by, Matter.objects.get(pk=key))
        except Refusal:
            logger.exception("matter %s was left as it is", key)
    return done


@action("matters.climb_ladder")
def climb_ladder(*, by: Any, matter: Matter, today: dt.date) -> bool:
    """Fire the rungs of one matter that are due: notices, a mark for each, supervision where a rung says so.

    A rung fires once for each deadline. Returns whether any fired. Raises access.denied (only the timer may).
    """
    require(by, "matter.run_clocks", path=matter.place.path, pack=matter.pack)
    matter = Matter.objects.select_for_update().get(pk=matter.pk)
    before = journal.snapshot(matter, "supervised_on")
    levels: list[str] = []
    told: dict[str, None] = {}
    if matter.closed_on is None and matter.due_on is not None:
        for at, rung, day in clocks.rungs(matter, today):
            if day > today:
                break
            people = _tell(by, matter, rung, today)
            LadderMark.objects.create(
                matter=matter, rung=at, due_on=matter.due_on, fired_on=today, recipients=len(people)
            )
            levels.append(rung.level.zh)
            told |= dict.fromkeys(account.username for account in people)
            if rung.marks_supervised and matter.supervised_on is None:
                matter.supervised_on = today
    matter.next_rung_on = clocks.next_rung_day(matter, today)
    Matter.objects.filter(pk=matter.pk).update(next_rung_on=matter.next_rung_on, supervised_on=matter.supervised_on)
    if not levels:
        running_action().changed_nothing()
        return False
    fired = {"rungs": levels, "due_on": matter.due_on, "told": list(told)}
    after = journal.snapshot(matter, "supervised_on") | fired
    journal.record(by=by, subject=matter, place=matter.place, before=before, after=after)
    return True


@action("matters.remind_again")
def remind_again(*, by: Any, matter: Matter, today: dt.date) -> bool:
    """Tell those who take the step that an ended matter falls due for: the holders of its roles nearest to the place.

    Once for each day that it falls due. Returns whether they were told. Raises access.denied (only the timer may).
    """
    require(by, "matter.run_clocks", path=matter.place.path, pack=matter.pack)
    matter = Matter.objects.select_for_update().get(pk=matter.pk)
    due = clocks.step_again(matter)
    if due is None or due[0] > today or matter.again_told_on is not None:
        running_action().changed_nothing()
        return False
    day, step = due
    people = recipients(matter, step.roles)
    matter.again_on, matter.again_told_on = day, today
    Matter.objects.filter(pk=matter.pk).update(again_on=day, again_told_on=today)
    tell_accounts(by, matter, people, "matter.due_again", step=step.name.model_dump(), due=str(day))
    after = {"step": step.code, "again_on": day, "told": [account.username for account in people]}
    journal.record(by=by, subject=matter, place=matter.place, after=after)
    return True


def _tell(by: Any, matter: Matter, rung: LadderStep, today: dt.date) -> list[Account]:
    """Send the notices of a rung; returns who was told."""
    days = (today - matter.due_on).days if matter.due_on else 0
    code = "matter.overdue" if days > 0 else "matter.due_soon"
    people = recipients(matter, rung.notify)
    level = rung.level.model_dump()
    tell_accounts(by, matter, people, code, level=level, due=str(matter.due_on), days=abs(days))
    return people


@action("matters.recompute_due")
def recompute_due(*, by: Any, matter: Matter) -> bool:
    """Count the provisional clocks of one matter again, and its deadline and lights with them.

    Returns whether a deadline moved or became final. Raises access.denied (only the timer may).
    """
    require(by, "matter.run_clocks", path=matter.place.path, pack=matter.pack)
    matter = Matter.objects.select_for_update().get(pk=matter.pk)
    today, kind = clock.today(), matter.definition
    before = _clock_facts(matter)
    for run in matter.clocks.filter(provisional=True):
        definition = next(found for found in kind.clocks if found.code == run.clock)
        limit = clocks.counted(run.started_on, definition.days[matter.severity], definition.counting)
        run.limit_on, run.provisional = limit.day, limit.provisional
        run.save(update_fields=["limit_on", "provisional"])
    clocks.settle(matter, today)
    if _clock_facts(matter) == before:
        running_action().changed_nothing()
        return False
    matter.save_next_version(*clocks.DATE_COLUMNS)
    journal.record(by=by, subject=matter, place=matter.place, before=before, after=_clock_facts(matter))
    return True


def _clock_facts(matter: Matter) -> dict[str, Any]:
    runs = {f"clock_{run.clock}": [run.limit_on, run.provisional] for run in matter.clocks.all()}
    return {"due_on": matter.due_on, "due_provisional": matter.due_provisional, **runs}
