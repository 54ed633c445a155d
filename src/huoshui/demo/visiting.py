"""Outreach in 苏家作乡: visits of village leads, a leader who goes down, difficulties and disputes in every state.

All of it is invented, and about things: no household, no party and nobody who spoke of something is named.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any

from huoshui.activities import actions as activities
from huoshui.demo.agenda import Part
from huoshui.demo.story import Story, number_of, working_day
from huoshui.duties.models import Account
from huoshui.matters import actions as matters
from huoshui.matters.models import Matter
from huoshui.places.models import Place
from huoshui.schedules.actions import begin_plan, wanted
from huoshui.visits import actions as visits

SU = "410871203"
VISITED = 8
"""Villages whose lead visits; the last of them was missed this month."""
DETAIL = "示范事项，内容和经过均为虚构。"
MEDIATED = "听取双方，看过现场，提出两个办法（示范）。"
RECEIVED = {
    "leader": "区分管领导（示范）", "about": "用水和排水", "received": 4, "settled_there": 2, "registered": 2,
}  # fmt: skip
HEARD = ("water_roads", "environment", "income", "health", "none")


@dataclass(frozen=True)
class Case:
    """A difficulty or a dispute: in the how-many-th village, what about, how far it has come."""

    kind: str
    village: int
    title: str
    thing: str
    said: str
    far: str
    ago: int
    about_village: bool = False
    """Whether it is about the village's own committee: it then stands at the town."""


CASES = (
    Case("difficulty", 0, "村西排水沟淤堵", "water_roads", "雨后积水，几户出行不便（示范）。", "settled", 34),
    Case("difficulty", 1, "水压不足", "water_roads", "早晚高峰没有水（示范）。", "doing", 12),
    Case("difficulty", 2, "低保政策不清楚", "service", "想知道条件和要带的材料（示范）。", "not_ours", 26),
    Case("difficulty", 3, "公开栏多月没有更新", "service", "财务公开不及时（示范）。", "doing", 9, about_village=True),
    Case("difficulty", 4, "田间路不平", "water_roads", "收割机进不去（示范）。", "registered", 2),
    Case("dispute", 0, "滴水檐纠纷", "neighbours", "甲方翻建房屋，檐水落到乙方院内（示范）。", "settled", 30),
    Case("dispute", 5, "地边界址纠纷", "land", "两家地边界石移位（示范）。", "mediating", 11),
    Case("dispute", 6, "劳务报酬结算", "labour", "零工工钱结算有出入（示范）。", "answered", 16),
)  # fmt: skip


def put_present_on(part: Part, story: Story) -> None:
    """This month's visits, a reception, and what was registered; all relative to the day."""
    town = next(town for town in story.land.towns if town.code == SU)
    villages = story.land.villages_of(town)
    part.add(working_day(story.as_of, -28), 8, partial(_begin_visits, story, town))
    for at, village in enumerate(villages[: VISITED - 1]):
        part.add(working_day(story.as_of, -27 + 3 * at), 17, partial(_visit, story, village, at), minute=at)
    part.add(working_day(story.as_of, -8), 17, partial(_go_down, story, villages[0]))
    for at, case in enumerate(CASES):
        _Handled(story, town, villages[case.village], case).put_on(part, at)


def _begin_visits(story: Story, town: Place) -> None:
    begin_plan(
        by=story.cast.offices[SU], place=town, wanted=wanted("outreach.monthly_visit"),
        begins_on=working_day(story.as_of, -28),
    )  # fmt: skip


def _visit(story: Story, village: Place, at: int) -> None:
    by = story.cast.leads[village.code]
    sheet = visits.start_visit(by=by, place=village, checklist="outreach.village_visit")
    answers = {
        "households": 4 + number_of(village.code) % 9,
        "topics": [HEARD[at % len(HEARD)]],
        "replied": at % 3 != 2,
    }
    sheet = visits.save_answers(by=by, visit=sheet, answers=answers | {"registered": True})
    visits.submit_visit(by=by, visit=sheet)


def _go_down(story: Story, village: Place) -> None:
    activities.record_at_once(
        by=story.cast.staff["petitions"], kind="outreach.going_down", place=village, title="领导下访接待",
        held_on=working_day(story.as_of, -8), headcount=9, minutes=120, venue="村部",
        values=RECEIVED,
    )  # fmt: skip


class _Handled:
    """One of the cases on its way: each step by whoever may take it."""

    def __init__(self, story: Story, town: Place, village: Place, case: Case) -> None:
        self.story, self.town, self.village, self.case = story, town, village, case
        self._matter: Matter | None = None

    def put_on(self, part: Part, at: int) -> None:
        """Its steps up to how far it has come."""
        case, day = self.case, partial(working_day, working_day(self.story.as_of, -self.case.ago))
        office, owner = self.story.cast.staff["petitions"], self.owner
        part.add(day(0), 9, self.register, minute=at)
        if case.far == "not_ours":
            told = {"where_else": "村便民服务站（示范）"}
            part.add(
                day(1), 10, partial(self.step, office, "tell_elsewhere", told, "属于便民服务事项（示范）。"), minute=at
            )
        if case.far in ("registered", "not_ours"):
            return
        part.add(day(1), 10, partial(self.step, office, "accept"), minute=at)
        if case.far == "doing":
            return
        held = {"mediated_on": day(6), "mediation": MEDIATED, "outcome": "oral"}
        if case.kind == "dispute":
            part.add(day(6), 16, partial(self.step, owner, "mediate", held), minute=at)
        if case.far == "mediating":
            return
        said = {"reply": "当面说明，认可办理（示范）。", "replied_on": day(9)}
        done = {"measures": "已清淤并硬化沟沿（示范）。"} if case.kind == "difficulty" else {}
        part.add(day(9), 16, partial(self.step, owner, "answer", said | done), minute=at)
        if case.far == "settled":
            lead = self.story.cast.leads[self.village.code]
            part.add(day(12), 16, partial(self.step, lead, "settle", {}, "回访属实（示范）。"), minute=at)

    @property
    def owner(self) -> Account:
        """Whoever answers for it."""
        return self.story.cast.staff["petitions"] if self.case.kind == "difficulty" else self.story.cast.mediator

    def register(self) -> None:
        """By the lead of the village; what is about its committee stands at the town."""
        case, lead = self.case, self.story.cast.leads[self.village.code]
        values: dict[str, Any] = {"thing": case.thing, "wanted": case.said, "people": 3 + number_of(case.title) % 40}
        if case.about_village:
            values["about_unit"] = self.story.cast.secretaries[self.village.code].unit
        self._matter = matters.open_matter(
            by=lead, kind=f"outreach.{case.kind}", place=self.town if case.about_village else self.village,
            title=case.title, detail=DETAIL, values=values, owner=self.owner,
        )  # fmt: skip

    def step(self, by: Account, transition: str, values: dict[str, Any] | None = None, note: str = "") -> None:
        """One step of the workflow."""
        if self._matter is None:
            raise RuntimeError(f"{self.case.title} is not registered yet")
        matter = Matter.objects.get(pk=self._matter.pk)
        matters.advance(by=by, matter=matter, transition=transition, values=values or {}, note=note)
