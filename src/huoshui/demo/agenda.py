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


class Agenda:
    """What is still to happen in one part of the story. An act may put later acts on it.

    ``timer``: run once for every day that passes, in the morning; it answers on which later day it is needed next,
    or None.
    """

    def __init__(self, part: str, progress: Progress | None = None, timer: Timer | None = None) -> None:
        self.part, self._progress, self._timer = part, progress, timer
        self._acts: list[tuple[dt.datetime, int, Act]] = []
        self._order = count()
        self._done = 0
        self._now: dt.datetime | None = None

    def add(self, day: dt.date, hour: int, act: Act, minute: int = 0) -> None:
        """Let ``act`` happen on a day at an hour of Asia/Shanghai; acts of the same minute keep their order.

        Raises RuntimeError for a time before what has already happened.
        """
        moment = clock.local_moment(day, hour, minute)
        if self._now and moment < self._now:
            raise RuntimeError(f"{self.part}: an act at {moment} lies before what has happened")
        heapq.heappush(self._acts, (moment, next(self._order), act))

    def play(self, until: dt.date) -> int:
        """Everything up to the morning of ``until``, in order; returns how many acts there were."""
        end = clock.local_moment(until)
        while self._acts and self._acts[0][0] <= end:
            moment, _, act = heapq.heappop(self._acts)
            self._now = moment
            if self._timer:
                self._timer.run_until(clock.local_date(moment))
            with clock.set_to(moment):
                act()
            self._done += 1
            self._tell()
        if self._acts:
            raise RuntimeError(f"{self.part}: {len(self._acts)} acts lie after {until}")
        if self._timer:
            self._timer.run_until(until)
        return self._done

    def _tell(self) -> None:
        if self._progress and (self._done % 10 == 0 or not self._acts):
            self._progress(self.part, self._done, self._done + len(self._acts))


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
