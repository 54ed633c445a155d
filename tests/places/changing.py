"""What the tests of changing places share: operations in one line, and the state as it can be compared."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace
from typing import Any

from huoshui.duties.models import Account, Duty, Unit
from huoshui.matters.actions import open_matter
from huoshui.matters.models import Matter
from huoshui.places.changes.actions import perform
from huoshui.places.changes.operations import MERGE, MOVE, SPLIT, NewPlace, Operation
from huoshui.places.models import Place, PlaceChange, PlaceFormer, PlaceParent

DAY = dt.date(2018, 3, 1)
NEW = NewPlace("410871203301", "和新村村民委员会")
OTHER_NEW = NewPlace("410871203302", "和旺村村民委员会")


def merged(by: Account, sources: list[Place], into: Place | NewPlace, since: dt.date = DAY, **more: Any) -> PlaceChange:
    """Merge places into one."""
    return perform(by=by, operation=merging(sources, into, since, **more))


def merging(sources: list[Place], into: Place | NewPlace, since: dt.date = DAY, **more: Any) -> Operation:
    """A merge that nobody has carried out yet."""
    existing, new = ([into], []) if isinstance(into, Place) else ([], [into])
    return Operation(MERGE, since, sources, into=existing, new=new, **more)


def divided(by: Account, source: Place, *into: Place | NewPlace, since: dt.date = DAY, **choices: str) -> PlaceChange:
    """Split a place."""
    return perform(by=by, operation=dividing(source, *into, since=since, **choices))


def dividing(source: Place, *into: Place | NewPlace, since: dt.date = DAY, **choices: str) -> Operation:
    """A split that nobody has carried out yet. ``everything``: where what has no choice of its own goes."""
    if everything := choices.pop("everything", ""):
        choices["*"] = everything
    existing = [place for place in into if isinstance(place, Place)]
    new = [place for place in into if isinstance(place, NewPlace)]
    return Operation(SPLIT, since, [source], into=existing, new=new, choices=choices)


def moved(by: Account, place: Place, parent: Place, since: dt.date = DAY) -> PlaceChange:
    """Put a place under another parent."""
    return perform(by=by, operation=Operation(MOVE, since, [place], parent=parent))


def matter_at(cast: SimpleNamespace, place: Place, title: str = "路灯不亮") -> Matter:
    """A running matter of a place."""
    by = cast.town_office if place.path.startswith(cast.land.town.path) else cast.other_town_office
    return open_matter(by=by, kind="rectification.item", place=place, title=title)


def state() -> dict[str, Any]:
    """Everything that changes of places write, without ids of rows and versions, which a detour may change."""
    duties = Duty.objects.values_list("account__username", "role", "place__code", "pack", "since", "until")
    places = Place.objects.values_list("code", "name", "initials", "path", "parent__code", "opened_on", "closed_on")
    return {
        "places": sorted(map(str, places)),
        "parents": sorted(map(str, PlaceParent.objects.values_list("place__code", "parent__code", "since", "until"))),
        "names": sorted(map(str, PlaceFormer.objects.values_list("place__code", "name", "until"))),
        "duties": sorted(map(str, duties)),
        "units": sorted(map(str, Unit.objects.values_list("place__code", "name"))),
        "people": sorted(map(str, Account.objects.get_queryset().values_list("username", "unit__name", "unit__place"))),
        "matters": sorted(map(str, Matter.objects.values_list("number", "place__code", "unit__name", "unit__place"))),
    }
