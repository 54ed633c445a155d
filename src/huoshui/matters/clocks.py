"""The clocks of a matter: started, stopped and resumed by its steps; and the dates that follow from them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from huoshui.matters.models import CLOSED, ClockRun, Matter, clock_runs_of
from huoshui.matters.schema import Clock, LadderStep, MatterKind, Transition
from huoshui.schedules.workdays import DueDate, add_calendar_days, add_working_days

DATE_COLUMNS = (
    "clock", "limit_on", "due_on", "due_provisional", "blue_on", "yellow_on", "next_rung_on", "again_on",
    "again_told_on",
)  # fmt: skip
"""The columns that ``settle`` sets."""


def counted(start: dt.date, days: int, counting: str) -> DueDate:
    """``days`` working or calendar days after ``start``."""
    return (add_working_days if counting == "working" else add_calendar_days)(start, days)


def move(matter: Matter, step: str, today: dt.date) -> list[ClockRun]:
    """Start, stop or resume the matter's clocks for a step (or "open") that was just taken; closing stops all.

    Returns the runs as they stand then.
    """
    runs = {run.clock: run for run in matter.clocks.all()}
    for clock in matter.definition.clocks:
        run = runs.get(clock.code)
        if matter.phase != CLOSED and step in clock.starts_on:
            runs[clock.code] = start(matter, clock, today)
        elif run and run.stopped_on is None and (matter.phase == CLOSED or step in clock.stops_on):
            run.stopped_on = today
            run.save(update_fields=["stopped_on"])
        elif run and matter.phase != CLOSED and step in clock.resumes_on:
            run.stopped_on = None
            run.save(update_fields=["stopped_on"])
    return list(runs.values())


def start(matter: Matter, clock: Clock, day: dt.date) -> ClockRun:
    """Start a clock anew on a day."""
    limit = counted(day, clock.days[matter.severity], clock.counting)
    set_anew = {"started_on": day, "limit_on": limit.day, "provisional": limit.provisional, "stopped_on": None}
    run = ClockRun(matter=matter, clock=clock.code, **set_anew)
    once = ["matter", "clock"]
    ClockRun.objects.bulk_create([run], update_conflicts=True, unique_fields=once, update_fields=[*set_anew])
    return run


def running(matter: Matter) -> ClockRun | None:
    """The run of the clock whose deadline counts; None when none runs."""
    going = (run for run in clock_runs_of(matter) if run.clock == matter.clock and run.stopped_on is None)
    return next(going, None) if matter.clock else None


def waits_until(matter: Matter, step: Transition) -> dt.date | None:
    """The last day of the waiting clock that a step waits for, as it last ran; None where there is none to wait for.

    Stopped or running: what was publicised for its days has been publicised.
    """
    runs = (run for run in clock_runs_of(matter) if run.clock == step.not_before_clock)
    run = next(runs, None)
    return run.limit_on if run else None


def own_deadlines(matter: Matter) -> dict[str, dt.date]:
    """The deadlines that the responsible unit set itself, by field code."""
    fields = matter.definition.own_deadline_fields()
    rows = matter.values.filter(code__in=fields) if fields else []
    return {row.code: row.day for row in rows if row.day}


def settle(matter: Matter, today: dt.date, runs: Iterable[ClockRun] | None = None) -> None:
    """Set the DATE_COLUMNS from the running clock that ends first, or from the closing. Nothing is saved.

    ``runs``: those of the matter, where they were just read.
    """
    kind = matter.definition
    _settle_again(matter)
    every = [] if matter.phase == CLOSED else matter.clocks.all() if runs is None else runs
    running = {run.clock: run for run in every if run.stopped_on is None}
    own = own_deadlines(matter) if running else {}
    ends = [
        (min(running[clock.code].limit_on, own.get(clock.own_deadline_field or "", dt.date.max)), at, clock)
        for at, clock in enumerate(kind.clocks)
        if clock.code in running and not clock.waiting
    ]
    if not ends:
        matter.clock, matter.due_provisional = "", False
        matter.limit_on = matter.due_on = matter.blue_on = matter.yellow_on = matter.next_rung_on = None
        return
    due, _, clock = min(ends, key=lambda end: end[:2])
    run = running[clock.code]
    matter.clock, matter.limit_on, matter.due_on, matter.due_provisional = (
        clock.code,
        run.limit_on,
        due,
        run.provisional,
    )
    matter.blue_on = due - dt.timedelta(days=kind.lights.blue_days_before)
    matter.yellow_on = yellow_day(kind, matter.state, run.started_on, due)
    matter.next_rung_on = next_rung_day(matter, today)


def yellow_day(kind: MatterKind, state: str, start_on: dt.date, due: dt.date) -> dt.date | None:
    """The day from which a matter counts as behind: the share of its time rounded up to a day; None: never."""
    yellow = kind.lights.yellow
    if yellow is None or state not in yellow.while_in:
        return None
    days = max((due - start_on).days, 0)
    return start_on + dt.timedelta(days=-(-days * yellow.after_percent // 100))


def rungs(matter: Matter, today: dt.date) -> list[tuple[int, LadderStep, dt.date]]:
    """Rungs of the running clock that have not fired for its deadline, with their days, the earliest first.

    A reminder that lies before a deadline already past is no longer due to anybody, and is left out.
    """
    kind = matter.definition
    if matter.due_on is None or not kind.clocks:
        return []
    fired = set(matter.ladder_marks.filter(due_on=matter.due_on).values_list("rung", flat=True))
    found = [
        (at, rung, counted(matter.due_on, rung.days, rung.counting).day)
        for at, rung in enumerate(kind.ladder)
        if at not in fired and (rung.clock or kind.clocks[0].code) == matter.clock
    ]
    return sorted(
        (entry for entry in found if entry[1].days >= 0 or today <= matter.due_on), key=lambda entry: entry[2]
    )


def next_rung_day(matter: Matter, today: dt.date) -> dt.date | None:
    """The day on which the next rung of the ladder fires."""
    ahead = rungs(matter, today)
    return ahead[0][2] if ahead else None


def count_again(matter: Matter) -> None:
    """Count the provisional clocks of a matter again by the calendar that is known now; the matter is not settled."""
    kind = matter.definition
    for run in matter.clocks.filter(provisional=True):
        definition = next(found for found in kind.clocks if found.code == run.clock)
        limit = counted(run.started_on, definition.days[matter.severity], definition.counting)
        run.limit_on, run.provisional = limit.day, limit.provisional
        run.save(update_fields=["limit_on", "provisional"])


def due_again_on(matter: Matter, step: Transition) -> dt.date | None:
    """The day from which a step out of the matter's closed state is due, such as a re-check; None: never by a day."""
    if matter.closed_on is None or step.due_after_months is None or matter.state not in step.from_states:
        return None
    return months_later(matter.closed_on, step.due_after_months)


def months_later(day: dt.date, months: int) -> dt.date:
    """The same day of the month so many months later (before, when negative); the month's last where it has none."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    following = dt.date(year + (month == 11), (month + 1) % 12 + 1, 1)
    return dt.date(year, month + 1, min(day.day, (following - dt.timedelta(days=1)).day))


def step_again(matter: Matter) -> tuple[dt.date, Transition] | None:
    """Of a matter that has ended, the step that falls due first and its day; None: nothing does."""
    days = ((due_again_on(matter, step), step) for step in matter.definition.transitions)
    return min(((day, step) for day, step in days if day is not None), key=lambda due: due[0], default=None)


def clocks_again(kind: MatterKind) -> list[Clock]:
    """The clocks that a step starts which falls due after the end, such as that of a re-check."""
    again = {step.code for step in kind.transitions if step.due_after_months is not None}
    return [clock for clock in kind.clocks if again & set(clock.starts_on)]


def _settle_again(matter: Matter) -> None:
    """Whoever was told of one day is told of another, and of the same day never again."""
    due = step_again(matter)
    day = due[0] if due else None
    if day != matter.again_on:
        matter.again_on, matter.again_told_on = day, None
