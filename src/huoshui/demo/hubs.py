"""Hubs: the older ones, the survey of the three withouts, and the 58 works of 2017 up to their payment."""

from __future__ import annotations

import datetime as dt
import random
from functools import partial
from typing import Any

from huoshui.demo import papers
from huoshui.demo.agenda import Part
from huoshui.demo.conditions import INVENTED as NOT_MEASURED
from huoshui.demo.conditions import Condition
from huoshui.demo.photos import show
from huoshui.demo.spots import beside
from huoshui.demo.story import Story, number_of
from huoshui.duties.models import Account
from huoshui.kernel import clock
from huoshui.matters import actions as matters
from huoshui.matters.models import Matter
from huoshui.matters.money import actions as lines
from huoshui.places import actions as places
from huoshui.visits import actions as visits

COST_NEW, COST_UPGRADE = "120000", "20000"
"""Yuan for each: ten new ones make 1.2 million, 48 upgrades 0.96 million."""
FOUNDED = dt.date(2017, 1, 3)
SURVEY_FROM, WORKS_FROM = dt.date(2017, 2, 6), dt.date(2017, 2, 20)
SURVEY = "hubs.three_withouts"
REPORTED = "个数和投资合计取自公开报道；落在哪个村、面积和日期均为示范。"


def open_older_hubs(story: Story) -> None:
    """The hubs that stood before 2017, as the register is set up."""
    for condition in story.hubs.values():
        if condition.before:
            _open_hub(story, condition, condition.before, dt.date(condition.before["built_year"], 1, 1))


def _open_hub(story: Story, condition: Condition, attributes: dict[str, object], since: dt.date) -> None:
    village = condition.village
    story.sites[village.code] = places.open_site(
        by=story.cast.staff["office"],
        kind="hub",
        name=f"{village.short_name}党群服务中心",
        parent=village,
        opened_on=since,
        attributes=dict(attributes),
        **beside(village),
    )


def put_survey_on(part: Part, story: Story) -> None:
    """February 2017: each township asks of every village whether there is a site, a service room, a facility."""
    for town in story.land.towns:
        for n, condition in enumerate(story.hubs[village.code] for village in story.land.villages_of(town)):
            part.add(SURVEY_FROM + dt.timedelta(days=n // 4), 9 + n % 4, partial(_survey, story, condition))


def _survey(story: Story, condition: Condition) -> None:
    village, assessor = condition.village, story.cast.assessors[condition.village.code[:9]][0]
    sheet = visits.start_visit(by=assessor, place=village, checklist=SURVEY)
    had = condition.before
    answers = {
        "site": bool(had),
        "service_room": had.get("service_room", False),
        "recreation_facility": had.get("recreation_facility", False),
    }
    visits.save_answers(by=assessor, visit=sheet, answers=answers, direction=f"摸底结果为{NOT_MEASURED}。")
    about, number = "摸底现场", number_of(village.code, SURVEY)
    show(by=assessor, subject=sheet, place=village, slot="site", about=about, number=number)
    visits.submit_visit(by=assessor, visit=sheet)


def put_works_on(part: Part, story: Story) -> None:
    """The works of 2017: opened by the township, approved, built, accepted by the district's verifier."""
    dice = random.Random("huoshui demo: works")  # noqa: S311 - invented data, not secrets
    for condition in story.hubs.values():
        if condition.work in ("new", "upgraded"):
            _put_work_on(part, Work(story, condition, REPORTED), dice)


def _put_work_on(part: Part, work: Work, dice: random.Random) -> None:
    new = work.condition.work == "new"
    opened = WORKS_FROM + dt.timedelta(days=dice.randint(0, 20))
    approved = opened + dt.timedelta(days=dice.randint(4, 12))
    started = approved + dt.timedelta(days=dice.randint(5, 20))
    built = started + dt.timedelta(days=dice.randint(110, 165) if new else dice.randint(35, 90))
    accepted = built + dt.timedelta(days=dice.randint(3, 12))
    part.add(opened, 9, work.open)
    part.add(approved, 10, work.approve)
    part.add(started, 8, partial(work.start, built + dt.timedelta(days=dice.randint(-4, 10))))
    part.add(started + (built - started) / 2, 17, work.report)
    part.add(built, 16, work.submit)
    part.add(accepted, 11, work.accept)
    part.add(accepted + dt.timedelta(days=3), 10, work.order)
    part.add(accepted + dt.timedelta(days=6), 15, work.pay)


class Work:
    """One hub being built or upgraded: the matter, and what the register holds once it is accepted."""

    def __init__(self, story: Story, condition: Condition, detail: str, cost: str = "") -> None:
        self.story, self.condition, self.village, self.detail = story, condition, condition.village, detail
        self.secretary = story.cast.secretaries[self.village.code]
        self.new = condition.work == "new"
        self.cost = cost or (COST_NEW if self.new else COST_UPGRADE)
        self._matter: Matter | None = None

    @property
    def matter(self) -> Matter:
        """The matter, once opened."""
        if self._matter is None:
            raise RuntimeError(f"the work at {self.village} is not opened yet")
        return self._matter

    def open(self) -> None:
        """By the township's office; an upgrade is of the hub itself, a new one of the village."""
        kind, word = ("construction", "新建") if self.new else ("upgrade", "规范提升")
        self._matter = matters.open_matter(
            by=self.story.cast.office_of(self.village),
            kind=f"hubs.{kind}",
            place=self.village if self.new else self.story.sites[self.village.code],
            title=f"{self.village.short_name}党建阵地{word}",
            detail=self.detail,
            values={"budget": self.cost},
        )
        self.write(self.story.cast.office_of(self.village), "budget")

    def write(self, by: Account, type: str, voucher: str = "", payer: str = "") -> None:
        """A money line of the whole cost, of today."""
        given: dict[str, Any] = {"amount": self.cost, "day": clock.today(), "payer": payer, "voucher": voucher}
        lines.write_line(by=by, matter=self.matter, type=type, **given)
        self._matter = Matter.objects.get(pk=self.matter.pk)

    def step(self, by: Account, transition: str, *, values: dict[str, Any] | None = None, note: str = "") -> None:
        """One step of the matter's workflow."""
        self._matter = matters.advance(by=by, matter=self.matter, transition=transition, values=values, note=note)

    def approve(self) -> None:
        """By the district's office."""
        self.step(self.story.cast.staff["office"], "approve")

    def start(self, planned_end: dt.date) -> None:
        """By the village's secretary, with the day it is to be done; a new hub has a list of what it costs."""
        if self.new:
            data = papers.cost_list(self.secretary, self.village, "新建", self.cost)
            name = f"{self.village.short_name}工程造价清单.pdf"
            papers.put_beside(by=self.secretary, subject=self.matter, place=self.matter.place, data=data, name=name)
        values = {"planned_end": planned_end}
        self.step(self.secretary, "start", values=values)

    def report(self) -> None:
        """Half-way."""
        said = "主体完工，正在粉刷和平整场地。" if self.new else "房间腾挪完毕，正在更换门窗和桌椅。"
        self.step(self.secretary, "update", values={"progress": said})

    def submit(self) -> None:
        """Done: areas, cost, the day, and a photo."""
        after = self.condition.after
        about, number = "完工现场", number_of(self.village.code, "work")
        place = self.matter.place
        show(by=self.secretary, subject=self.matter, place=place, slot="after", about=about, number=number)
        values = {
            "floor_area": after["floor_area"],
            "plaza_area": after["plaza_area"],
            "cost": self.cost,
            "completed_on": clock.today(),
            "progress": "已完工并清场，资料齐全。",
        }
        self.step(self.secretary, "submit", values=values)

    def accept(self) -> None:
        """By the verifier; the register's hub follows on the same day."""
        verifier = self.story.cast.staff["verifier"]
        self.step(verifier, "accept", note="现场看过，与申报相符（示范）。")
        self.write(verifier, "accepted")
        if self.new:
            _open_hub(self.story, self.condition, self.condition.after, clock.today())
        else:
            hub = self.story.sites[self.village.code]
            office = self.story.cast.staff["office"]
            places.amend_attributes(by=office, place=hub, attributes=self.condition.after)

    def order(self) -> None:
        """The district's office orders the payment of what was accepted."""
        lines.order_payment(
            by=self.story.cast.staff["office"], matter=self.matter, type="paid", amount=self.cost, payer="区财政局"
        )

    def pay(self) -> None:
        """The finance office confirms it, with the voucher."""
        pay_order(self.story, self.matter)


def pay_order(story: Story, matter: Matter) -> None:
    """The finance office confirms the payment that waits, and pictures its voucher."""
    finance, order = story.cast.staff["finance"], matter.payment_orders.get(state="ordered")
    number = number_of(matter.number, order.type)
    voucher = f"示范支字{number % 10_000:04d}号"
    line = lines.confirm_payment(by=finance, order=order, day=clock.today(), voucher=voucher)
    show(by=finance, subject=line, place=matter.place, slot="voucher", about="支付凭证", number=number)
