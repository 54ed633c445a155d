"""The plan of a round as one form: name, days and rules, villages with their days, judges; saved all or nothing."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.http import QueryDict

from huoshui.duties.models import Account
from huoshui.packs.schema import FieldDef, Text
from huoshui.packs.values import clean_values
from huoshui.places import queries as places
from huoshui.places.models import Place
from huoshui.visits import actions
from huoshui.visits.models import Judge, Round
from huoshui.visits.teams import fitting_places
from huoshui.web.office.round_pages.teams import Team, team_rows
from huoshui.web.requests import SignedInRequest

DAYS = [
    FieldDef(code="opens_on", name=Text(zh="开始日期", en="Opens on"), type="date", required=True),
    FieldDef(code="closes_on", name=Text(zh="结束日期", en="Closes on"), type="date", required=True),
]
VISIT_ON = FieldDef(code="visit_on", name=Text(zh="观摩日期", en="Day of the tour"), type="date")
JUDGES, DAY, WHY = "judge-", "day-", "why-"
"""Beginnings of the names of inputs: those to appoint for an area, a town's day, why a judge is dismissed."""


@dataclass
class Town:
    """The villages of one town, as the form shows them."""

    place: Place | None
    villages: list[Place]
    chosen: int
    visit_on: dt.date | None
    day: str = ""
    """The day as it stands in the input: as typed, or ``visit_on``."""

    @property
    def input(self) -> str:
        """The name of the input of the town's day."""
        return DAY + (self.place.code if self.place else "")


def fitting(round: Round) -> Any:
    """The places below the round's place that its checklist is for."""
    found = fitting_places(round.checklist).under(round.place.path)
    return found.select_related("parent").order_by("path")


def standing_values(round: Round) -> dict[str, Any]:
    """Name, days, rules and version of the round as they stand."""
    names = ("name", "opens_on", "closes_on", *Round.RULES, "version")
    return {name: getattr(round, name) for name in names}


def towns_of(round: Round, typed: QueryDict | None = None) -> list[Town]:
    """Every fitting village by town; chosen are those of the round, or those of a form that was refused."""
    entries = {entry.place_id: entry for entry in round.places.all()}
    ticked = set(typed.getlist("village")) if typed is not None else None
    towns: dict[Any, Town] = {}
    villages = list(fitting(round))
    above = places.towns_of(villages)
    for village in villages:
        village.chosen = village.pk in entries if ticked is None else village.code in ticked
        place = above[village.pk]
        town = towns.setdefault(place.pk if place else None, Town(place, [], 0, None))
        town.villages.append(village)
        town.chosen += village.chosen
        if village.pk in entries:
            town.visit_on = town.visit_on or entries[village.pk].visit_on
    for town in towns.values():
        standing = town.visit_on.isoformat() if town.visit_on else ""
        town.day = standing if typed is None else typed.get(town.input, standing)
    return list(towns.values())


def teams_of(round: Round, typed: QueryDict | None = None) -> list[Team]:
    """The judges by area; of a form that was refused, with who was ticked and the reasons that were typed."""
    rows = team_rows(round)
    if typed is None:
        return rows
    for team in rows:
        team.ticked = set(typed.getlist(JUDGES + team.place.code))
        team.reasons = {str(judge.pk): typed.get(f"{WHY}{judge.pk}", "") for judge in team.judges}
    return rows


def save_plan(*, request: SignedInRequest, round: Round, values: dict[str, Any]) -> Round:
    """Write the whole form in one transaction: what is refused leaves everything as it stood.

    Raises record.stale when the plan was changed meanwhile, and what the actions of planning raise.
    """
    with transaction.atomic():
        round = _save_basics(by=request.user, round=round, values=values)
        _save_places(by=request.user, round=round, typed=request.POST)
        _dismiss(by=request.user, round=round, typed=request.POST)
        _appoint(by=request.user, round=round, typed=request.POST)
    return round


def _save_basics(*, by: Any, round: Round, values: dict[str, Any]) -> Round:
    days = clean_values(DAYS, {day.code: values.get(day.code) for day in DAYS})
    seen = str(values.get("version", ""))
    return actions.amend_round(
        by=by,
        round=round,
        name=values.get("name", ""),
        rules={rule: values.get(rule) for rule in Round.RULES},
        seen_version=int(seen) if seen.isdigit() else None,
        **days,
    )


def _save_places(*, by: Any, round: Round, typed: QueryDict) -> None:
    """The ticked villages; a town's day counts for all of them where it was changed, and for those that are new.

    The order is that of the towns, until a planned tour was adopted: then it stays, and new villages come last.
    """
    tour, visit_on = [], {}
    rows = round.places.order_by("position").values_list("place_id", "position", "team")
    standing = {place: position for place, position, _team in rows}
    adopted = any(team for _place, _position, team in rows)
    for town in towns_of(round):
        day = clean_values([VISIT_ON], {"visit_on": typed.get(town.input, town.day)}).get("visit_on")
        chosen = [village for village in town.villages if village.code in typed.getlist("village")]
        tour += chosen
        for village in chosen:
            if day != town.visit_on or village.pk not in standing:
                visit_on[village.pk] = day
    if adopted:
        tour.sort(key=lambda village: standing.get(village.pk, len(standing) + 1))
    actions.set_places(by=by, round=round, places=tour, visit_on=visit_on)


def _dismiss(*, by: Any, round: Round, typed: QueryDict) -> None:
    """Judges with a reason, or whose button was pressed without one: then the reason is asked for."""
    for judge in Judge.objects.visible_to(by).filter(round=round).select_related("round"):
        reason = typed.get(f"{WHY}{judge.pk}", "").strip()
        if reason or typed.get("dismiss") == str(judge.pk):
            actions.dismiss_judge(by=by, judge=judge, reason=reason)


def _appoint(*, by: Any, round: Round, typed: QueryDict) -> None:
    for name in typed:
        if not name.startswith(JUDGES):
            continue
        area = Place.objects.get_visible(by, code=name.removeprefix(JUDGES))
        accounts = [Account.objects.get_visible(by, username=account) for account in typed.getlist(name)]
        actions.appoint_judges(by=by, round=round, accounts=accounts, place=area)
