"""The ledger of the day that the demo is told for: a matter in every state and under every light."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from huoshui.demo.agenda import Part
from huoshui.demo.conditions import Condition, complete_hub
from huoshui.demo.conditions import Work as Kind
from huoshui.demo.hubs import Work
from huoshui.demo.scenarios import (
    Case,
    behind,
    days,
    divided,
    duplicate,
    fresh,
    not_ours,
    not_resolvable,
    rectifying,
    refused,
    reopened,
    resolved,
    returned,
    submitted,
    supervised,
    unclaimed,
)
from huoshui.demo.story import Story

Scenario = Callable[[Case], None]
SU, WENCHANG, WENYUAN = "4108712032", "4108710622", "4108710612"
YANGMIAO, NINGGUO, LIWAN = "4108711002", "4108711012", "4108710602"

CASES: list[tuple[str, str, str, Scenario | None]] = [
    # 寨卜昌村, whose secretary can sign in: something of everything
    (SU + "01", "facilities", "urgent", partial(fresh, ago=1)),
    (SU + "01", "publicity", "ordinary", behind),
    (SU + "01", "rooms", "ordinary", partial(rectifying, left=2)),
    (SU + "01", "looks", "ordinary", partial(rectifying, left=-3)),
    (SU + "01", "service_ledger", "ordinary", returned),
    (SU + "01", "agents", "ordinary", partial(submitted, ago=1)),
    (SU + "01", "theme_day", "ordinary", partial(resolved, ago=4)),
    # 刘路村, whose secretary is a verifier as well and may not verify these
    (SU + "02", "plaza", "ordinary", partial(supervised, left=-3, ago=1, replied=False)),
    (SU + "02", "service_guide", "ordinary", partial(submitted, ago=2)),
    # the other villages of 苏家作乡
    (SU + "00", "looks", "ordinary", partial(unclaimed, overdue=1)),
    (SU + "03", "facilities", "serious", partial(rectifying, left=-6)),
    (SU + "05", "meetings", "ordinary", partial(submitted, ago=5)),
    (SU + "07", "reading_room", "ordinary", partial(resolved, ago=2)),
    (SU + "10", "distance_education", "ordinary", partial(not_ours, where="区远程教育中心（示范）")),
    (SU + "12", "looks", "ordinary", partial(divided, also="handbook")),
    (SU + "13", "records", "ordinary", partial(fresh, ago=2)),
    # 文昌街道
    (WENCHANG + "01", "facilities", "serious", partial(supervised, left=-12, ago=4, replied=True)),
    (WENCHANG + "04", "looks", "ordinary", partial(rectifying, left=-8)),
    (WENCHANG + "07", "plaza", "ordinary", partial(rectifying, left=1)),
    (WENCHANG + "09", "rooms", "ordinary", partial(unclaimed, overdue=5)),
    (WENCHANG + "13", "publicity", "ordinary", partial(behind, more=2)),
    (WENCHANG + "13", "publicity", "ordinary", None),
    (WENCHANG + "19", "site", "serious", partial(not_resolvable, confirmed=False)),
    (WENCHANG + "22", "agents", "ordinary", partial(submitted, ago=3)),
    (WENCHANG + "28", "management", "ordinary", reopened),
    (WENCHANG + "32", "volunteers", "ordinary", partial(resolved, ago=7)),
    (WENCHANG + "35", "organisation_life", "serious", partial(rectifying, left=14)),
    # 文苑街道
    (WENYUAN + "01", "looks", "ordinary", partial(rectifying, left=-1)),
    (WENYUAN + "04", "service_station", "serious", partial(rectifying, left=3)),
    (WENYUAN + "07", "facilities", "urgent", partial(rectifying, left=-2)),
    (WENYUAN + "09", "clinic", "ordinary", partial(not_ours, where="区卫计部门（示范）")),
    (WENYUAN + "12", "knowledge", "ordinary", partial(submitted, ago=11)),
    # 阳庙镇
    (YANGMIAO + "01", "looks", "ordinary", partial(rectifying, left=-4)),
    (YANGMIAO + "04", "greening", "ordinary", partial(behind, more=1)),
    (YANGMIAO + "08", "activity_room", "serious", refused),
    (YANGMIAO + "11", "one_stop", "serious", partial(returned, ago=4)),
    (YANGMIAO + "14", "handbook", "ordinary", partial(resolved, ago=10)),
    # 宁郭镇
    (NINGGUO + "00", "management", "ordinary", partial(rectifying, left=0)),
    (NINGGUO + "05", "looks", "ordinary", partial(rectifying, left=-10)),
    (NINGGUO + "18", "rooms", "ordinary", partial(fresh, ago=3)),
    (NINGGUO + "24", "service_ledger", "ordinary", partial(resolved, ago=1)),
    (NINGGUO + "29", "plaza", "ordinary", partial(unclaimed, overdue=9)),
    # 李万街道
    (LIWAN + "02", "publicity", "ordinary", partial(rectifying, left=6)),
    (LIWAN + "05", "site", "serious", partial(not_resolvable, confirmed=True)),
    (LIWAN + "07", "looks", "ordinary", partial(rectifying, left=-7)),
    (LIWAN + "09", "agents", "ordinary", partial(submitted, ago=6)),
]
"""Village, theme, severity and how it stands; None: a duplicate of the case before it."""


def put_ledger_on(part: Part, story: Story) -> None:
    """Every case of the ledger."""
    before: Case | None = None
    for village, theme, severity, scenario in CASES:
        case = Case(story, part, story.land.village(village), theme, severity)
        if scenario:
            scenario(case)
        elif before:
            duplicate(case, before)
        before = case


def put_works_on(part: Part, story: Story) -> None:
    """The villages that have no hub yet, on their way to one; and an upgrade that waits for its acceptance."""
    homeless = [condition for condition in story.hubs.values() if condition.work == "without"]
    older = [c for c in story.hubs.values() if c.work == "older" and c.village.kind == "village"]
    _put_work_on(part, _work(story, homeless[0], "new"), 5, [])
    _put_work_on(part, _work(story, homeless[1], "new"), 12, ["approve"])
    _put_work_on(part, _work(story, homeless[2], "new"), 30, ["approve", "start"], left=4)
    _put_work_on(part, _work(story, homeless[3], "new"), 26, ["approve", "start"], left=40)
    _put_work_on(part, _work(story, older[0], "upgraded"), 28, ["approve", "start"], left=-2)
    _put_work_on(part, _work(story, older[1], "upgraded"), 40, ["approve", "start", "submit"], left=-5)
    _put_work_on(part, _work(story, older[2], "upgraded"), 20, ["approve", "drop"])


def _work(story: Story, condition: Condition, kind: Kind) -> Work:
    wanted = replace(condition, work=kind, after=complete_hub(condition.village, story.as_of.year))
    return Work(story, wanted, f"面积、投资和日期均为示范，{story.as_of.year}年。")


def _put_work_on(part: Part, work: Work, ago: int, steps: list[str], left: int = 0) -> None:
    """Opened ``ago`` days ago; each further step three days after the one before, the submission last."""
    day = work.story.as_of - days(ago)
    part.add(day, 10, work.open)
    for step in steps:
        day += days(3)
        if step == "start":
            planned_end = work.story.as_of + days(left)
            part.add(day, 9, partial(work.start, planned_end))
        elif step == "submit":
            part.add(work.story.as_of - days(7), 16, work.submit)
        elif step == "approve":
            part.add(day, 9, work.approve)
        else:
            part.add(day, 9, partial(_drop, work))


def _drop(work: Work) -> None:
    work.step(work.story.cast.staff["office"], "drop", note="与邻村合用阵地，不再单独提升（示范）。")
