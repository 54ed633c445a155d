"""Spot checks of units and notices to them: one put right, one that found nothing, and what is under way."""

from __future__ import annotations

import datetime as dt
from functools import partial
from typing import Any

from huoshui.demo.agenda import Part
from huoshui.demo.photos import show
from huoshui.demo.story import Story, number_of
from huoshui.duties.models import Account
from huoshui.matters import actions as matters
from huoshui.matters.models import Matter
from huoshui.places.models import Place
from huoshui.visits import actions as visits

INVENTED = "督查的单位、问题和日期均为示范。"
NOTHING: dict[str, bool] = {}
REPEATED = {"reports": False}
UNPUBLISHED = {"published": False}


def put_past_on(part: Part, story: Story) -> None:
    """November 2017 to March 2018: two spot checks, and a notice of praise."""
    liwan, labour = _town(story, "410871060"), (story.cast.staff["labour"], story.land.district)
    first = Check(story, *liwan, "村级报表重复填报督查", REPEATED)
    day = dt.date(2017, 11, 6)
    part.add(day, 9, first.order)
    part.add(day + dt.timedelta(days=3), 10, first.find)
    part.add(day + dt.timedelta(days=16), 15, first.put_right)
    part.add(day + dt.timedelta(days=18), 10, first.verify)
    second = Check(story, *labour, "服务窗口值守督查", NOTHING)
    part.add(day + dt.timedelta(days=1), 9, second.order)
    part.add(day + dt.timedelta(days=4), 10, second.find_nothing)
    praise = Notice(
        story, *_town(story, "410871101"), "praise", "阵地建设推进有力", "按期建成并通过验收，资料齐全（示范）。"
    )
    part.add(dt.date(2018, 1, 10), 9, praise.draft)
    part.add(dt.date(2018, 1, 12), 10, partial(praise.issue, "示范通〔2018〕1号"))


def put_present_on(part: Part, story: Story) -> None:
    """A check that is ordered, one that is being put right, and a notice of criticism that wants its reply."""
    culture = (story.cast.staff["culture"], story.land.district)
    ago = story.as_of - dt.timedelta(days=8)
    running = Check(story, *_town(story, "410871203"), "该公开的事项督查", UNPUBLISHED)
    part.add(ago, 9, running.order)
    part.add(ago + dt.timedelta(days=3), 10, running.find)
    ordered = Check(story, *culture, "活动室开放督查", NOTHING)
    part.add(story.as_of - dt.timedelta(days=2), 9, ordered.order)
    grounds = "近期要求各村两次填报同一张活动统计表（示范）。"
    criticism = Notice(story, *culture, "criticism", "重复要求填报", grounds)
    part.add(ago, 11, criticism.draft)
    part.add(ago + dt.timedelta(days=2), 9, partial(criticism.issue, f"示范通〔{story.as_of.year}〕2号"))


def _town(story: Story, code: str) -> tuple[Account, Place]:
    return story.cast.offices[code], next(town for town in story.land.towns if town.code == code)


class _OfUnit:
    """A matter of supervision about the unit of an account, at a place."""

    def __init__(self, story: Story, contact: Account, place: Place, title: str) -> None:
        self.story, self.contact, self.place, self.title = story, contact, place, title
        self._matter: Matter | None = None

    @property
    def opened(self) -> Matter:
        """The matter, once it is opened."""
        if self._matter is None:
            raise RuntimeError(f"{self.title} is not opened yet")
        return self._matter

    def open(self, kind: str, values: dict[str, Any]) -> None:
        """By the supervision office."""
        self._matter = matters.open_matter(
            by=self.story.cast.staff["supervision"], kind=f"supervision.{kind}", place=self.place, title=self.title,
            detail=INVENTED, values={"responsible_person": self.contact} | values,
        )  # fmt: skip

    def step(self, by: Account, transition: str, values: dict[str, Any] | None = None) -> None:
        """One step of the workflow."""
        self._matter = matters.advance(by=by, matter=self.opened, transition=transition, values=values)


class Check(_OfUnit):
    """One spot check; ``fails``: the items of its checklist to which the answer is no."""

    def __init__(self, story: Story, contact: Account, place: Place, title: str, fails: dict[str, bool]) -> None:
        super().__init__(story, contact, place, title)
        self.inspector, self.fails = story.cast.staff["inspector"], fails

    def order(self) -> None:
        """By the supervision office."""
        self.open("spot_check", {})

    def _look(self) -> None:
        sheet = visits.start_visit(by=self.inspector, place=self.place, checklist="supervision.spot_check")
        answers = {code: self.fails.get(code, True) for code in sheet.checklist.items}
        sheet = visits.save_answers(by=self.inspector, visit=sheet, answers=answers)
        visits.submit_visit(by=self.inspector, visit=sheet)

    def find(self) -> None:
        """What the inspector found."""
        self._look()
        items = self.opened.pack_version.typed("checklists")["spot_check"].items
        found = "；".join(f"不符合：{items[code].name.zh}" for code in self.fails)
        self.step(self.inspector, "record_findings", {"findings": f"{found}（示范）。"})

    def find_nothing(self) -> None:
        """All as it should be."""
        self._look()
        self.step(self.inspector, "record_none")

    def put_right(self) -> None:
        """By the unit, with a photo."""
        about, number = "整改后", number_of(self.title)
        show(by=self.contact, subject=self.opened, place=self.place, slot="after", about=about, number=number)
        values = {"measures": "停用重复的表，数据从系统取（示范）。", "progress": "已通知各村停报（示范）。"}
        self.step(self.contact, "submit", values)

    def verify(self) -> None:
        """By the inspector, of another unit."""
        self.step(self.inspector, "verify")


class Notice(_OfUnit):
    """One notice of praise or of criticism."""

    def __init__(self, story: Story, contact: Account, place: Place, kind: str, title: str, grounds: str) -> None:
        super().__init__(story, contact, place, title)
        self.kind, self.grounds = kind, grounds

    def draft(self) -> None:
        """By the supervision office."""
        self.open(self.kind, {"grounds": self.grounds})

    def issue(self, document: str) -> None:
        """By the leader in charge."""
        self.step(self.story.cast.staff["leader"], "issue", {"document_number": document})
