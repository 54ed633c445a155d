"""All that a plan rests on, put together; and the plan itself, as it is kept."""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import dataclass
from typing import Any

from huoshui.kernel.errors import Problem
from huoshui.kernel.journal.canonical import canonical
from huoshui.places.models import Place
from huoshui.visits.models import Round, TourDistances
from huoshui.visits.tour.legs import Legs
from huoshui.visits.tour.solver import FIRST, Task, solve
from huoshui.visits.tour.table import Distances
from huoshui.visits.tour.terms import TABLE, Terms, tour_days

METHOD = 1
"""Counted up when the method changes: what was kept before is then computed anew."""


@dataclass(frozen=True)
class Inputs:
    """What a plan rests on; ``places`` are the round's, by code."""

    terms: Terms
    days: list[dt.date]
    begins: Place
    ends: Place
    places: dict[str, Place]
    legs: Legs
    digest: str
    """SHA-256, hex, of all of it: terms, days, points or table."""

    @property
    def problems(self) -> list[Problem]:
        """What is not known of the distances."""
        return self.legs.problems([self.begins, self.ends, *self.places.values()])


def inputs_of(round: Round, terms: Terms) -> Inputs:
    """What a plan of the round by these terms rests on now. Raises tour.days_beyond."""
    rows = round.places.select_related("place__parent").order_by("place__code")
    places = {entry.place.code: entry.place for entry in rows}
    ends = Place.objects.in_bulk([terms.begins, terms.ends], field_name="code")
    days = tour_days(round, terms.days)
    table = TourDistances.objects.filter(round=round).first() if terms.source == TABLE else None
    legs = Legs(terms, Distances.of(table.content) if table else None)
    rests_on = {
        "method": METHOD,
        "terms": terms.kept(),
        "days": [day.isoformat() for day in days],
        "points": [[p.code, p.latitude, p.longitude] for p in [*places.values(), *ends.values()]],
        "table": table.digest if table else "",
    }
    digest = hashlib.sha256(canonical(rests_on).encode()).hexdigest()
    return Inputs(terms, days, ends[terms.begins], ends[terms.ends], places, legs, digest)


def plan_of(inputs: Inputs) -> dict[str, Any]:
    """Routes and what is left out, as ``TourPlan`` keeps them. The places stand in order of their codes."""
    terms, codes = inputs.terms, list(inputs.places)
    node = {code: at for at, code in enumerate(codes, start=FIRST)}
    plan = solve(
        Task(
            minutes=inputs.legs.matrix([inputs.begins, inputs.ends, *inputs.places.values()]),
            stay=terms.stay,
            most=terms.most,
            teams=terms.teams,
            days=terms.days,
            together=[[node[code] for code in group if code in node] for group in terms.together],
            fixed={node[code]: day - 1 for code, day in terms.fixed.items() if code in node},
        )
    )
    routes = [
        {"day": day + 1, "team": team + 1, "stops": [codes[stop - FIRST] for stop in stops]}
        for (day, team), stops in plan.routes.items()
    ]
    return {"routes": routes, "left_out": {codes[at - FIRST]: why for at, why in sorted(plan.left_out.items())}}
