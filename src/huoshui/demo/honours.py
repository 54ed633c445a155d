"""The honours of 2017, as many of each as were published; which villages hold them is invented, two names are not.

Those of villages are applied for, checked, reviewed, publicised and awarded in the year. What villages held before, and
what others than the district named, is recorded as such.
"""

from __future__ import annotations

import datetime as dt
from functools import partial
from typing import Any

from huoshui.demo.agenda import Part
from huoshui.demo.photos import show
from huoshui.demo.story import Story, number_of, working_day
from huoshui.duties import actions as duties
from huoshui.duties.models import Account
from huoshui.kernel import clock
from huoshui.matters import actions as matters
from huoshui.matters.models import Matter
from huoshui.places.honours import record_honour
from huoshui.places.models import Honour, Place
from huoshui.visits import actions as visits
from huoshui.visits.schema import Graded, YesNoScoring

YEAR, ANNOUNCED = 2017, dt.date(2017, 12, 28)
APPLIED, SUBMITTED, REVIEWED, PUBLICISED = (
    dt.date(2017, 3, 6), dt.date(2017, 10, 24), dt.date(2017, 11, 13), dt.date(2017, 11, 30),
)  # fmt: skip
INVENTED = "荣誉个数取自公开报道；落在哪个村、经过和日期均为示范。"
PUBLISHED: tuple[tuple[str, str, int], ...] = (
    ("civilised_place", Honour.Level.NATIONAL, 1),
    ("civilised_place", Honour.Level.PROVINCIAL, 1),
    ("civilised_place", Honour.Level.MUNICIPAL, 11),
    ("beautiful_village", Honour.Level.MUNICIPAL, 9),
    ("liveable_village", Honour.Level.MUNICIPAL, 18),
)
"""How many villages got which honour; at which level the last two are given is assumed."""
TITLES = {
    "civilised_place": "文明村镇", "beautiful_village": "美好乡村", "liveable_village": "宜居乡村",
    "civilised_families": "文明家庭", "civilised_unit": "文明单位",
}  # fmt: skip
CHECKLISTS = {"civilised_place": "place", "civilised_unit": "unit"}
"""By which the others than villages are checked."""
RECHECKED_EVERY = 3
"""Years from one re-check to the next, as the pack has it."""
LEFT_DUE = 8
"""Of the re-checks of the last year each eighth has not been begun yet."""
MODELS_OF_2017 = 3
"""Of the nine beautiful villages of 2017; with those of before they make the published 6 models and 10 up to standard.

The report tells both counts beside the nine, and does not say how they hang together: that they are of all years is
assumed.
"""
BEFORE: tuple[tuple[str, int], ...] = (("美好乡村示范村", 3), ("美好乡村达标村", 4))
NAMED = (
    ("410871", "文明单位标兵", Honour.Level.MUNICIPAL),
    ("410871060", "文明单位标兵", Honour.Level.MUNICIPAL),
    ("410871060", "智慧健康养老示范街道", Honour.Level.NATIONAL),
)
"""The district's administration and 李万街道, as they are named."""


def put_honours_on(part: Part, story: Story) -> None:
    """The accreditations of 2017 and what was recorded beside them."""
    taken = 0
    for kind, level, many in PUBLISHED:
        villages = _in_order(story, TITLES[kind], level)
        for n, village in enumerate(villages[:many]):
            given = {"level": str(level)}
            if kind == "beautiful_village":
                given["grade"] = "model" if n < MODELS_OF_2017 else "qualified"
            _put_on(part, Accreditation(story, village, kind, given), taken + n)
        if kind == "beautiful_village":
            _put_earlier_on(part, story, villages[many:])
        taken += many
    for code, name, level in NAMED:
        act = partial(_record, story, Place.objects.get(code=code), name, level, YEAR)
        part.add(ANNOUNCED, 16, act)


def _in_order(story: Story, title: str, level: str) -> list[Place]:
    villages = [village for village in story.land.villages if village.kind == "village"]
    return sorted(villages, key=lambda village: number_of(village.code, title, level))


def _put_earlier_on(part: Part, story: Story, villages: list[Place]) -> None:
    """Of the year before, whose accreditation the register did not see."""
    names = [name for name, many in BEFORE for _n in range(many)]
    for village, name in zip(villages, names, strict=False):
        act = partial(_record, story, village, name, Honour.Level.MUNICIPAL, YEAR - 1)
        part.add(dt.date(2017, 1, 5), 9, act)


def _record(story: Story, place: Place, name: str, level: str, year: int) -> None:
    record_honour(by=story.cast.staff["office"], place=place, name=name, level=level, year=year)


def _put_on(part: Part, one: Accreditation, n: int) -> None:
    part.add(working_day(APPLIED, n % 15), 9, one.apply)
    part.add(working_day(SUBMITTED, n % 5), 10, one.submit)
    part.add(working_day(REVIEWED, n % 10), 14, one.review)
    part.add(working_day(PUBLICISED, n % 3), 16, one.publicise)
    part.add(ANNOUNCED, 9, one.award, minute=n % 60)
    _put_rechecks_on(part, one, n)


def _put_rechecks_on(part: Part, one: Accreditation, n: int) -> None:
    """Every three years, over the months from March to November; invented, and all of them passed."""
    as_of = one.story.as_of
    for year in range(YEAR + RECHECKED_EVERY, as_of.year + 1, RECHECKED_EVERY):
        begun = working_day(dt.date(year, 3 + n % 9, 5), n % 12)
        kept = working_day(begun, 6)
        if kept >= as_of or (n % LEFT_DUE == LEFT_DUE - 1 and (as_of - begun).days < 366):
            return
        part.add(begun, 9, one.begin_recheck, minute=n % 60)
        part.add(working_day(begun, 3), 14, one.review, minute=n % 60)
        part.add(kept, 16, one.keep, minute=n % 60)


def put_accreditations_on(part: Part, story: Story) -> None:
    """What is under way on the day of the demo: one prepared, one to review, one with an objection, one publicised."""
    villages = _in_order(story, TITLES["liveable_village"], Honour.Level.MUNICIPAL)[18:22]
    level = {"level": str(Honour.Level.MUNICIPAL)}
    for at, village in enumerate(villages):
        one = Accreditation(story, village, "liveable_village", level)
        day = story.as_of - dt.timedelta(days=28 - at)
        part.add(day, 8, one.apply)
        if at > 0:
            part.add(story.as_of - dt.timedelta(days=12 - at), 10, one.submit)
        if at > 1:
            part.add(story.as_of - dt.timedelta(days=6), 10, one.review)
            part.add(story.as_of - dt.timedelta(days=5), 10, one.publicise)
        if at == 2:
            part.add(story.as_of - dt.timedelta(days=2), 15, one.object)
    families = Accreditation(story, villages[0], "civilised_families", {"level": str(Honour.Level.DISTRICT)})
    part.add(story.as_of - dt.timedelta(days=9), 9, families.apply)
    unit = UnitAccreditation(story, next(town for town in story.land.towns if town.code == villages[0].code[:9]))
    part.add(story.as_of - dt.timedelta(days=40), 9, unit.apply)
    part.add(story.as_of - dt.timedelta(days=13), 9, unit.submit)
    part.add(story.as_of - dt.timedelta(days=7), 15, unit.review)
    part.add(story.as_of - dt.timedelta(days=6), 9, unit.publicise)


class Accreditation:
    """One accreditation of a village, or of a unit at a town, from its application to the award."""

    def __init__(
        self, story: Story, village: Place, kind: str, values: dict[str, str], liaison: Account | None = None
    ) -> None:
        self.story, self.village, self.kind, self.values = story, village, kind, values
        self.liaison = liaison or story.cast.secretaries[village.code]
        self.office = story.cast.staff["accreditation"]
        self.checklist = CHECKLISTS.get(kind, "village")
        self._matter: Matter | None = None

    def apply(self) -> None:
        """By the village's secretary, who is its liaison from then on."""
        held = self.liaison.roles_over(self.village.path, "honours")
        if "accreditation_liaison" not in held:
            duties.grant_duty(
                by=self.story.cast.system, account=self.liaison, role="accreditation_liaison", place=self.village,
                pack="honours", since=clock.today(),
            )  # fmt: skip
        title = TITLES[self.kind]
        self._matter = matters.open_matter(
            by=self.liaison, kind=f"honours.{self.kind}", place=self.village,
            title=f"{self.village.short_name}{title}{'评选' if self.kind == 'civilised_families' else '创建'}",
            detail=INVENTED, values=self.values,
        )  # fmt: skip

    def submit(self) -> None:
        """After the self-check."""
        self._fill(self.liaison, "self_check", falls_short=False)
        said = "街道硬化亮化，垃圾日产日清，便民服务站按时开放（示范）。"
        self._step(self.liaison, "submit", {"achievements": said})

    def review(self) -> None:
        """By the district's reviewers, who find one thing to be better."""
        self._fill(self.story.cast.staff["accreditation-review"], "review", falls_short=True)

    def publicise(self) -> None:
        """With the notice that was posted."""
        number = number_of(self.village.code, self.kind)
        show(by=self.office, subject=self._opened, place=self.village, slot="notice", about="公示栏", number=number)
        self._step(self.office, "publicise")

    def award(self) -> None:
        """Once the notice has run out."""
        self._step(self.office, "award", {"award_document": f"示范创〔{clock.today().year}〕1号"})

    def begin_recheck(self) -> None:
        """When it falls due again."""
        self._step(self.office, "recheck")

    def keep(self) -> None:
        """By another than who began it, after a review of its own."""
        self._step(self.story.cast.staff["leader"], "keep")

    def object(self) -> None:
        """Somebody says that a thing is not as it was told; the township writes it down."""
        objection = {"objection": "村南公厕近一个月时常锁门（示范）。"}
        self._step(self.story.cast.office_of(self.village), "record_objection", objection)

    @property
    def _opened(self) -> Matter:
        if self._matter is None:
            raise RuntimeError(f"{self.kind} at {self.village} is not applied for yet")
        return self._matter

    def _step(self, by: Account, transition: str, values: dict[str, Any] | None = None) -> None:
        self._matter = matters.advance(by=by, matter=self._opened, transition=transition, values=values)

    def _fill(self, by: Account, which: str, *, falls_short: bool) -> None:
        sheet = visits.start_visit(by=by, place=self.village, checklist=f"honours.{self.checklist}_{which}")
        items = sheet.checklist.items
        graded = [code for code, item in items.items() if isinstance(item.scoring, Graded)]
        short = graded[number_of(self.village.code, self.kind) % len(graded)] if falls_short else ""
        answers: dict[str, Any] = {}
        for code, item in items.items():
            if isinstance(item.scoring, Graded):
                answers[code] = item.scoring.options[1 if code == short else 0].code
            else:
                answers[code] = True if isinstance(item.scoring, YesNoScoring) else 0
        sheet = visits.save_answers(by=by, visit=sheet, answers=answers)
        visits.submit_visit(by=by, visit=sheet)


class UnitAccreditation(Accreditation):
    """That of the unit which a town's office belongs to."""

    def __init__(self, story: Story, town: Place) -> None:
        values = {"level": str(Honour.Level.DISTRICT), "title_sought": "unit"}
        super().__init__(story, town, "civilised_unit", values, story.cast.offices[town.code])
