"""Review rounds: the whole one of 2017 by the townships' teams, and the one that runs."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from typing import Any

from huoshui.demo.agenda import Part
from huoshui.demo.judging import Judging
from huoshui.demo.photos import show
from huoshui.demo.story import INVENTED, Story, number_of, working_day
from huoshui.duties.models import Account
from huoshui.places.models import Place
from huoshui.visits import actions as visits
from huoshui.visits.models import Round, Visit
from huoshui.visits.tasks import plan_tour
from huoshui.visits.tour.terms import USUAL

CHECKLIST = "review.hub_review"
PILOT_TOWN, PILOT_VILLAGES = "410871203", 6
PLANNED_PILOT, OPENS_PILOT, CLOSES_PILOT = dt.date(2017, 3, 20), dt.date(2017, 4, 10), dt.date(2017, 4, 14)
LOCK_PILOT, SEAL_PILOT = dt.date(2017, 4, 17), dt.date(2017, 4, 21)
PLANNED_2017, OPENS_2017, CLOSES_2017 = dt.date(2017, 9, 18), dt.date(2017, 10, 9), dt.date(2017, 11, 3)
LOCK_2017, SEAL_2017 = dt.date(2017, 11, 6), dt.date(2017, 11, 10)
VILLAGES_A_DAY = 2
RUNNING_TOWNS = ("410871060", "410871061", "410871100")
NEXT_TOWN, NEXT_OPENS, NEXT_CLOSES, NEXT_DAYS = "410871101", 14, 28, 3
"""The round that is planned: its township, and after how many days it opens and closes; how many its tour takes."""
HOURS = (9, 14, 11, 16)
ADJUSTMENTS = [
    ("410871062201", "honour_municipal", "1", "示范加分：假定本年度获市级表彰"),
    ("410871100214", "honour_municipal", "0.5", "示范加分：假定本年度获市级表彰"),
    ("410871061201", "honour_provincial", "1.5", "示范加分：假定本年度获省级表彰"),
    ("410871060208", "unrectified", "1", "示范扣分：假定上轮问题逾期未整改"),
    ("410871101223", "unrectified", "1.5", "示范扣分：假定上轮问题逾期未整改"),
]
"""Village, code, points, reason: recorded by the tally clerk after the lock of 2017."""
SIGNERS = (("tally", "tally_clerk"), ("scrutineer", "scrutineer"), ("leader", "leader"))
"""Who signs, and as what."""


class Review:
    """One round in the making: planned and opened by the review lead, filled in by its judges."""

    def __init__(self, story: Story, name: str, *, before_works: bool = False) -> None:
        self.story, self.name, self.before_works = story, name, before_works
        self.lead = story.cast.staff["review"]
        self._round: Round | None = None
        self._judging: Judging | None = None
        self._numbers: dict[Any, int] = {}
        self._sheets: dict[tuple[Any, Any], Visit] = {}
        """Those begun and not filled in yet, by judge and village."""

    @property
    def round(self) -> Round:
        """The round, once planned."""
        if self._round is None:
            raise RuntimeError(f"{self.name} is not planned yet")
        return self._round

    def plan(self, *, opens_on: dt.date, closes_on: dt.date, rules: dict[str, Any], tour: dict[Place, dt.date]) -> None:
        """Plan it under the district, with the villages of the tour and the days they are visited."""
        self._round = visits.plan_round(
            by=self.lead,
            place=self.story.land.district,
            checklist=CHECKLIST,
            name=self.name,
            opens_on=opens_on,
            closes_on=closes_on,
            rules=rules,
        )
        days = {village.pk: day for village, day in tour.items()}
        visits.set_places(by=self.lead, round=self._round, places=list(tour), visit_on=days)
        self._judging = Judging(
            self.name, self._round.checklist, self.story.texts, self.story.hubs, before_works=self.before_works
        )

    def appoint(self, accounts: Sequence[Account], place: Place | None = None) -> None:
        """Judges of the villages under ``place`` (None: of all)."""
        for judge in visits.appoint_judges(by=self.lead, round=self.round, accounts=accounts, place=place):
            self._numbers[judge.account_id] = judge.number

    def open(self) -> None:
        """Let the judges begin."""
        visits.open_round(by=self.lead, round=self.round)

    def begin(self, judge: Account, village: Place) -> None:
        """Open one judge's sheet for one village, on arrival."""
        self._sheets[judge.pk, village.pk] = visits.open_sheet(by=judge, round=self.round, place=village)

    def fill_in(self, judge: Account, village: Place, gaps: int = 0) -> Visit:
        """The sheet that a judge began for a village, with photos where the checklist wants them; still a draft."""
        if self._judging is None:
            raise RuntimeError(f"{self.name} is not planned yet")
        opinion = self._judging.opinion(village.code, self._numbers[judge.pk], gaps)
        sheet = visits.save_answers(
            by=judge,
            visit=self._sheets.pop((judge.pk, village.pk)),
            answers=opinion.answers,
            notes=opinion.notes,
            strengths=opinion.strengths,
            shortcomings=opinion.shortcomings,
            direction=opinion.direction,
        )
        items = self.round.checklist.items
        for answer in sheet.answers.filter(fails=True).order_by("item"):
            item = items[answer.item]
            if item.evidence:
                number = number_of(village.code, item.code)
                show(by=judge, subject=sheet, place=village, slot=item.code, about=item.name.zh, number=number)
        return sheet

    def hand_in(self, judge: Account, village: Place) -> None:
        """Fill in a sheet and submit it."""
        visits.submit_visit(by=judge, visit=self.fill_in(judge, village))

    def seal(self) -> None:
        """Seal it; matters open for its failing items."""
        visits.seal_round(by=self.lead, round=self.round)


def put_pilot_on(part: Part, story: Story) -> Review:
    """The trial round of spring 2017: the first villages of one township, before the works on the hubs of that year.

    With it the round of autumn has, for these villages, a last round of the same checklist to be held against.
    """
    review = Review(story, f"2017年春季试点观摩{INVENTED}", before_works=True)
    land, town = story.land, next(town for town in story.land.towns if town.code == PILOT_TOWN)
    villages = land.villages_of(town)[:PILOT_VILLAGES]
    tour = {village: working_day(OPENS_PILOT, n // VILLAGES_A_DAY) for n, village in enumerate(villages)}
    rules = {"drop_highest": 0, "drop_lowest": 0, "minimum_judges": 3}
    plan = partial(review.plan, opens_on=OPENS_PILOT, closes_on=CLOSES_PILOT, rules=rules, tour=tour)
    part.add(PLANNED_PILOT, 9, plan)
    part.add(PLANNED_PILOT, 10, partial(review.appoint, story.cast.assessors[town.code], town))
    part.add(OPENS_PILOT, 9, review.open)
    _put_visits_on(part, review, tour)
    _put_sealing_on(part, review, LOCK_PILOT, SEAL_PILOT)
    return review


def put_2017_on(part: Part, story: Story) -> Review:
    """The round of autumn 2017: every village and community, by its township's team, sealed on 10 November."""
    review = Review(story, f"2017年逐村观摩{INVENTED}")
    land, cast = story.land, story.cast
    tour = _tour_2017(story)
    rules = {"drop_highest": 0, "drop_lowest": 0, "minimum_judges": 3}
    part.add(PLANNED_2017, 9, partial(review.plan, opens_on=OPENS_2017, closes_on=CLOSES_2017, rules=rules, tour=tour))
    for town in land.towns:
        part.add(PLANNED_2017, 10, partial(review.appoint, cast.assessors[town.code], town))
    part.add(OPENS_2017, 9, review.open)
    _put_visits_on(part, review, tour)
    for code, adjustment, points, reason in ADJUSTMENTS:
        part.add(LOCK_2017, 15, partial(_adjust, review, story.land.village(code), adjustment, points, reason))
    _put_sealing_on(part, review, LOCK_2017, SEAL_2017)
    return review


def _put_visits_on(part: Part, review: Review, tour: dict[Place, dt.date]) -> None:
    """Every assessor of a township judges its villages, on their days."""
    for village, day, hour in _stops(tour):
        for n, judge in enumerate(review.story.cast.assessors[village.code[:9]]):
            part.add(day, hour, partial(review.begin, judge, village), minute=_arrival(village, n))
            part.add(day, hour, partial(review.hand_in, judge, village), minute=30 + 8 * n)


def _tour_2017(story: Story) -> dict[Place, dt.date]:
    """Each township's team goes through its own villages, two a day."""
    tour: dict[Place, dt.date] = {}
    for town in story.land.towns:
        for n, village in enumerate(story.land.villages_of(town)):
            tour[village] = working_day(OPENS_2017, n // VILLAGES_A_DAY)
    return tour


def _stops(tour: dict[Place, dt.date]) -> Iterator[tuple[Place, dt.date, int]]:
    """The stops of a tour with their hours: by day, the villages of one township at hours of their own."""
    taken: dict[tuple[str, dt.date], int] = {}
    for village, day in tour.items():
        key = (village.code[:9], day)
        taken[key] = taken.get(key, -1) + 1
        yield village, day, HOURS[taken[key] % len(HOURS)]


def _put_sealing_on(part: Part, review: Review, lock: dt.date, seal: dt.date) -> None:
    """Locked, computed the day after, signed by the three the day after that, sealed."""
    staff = review.story.cast.staff
    part.add(lock, 9, lambda: visits.lock_round(by=review.lead, round=review.round))
    part.add(lock + dt.timedelta(days=1), 9, lambda: visits.compute_round(by=staff["tally"], round=review.round))
    for hour, (username, role) in enumerate(SIGNERS, start=9):
        part.add(lock + dt.timedelta(days=2), hour, partial(_sign, review, staff[username], role))
    part.add(seal, 9, review.seal)


def _adjust(review: Review, village: Place, code: str, points: str, reason: str) -> None:
    clerk = review.story.cast.staff["tally"]
    visits.record_adjustment(by=clerk, round=review.round, place=village, code=code, points=points, reason=reason)


def _sign(review: Review, account: Account, role: str) -> None:
    visits.sign_round(by=account, round=review.round, role=role)


def put_running_on(part: Part, story: Story) -> Review:
    """The round that runs: opened ten days ago, half of its sheets handed in, some still drafts."""
    opens, closes = story.as_of - dt.timedelta(days=10), story.as_of + dt.timedelta(days=10)
    review = Review(story, f"{opens.year}年{opens.month}月逐村观摩{INVENTED}")
    tour = _running_tour(story, opens)
    planned = opens - dt.timedelta(days=4)
    part.add(planned, 9, partial(review.plan, opens_on=opens, closes_on=closes, rules={}, tour=tour))
    part.add(planned, 10, partial(review.appoint, story.cast.judges))
    part.add(opens, 8, review.open)
    for village, day, hour in _stops(tour):
        if day < story.as_of:
            _put_visit_on(part, review, village, day, hour)
    return review


def _put_visit_on(part: Part, review: Review, village: Place, day: dt.date, hour: int) -> None:
    """All five judges come; on the last days ever more sheets are still drafts, with the last items unanswered."""
    finished = {1: 1, 2: 3, 3: 4}.get((review.story.as_of - day).days, 5)
    for n, judge in enumerate(review.story.cast.judges):
        part.add(day, hour, partial(review.begin, judge, village), minute=_arrival(village, n))
        minute = 26 + 7 * n
        if n >= finished:
            part.add(day, hour, partial(review.fill_in, judge, village, gaps=3 * n), minute=minute)
        else:
            part.add(day, hour, partial(review.hand_in, judge, village), minute=minute)


def _arrival(village: Place, n: int) -> int:
    """The minute of the hour at which the ``n``-th judge opens a sheet: the team arrives together, within minutes."""
    return 2 + number_of(village.code, "arrival") % 9 + n


def put_planned_on(part: Part, story: Story) -> Review:
    """The round that comes next: one township, its tour planned and adopted; by schematic points, as its pages say."""
    opens, closes = story.as_of + dt.timedelta(days=NEXT_OPENS), story.as_of + dt.timedelta(days=NEXT_CLOSES)
    review = Review(story, f"{opens.year}年{opens.month}月宁郭镇观摩{INVENTED}")
    day = story.as_of - dt.timedelta(days=1)
    villages = [village for village in story.land.proper_villages if village.code.startswith(NEXT_TOWN)]
    tour = dict.fromkeys(villages, opens)
    part.add(day, 14, partial(review.plan, opens_on=opens, closes_on=closes, rules={}, tour=tour))
    part.add(day, 15, partial(review.appoint, story.cast.judges))
    part.add(day, 16, partial(_adopt_tour, review))
    return review


def _adopt_tour(review: Review) -> None:
    terms = {**USUAL, "days": NEXT_DAYS, "begins": review.round.place.code}
    asked = visits.ask_tour(by=review.lead, round=review.round, terms=terms)
    plan_tour.call(str(asked.pk))
    visits.adopt_tour(by=review.lead, round=review.round)


def _running_tour(story: Story, opens: dt.date) -> dict[Place, dt.date]:
    """The villages of three townships, two a day through the twenty days; 苏家作乡 is left for whoever tries it."""
    villages: Iterable[Place] = (v for v in story.land.proper_villages if v.code.startswith(RUNNING_TOWNS))
    return {village: opens + dt.timedelta(days=n // VILLAGES_A_DAY) for n, village in enumerate(villages)}
