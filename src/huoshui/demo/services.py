"""Services of the demo: what eighteen hubs offer, requests in every state, ratings and what corrects the low ones.

Nobody who asks has a name: the applicant of each request is a number, and so is their phone.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import Any

from huoshui.demo.accounts import SHOWN_VILLAGE
from huoshui.demo.agenda import Part
from huoshui.demo.story import Story, number_of, working_day
from huoshui.duties.models import Account
from huoshui.kernel import clock
from huoshui.matters import actions as matters
from huoshui.matters.models import Matter
from huoshui.packs.queries import all_current
from huoshui.places.models import Place
from huoshui.services import actions
from huoshui.services.models import Offer, Rating, Request
from huoshui.services.tracking import code_of

PACK, BUNDLE = "services", "services.startup"
PUBLISHED_AGO = 100
"""Working days before the day of the demo on which the offers were published."""
MORNING, WHOLE_DAY = "8:30-12:00", "8:30-12:00，14:30-18:00"
EVERYWHERE = (
    "pension_enrolment", "pension_qualification", "medical_enrolment", "birth_registration", "subsistence_allowance",
    "elderly_subsidy", "farming_subsidies",
)  # fmt: skip
SOMEWHERE = ("job_registration", "startup_loan", "opening_subsidy", "startup_training", "temporary_assistance")
DIRECT = ("pension_enrolment", "pension_qualification", "medical_enrolment", "birth_registration")
WORDS = {
    "very_satisfied": "代办员讲得清楚，一次办完（示范）。",
    "satisfied": "",
    "basically_satisfied": "等的时间有点长（示范）。",
    "dissatisfied": "跑了两趟才办成（示范）。",
    "very_dissatisfied": "答复拖得太久（示范）。",
}
REGISTERED = "已登记，当场办成（示范）。"
FOUND = {
    "finding": "材料没有一次告知，来人补跑了一趟（示范）。",
    "measures": "按指南一次告知，办理点贴出清单（示范）。",
}
LEVELS = (
    "very_satisfied", "satisfied", "satisfied", "basically_satisfied", "very_satisfied", "satisfied", "dissatisfied",
    "very_satisfied", "satisfied", "basically_satisfied", "satisfied", "very_satisfied", "satisfied", "satisfied",
)  # fmt: skip
"""Invented; what each rating in turn says."""
TAKEN_AGO = (62, 55, 51, 47, 44, 41, 37, 34, 30, 27, 23, 20, 16, 12, 9, 6)
"""Working days ago on which requests done at once were taken."""
AGENCIES = (
    ("subsistence_allowance", 45, "declined"), ("elderly_subsidy", 40, "closed"), ("startup_loan", 38, "closed"),
    ("subsistence_allowance", 36, "late"), ("elderly_subsidy", 24, "closed"), ("opening_subsidy", 18, "assisting"),
    ("elderly_subsidy", 14, "handed_up"), ("elderly_subsidy", 12, "done"), ("startup_loan", 8, "handed_up"),
    ("subsistence_allowance", 5, "accepted"), ("elderly_subsidy", 1, "accepted"),
    ("temporary_assistance", 3, "withdrawn"),
)  # fmt: skip
"""Item, working days ago on which it was taken, and how far it is."""


@dataclass
class Desk:
    """One hub with its agent, and the town's window above it."""

    story: Story
    village: Place
    agent: Account
    window: Account
    offers: dict[str, Offer] = field(default_factory=dict)

    @property
    def hub(self) -> Place:
        """The hub of the village."""
        return self.story.sites[self.village.code]


def put_services_on(part: Part, story: Story) -> None:
    """Offers some months ago, requests ever since; all relative to the day the demo is told for."""
    desks = [Desk(story, *row) for row in story.cast.desks if story.hubs[row[0].code].before]
    shown = next(desk for desk in desks if desk.village.code == SHOWN_VILLAGE)
    published = working_day(story.as_of, -PUBLISHED_AGO)
    for at, desk in enumerate(desks):
        part.add(published, 10, partial(_publish, desk, at), minute=at)
    for at, ago in enumerate(TAKEN_AGO):
        _put_direct_on(part, desks[at % len(desks)] if at % 3 else shown, at, ago)
    for at, (item, ago, far) in enumerate(AGENCIES):
        _Agency(story, shown if at % 2 else _offering(desks, item, at), item, at).put_on(part, ago, far)
    part.add(working_day(story.as_of, -10), 15, partial(_take_bundle, shown))


def _offering(desks: list[Desk], item: str, at: int) -> Desk:
    """A desk that offers an item, another one each time."""
    able = [desk for n, desk in enumerate(desks) if item in _offered(desk, n)]
    return able[at % len(able)]


def _offered(desk: Desk, at: int) -> tuple[str, ...]:
    return EVERYWHERE + (SOMEWHERE if desk.village.code == SHOWN_VILLAGE or at % 3 == 0 else SOMEWHERE[:1])


def _publish(desk: Desk, at: int) -> None:
    known = all_current("services")
    for n, code in enumerate(_offered(desk, at)):
        item = f"{PACK}.{code}"
        whole = known[item].mode == "direct" or at % 2 == 0
        desk.offers[code] = actions.publish_offer(
            by=desk.window,
            item=item,
            place=desk.hub,
            weekdays="12345" if whole else "135",
            hours=WHOLE_DAY if whole else MORNING,
            window=f"{1 + n % 2} 号窗口",
        )


def _who(at: int) -> dict[str, str]:
    return {"applicant_name": f"示范申请人{at + 1:02d}", "applicant_phone": f"示范电话{at + 1:02d}"}


def _take(desk: Desk, item: str, at: int, *, came: str = "self") -> Request:
    """Take a request with all that has to be brought; what may follow comes for every second one."""
    materials = all_current("services")[f"{PACK}.{item}"].materials
    received = [material.code for material in materials if not material.may_follow or at % 2]
    return actions.take_request(by=desk.agent, offer=desk.offers[item], came=came, received=received, values=_who(at))


def _hand_in(desk: Desk, request: Request) -> None:
    """What may follow, before the request is closed."""
    request.refresh_from_db()
    if lacking := [material.code for material in request.lacking]:
        actions.hand_in_materials(by=desk.agent, request=request, received=lacking)


def _step(request: Request, by: Account, transition: str, *, note: str = "", **values: Any) -> None:
    matter = Matter.objects.get(source_kind="service", source_id=request.pk)
    matters.advance(by=by, matter=matter, transition=transition, values=values, note=note)


def _put_direct_on(part: Part, desk: Desk, at: int, ago: int) -> None:
    item, taken = DIRECT[at % len(DIRECT)], working_day(desk.story.as_of, -ago)
    kept: dict[str, Request] = {}

    def take() -> None:
        kept["request"] = _take(desk, item, at, came="self" if at % 4 else "entrusted")

    def rate() -> None:
        level = LEVELS[at % len(LEVELS)]
        _rate(desk.story, part, kept["request"], level, at)

    part.add(taken, 9, take, minute=at)
    if ago > 6:
        part.add(working_day(taken, 1), 9, lambda: _hand_in(desk, kept["request"]), minute=at)
    part.add(
        taken, 11, lambda: _step(kept["request"], desk.agent, "do", result="已登记，当场办成（示范）。"), minute=at
    )
    if ago > 6:
        part.add(working_day(taken, 1), 10, lambda: _step(kept["request"], desk.window, "confirm"), minute=at)
        part.add(working_day(taken, 2), 19, rate, minute=at)


def _rate(story: Story, part: Part, request: Request, level: str, at: int) -> None:
    aspects = {"efficiency": level} if at % 2 else {"efficiency": level, "competence": "satisfied", "attitude": level}
    rating = actions.rate_by_code(code=code_of(request.pk), level=level, aspects=aspects, words=WORDS[level])
    if rating.correction_id:
        _correct(story, part, rating)


def _correct(story: Story, part: Part, rating: Rating) -> None:
    """The supervisor looks into it, calls back, and the verifier closes it, as far as the days have come."""
    supervisor, today = story.cast.staff["services"], clock.today()
    number = rating.correction_number

    def go(by: Account, transition: str, **values: Any) -> None:
        matters.advance(by=by, matter=Matter.objects.get(number=number), transition=transition, values=values)

    days = [working_day(today, n) for n in (2, 6, 9)]
    if days[0] < story.as_of:
        part.add(days[0], 15, lambda: go(supervisor, "look_into", **FOUND))
    if days[1] < story.as_of:
        told = {"called_back_on": days[1], "call_back": "accepted", "reply": "已说明情况并致歉（示范）。"}
        part.add(days[1], 15, lambda: go(supervisor, "call_back", **told))
    if days[2] < story.as_of:
        part.add(days[2], 15, lambda: go(story.cast.staff["verifier"], "verify"))


class _Agency:
    """One request that the town's window does and the agent replies to."""

    def __init__(self, story: Story, desk: Desk, item: str, at: int) -> None:
        self.story, self.desk, self.item, self.at = story, desk, item, at
        self.request: Request | None = None

    def put_on(self, part: Part, ago: int, far: str) -> None:
        """Its steps up to how far it is."""
        taken = working_day(self.story.as_of, -ago)
        agent, window = self.desk.agent, self.desk.window
        steps: list[tuple[int, Account, str, dict[str, Any]]] = []
        if far not in ("accepted", "withdrawn"):
            steps.append((1, agent, "submit", {}))
        if far == "withdrawn":
            steps.append((1, agent, "withdraw", {"note": "本人改为自行申请（示范）。"}))
        if far in ("assisting", "closed") and self.item != "elderly_subsidy":
            steps.append((4, window, "assist", {"assisted_by": "区人社局（示范）"}))
        if far in ("closed", "done", "late"):
            wait = 8 if far != "late" else 30
            steps.append((wait, window, "do", {"result": "审核通过，已办成（示范）。"}))
        if far == "declined":
            given = {"result": "收入高于标准（示范）。", "note": "经核对，人均收入高于标准（示范）。"}
            steps += [(15, window, "refuse", given), (17, agent, "reply_refusal", {})]
        if far in ("closed", "late"):
            steps.append(((8 if far != "late" else 30) + 2, agent, "reply", {}))
        part.add(taken, 9, self.take, minute=30 + self.at)
        for after, by, transition, given in steps:
            part.add(working_day(taken, after), 16, partial(self.step, by, transition, given), minute=self.at)
        if far in ("closed", "late"):
            part.add(working_day(taken, 3), 15, lambda: _hand_in(self.desk, self._taken), minute=self.at)
            level = "very_dissatisfied" if far == "late" else "very_satisfied"
            rated = working_day(taken, steps[-1][0] + 1)
            if rated < self.story.as_of:
                part.add(rated, 20, partial(self.rate, part, level), minute=self.at)

    def take(self) -> None:
        """By the agent, for somebody who cannot come every second time."""
        self.request = _take(self.desk, self.item, 50 + self.at, came="agent" if self.at % 2 else "self")

    def step(self, by: Account, transition: str, given: dict[str, Any]) -> None:
        """One step of its matter."""
        _step(self._taken, by, transition, **given)

    def rate(self, part: Part, level: str) -> None:
        """By the code of its slip."""
        _rate(self.story, part, self._taken, level, self.at)

    @property
    def _taken(self) -> Request:
        if self.request is None:
            raise RuntimeError(f"{self.item} at {self.desk.village} is not taken yet")
        return self.request


def _take_bundle(desk: Desk) -> None:
    """Somebody who starts a business asks for the loan, the subsidy and the training at once."""
    received = ["identity_card", "business_licence", "loan_form", "bank_account"]
    whole = actions.take_bundle(
        by=desk.agent, bundle=BUNDLE, place=desk.hub, received=received, values=_who(90 + number_of(BUNDLE) % 9)
    )
    for part in whole.parts.all():
        if part.item == f"{PACK}.startup_training":
            _step(part, desk.agent, "do", result="已报名，下期开班通知（示范）。")
        else:
            _step(part, desk.agent, "submit")
