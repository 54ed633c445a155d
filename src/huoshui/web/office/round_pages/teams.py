"""The judges of a round by area, for those who run it."""

from __future__ import annotations

from dataclasses import dataclass, field

from huoshui.duties.models import Account
from huoshui.duties.queries import who_can_at
from huoshui.places.models import Place
from huoshui.places.queries import towns_of
from huoshui.visits.models import Judge, Round


@dataclass
class Team:
    """The judges of one area of a round (a town, or all of it), and who could join them."""

    place: Place
    whole: bool
    judges: list[Judge] = field(default_factory=list)
    candidates: list[Account] = field(default_factory=list)
    ticked: set[str] = field(default_factory=set)
    """Usernames of the candidates that a refused form would add."""
    reasons: dict[str, str] = field(default_factory=dict)
    """Why a refused form would dismiss judges, by id."""

    @property
    def seats(self) -> list[tuple[Judge, str]]:
        """The judges, each with the reason typed for dismissing him."""
        return [(judge, self.reasons.get(str(judge.pk), "")) for judge in self.judges]


def team_rows(round: Round) -> list[Team]:
    """The team of the whole round, then of every town in it, with who may be appointed to each."""
    judges = list(round.judges.select_related("account__unit", "place").order_by("number"))
    appointed = {judge.account_id for judge in judges}
    areas = _areas(round, judges)
    scoring = who_can_at("visit.score", areas, round.pack)
    everywhere = {duty.account_id for duty in scoring[round.place_id]}
    found = []
    for area in areas:
        team = Team(area, area.pk == round.place_id, [judge for judge in judges if judge.place_id == area.pk])
        holders = dict.fromkeys(duty.account for duty in scoring[area.pk])
        team.candidates = [
            account
            for account in holders
            if account.pk not in appointed and (team.whole or account.pk not in everywhere)
        ]
        found.append(team)
    return found


def _areas(round: Round, judges: list[Judge]) -> list[Place]:
    """The round's own place, then the towns of its villages, then whatever else a judge was appointed for."""
    areas = {round.place_id: round.place}
    villages = [entry.place for entry in round.places.select_related("place__parent").order_by("place__path")]
    for town in towns_of(villages).values():
        if town and town.path.startswith(round.place.path):
            areas.setdefault(town.pk, town)
    for judge in judges:
        areas.setdefault(judge.place_id, judge.place)
    return list(areas.values())
