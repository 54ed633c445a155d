"""A plan told with its times: when each team arrives where, how long it drives, what is too long."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from huoshui.places.models import Place
from huoshui.visits.tour.inputs import Inputs
from huoshui.visits.tour.times import clock_time


@dataclass(frozen=True)
class Stop:
    """A place of a route; ``driven``: minutes of driving to it, ``arrives``, ``leaves``: minutes after midnight."""

    number: int
    place: Place
    driven: int
    arrives: int
    leaves: int
    wrong_day: int
    """The day that the place is fixed on, where this is another; 0: all is well."""

    @property
    def at(self) -> str:
        return clock_time(self.arrives)

    @property
    def until(self) -> str:
        return clock_time(self.leaves)


@dataclass(frozen=True)
class Route:
    """A team's day, from where it begins to where it ends; minutes."""

    day: int
    team: int
    on: dt.date
    stops: list[Stop]
    home: int
    """Driving from the last stop to the end."""
    leaves: int
    ends: int
    over: int
    """By how many minutes it is longer than the most a day."""

    @property
    def driving(self) -> int:
        return sum(stop.driven for stop in self.stops) + self.home

    @property
    def length(self) -> int:
        return self.ends - self.leaves

    @property
    def begins_at(self) -> str:
        return clock_time(self.leaves)

    @property
    def ends_at(self) -> str:
        return clock_time(self.ends)


def told(inputs: Inputs, day: int, team: int, codes: Sequence[str]) -> Route:
    """The route of a team (from 1) on a day (from 1) with these stops."""
    terms, legs = inputs.terms, inputs.legs
    at, now, stops = inputs.begins, terms.leaves, []
    for number, code in enumerate(codes, start=1):
        place = inputs.places[code]
        driven = legs.minutes(at, place)
        fixed = terms.fixed.get(code, day)
        arrives = now + driven
        now, at = arrives + terms.stay, place
        stops.append(Stop(number, place, driven, arrives, now, 0 if fixed == day else fixed))
    home = legs.minutes(at, inputs.ends) if codes else 0
    ends = now + home
    over = max(0, ends - terms.leaves - terms.most)
    return Route(day, team, inputs.days[day - 1], stops, home, terms.leaves, ends, over)


def plain_driving(inputs: Inputs, routes: Sequence[dict[str, Any]]) -> int:
    """Minutes of driving if the same places went to as many routes in equal parts, in the order of their codes."""
    codes = sorted(code for route in routes for code in route["stops"])
    ways = sum(bool(route["stops"]) for route in routes)
    bounds = [len(codes) * n // ways for n in range(ways + 1)] if ways else []
    parts = [codes[start:end] for start, end in itertools.pairwise(bounds)]
    return sum(told(inputs, 1, 1, part).driving for part in parts)
