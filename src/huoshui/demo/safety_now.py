"""Safety at work on the day that the demo is told for: inspections, hazards at every step, an accident, invented."""

from __future__ import annotations

import datetime as dt
from functools import partial
from typing import Any

from huoshui.demo.accounts import grant_everywhere, open_site_account
from huoshui.demo.agenda import Part
from huoshui.demo.photos import show
from huoshui.demo.safety import KEY, Site, enterprises_of, food_places_of, report_month
from huoshui.demo.story import Story, number_of
from huoshui.duties.models import Account
from huoshui.matters import actions as matters
from huoshui.matters.models import Matter
from huoshui.places.models import Place
from huoshui.schedules.actions import begin_plan, wanted
from huoshui.visits import actions as visits

OFFICERS = 3
"""Enterprises whose safety officers have accounts; the first can be signed in to."""
FIVE = {
    "measures": "清理现场、更换器材，指定专人每日巡查（示范）。",
    "funds": "2600",
    "contingency": "整改期间停用该部位，备灭火器材，出事先断电疏散再报告（示范）。",
}
LEDGERS = {"现场类隐患台账": "site", "基础管理类隐患台账": "management"}
INSPECTED = 6
"""Key enterprises that the third party has been to this month."""


def put_present_on(part: Part, story: Story) -> None:
    """Officers and plans first, then what was found at three enterprises and a food business."""
    ago = partial(_ago, story)
    cast, sites = story.cast, enterprises_of(story)
    part.add(ago(75), 8, partial(_open_officers, story, sites))
    part.add(ago(70), 9, partial(_begin_plans, story))
    for name, ledger in LEDGERS.items():
        part.add(ago(70), 10, partial(_save_view, story, name, ledger))
    first, second, third = (Found(story, site, f"officer-{site.number}") for site in sites[:OFFICERS])
    part.add(ago(9), 9, partial(first.inspect, "enterprise_check", cast.staff["safety"], "exits", "wiring", "training"))
    part.add(ago(8), 10, partial(first.fix_five, "exits"))
    part.add(ago(3), 16, partial(first.submit, "exits"))
    part.add(ago(50), 9, partial(second.inspect, "third_party_check", cast.staff["third-party"], "machines", "records"))
    for item in ("machines", "records"):
        part.add(ago(48), 9, partial(second.fix_five, item))
    part.add(ago(12), 9, partial(second.explain, "records"))
    part.add(ago(6), 9, partial(third.inspect, "enterprise_check", cast.staff["safety"], "major_found"))
    part.add(ago(5), 9, partial(third.judge, "major_found"))
    food = Found(story, food_places_of(story)[0], "food-officer-1")
    part.add(ago(7), 9, partial(food.inspect, "food_check", cast.staff["food"], "in_date"))
    part.add(ago(6), 11, partial(food.fix_five, "in_date"))
    part.add(ago(14), 9, partial(_register_accident, story, sites[1]))
    month = story.as_of.replace(day=1)
    for site in sites[4 : 4 + INSPECTED]:
        clean = Found(story, site, "")
        part.add(max(ago(4), month), 8, partial(clean.inspect, "third_party_check", cast.staff["third-party"]))
    part.add(month - dt.timedelta(days=1), 17, partial(report_month, story))


def _ago(story: Story, days: int) -> dt.date:
    return story.as_of - dt.timedelta(days=days)


def _place(site: Site) -> Place:
    return Place.objects.get(code=site.code)


def _open_officers(story: Story, sites: list[Site]) -> None:
    since = story.as_of - dt.timedelta(days=75)
    for site in sites[:OFFICERS]:
        username = "enterprise" if site.number == 1 else f"enterprise-{site.number}"
        story.cast.staff[f"officer-{site.number}"] = open_site_account(
            story.cast, username=username, title=f"{site.name}安全负责人", unit=site.name,
            role="enterprise_safety_officer", places=[_place(site)], since=since,
        )  # fmt: skip
    shop = food_places_of(story)[0]
    story.cast.staff["food-officer-1"] = open_site_account(
        story.cast, username="food-officer", title=f"{shop.name}食品安全管理员", unit=shop.name, role="food_officer",
        places=[_place(shop)], since=since,
    )  # fmt: skip
    key = list(Place.objects.filter(code__in=[site.code for site in sites[:KEY]]).order_by("path"))
    grant_everywhere(story.cast, story.cast.staff["third-party"], "third_party_inspector", key, since)


def _begin_plans(story: Story) -> None:
    """What is due is asked from this month on."""
    month = story.as_of.replace(day=1)
    codes = ("monthly_third_party", "quarterly_inspection", "monthly_accident_return")
    for code in codes:
        begins = month - dt.timedelta(days=1) if code == "monthly_accident_return" else month
        begin_plan(
            by=story.cast.staff["safety"], place=story.land.district, wanted=wanted(f"safety.{code}"), begins_on=begins
        )
    begin_plan(
        by=story.cast.staff["food"], place=story.land.district, wanted=wanted("safety.food_inspection"), begins_on=month
    )


def _save_view(story: Story, name: str, ledger: str) -> None:
    """The two ledgers, shared by the safety office with itself."""
    query = f"kind=safety.hazard&hazard_ledger_is={ledger}"
    matters.save_view(by=story.cast.staff["safety"], name=name, query=query, shared=True)


class Found:
    """What is found at one site, and put right by whoever answers for it."""

    def __init__(self, story: Story, site: Site, officer: str) -> None:
        self.story, self.site, self._officer = story, site, officer

    @property
    def officer(self) -> Account:
        """Who answers for the site."""
        return self.story.cast.staff[self._officer]

    def inspect(self, checklist: str, by: Account, *failing: str) -> None:
        """A visit by somebody, in which some items fail."""
        place = _place(self.site)
        sheet = visits.start_visit(by=by, place=place, checklist=f"safety.{checklist}")
        good: dict[str, Any] = dict.fromkeys(sheet.checklist.items, True)
        good |= {"has_chemicals": False, "major_found": False}
        good |= {"storage": None, "data_sheets": None}
        answers = {code: value for code, value in good.items() if code in sheet.checklist.items and value is not None}
        answers |= {code: not answers[code] for code in failing}
        sheet = visits.save_answers(by=by, visit=sheet, answers=answers)
        for code in failing:
            if sheet.checklist.items[code].evidence:
                number = number_of(self.site.code, code)
                show(by=by, subject=sheet, place=place, slot=code, about="现场", number=number)
        visits.submit_visit(by=by, visit=sheet)

    def _matter(self, item: str) -> Matter:
        return Matter.objects.select_related("place").get(place__code=self.site.code, source_item__endswith=f"/{item}")

    def _step(self, by: Account, item: str, transition: str, note: str = "", **values: Any) -> None:
        matters.advance(by=by, matter=self._matter(item), transition=transition, values=values, note=note)

    def fix_five(self, item: str) -> None:
        """Responsibility, measures, money, deadline, contingency plan."""
        limit = self._matter(item).limit_on
        self._step(self.officer, item, "fix_five", responsible_person=self.officer, deadline=limit, **FIVE)

    def submit(self, item: str) -> None:
        """Done, with a photo."""
        matter = self._matter(item)
        number = number_of(self.site.code, item, "after")
        show(by=self.officer, subject=matter, place=matter.place, slot="after", about="整改后", number=number)
        self._step(self.officer, item, "submit", progress="已整改到位，巡查三天没有反复（示范）。")

    def explain(self, item: str) -> None:
        """Why it is late."""
        why = "外请机构排期延后，已签合同，整改前由班组长每日检查（示范）。"
        self._step(self.officer, item, "explain", overdue_reason=why)

    def judge(self, item: str) -> None:
        """The safety office judges it major."""
        given = {
            "hazard_class": "chemicals", "hazard_level": "district", "affected_range": "车间及相邻仓库（示范）",
            "emergency_measures": "停止作业、切断气源、撤离人员、设警戒（示范）。",
        }  # fmt: skip
        self._step(self.story.cast.staff["safety"], item, "judge", **given)


def _register_accident(story: Story, site: Site) -> None:
    """An ordinary one, under investigation."""
    happened = story.as_of - dt.timedelta(days=15)
    matters.open_matter(
        by=story.cast.staff["safety"], kind="safety.accident", place=_place(site), title="机械伤害",
        detail="示范内容，非真实事故。",
        values={"occurred_on": happened, "accident_class": "ordinary", "accident_type": "machines"},
    )  # fmt: skip
