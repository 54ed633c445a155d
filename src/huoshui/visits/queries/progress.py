"""How far a round is: sheets done by place, by judge, by town."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass
from uuid import UUID

from huoshui.kernel.access import Actor, allows
from huoshui.places.directory import places_with_ids
from huoshui.places.models import Place
from huoshui.places.queries import towns_of
from huoshui.visits.models import Judge, Round, RoundPlace, Visit, judge_label
from huoshui.visits.teams import teams_of


@dataclass(frozen=True)
class Counts:
    """Sheets expected, and those that stand, by state."""

    expected: int
    submitted: int
    drafts: int
    late: int

    @property
    def done(self) -> bool:
        """Whether sheets are expected and every one is in."""
        return 0 < self.expected <= self.submitted


@dataclass(frozen=True)
class PlaceProgress:
    """Progress of one place; ``town`` is the township above it."""

    place: Place
    town: Place | None
    position: int
    visit_on: dt.date | None
    sheets: Counts


@dataclass(frozen=True)
class JudgeProgress:
    """Progress of one judge; ``title`` only for those who run the round, else ""."""

    number: int
    label: str
    title: str
    area: Place
    sheets: Counts


@dataclass(frozen=True)
class TownProgress:
    """Progress of the places under one town."""

    town: Place | None
    places: int
    sheets: Counts


@dataclass(frozen=True)
class Progress:
    """Progress of a round, whole and in parts."""

    places: list[PlaceProgress]
    judges: list[JudgeProgress]
    towns: list[TownProgress]
    sheets: Counts


def progress(round: Round, actor: Actor | None = None) -> Progress:
    """Sheets done by place, judge and town: of the places that ``actor`` sees (None: all), and who judges there.

    Judges are named to those who run the round, others know them by number.
    """
    entries = RoundPlace.objects.filter(round=round).order_by("position")
    if actor is not None:
        entries = entries.filter(RoundPlace.objects.all().visibility(actor))
    shown = list(entries)
    known = places_with_ids(entry.place_id for entry in shown)
    towns = towns_of(known.values())
    everyone = _judges(round)
    team = teams_of(everyone, list(known.values()))
    seen = set(known)
    sheets = list(Visit.objects.filter(round=round, place__in=seen).values_list("place_id", "judge_number", "state"))
    states: dict[UUID, list[str]] = {place: [] for place in seen}
    for place, _, state in sheets:
        states[place].append(state)
    names = actor is not None and allows(actor, "round.plan", path=round.place.path, pack=round.pack)
    places = [
        PlaceProgress(
            known[entry.place_id],
            towns[entry.place_id],
            entry.position,
            entry.visit_on,
            _counts(len(team[entry.place_id]), states[entry.place_id]),
        )
        for entry in shown
    ]
    there = {judge.pk for place in seen for judge in team[place]}
    judges = [_of_judge(judge, team, seen, sheets, names) for judge in everyone if names or judge.pk in there]
    return Progress(places, judges, _towns(places), _sum([place.sheets for place in places]))


def _judges(round: Round) -> list[Judge]:
    return list(round.judges.select_related("account", "place").order_by("number"))


def _of_judge(
    judge: Judge,
    team: dict[UUID, list[Judge]],
    seen: set[UUID],
    sheets: list[tuple[UUID, int | None, str]],
    names: bool,
) -> JudgeProgress:
    expected = sum(1 for place in seen if any(member.pk == judge.pk for member in team[place]))
    states = [state for _, number, state in sheets if number == judge.number]
    title = judge.account.title if names else ""
    return JudgeProgress(judge.number, judge_label(judge.number), title, judge.place, _counts(expected, states))


def _counts(expected: int, states: list[str]) -> Counts:
    tally = Counter(states)
    return Counts(expected, tally[Visit.State.SUBMITTED], tally[Visit.State.DRAFT], tally[Visit.State.LATE])


def _sum(parts: list[Counts]) -> Counts:
    return Counts(
        sum(part.expected for part in parts),
        sum(part.submitted for part in parts),
        sum(part.drafts for part in parts),
        sum(part.late for part in parts),
    )


def _towns(places: list[PlaceProgress]) -> list[TownProgress]:
    by_town: dict[UUID | None, list[PlaceProgress]] = {}
    for place in places:
        by_town.setdefault(place.town.pk if place.town else None, []).append(place)
    return [
        TownProgress(group[0].town, len(group), _sum([place.sheets for place in group])) for group in by_town.values()
    ]
