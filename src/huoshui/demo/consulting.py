"""Consultation in the courtyards of the four communities: the courtyards, and topics in every state.

The communities are real; courtyards, topics, numbers of people and days are invented, and so are the days on which
consultation was organised: the target of 2018 is all that was published. Nobody who raises a topic has a name.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from huoshui.activities import actions as activities
from huoshui.activities.models import Activity
from huoshui.demo import papers
from huoshui.demo.accounts import NUMERALS, Council
from huoshui.demo.agenda import Part
from huoshui.demo.photos import show
from huoshui.demo.story import Story, number_of, working_day
from huoshui.duties.models import Account
from huoshui.kernel.errors import Refusal
from huoshui.matters import actions as matters
from huoshui.matters.models import Matter
from huoshui.media.actions import attach_file
from huoshui.places.imports import import_places
from huoshui.places.models import Place
from huoshui.services import actions as services

EACH = 6
"""Courtyards of each community."""
ORGANISED = (
    (dt.date(2017, 6, 12), 4), (dt.date(2017, 11, 8), 4), (dt.date(2018, 3, 20), 4), (dt.date(2018, 6, 20), 6),
    (dt.date(2018, 11, 20), 6),
)  # fmt: skip
"""On which day, in how many courtyards consultation was organised: half of them when the target had been set."""
PAST = dt.date(2018, 4, 1)
ITEM = "consultation.raise_topic"
PARTIES = "居民议事会、物业企业、社区（示范）"
DETAIL = "示范议题，内容和经过均为虚构。"


@dataclass(frozen=True)
class Case:
    """A topic: which courtyard, what it is about, and how far it has come."""

    yard: int
    title: str
    kind: str
    subject: str
    far: str
    ago: int = 0
    """Working days before the day of the demo on which it was raised."""


KEPT = (
    Case(0, "院内停车位怎样划", "parking", "消防通道被占，车位不够（示范）。", "settled"),
    Case(1, "门禁和路灯维修", "repair", "单元门禁失灵，两盏路灯不亮（示范）。", "settled"),
)
RUNNING = (
    Case(0, "物业费用去向公开", "property", "费用怎么用，希望按季公布（示范）。", "carrying_out", 34),
    Case(1, "楼道堆物清理公约", "neighbours", "楼道堆放杂物，影响通行（示范）。", "evaluating", 38),
    Case(2, "充电棚选址", "safety", "电动车入户充电，需要集中充电的地方（示范）。", "publicised", 18),
    Case(3, "绿地改停车位还是保留", "environment", "各户意见不一（示范）。", "again", 24),
    Case(4, "健身器材更换", "repair", "两件器材松动（示范）。", "announced", 6),
    Case(5, "楼道声控灯维修", "repair", "三个单元不亮（示范）。", "raised", 2),
    Case(0, "某户房屋产权怎么办", "other", "属于一户的产权登记（示范）。", "unsuitable", 30),
)


def open_courtyards(story: Story) -> None:
    """Those of every community, by the file that an office would bring in."""
    rows = [
        {
            "code": code, "parent": council.community.code, "name": name, "kind": "residential_courtyard",
            "households": 60 + number_of(code) % 240, "buildings": 2 + number_of(name) % 8,
            "management": ("物业企业", "居民自管", "社区代管")[n % 3],
        }
        for council in story.cast.councils
        for n, (code, name) in enumerate(_named(council.community))
    ]  # fmt: skip
    _bring(story, rows, "楼院登记簿.csv")


def put_past_on(part: Part, story: Story) -> None:
    """2017 and the winter after: half of the courtyards organised, two topics settled."""
    _organise(part, story, past=True)
    for n, case in enumerate(KEPT):
        topic = Topic(story, story.cast.councils[n], case)
        topic.put_on(part, dt.date(2017, 9, 4) + dt.timedelta(days=14 * n))


def put_present_on(part: Part, story: Story) -> None:
    """The other half, as far as the day has come; topics on their way, raised by residents and by staff."""
    _organise(part, story, past=False)
    shown = story.cast.councils[0]
    published = working_day(story.as_of, -45)
    part.add(published, 9, partial(_publish, story, shown))
    for n, case in enumerate(RUNNING):
        topic = Topic(story, shown, case, by_resident=n % 2 == 0)
        topic.put_on(part, working_day(story.as_of, -case.ago))


def _named(community: Place) -> list[tuple[str, str]]:
    return [(f"{community.code}-ly{n + 1}", f"示范{NUMERALS[n]}号院") for n in range(EACH)]


def _organise(part: Part, story: Story, *, past: bool) -> None:
    """Spread over the communities, so that each has the same share."""
    yards = [(council.community, *_named(council.community)[n]) for n in range(EACH) for council in story.cast.councils]
    for day, count in ORGANISED:
        now, yards = yards[:count], yards[count:]
        if (day < PAST) == past and day < story.as_of:
            rows = [
                {
                    "code": code,
                    "parent": community.code,
                    "name": name,
                    "kind": "residential_courtyard",
                    "consulting": "是",
                }
                for community, code, name in now
            ]
            part.add(day, 9, partial(_bring, story, rows, "已组织协商议事的楼院.csv"))


def _bring(story: Story, rows: list[dict[str, Any]], name: str) -> None:
    written = io.StringIO()
    writer = csv.DictWriter(written, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    report = import_places(by=story.cast.staff["consultation"], data=written.getvalue().encode(), name=name)
    if report.problems:
        raise Refusal.of(report.problems)


def _publish(story: Story, council: Council) -> None:
    """Where residents raise topics: at each courtyard of the shown community."""
    for place in Place.objects.filter(parent=council.community, kind="residential_courtyard").order_by("code"):
        services.publish_offer(
            by=story.cast.staff["consultation"], item=ITEM, place=place, weekdays="1234567", hours="8:30-18:00",
            window="楼院议事点",
        )  # fmt: skip


@dataclass
class Topic:
    """One topic on its way: each step by whoever may take it."""

    story: Story
    council: Council
    case: Case
    by_resident: bool = False
    _number: str = ""
    tasks: list[Matter] = field(default_factory=list)

    def put_on(self, part: Part, day: dt.date) -> None:
        """Its steps up to how far it has come; days between them are working days."""
        far, at = self.case.far, partial(working_day, day)
        part.add(day, 9, self.raise_it)
        if far == "unsuitable":
            where = {"where_else": "不动产登记中心（示范）"}
            part.add(at(2), 10, partial(self.step, self.council.convenor, "turn_away", where, "只关系一户（示范）。"))
        if far in ("raised", "unsuitable"):
            return
        part.add(at(1), 10, partial(self.step, self.council.convenor, "accept", {"level": "courtyard"}))
        part.add(at(2), 10, partial(self.announce, at(7)))
        if far == "announced":
            return
        part.add(at(7), 9, partial(self.step, self.council.convenor, "begin"))
        part.add(at(7), 19, partial(self.hold, at(7), "again" if far == "again" else "agreed"))
        if far == "again":
            part.add(at(8), 9, partial(self.step, self.council.convenor, "again", None, "两种方案各半（示范）。"))
            part.add(at(10), 10, partial(self.announce, at(15)))
            part.add(at(15), 9, partial(self.step, self.council.convenor, "begin"))
            return
        part.add(at(15), 9, self.resolve)
        if far != "publicised":
            self._put_work_on(part, at)

    def _put_work_on(self, part: Part, at: Any) -> None:
        part.add(at(20), 9, partial(self.step, self.council.convenor, "carry_out"))
        part.add(at(20), 10, partial(self.open_task, at(32)))
        if self.case.far == "carrying_out":
            return
        part.add(at(28), 15, self.finish_task)
        part.add(at(30), 10, self.verify_task)
        part.add(at(31), 10, self.report)
        if self.case.far == "settled":
            said = {"evaluation": "satisfied", "evaluated_by": 11}
            part.add(at(34), 15, partial(self.step, self.council.representative, "evaluate", said))

    @property
    def yard(self) -> Place:
        """The courtyard that it is about."""
        return Place.objects.get(code=_named(self.council.community)[self.case.yard][0])

    @property
    def matter(self) -> Matter:
        """As it stands now."""
        return Matter.objects.get(number=self._number)

    def raise_it(self) -> None:
        """By a resident, who leaves no name in the demo but a number; or by the convenor."""
        case = self.case
        values: dict[str, Any] = {"public_topic": case.title, "subject": case.subject, "topic_kind": case.kind}
        if self.by_resident:
            who = {"proposer_name": f"示范居民{case.yard + 1:02d}", "proposer_phone": f"示范电话{case.yard + 1:02d}"}
            offer = self.yard.offers.get(item=ITEM)
            asked = services.take_request(by=self.council.convenor, offer=offer, values=values | who)
            self._number = asked.matter_number
        else:
            opened = matters.open_matter(
                by=self.council.convenor, kind="consultation.topic", place=self.yard, title=case.title, detail=DETAIL,
                values=values,
            )  # fmt: skip
            self._number = opened.number

    def step(self, by: Account, transition: str, values: dict[str, Any] | None = None, note: str = "") -> None:
        """One step of the workflow."""
        matters.advance(by=by, matter=self.matter, transition=transition, values=values or {}, note=note)

    def announce(self, session: dt.date) -> None:
        """Parties, and the day of the session."""
        said = {"led_by": "council", "parties": PARTIES, "session_day": session}
        self.step(self.council.convenor, "announce", said)

    def hold(self, day: dt.date, result: str) -> None:
        """A session with its minutes; headcounts alone."""
        people = 14 + number_of(self.case.title, str(day)) % 12
        held = activities.record_at_once(
            by=self.council.convenor, kind="consultation.session", place=self.yard, title=f"{self.case.title}协商会议",
            held_on=day, headcount=people, minutes=80, venue="楼院议事点",
            outcome="各方发言，意见记录在案（示范）。",
            values={"topics": self._number, "parties": PARTIES, "residents": people - 4, "result": result},
        )  # fmt: skip
        self._put_minutes(held, people)

    def _put_minutes(self, held: Activity, people: int) -> None:
        data = papers.minutes(held.title, held.place, held.day, people, 80, self.case.title)
        attach_file(
            by=self.council.convenor, subject=held, place=held.place, slot="minutes", data=data,
            name=f"{held.title}{held.day:%Y%m%d}会议记录.docx", caption="示范材料：会议记录",
        )  # fmt: skip

    def resolve(self) -> None:
        """The options, what was agreed, and what of it is published."""
        said = {
            "options": "一、维持现状；二、按议定办法办理（示范）。", "resolution": "多数同意第二种方案（示范）。",
            "public_resolution": f"{self.case.title}：按议定办法办理（示范）",
        }  # fmt: skip
        self.step(self.council.convenor, "resolve", said)

    def open_task(self, due: dt.date) -> None:
        """For whoever carries it out, with a deadline."""
        task = matters.open_matter(
            by=self.council.convenor, kind="consultation.task", place=self.yard, title=f"{self.case.title}：落实",
            detail=DETAIL, parent=self.matter, values={"planned_end": due, "responsible_person": self.council.doer},
        )  # fmt: skip
        self.tasks.append(task)

    def finish_task(self) -> None:
        """By whoever carries it out."""
        said = {"progress": "已按决议办理（示范）。"}
        matters.advance(by=self.council.doer, matter=self.tasks[0], transition="submit", values=said)

    def verify_task(self) -> None:
        """By the convenor, of another unit."""
        task = Matter.objects.get(pk=self.tasks[0].pk)
        matters.advance(
            by=self.council.convenor, matter=task, transition="verify", values={}, note="看过现场（示范）。"
        )

    def report(self) -> None:
        """With a photo, for evaluation."""
        by, matter = self.council.convenor, self.matter
        show(by=by, subject=matter, place=matter.place, slot="after", about="落实后", number=number_of(self.case.title))
        self.step(by, "report", {"outcome": "任务都已落实（示范）。"})
