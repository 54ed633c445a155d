"""What time does to matters: the ladder is climbed, and provisional deadlines are counted again.

The timer of ``serve`` calls ``tick``; running it twice, or after days of standstill, does nothing twice.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable, Iterable
from itertools import groupby
from operator import itemgetter
from typing import Any
from uuid import UUID

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
from huoshui.matters.schema import LadderStep, Transition
from huoshui.notices.actions import send
from huoshui.places.models import Place, prefixes
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

    Each once for each day that it falls due, whatever was left out by a standstill; those of a kind that fall due on
    one day together, as many were named on one day.
    """
    day, by, done = today or clock.today(), system_account(), 0
    due = Matter.objects.filter(again_on__lte=day, again_told_on__isnull=True).order_by("kind", "again_on", "id")
    for key, rows in groupby(due.values_list("kind", "again_on", "pk"), key=itemgetter(0, 1)):
        try:
            done += remind_again(by=by, matters=[pk for _kind, _day, pk in rows], today=day)
        except Refusal:
            logger.exception("nobody was told of what is due again: %s", key)
    return done


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
def remind_again(*, by: Any, matters: Iterable[UUID], today: dt.date) -> int:
    """Tell those who take the step that ended matters of a kind fall due for: the nearest holders of its roles.

    Each person gets one notice, of the matter or of how many there are; each matter is told of once for each day that
    it falls due. Returns of how many. Raises access.denied (only the timer may).
    """
    rows = Matter.objects.select_for_update(of=("self",)).select_related("place").filter(pk__in=list(matters))
    mine: dict[Account, list[tuple[Matter, Transition]]] = {}
    told = 0
    for matter in rows.order_by("pk"):
        require(by, "matter.run_clocks", path=matter.place.path, pack=matter.pack)
        due = clocks.step_again(matter)
        if due is None or due[0] > today or matter.again_told_on is not None:
            continue
        people = recipients(matter, due[1].roles)
        for account in people:
            mine.setdefault(account, []).append((matter, due[1]))
        matter.again_on, matter.again_told_on = due[0], today
        Matter.objects.filter(pk=matter.pk).update(again_on=due[0], again_told_on=today)
        after = {"step": due[1].code, "again_on": due[0], "told": [account.username for account in people]}
        journal.record(by=by, subject=matter, place=matter.place, after=after)
        told += 1
    if not told:
        running_action().changed_nothing()
    for account, about in mine.items():
        _tell_again(by, account, about)
    return told


def _tell_again(by: Any, account: Account, about: list[tuple[Matter, Transition]]) -> None:
    """One notice of what is due again for one person, by the day and the step of the first."""
    first, taken = about[0]
    day, step = str(first.again_on), taken.name.model_dump()
    if len(about) == 1:
        tell_accounts(by, first, [account], "matter.due_again", step=step, due=day)
        return
    facts = {"step": step, "count": len(about), "kind": first.definition.name.model_dump(), "kind_code": first.kind}
    send(
        accounts=[account],
        code="matter.many_due_again",
        params=facts | {"due": day},
        place=_common([matter.place for matter, _step in about]),
        by=by,
    )


def _common(places: list[Place]) -> Place:
    """The lowest place at or above all of some places."""
    first = places[0]
    shared = [path for path in prefixes(first.path) if all(place.path.startswith(path) for place in places)]
    return Place.objects.get(path=max(shared, key=len)) if shared else first


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
    today = clock.today()
    before = _clock_facts(matter)
    clocks.count_again(matter)
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
