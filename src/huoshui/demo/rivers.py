"""Reaches with their chiefs, their patrols and what was found on them: all invented, on an invented river."""

from __future__ import annotations

import datetime as dt
from functools import partial
from typing import Any

from huoshui.activities import actions as activities
from huoshui.demo.accounts import grant_everywhere
from huoshui.demo.agenda import Part
from huoshui.demo.photos import show
from huoshui.demo.registers import bring_sites
from huoshui.demo.spots import around
from huoshui.demo.story import Story, number_of
from huoshui.duties.models import Account
from huoshui.matters import actions as matters
from huoshui.matters.models import Matter
from huoshui.places.models import Place
from huoshui.schedules.actions import begin_plan, wanted
from huoshui.visits import actions as visits

RIVER = "示范河"
BEGUN = 80
"""Days before the day on which the reaches came into the register."""
SCHEDULES = ("village_flood_season", "village_usual", "town_flood_season", "town_usual", "district_quarterly")
SHOWN_TOWN, SHOWN_VILLAGE = "410871203", "410871203201"


def put_rivers_on(part: Part, story: Story) -> None:
    """A reach in each town; patrols of the last weeks, three findings at three steps, and a clean-up day."""
    ago, reaches = partial(_ago, story), reaches_of(story)
    part.add(ago(BEGUN), 9, partial(_open_reaches, story))
    part.add(ago(BEGUN - 1), 9, partial(_begin_plans, story))
    for n, village in enumerate(reaches):
        walk = partial(Reach(story, n, village).patrol, "village_patrol")
        part.add(ago(13 + n % 3), 9, walk)
        part.add(ago(2 + n % 3), 9, walk)
    shown = Reach(story, 0, reaches[0])
    part.add(ago(24), 9, partial(shown.patrol, "town_patrol", "banks"))
    part.add(ago(23), 9, partial(shown.begin, "banks"))
    part.add(ago(20), 9, shown.clean_up)
    part.add(ago(19), 15, partial(shown.submit, "banks"))
    part.add(ago(18), 10, partial(shown.verify, "banks"))
    part.add(ago(1), 9, partial(shown.patrol, "town_patrol", "surface"))
    other = Reach(story, 1, reaches[1])
    part.add(ago(12), 9, partial(other.patrol, "town_patrol", "channel"))
    part.add(ago(11), 9, partial(other.begin, "channel"))
    third = Reach(story, 2, reaches[2])
    part.add(ago(6), 9, partial(third.patrol, "district_patrol", "bed"))
    part.add(ago(5), 9, partial(third.begin, "bed"))
    part.add(ago(2), 15, partial(third.submit, "bed"))


def _ago(story: Story, days: int) -> dt.date:
    return story.as_of - dt.timedelta(days=days)


def reaches_of(story: Story) -> list[Place]:
    """The village by which the reach of each town lies, the shown village's first."""
    towns = sorted(story.land.towns, key=lambda town: town.code != SHOWN_TOWN)
    found = [min(story.land.villages_of(town), key=lambda village: number_of(village.code, "river")) for town in towns]
    return [story.land.village(SHOWN_VILLAGE), *found[1:]]


def _code(village: Place) -> str:
    return f"{village.code}-hd1"


def _row(n: int, village: Place) -> dict[str, object]:
    """A reach as a row of the register's file."""
    at = around(village, 1, of=16)
    point = {"latitude": at[0] / 10**6, "longitude": at[1] / 10**6, "precision": "schematic"} if at else {}
    fixed = {"code": _code(village), "parent": village.code, "name": f"{RIVER}{n}段", "kind": "river_reach"}
    values = {"river": RIVER, "length": f"{1.2 + n * 0.35:.2f}", "sign": "是", "opened_on": "2012-09-01"}
    return {**fixed, **values, **point, "from_point": f"{n}号桥", "to_point": f"{n + 1}号桥"}


def _open_reaches(story: Story) -> None:
    rows = [_row(n, village) for n, village in enumerate(reaches_of(story), start=1)]
    bring_sites(story.cast.staff["rivers"], "河段", rows)
    since = _ago(story, BEGUN)
    for village in reaches_of(story):
        reach, cast = [Place.objects.get(code=_code(village))], story.cast
        grant_everywhere(cast, cast.staff["leader"], "district_river_chief", reach, since)
        grant_everywhere(cast, cast.office_of(village), "town_river_chief", reach, since)
        grant_everywhere(cast, cast.secretaries[village.code], "village_river_chief", reach, since)


def _begin_plans(story: Story) -> None:
    """From the month before on, for all reaches."""
    month = (story.as_of.replace(day=1) - dt.timedelta(days=1)).replace(day=1)
    for code in SCHEDULES:
        begin_plan(
            by=story.cast.staff["rivers"], place=story.land.district, wanted=wanted(f"rivers.{code}"), begins_on=month
        )


class Reach:
    """One reach and its chiefs."""

    def __init__(self, story: Story, number: int, village: Place) -> None:
        self.story, self.number, self.village = story, number, village

    @property
    def chief(self) -> Account:
        """Of the village."""
        return self.story.cast.secretaries[self.village.code]

    @property
    def town(self) -> Account:
        """Of the town."""
        return self.story.cast.office_of(self.village)

    @property
    def place(self) -> Place:
        """The reach in the register."""
        return Place.objects.get(code=_code(self.village))

    def patrol(self, checklist: str, *failing: str) -> None:
        """A walk along the reach by the chief of a level."""
        chiefs = {"village_patrol": self.chief, "town_patrol": self.town}
        by, place = chiefs.get(checklist, self.story.cast.staff["leader"]), self.place
        sheet = visits.start_visit(by=by, place=place, checklist=f"rivers.{checklist}")
        answers: dict[str, Any] = {"minutes": 25 + self.number * 5, "people": 2}
        answers |= {"started_at": f"{self.number + 1}号桥", "ended_at": f"{self.number + 2}号桥"}
        answers |= {code: code not in failing for code in ("surface", "bed", "banks", "channel")}
        sheet = visits.save_answers(by=by, visit=sheet, answers=answers)
        for code in failing:
            show(by=by, subject=sheet, place=place, slot=code, about="巡河现场", number=number_of(place.code, code))
        visits.submit_visit(by=by, visit=sheet)

    def _step(self, by: Account, item: str, transition: str, **values: Any) -> None:
        matter = Matter.objects.get(place=self.place, source_item__endswith=f"/{item}")
        matters.advance(by=by, matter=matter, transition=transition, values=values)

    def begin(self, item: str) -> None:
        """The village chief takes it on."""
        matter = Matter.objects.get(place=self.place, source_item__endswith=f"/{item}")
        measures = "组织保洁员清理，垃圾运到中转站（示范）。"
        self._step(self.chief, item, "begin", measures=measures, deadline=matter.limit_on, spot="桥下游 50 米")

    def clean_up(self) -> None:
        """A clean-up day at the reach."""
        held = activities.record_at_once(
            by=self.chief, kind="rivers.cleanup", place=self.place, title="河道清理日", headcount=18, minutes=120,
            held_on=_ago(self.story, 20), values={"cleared": "1.5", "stretch": 600},
            outcome="清理两岸垃圾杂草，运走 1.5 吨（示范）。",
        )  # fmt: skip
        show(by=self.chief, subject=held, place=self.place, slot="after", about="清理后", number=4)

    def submit(self, item: str) -> None:
        """Done, with a photo."""
        matter = Matter.objects.get(place=self.place, source_item__endswith=f"/{item}")
        number = number_of(self.place.code, item, "after")
        show(by=self.chief, subject=matter, place=self.place, slot="after", about="清理后", number=number)
        self._step(self.chief, item, "submit", progress="已清理干净并运走（示范）。")

    def verify(self, item: str) -> None:
        """By the town's chief."""
        self._step(self.town, item, "verify")
