"""Planning the tour of a round: distances, the plan asked for and kept, stops moved by hand, the plan adopted."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from huoshui.kernel import clock, journal
from huoshui.kernel.access import require
from huoshui.kernel.actions import action, running_action
from huoshui.kernel.errors import Refusal
from huoshui.kernel.journal.canonical import canonical
from huoshui.kernel.wording import listed
from huoshui.places.models import Place
from huoshui.visits.actions.common import BEFORE_LOCK, locked, order_of_tour, require_state
from huoshui.visits.models import Round, RoundPlace, TourDistances, TourPlan, Visit
from huoshui.visits.queries.tour import TourShown, ready
from huoshui.visits.tasks import plan_tour
from huoshui.visits.tour.inputs import inputs_of
from huoshui.visits.tour.names import Names
from huoshui.visits.tour.table import Distances, read_distances
from huoshui.visits.tour.terms import Terms, clean_terms


@action("visits.keep_distances")
def keep_distances(*, by: Any, round: Round, data: bytes, name: str, dry_run: bool = False) -> Distances:
    """Keep a table of distances or times between the round's places, in place of the one that stood.

    With ``dry_run`` it is only read. Raises access.denied, round.state, and what ``read_distances`` raises.
    """
    round = _planned(by, round)
    found = read_distances(data, name, Names(round, by))
    content = found.kept()
    digest = hashlib.sha256(canonical(content).encode()).hexdigest()
    if dry_run or TourDistances.objects.filter(round=round, digest=digest).exists():
        running_action().changed_nothing()
        return found
    TourDistances.objects.update_or_create(round=round, defaults={"digest": digest, "content": content})
    after = {"file": found.name, "rows": found.rows, "digest": digest}
    journal.record(by=by, subject=round, place=round.place, after=after)
    return found


@action("visits.ask_tour")
def ask_tour(*, by: Any, round: Round, terms: Mapping[str, Any]) -> TourPlan:
    """Have the tour planned by these terms; what stands already, or is under way, is not computed again.

    Raises access.denied, round.state, round.no_places, what ``clean_terms`` raises, and tour.no_points, tour.no_table
    or tour.pairs_missing where a distance is not known.
    """
    round = _planned(by, round)
    if not round.places.exists():
        raise Refusal("round.no_places", field="places", round=round.name)
    cleaned = clean_terms(round, terms, Names(round, by))
    inputs = inputs_of(round, cleaned)
    if inputs.problems:
        raise Refusal.of(inputs.problems)
    standing: TourPlan | None = TourPlan.objects.filter(round=round, digest=inputs.digest, by_hand=False).first()
    if standing and not standing.lost:
        running_action().changed_nothing()
        return standing
    values = {"terms": cleaned.kept(), "digest": inputs.digest, "asked_at": clock.now(), "done_at": None}
    empty = {"by_hand": False, "routes": [], "left_out": {}}
    tour: TourPlan
    tour, _ = TourPlan.objects.update_or_create(round=round, defaults=values | empty)
    plan_tour.enqueue(str(tour.pk))
    after = {"teams": cleaned.teams, "days": cleaned.days, "digest": inputs.digest}
    journal.record(by=by, subject=round, place=round.place, after=after)
    return tour


@action("visits.keep_tour")
def keep_tour(*, by: Any, tour: TourPlan, plan: Mapping[str, Any]) -> TourPlan:
    """Keep a computed plan; nothing when another was asked for meanwhile, or it is kept already."""
    standing = _standing(tour)
    if standing.done_at or standing.digest != tour.digest:
        running_action().changed_nothing()
        return standing
    standing.routes, standing.left_out = plan["routes"], plan["left_out"]
    standing.done_at = clock.now()
    standing.save_next_version("routes", "left_out", "done_at")
    round = standing.round
    after = {"digest": standing.digest, "left_out": list(standing.left_out)}
    journal.record(by=by, subject=round, place=round.place, after=after)
    return standing


@action("visits.move_stop")
def move_stop(
    *,
    by: Any,
    round: Round,
    place: Place,
    day: int | None,
    team: int | None,
    position: int | None = None,
    seen_version: int | None = None,
) -> TourPlan:
    """Put a place into another route or at another position (from 1; None: last); without day and team, take it out.

    A limit that breaks is shown, not refused: the lead may know better. Raises access.denied, round.state,
    tour.not_ready, record.stale, tour.not_in_round or tour.no_route.
    """
    round = _planned(by, round)
    tour, _found = _ready(round, seen_version)
    terms = Terms(**tour.terms)
    if not round.places.filter(place=place).exists():
        raise Refusal("tour.not_in_round", field="place", place=place.short_name)
    target = None if day is None and team is None else (day or 0, team or 0)
    if target and not (1 <= target[0] <= terms.days and 1 <= target[1] <= terms.teams):
        raise Refusal("tour.no_route", field="team", day=target[0], team=target[1], days=terms.days, teams=terms.teams)
    routes = {(route["day"], route["team"]): list(route["stops"]) for route in tour.routes}
    before = _whereabouts(routes, place.code)
    _put(routes, place.code, target, position)
    after = _whereabouts(routes, place.code)
    if before == after:
        running_action().changed_nothing()
        return tour
    left_out = {code: why for code, why in tour.left_out.items() if code != place.code}
    tour.left_out = left_out if target else left_out | {place.code: "taken_out"}
    tour.routes = [{"day": d, "team": t, "stops": stops} for (d, t), stops in sorted(routes.items()) if stops]
    tour.by_hand = True
    tour.save_next_version("routes", "left_out", "by_hand")
    told = {"moved": place.code}
    journal.record(by=by, subject=round, place=round.place, before=before, after=told | after)
    return tour


def _put(
    routes: dict[tuple[int, int], list[str]], code: str, target: tuple[int, int] | None, position: int | None
) -> None:
    """Take a place out of its route and, unless ``target`` is None, into another, at ``position`` from 1."""
    for stops in routes.values():
        if code in stops:
            stops.remove(code)
    if target:
        stops = routes.setdefault(target, [])
        stops.insert(len(stops) if position is None else max(0, position - 1), code)


def _whereabouts(routes: Mapping[tuple[int, int], list[str]], code: str) -> dict[str, int]:
    """Day, team and position of a place; nothing while no route has it."""
    for (day, team), stops in routes.items():
        if code in stops:
            return {"day": day, "team": team, "position": stops.index(code) + 1}
    return {}


@action("visits.adopt_tour")
def adopt_tour(*, by: Any, round: Round, seen_version: int | None = None) -> list[RoundPlace]:
    """Let the plan hold: day, team, time and position of every place of the round; what is left out has no day.

    The judges' areas stay as they are: a team on the tour is a car, not an appointment. Raises access.denied,
    round.state, tour.not_ready, record.stale, or tour.begun when a place that has sheets would get another day.
    """
    round = _planned(by, round)
    _tour, found = _ready(round, seen_version)
    entries = {entry.place_id: entry for entry in round.places.select_related("place").order_by("position")}
    before = order_of_tour(entries.values())
    was = {entry.pk: _standing_as(entry) for entry in entries.values()}
    days = {entry.place_id: entry.visit_on for entry in entries.values()}
    ordered = _written(found, entries)
    begun = Visit.objects.filter(round=round).values_list("place_id", flat=True).distinct()
    disturbed = [entries[pk].place for pk in begun if entries[pk].visit_on != days[pk]]
    if disturbed:
        names = listed(sorted(place.short_name for place in disturbed))
        raise Refusal("tour.begun", field="places", count=len(disturbed), places=names)
    changed = [entry for entry in ordered if was[entry.pk] != _standing_as(entry)]
    if not changed:
        running_action().changed_nothing()
        return ordered
    RoundPlace.objects.bulk_update(changed, ["position", "visit_on", "team", "arrives"])
    round.save_next_version()
    after = order_of_tour(ordered)
    journal.record(by=by, subject=round, place=round.place, before={"places": before["places"]}, after=after)
    return ordered


def _standing_as(entry: RoundPlace) -> tuple[Any, ...]:
    return entry.position, entry.visit_on, entry.team, entry.arrives


def _written(found: TourShown, entries: Mapping[Any, RoundPlace]) -> list[RoundPlace]:
    """The round's places as the plan has them, day by day and team by team; those it leaves out at the end."""
    ordered = []
    for route in found.routes:
        for stop in route.stops:
            entry = entries[stop.place.pk]
            entry.visit_on, entry.team, entry.arrives = route.on, route.team, stop.arrives
            ordered.append(entry)
    for entry in entries.values():
        if entry not in ordered:
            entry.visit_on = entry.team = entry.arrives = None
            ordered.append(entry)
    for position, entry in enumerate(ordered, start=1):
        entry.position = position
    return ordered


def _planned(by: Any, round: Round) -> Round:
    """The round, locked for the transaction, if ``by`` may plan it and it can still be planned."""
    round = locked(round)
    require(by, "round.plan", path=round.place.path, pack=round.pack)
    require_state(round, *BEFORE_LOCK)
    return round


def _ready(round: Round, seen_version: int | None) -> tuple[TourPlan, TourShown]:
    """The plan, locked, with its times. Raises tour.not_ready or record.stale."""
    tour, found = ready(round, TourPlan.objects.select_for_update(of=("self",)).filter(round=round).first())
    tour.require_version(seen_version)
    return tour, found


def _standing(tour: TourPlan) -> TourPlan:
    found: TourPlan = TourPlan.objects.select_for_update(of=("self",)).select_related("round__place").get(pk=tour.pk)
    return found
