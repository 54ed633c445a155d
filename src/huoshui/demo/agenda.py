"""Dated acts, played in the order of time, so that journal, numbers and lights come out as they would in life."""

from __future__ import annotations

import datetime as dt
import heapq
from collections.abc import Callable
from itertools import count

from huoshui.kernel import clock

Act = Callable[[], object]
Progress = Callable[[str, int, int], None]
ONE_DAY = dt.timedelta(days=1)


class Timer:
    """Runs the daily work on the days that need it, at six in the morning."""

    def __init__(self, needed_on: Callable[[], dt.date | None], work: Act, since: dt.date) -> None:
        self._needed_on, self._work, self._day = needed_on, work, since

    def run_until(self, day: dt.date) -> None:
        """Bring the timer up to ``day``: each needed day is worked once, in order."""
        while self._day < day:
            needed = self._needed_on()
            if needed is None or needed > day:
                self._day = day
                return
            self._day = max(needed, self._day + ONE_DAY)
            with clock.set_to(clock.local_moment(self._day, 6)):
                self._work()


class Agenda:
    """What is still to happen. An act may put later acts on it; the timer runs on every day that passes."""

    def __init__(self, progress: Progress, timer: Timer) -> None:
        self._progress, self._timer = progress, timer
        self._acts: list[tuple[dt.datetime, int, Part, Act]] = []
        self._order = count()
        self._now: dt.datetime | None = None

    def part(self, name: str) -> Part:
        """A part of the story, whose acts are counted for themselves."""
        return Part(name, self)

    def add(self, part: Part, moment: dt.datetime, act: Act) -> None:
        """Put an act on; acts of the same moment keep their order. Raises RuntimeError for a moment gone by."""
        if self._now and moment < self._now:
            raise RuntimeError(f"{part.name}: an act at {moment} lies before what has happened")
        heapq.heappush(self._acts, (moment, next(self._order), part, act))

    def play(self, until: dt.date) -> None:
        """Everything up to nine in the morning of ``until``; raises RuntimeError when acts are left for later."""
        end = clock.local_moment(until, 9)
        while self._acts and self._acts[0][0] <= end:
            self._now, _, part, act = heapq.heappop(self._acts)
            self._timer.run_until(clock.local_date(self._now))
            with clock.set_to(self._now):
                act()
            part.done += 1
            self._progress(part.name, part.done, part.planned)
        if self._acts:
            moment, _, part, _ = self._acts[0]
            raise RuntimeError(f"{part.name}: an act at {moment} lies after {until}")
        self._timer.run_until(until)


class Part:
    """One part of the story: how many acts it has, and how many are done."""

    def __init__(self, name: str, agenda: Agenda) -> None:
        self.name, self._agenda = name, agenda
        self.planned = self.done = 0

    def add(self, day: dt.date, hour: int, act: Act, minute: int = 0) -> None:
        """Let ``act`` happen on a day at an hour of Asia/Shanghai. Raises RuntimeError for a moment gone by."""
        self.planned += 1
        self._agenda.add(self, clock.local_moment(day, hour, minute), act)
