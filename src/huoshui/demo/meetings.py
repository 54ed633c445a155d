"""Meetings, theme days and volunteer days of villages: the first months of 2018, and those around the present day."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import partial

from huoshui.activities import actions
from huoshui.activities.models import Activity
from huoshui.demo import papers
from huoshui.demo.accounts import SHOWN_VILLAGE
from huoshui.demo.agenda import Part
from huoshui.demo.photos import show
from huoshui.demo.story import Story, number_of
from huoshui.duties.models import Account
from huoshui.kernel import clock
from huoshui.places.models import Place
from huoshui.schedules.actions import begin_plan, wanted

SU = "410871203"
"""苏家作乡, whose villages are told of month by month."""
TOPICS = ("学习上级会议精神", "环境整治义务劳动", "走访困难党员", "重温入党誓词", "讨论村级事务", "安全生产教育")
MISSED = 7
"""Every so-manieth theme day was not held, and nobody recorded why: what is missed is seen."""


@dataclass(frozen=True)
class Kept:
    """What the shown village holds every month besides: kind, title, day, hour, minutes."""

    kind: str
    title: str
    day: int
    hour: int
    minutes: int


MONTHLY = (
    Kept("activities.branch_committee", "支部委员会会议", 8, 9, 60),
    Kept("activities.group_meeting", "第一党小组会", 12, 19, 50),
    Kept("activities.group_meeting", "第二党小组会", 13, 19, 50),
    Kept("activities.volunteer_day", "志愿服务日", 18, 8, 120),
)
QUARTERLY = (
    Kept("activities.general_meeting", "支部党员大会", 20, 9, 90),
    Kept("activities.party_lecture", "党课", 22, 9, 60),
    Kept("activities.morality_lecture", "道德讲堂", 26, 15, 60),
)


def put_spring_on(part: Part, story: Story) -> None:
    """January to March of 2018."""
    for month in (1, 2, 3):
        _put_month(part, story, dt.date(2018, month, 1), until=dt.date(2018, 3, 31))


def put_present_on(part: Part, story: Story) -> None:
    """The month before the day of the demo, and its own as far as it has come; the rest of it is planned."""
    first = story.as_of.replace(day=1)
    before = (first - dt.timedelta(days=1)).replace(day=1)
    if before <= dt.date(2018, 3, 1):
        before = first  # those months are told already
    part.add(first, 8, partial(_ask_for_theme_days, story, before))
    for month in dict.fromkeys((before, first)):
        if month > dt.date(2018, 3, 1):
            _put_month(part, story, month, until=story.as_of - dt.timedelta(days=1))


def _ask_for_theme_days(story: Story, since: dt.date) -> None:
    """The town's office begins the monthly theme day for its villages: from then on what is missed is seen."""
    begin_plan(
        by=story.cast.offices[SU], place=next(town for town in story.land.towns if town.code == SU),
        wanted=wanted("activities.theme_day"), begins_on=since,
    )  # fmt: skip


def _put_month(part: Part, story: Story, month: dt.date, *, until: dt.date) -> None:
    """Theme days of all villages of the town, and all that the shown village holds: planned first, then held."""
    town = next(town for town in story.land.towns if town.code == SU)
    villages = story.land.villages_of(town)
    for n, village in enumerate(villages):
        held = Kept("activities.theme_day", "主题党日", 5 + n % 3, 9, 90)
        missed = (n + month.month) % MISSED == 0 and village.code != SHOWN_VILLAGE
        _put(part, story, village, held, month, until=until, missed=missed)
    shown = story.land.village(SHOWN_VILLAGE)
    for held in MONTHLY + (QUARTERLY if month.month % 3 == 0 else ()):
        _put(part, story, shown, held, month, until=until)


def _put(
    part: Part, story: Story, village: Place, held: Kept, month: dt.date, *, until: dt.date, missed: bool = False
) -> None:
    on = month.replace(day=held.day)
    topic = TOPICS[number_of(held.kind, village.code, str(month)) % len(TOPICS)]
    planned = month - dt.timedelta(days=3)
    part.add(planned, 9, partial(_plan, story, village, held, on, topic))
    if on <= until and not missed:
        part.add(on, 18, partial(_hold, story, village, held, on, topic))


def _plan(story: Story, village: Place, held: Kept, on: dt.date, topic: str) -> None:
    starts = clock.local_moment(on, held.hour)
    values: dict[str, object] = {"project": "环境卫生"} if held.kind == "activities.volunteer_day" else {"topic": topic}
    actions.plan(
        by=story.cast.secretaries[village.code], kind=held.kind, place=village, title=held.title, starts_at=starts,
        ends_at=starts + dt.timedelta(minutes=held.minutes), venue="村部", site=story.sites.get(village.code),
        values=values,
    )  # fmt: skip


def _hold(story: Story, village: Place, held: Kept, on: dt.date, topic: str) -> None:
    by = story.cast.secretaries[village.code]
    plans = Activity.objects.filter(kind=held.kind, place=village, day=on, title=held.title)
    people = 12 + number_of("people", village.code, held.title, str(on)) % 25
    values = {"members": people - people // 6} if held.kind == "activities.theme_day" else {}
    done = actions.record(
        by=by, activity=plans.select_related("place").get(), held_on=on, minutes=held.minutes, headcount=people,
        outcome="按计划开展，议题讨论完毕（示范）。", values=values,
    )  # fmt: skip
    if village.code == SHOWN_VILLAGE:
        show(by=by, subject=done, place=village, slot="photos", about=held.title, number=number_of(held.title) % 9)
        _put_papers(by, done, held, people, topic)


def _put_papers(by: Account, done: Activity, held: Kept, people: int, topic: str) -> None:
    """Minutes of what is a meeting; of a theme day, how many came of each group."""
    village, name = done.place, f"{held.title}{done.day:%Y%m%d}"
    if held.kind in ("activities.branch_committee", "activities.general_meeting"):
        data = papers.minutes(held.title, village, done.day, people, held.minutes, topic)
        papers.put_beside(by=by, subject=done, place=village, data=data, name=f"{name}会议记录.docx")
    elif held.kind == "activities.theme_day":
        first = people // 2
        groups = {"第一党小组": (first, first + 2), "第二党小组": (people - first, people - first + 1)}
        data = papers.attendance(held.title, done.day, groups)
        papers.put_beside(by=by, subject=done, place=village, data=data, name=f"{name}到会人数.xlsx")
