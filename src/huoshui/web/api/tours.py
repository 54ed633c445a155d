"""The tour of a round over the API: distances, the plan, moves, adoption; for those who plan the round."""

from __future__ import annotations

import datetime as dt
import hashlib
from typing import Any, Literal
from uuid import UUID

from ninja import Field, File, Schema
from ninja.files import UploadedFile

from huoshui.kernel.idempotency import once
from huoshui.places.models import Place
from huoshui.visits import actions
from huoshui.visits.models import Round
from huoshui.visits.queries import TourShown, tour_of
from huoshui.visits.tour.routes import Route
from huoshui.visits.tour.terms import USUAL
from huoshui.web.api.core import REFUSED, REFUSED_WRITE, ReadableRouter
from huoshui.web.api.rounds import visible_round
from huoshui.web.api.writes import Numeral, asked, idempotent
from huoshui.web.requests import SignedInRequest

router = ReadableRouter("rounds")


class TermsIn(Schema):
    """What the tour is planned by.

    ``begins``, ``ends``: places by code or name, ``ends`` is ``begins`` where it is left out; ``stay``: minutes in each
    village; ``hours``: most a day; ``speed``: km/h; ``winding``: how much longer the road is than the straight line;
    ``source``: points (coordinates) or table (the table of distances); ``together``: groups of places that one team
    sees one after the other; ``fixed``: the number of the day, from 1, by place.
    """

    teams: int
    days: int
    begins: str
    ends: str = ""
    leaves: str = USUAL["leaves"]
    stay: int = USUAL["stay"]
    hours: Numeral = USUAL["hours"]
    speed: int = USUAL["speed"]
    winding: Numeral = USUAL["winding"]
    source: str = USUAL["source"]
    together: list[list[str]] = Field(default_factory=list)
    fixed: dict[str, int] = Field(default_factory=dict)


class MoveIn(Schema):
    """Where a place goes: without day and team out of the tour, without a position to the end of the route."""

    place: str
    day: int | None = None
    team: int | None = None
    position: int | None = None
    seen_version: int | None = None


class AdoptIn(Schema):
    """The version of the plan that was read."""

    seen_version: int | None = None


class TourStopOut(Schema):
    """A stop; ``driven``: minutes of driving to it; ``arrives``, ``leaves``: by the district's clock."""

    place: str
    place_name: str
    driven: int
    arrives: str
    leaves: str


class TourRouteOut(Schema):
    """A team's day, in minutes; ``over``: by how much it is longer than the most a day."""

    day: int
    team: int
    on: dt.date
    leaves: str
    ends: str
    driving: int
    length: int
    over: int
    stops: list[TourStopOut]


class TourOut(Schema):
    """The plan. ``state``: none, asked, stale (it rests on what holds no longer) or done.

    ``driving``: minutes of all routes; ``plain``: the same in the plain order of the codes; ``left_out``: why a place
    is not visited (too_far, group_too_long, no_room, taken_out), by code.
    """

    state: Literal["none", "asked", "stale", "done"]
    adopted: bool
    version: int | None
    driving: int
    plain: int
    routes: list[TourRouteOut]
    left_out: dict[str, str]


class DistancesOut(Schema):
    """What was read: rows, pairs, whether in minutes or metres; how many pairs of the round's places are missing."""

    name: str
    unit: Literal["minutes", "metres"]
    rows: int
    pairs: int
    missing: int


def tour_out(tour: TourShown) -> dict[str, Any]:
    """The plan with places by code and name."""
    return {
        "state": tour.state,
        "adopted": tour.adopted,
        "version": tour.tour.version if tour.tour else None,
        "driving": tour.driving,
        "plain": tour.plain,
        "routes": [_route(route) for route in tour.routes],
        "left_out": {place.code: why for place, why in tour.left_out},
    }


def _route(route: Route) -> dict[str, Any]:
    stops = [
        {
            "place": stop.place.code,
            "place_name": stop.place.short_name,
            "driven": stop.driven,
            "arrives": stop.at,
            "leaves": stop.until,
        }
        for stop in route.stops
    ]
    known = {name: getattr(route, name) for name in ("day", "team", "on", "driving", "length", "over")}
    return {**known, "leaves": route.begins_at, "ends": route.ends_at, "stops": stops}


@router.get("/rounds/{round_id}/tour", response={200: TourOut, **REFUSED})
def get_tour(request: SignedInRequest, round_id: UUID) -> Any:
    """The planned tour: who goes where on which day, in which order, at what time."""
    return tour_out(tour_of(visible_round(request, round_id), request.user))


@router.post("/rounds/{round_id}/tour", response={200: TourOut, **REFUSED_WRITE})
def ask_tour(request: SignedInRequest, round_id: UUID, body: TermsIn) -> Any:
    """Have the tour planned, in a few seconds; what stands already is not computed again."""
    round = visible_round(request, round_id)

    def write() -> dict[str, Any]:
        actions.ask_tour(by=request.user, round=round, terms=body.model_dump())
        return _answer(request, round)

    return idempotent(request, "visits.ask_tour", body, write)


@router.post("/rounds/{round_id}/tour/distances", response={200: DistancesOut, **REFUSED_WRITE})
def send_distances(request: SignedInRequest, round_id: UUID, table: File[UploadedFile], dry_run: bool = False) -> Any:
    """Send a table of distances (.xlsx or .csv: from, to, and minutes or km); with ``dry_run`` it is only read."""
    round, data, name = visible_round(request, round_id), table.read(), table.name or ""
    sent = {"name": name, "sha256": hashlib.sha256(data).hexdigest(), "dry_run": dry_run}

    def write() -> dict[str, Any]:
        found = actions.keep_distances(by=request.user, round=round, data=data, name=name, dry_run=dry_run)
        missing = found.missing(entry.place for entry in round.places.select_related("place"))
        told = {"name": found.name, "unit": found.unit, "rows": found.rows, "pairs": len(found.legs)}
        return {**told, "missing": len(missing)}

    return once(**asked(request, "visits.keep_distances", sent), write=write)


@router.post("/rounds/{round_id}/tour/moves", response={200: TourOut, **REFUSED_WRITE})
def move_stop(request: SignedInRequest, round_id: UUID, body: MoveIn) -> Any:
    """Move a stop by hand; a limit that breaks is shown (``over``), not refused."""
    round = visible_round(request, round_id)

    def write() -> dict[str, Any]:
        place = Place.objects.get_visible(request.user, code=body.place)
        actions.move_stop(by=request.user, round=round, **{**body.model_dump(), "place": place})
        return _answer(request, round)

    return idempotent(request, "visits.move_stop", body, write)


@router.post("/rounds/{round_id}/tour/adopt", response={200: TourOut, **REFUSED_WRITE})
def adopt_tour(request: SignedInRequest, round_id: UUID, body: AdoptIn) -> Any:
    """Let the plan hold: the round's places get their day, team, time and position."""
    round = visible_round(request, round_id)

    def write() -> dict[str, Any]:
        actions.adopt_tour(by=request.user, round=round, seen_version=body.seen_version)
        return _answer(request, round)

    return idempotent(request, "visits.adopt_tour", body, write)


def _answer(request: SignedInRequest, round: Round) -> dict[str, Any]:
    return TourOut(**tour_out(tour_of(round, request.user))).model_dump(mode="json")
