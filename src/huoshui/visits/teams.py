"""Which judges a place is judged by: its team, without those who answer for the place itself; who is still wanted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from huoshui.duties.queries import own_places, own_places_of
from huoshui.kernel.errors import Problem
from huoshui.kernel.wording import bracketed, listed
from huoshui.places.models import Place, PlaceQuerySet
from huoshui.visits.models import Judge, Round
from huoshui.visits.schema import Checklist


def answers_for(account: Any, place: Place) -> bool:
    """Whether a duty of the account lies at the place or below it: nobody marks their own work."""
    return place.path in own_places(account.pk)


def fitting_places(*checklists: Checklist) -> PlaceQuerySet:
    """The open places that any of the checklists is for."""
    kinds = {kind for checklist in checklists for kind in checklist.place_kinds}
    return Place.objects.filter(kind__in=kinds, closed_on__isnull=True)


def teams(round: Round) -> dict[UUID, list[Judge]]:
    """The judges of each place of the round, by place id, in order of their numbers."""
    return teams_of(_judges(round), [entry.place for entry in round.places.select_related("place")])


NAMED = 12
"""How many places too short of judges are named; of more, their number is said."""


def opening_gaps(round: Round) -> list[Problem]:
    """What the round still lacks before the judges can begin; nothing when it can be opened.

    The field of each names the part of the plan that is short: ``places`` or ``judges``.
    """
    gaps = []
    judges = _judges(round)
    places = [entry.place for entry in round.places.select_related("place").order_by("position")]
    if not places:
        gaps.append(Problem("round.no_places", "places", params={"round": round.name}))
    by_place = teams_of(judges, places)
    short = [place for place in places if len(by_place[place.pk]) < round.minimum_judges]
    if not judges:
        gaps.append(Problem("round.no_judges", "judges", params={"minimum": round.minimum_judges}))
    elif short:
        names = listed(place.short_name + bracketed(len(by_place[place.pk])) for place in short[:NAMED])
        params = {"minimum": round.minimum_judges, "count": len(short), "places": names}
        gaps.append(Problem("round.too_few_judges", "judges", params=params))
    return gaps


def _judges(round: Round) -> list[Judge]:
    return list(round.judges.select_related("place", "account").order_by("number"))


def teams_of(judges: Sequence[Judge], places: Sequence[Place]) -> dict[UUID, list[Judge]]:
    """Those of a round's judges that judge each of some of its places, by place id."""
    own = own_places_of(judge.account_id for judge in judges)
    return {
        place.pk: [judge for judge in judges if judge.covers(place) and place.path not in own[judge.account_id]]
        for place in places
    }
