"""The year's promises: those of 2017, kept and told to the public, and those that run, relative to the day.

Target figures are those of the public report of March 2018; days, people, headcounts and sentences are invented.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from huoshui.demo.agenda import Part
from huoshui.demo.photos import show
from huoshui.demo.registers import AUTUMN, CENTRES, TOWN_HOMES, VILLAGE_HOMES
from huoshui.demo.story import Story, number_of, working_day
from huoshui.duties.models import Account
from huoshui.matters import actions as matters
from huoshui.matters.models import Matter

OPENED_2017 = dt.date(2017, 2, 20)
END_2017 = dt.date(2017, 12, 20)
DETAIL = "目标数取自公开报道；办理经过、日期和受益人数均为示范。"
INVENTED = "试点的目标数、办理经过和日期均为示范。"
PROMISED_IN = "示范：全区民生工作会议"


@dataclass(frozen=True)
class Promise:
    """What is promised, and by whom it is kept. ``nodes``: titles of its milestones."""

    title: str
    area: str
    bureau: str
    target: int
    unit: str
    nodes: tuple[str, ...]
    beneficiaries: int = 0
    kind: str = "yearly"
    detail: str = DETAIL


KEPT = (
    Promise("新建农村幸福院", "aged", "labour", VILLAGE_HOMES, "所", ("选址和资金到位", "建成投用"), 1280),
    Promise("新建乡镇敬老院", "aged", "labour", TOWN_HOMES, "所", ("主体完工", "建成投用"), 120),
    Promise("村级综合文化活动中心建设", "culture", "culture", CENTRES, "个", ("设备配送", "全部开放"), 26_000),
)
KINDERGARTENS = Promise(
    "新建改扩建幼儿园", "education", "education", 4, "所", ("完成选址", "主体完工", "秋季招生"), 720
)
TIERED = Promise(
    "分级诊疗试点", "health", "health", 6, "个", ("签约团队到村", "转诊通道开通"), kind="pilot", detail=INVENTED
)
SCREENING = Promise(
    "适龄妇女免费筛查试点", "health", "health", 3000, "人次", ("入村宣传", "完成筛查"), 2860, "pilot", INVENTED
)
TRAINING = Promise("创业培训示范基地开班", "employment", "labour", 12, "期", ("师资备案",), detail=INVENTED)


@dataclass
class Course:
    """One promise on its way: each step by whoever may take it."""

    story: Story
    promise: Promise
    planned_end: dt.date
    nodes: list[Matter] = field(default_factory=list)
    _matter: Matter | None = None

    @property
    def bureau(self) -> Account:
        """Whoever answers for it."""
        return self.story.cast.staff[self.promise.bureau]

    def open(self) -> None:
        """By the livelihood office, for the whole district."""
        one = self.promise
        self._matter = matters.open_matter(
            by=self.story.cast.staff["livelihood"],
            kind="livelihood.promise",
            place=self.story.land.district,
            title=one.title,
            detail=one.detail,
            owner=self.bureau,
            values={
                "promise_kind": one.kind, "area": one.area, "promised_in": PROMISED_IN, "target": one.target,
                "target_unit": one.unit, "planned_end": self.planned_end,
            },
        )  # fmt: skip

    def open_node(self, number: int, due: dt.date) -> None:
        """A milestone, as a part with a deadline of its own."""
        node = matters.open_matter(
            by=self.story.cast.staff["livelihood"],
            kind="livelihood.milestone",
            place=self.story.land.district,
            title=f"{self.promise.title}：{self.promise.nodes[number]}",
            detail=self.promise.detail,
            owner=self.bureau,
            parent=self.matter,
            values={"planned_end": due},
        )
        self.nodes.append(node)

    @property
    def matter(self) -> Matter:
        """As it stands now: a part of it may have changed it."""
        if self._matter is None:
            raise RuntimeError(f"{self.promise.title} is not opened yet")
        return Matter.objects.get(pk=self._matter.pk)

    def _step(self, username: str, transition: str, note: str = "", **values: Any) -> None:
        by = self.story.cast.staff[username]
        matters.advance(by=by, matter=self.matter, transition=transition, values=values, note=note)

    def approve(self) -> None:
        """By the leader in charge."""
        self._step("leader", "approve")

    def start(self) -> None:
        """By the bureau, with its measures."""
        self._step(self.promise.bureau, "start", measures="分解到节点，按月调度，完成一处验收一处。")

    def report(self, actual: int) -> None:
        """How far it is."""
        said = f"已完成{actual}{self.promise.unit}，其余正在推进。"
        self._step(self.promise.bureau, "update", progress=said, actual=actual)

    def reach(self, number: int) -> None:
        """A milestone is done, and the livelihood office has seen it."""
        staff, node = self.story.cast.staff, self.nodes[number]
        said = {"progress": "已完成，资料齐全。"}
        matters.advance(by=self.bureau, matter=node, transition="submit", values=said, note="")
        node = Matter.objects.get(pk=node.pk)
        matters.advance(by=staff["livelihood"], matter=node, transition="verify", values={}, note="看过现场（示范）。")

    def submit(self) -> None:
        """Figures, who benefited, and a photo."""
        one, matter = self.promise, self.matter
        number = number_of(one.title, "after")
        show(by=self.bureau, subject=matter, place=matter.place, slot="after", about=one.title, number=number)
        self._step(
            one.bureau, "submit", actual=one.target if one.kind == "yearly" else one.beneficiaries,
            beneficiaries=one.beneficiaries, beneficiary_villages="全区各村、社区（示范）",
        )  # fmt: skip

    def verify(self) -> None:
        """By another unit."""
        self._step("verifier", "verify", note="抽查现场与台账，相符（示范）。")

    def publish(self) -> None:
        """The public result."""
        one = self.promise
        self._step("livelihood", "publish", public_result=f"{one.title}已按承诺完成，共{one.target}{one.unit}。")


def put_kept_on(part: Part, story: Story) -> None:
    """The promises of 2017, from the meeting to the public result."""
    for at, promise in enumerate(KEPT):
        course, day = Course(story, promise, END_2017), AUTUMN + dt.timedelta(days=14 + 3 * at)
        _begin(part, course, OPENED_2017 + dt.timedelta(days=at))
        first, last = dt.date(2017, 6, 30), dt.date(2017, 11, 30)
        _put(part, OPENED_2017 + dt.timedelta(days=20 + at), [(9, partial(course.open_node, 0, first))])
        _put(part, OPENED_2017 + dt.timedelta(days=20 + at), [(10, partial(course.open_node, 1, last))])
        _put(part, first - dt.timedelta(days=6 - at), [(9, partial(course.reach, 0))])
        _put(part, first, [(15, partial(course.report, promise.target // 2))])
        _put(part, day, [(9, partial(course.reach, 1)), (15, course.submit)])
        _put(part, working_day(day, 6), [(10, course.verify)])
        _put(part, working_day(day, 9), [(16, course.publish)])


def put_running_on(part: Part, story: Story) -> None:
    """What runs on the day: one under way with a late milestone, one pilot, one to verify, one to approve."""
    today = story.as_of

    def on(back: int) -> dt.date:
        return today - dt.timedelta(days=back)

    built = Course(story, KINDERGARTENS, today + dt.timedelta(days=160))
    _begin(part, built, on(48))
    for number, due in enumerate((on(12), on(2), today + dt.timedelta(days=120))):
        _put(part, on(40), [(9 + number, partial(built.open_node, number, due))])
    _put(part, on(14), [(10, partial(built.reach, 0))])
    _put(part, on(9), [(11, partial(built.report, 1))])
    tiered = Course(story, TIERED, today + dt.timedelta(days=24))
    _begin(part, tiered, on(46))
    _put(part, on(38), [(14, partial(tiered.open_node, 0, today + dt.timedelta(days=8)))])
    _put(part, on(6), [(15, partial(tiered.report, 4))])
    screening = Course(story, SCREENING, today + dt.timedelta(days=10))
    _begin(part, screening, on(47))
    _put(part, on(3), [(16, screening.submit)])
    training = Course(story, TRAINING, today + dt.timedelta(days=200))
    _put(part, on(5), [(9, training.open)])


def _begin(part: Part, course: Course, day: dt.date) -> None:
    later = day + dt.timedelta(days=2)
    _put(part, day, [(9, course.open)])
    _put(part, later, [(10, course.approve), (15, course.start)])


def _put(part: Part, day: dt.date, acts: list[tuple[int, Callable[[], None]]]) -> None:
    for hour, act in acts:
        part.add(day, hour, act)
