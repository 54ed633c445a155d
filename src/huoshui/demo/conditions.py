"""What state each village's hub is in, before and after 2017: invented, the same at every run.

Ten villages get a new hub, 48 an upgraded one, four have none (the three withouts), the others an older one.
In 宁郭镇 every office has 300 m² and more, every plaza 1,500 m² and more, and six kinds of room.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from typing import Any, Literal

from huoshui.demo.accounts import BOTH_VILLAGE, SHOWN_VILLAGE
from huoshui.demo.land import Land
from huoshui.places.models import Place

NEW, UPGRADED, WITHOUT = 10, 48, 4
NINGGUO = "410871101"
INVENTED = "示范数据，非实测"
"""Stands as every hub's brand, so that nobody takes its figures for measured ones."""
ROOMS = ("plaza", "service_room", "activity_room", "reading_room", "clinic", "distance_education")
Work = Literal["new", "upgraded", "older", "without"]


@dataclass(frozen=True)
class Condition:
    """A village's hub: what was done to it in 2017, and its attributes before and after."""

    village: Place
    work: Work
    before: dict[str, Any] = field(default_factory=dict)
    """Empty where there was no hub."""
    after: dict[str, Any] = field(default_factory=dict)
    """Empty where there still is none, or nothing changed."""


def conditions(land: Land) -> list[Condition]:
    """One for every village and community, in the order of their codes."""
    dice = random.Random("huoshui demo: hubs")  # noqa: S311 - invented data, not secrets
    works = _works(land, dice)
    return [_condition(village, works[village.code], dice) for village in land.villages]


def _works(land: Land, dice: random.Random) -> dict[str, Work]:
    works: dict[str, Work] = {village.code: "older" for village in land.villages}
    works[SHOWN_VILLAGE] = "upgraded"
    codes = [v.code for v in land.proper_villages if v.code != SHOWN_VILLAGE]
    dice.shuffle(codes)
    spared = [code for code in codes if not code.startswith(NINGGUO) and code != BOTH_VILLAGE]
    for code in spared[:WITHOUT]:
        works[code] = "without"
    rest = [code for code in codes if works[code] == "older"]
    for code in rest[:NEW]:
        works[code] = "new"
    for code in rest[NEW : NEW + UPGRADED - 1]:
        works[code] = "upgraded"
    return works


def _condition(village: Place, work: Work, dice: random.Random) -> Condition:
    complete = village.code.startswith(NINGGUO)
    if work == "without":
        return Condition(village, work)
    if work == "new":
        return Condition(village, work, after=_good(dice, built=2017))
    built = dice.randint(1996, 2013)
    if work == "upgraded":
        before = _modest(dice, built)
        after = _good(dice, built) if complete or dice.random() < 0.8 else _nearly(dice, before)
        return Condition(village, work, before, after)
    return Condition(village, work, _good(dice, built) if complete else _older(dice, built))


def complete_hub(village: Place, built: int) -> dict[str, Any]:
    """The attributes of a hub that meets the standard, always the same for a village."""
    return _good(random.Random(f"huoshui demo: {village.code}"), built)  # noqa: S311 - invented data, not secrets


def _attributes(floor: int, plaza: int, rooms: set[str], extra_rooms: int, built: int) -> dict[str, Any]:
    has = {room: room in rooms for room in ROOMS}
    return {
        "floor_area": floor,
        "plaza_area": plaza,
        "function_rooms": len(rooms - {"plaza"}) + extra_rooms,
        **has,
        "recreation_facility": plaza > 0,
        "built_year": built,
        "brand": INVENTED,
    }


def _good(dice: random.Random, built: int) -> dict[str, Any]:
    floor, plaza = dice.randrange(300, 441, 4), dice.randrange(1500, 2401, 50)
    return _attributes(floor, plaza, set(ROOMS), dice.randint(1, 3), built)


def _modest(dice: random.Random, built: int) -> dict[str, Any]:
    rooms = {"plaza", "activity_room", *dice.sample(ROOMS[1:], 3)}
    return _attributes(dice.randrange(160, 280, 5), dice.randrange(500, 1400, 50), rooms, 0, built)


def _nearly(dice: random.Random, before: dict[str, Any]) -> dict[str, Any]:
    """Upgraded, and still a little short of the standard."""
    floor = before["floor_area"] + dice.randrange(10, 20)
    rooms = set(ROOMS) - {dice.choice(ROOMS[2:])}
    return _attributes(floor, dice.randrange(1200, 1500, 20), rooms, 1, before["built_year"])


def _older(dice: random.Random, built: int) -> dict[str, Any]:
    if dice.random() < 0.55:
        return _good(dice, built)
    rooms = set(ROOMS) - set(dice.sample(ROOMS[2:], dice.randint(1, 2)))
    return _attributes(dice.randrange(220, 330, 5), dice.randrange(900, 1700, 50), rooms, 1, built)
