"""What was held in 2017 and the spring after that was published: film shows, training, a lecture, a festival.

The counts are those of the public report of spring 2018; on which day, of what and for whom exactly is invented.
"""

from __future__ import annotations

import datetime as dt
from functools import partial
from itertools import cycle, islice
from typing import Any

from huoshui.activities import actions
from huoshui.activities.imports import import_activities
from huoshui.activities.models import Activity
from huoshui.demo.agenda import Part
from huoshui.demo.photos import show
from huoshui.demo.story import Story, number_of
from huoshui.kernel import clock
from huoshui.kernel.errors import Refusal
from huoshui.matters.actions import advance, open_matter
from huoshui.matters.models import Matter
from huoshui.places.models import Place

FILM = "activities.film_show"
FILM_SHOWS, MONTHS = 1_200, 12
FILMS = (
    "科教片（小麦病虫害防治）",
    "故事片（乡村题材）",
    "戏曲片（豫剧）",
    "科教片（用电安全）",
    "故事片（革命题材）",
    "科教片（健康常识）",
)
SHARES = {"中央补助": 100, "省级补助": 40, "市级补助": 40, "区级补助": 20, "每场费用": 200}
"""Yuan of one show, by who pays, and what it costs; invented."""
NINGGUO, WENYUAN, YANGMIAO = "410871101", "410871061", "410871100"
COURSES = (
    "小麦高产栽培", "玉米机播与机收", "温室蔬菜种植", "果树修剪", "畜禽防疫", "怀药种植", "农机安全操作", "电商入门",
    "家政服务", "缝纫", "烹饪",
)  # fmt: skip
COURSES_HELD = 22
LECTURE_ON = dt.date(2018, 3, 22)
FESTIVAL = (dt.date(2018, 4, 6), dt.date(2018, 4, 30))
EVENTS = (
    ("美食展", "food", 6), ("锣鼓表演", "drums", 6), ("服装展示", "costume", 14), ("经典诵读", "reading", 15),
    ("戏曲演出", "opera", 21),
)  # fmt: skip
"""Parts of the festival: name, form, day of April."""


def put_events_on(part: Part, story: Story) -> None:
    """All of it; what was held of the festival only where the demo is told for a day after it."""
    for month in range(1, MONTHS + 1):
        day = dt.date(2017, month + 1, 2) if month < MONTHS else dt.date(2018, 1, 2)
        part.add(day, 10, partial(_show_films, story, month))
    for n in range(COURSES_HELD):
        day = dt.date(2017, 3, 6) + dt.timedelta(days=11 * n)
        part.add(day, 17, partial(_train, story, n, day))
    part.add(dt.date(2018, 3, 15), 9, partial(_plan_lecture, story))
    part.add(LECTURE_ON, 17, partial(_give_lecture, story))
    part.add(dt.date(2018, 3, 20), 9, partial(_plan_festival, story))
    for title, _form, of_april in EVENTS:
        held = dt.date(2018, 4, of_april)
        if held < story.as_of:
            part.add(held, 19, partial(_hold, story, title, held))
    for village, name, kind, told in BRANDS:
        part.add(dt.date(2017, 11, 20), 9, partial(_propose_brand, story, village, name, kind, told))
        part.add(dt.date(2017, 11, 23), 15, partial(_confirm_brand, story, village))
    over = FESTIVAL[1] + dt.timedelta(days=1)
    if over < story.as_of:
        part.add(over, 10, partial(_hold_festival, story))


BRANDS = (
    ("410871203201", "古民居文化", "culture", "保护老宅，整理村史，村民讲解（示范）。"),
    ("410871203202", "怀药种植", "industry", "统一种苗和收购，带动农户（示范）。"),
)
"""Villages, what their brand is called, its kind, and what it is; invented."""


def _propose_brand(story: Story, village: str, name: str, kind: str, told: str) -> None:
    by, place = story.cast.secretaries[village], story.land.village(village)
    matter = open_matter(by=by, kind="activities.brand", place=place, title=name, detail=told)
    values = {"brand_name": name, "kind_of_brand": kind, "since_year": "2016", "story": told}
    advance(by=by, matter=matter, transition="submit", values=values)


def _confirm_brand(story: Story, village: str) -> None:
    matter = Matter.objects.get(kind="activities.brand", place__code=village)
    advance(by=story.cast.offices[village[:9]], matter=matter, transition="confirm")


def films_of(story: Story, month: int) -> bytes:
    """The operator's list of one month of 2017 as CSV: a hundred shows, village after village."""
    each = FILM_SHOWS // MONTHS
    first = (month - 1) * each
    villages = islice(cycle(story.land.villages), first, first + each)
    lines = [",".join(["编号", "地点", "日期", "名称", "片名", "参加人数", *SHARES])]
    for n, village in enumerate(villages, start=first):
        day = dt.date(2017, month, 1 + n % 28)
        seen = 30 + number_of("film", village.code, str(month)) % 120
        film = FILMS[n % len(FILMS)]
        row = [f"FY2017-{n + 1:04d}", village.code, day.isoformat(), f"放映：{film}", film, str(seen)]
        lines.append(",".join([*row, *(str(yuan) for yuan in SHARES.values())]))
    return "\n".join(lines).encode()


def _show_films(story: Story, month: int) -> None:
    by = story.cast.staff["culture"]
    report = import_activities(by=by, kind=FILM, data=films_of(story, month), name=f"2017-{month:02d}.csv")
    if report.problems:
        raise Refusal.of(report.problems)


def _town(story: Story, code: str) -> Place:
    return next(town for town in story.land.towns if town.code == code)


def _train(story: Story, n: int, day: dt.date) -> None:
    villages = story.land.villages_of(_town(story, NINGGUO))
    village, topic = villages[n % len(villages)], COURSES[n % len(COURSES)]
    people = 44 + number_of("course", str(n)) % 12
    actions.record_at_once(
        by=story.cast.offices[NINGGUO], kind="activities.training_course", place=village, title=f"{topic}培训班",
        held_on=day, headcount=people, venue="村部会议室",
        values={"topic": topic, "lecturer": "区农业部门技术员（示范）", "hours": "4", "farmers": people - n % 5},
        outcome="讲课半天，现场答疑，发放资料。",
    )  # fmt: skip


def _plan_lecture(story: Story) -> None:
    actions.plan(
        by=story.cast.offices[WENYUAN], kind="activities.parent_school", place=_town(story, WENYUAN),
        title="家长学校讲座", starts_at=_at(LECTURE_ON, 15), ends_at=_at(LECTURE_ON, 16, 30), venue="新安镇小学报告厅",
        values={"school": "新安镇小学", "topic": "家庭教育", "lecturer": "区教育部门讲师（示范）"},
    )  # fmt: skip


def _give_lecture(story: Story) -> None:
    by, town = story.cast.offices[WENYUAN], _town(story, WENYUAN)
    lecture = Activity.objects.select_related("place").get(kind="activities.parent_school", place=town)
    held = actions.record(
        by=by, activity=lecture, held_on=LECTURE_ON, minutes=90, headcount=156,
        outcome="家长听课并提问，学校收集了意见。",
    )  # fmt: skip
    show(by=by, subject=held, place=town, slot="photos", about="家长学校讲座", number=3)
    actions.record_consent(
        by=by, activity=held, children=12, given_on=LECTURE_ON, paper="家长知情同意书，存学校（示范）"
    )
    show(by=by, subject=held, place=town, slot="children", about="学生代表发言", number=8)


def _plan_festival(story: Story) -> None:
    by, town = story.cast.offices[YANGMIAO], _town(story, YANGMIAO)
    first, last = FESTIVAL
    whole = actions.plan(
        by=by, kind="activities.festival", place=town, title="油菜花节", starts_at=_at(first, 9),
        ends_at=_at(last, 18), venue="油菜花观赏区", values={"edition": 1},
    )  # fmt: skip
    for title, form, day in EVENTS:
        on = dt.date(2018, 4, day)
        actions.plan(
            by=by, kind="activities.festival_event", place=town, title=f"油菜花节{title}", starts_at=_at(on, 10),
            ends_at=_at(on, 12), venue="主会场", values={"form": form}, parent=whole,
        )  # fmt: skip


def _hold(story: Story, title: str, day: dt.date) -> None:
    by, town = story.cast.offices[YANGMIAO], _town(story, YANGMIAO)
    event = Activity.objects.select_related("place").get(place=town, title=f"油菜花节{title}")
    held = actions.record(by=by, activity=event, held_on=day, minutes=120, outcome="按计划开展（示范）。")
    show(by=by, subject=held, place=town, slot="photos", about=title, number=number_of(title) % 9)


def _hold_festival(story: Story) -> None:
    by, town = story.cast.offices[YANGMIAO], _town(story, YANGMIAO)
    whole: Any = Activity.objects.select_related("place").get(place=town, kind="activities.festival")
    first, last = FESTIVAL
    actions.record(by=by, activity=whole, held_on=first, last_day=last, outcome="配套活动全部开展，游客有序（示范）。")


def _at(day: dt.date, hour: int, minute: int = 0) -> dt.datetime:
    return clock.local_moment(day, hour, minute)
