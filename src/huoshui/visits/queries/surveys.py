"""What sheets without a round answered, place by place and question by question; of a place its latest counts."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from statistics import median_low
from typing import Any
from uuid import UUID

from django.db.models import Count

from huoshui.kernel.access import Actor
from huoshui.kernel.numbers import POINTS, nearest
from huoshui.packs.models import PackVersion
from huoshui.packs.queries import all_current
from huoshui.places.models import Place
from huoshui.visits.answers import shown_answer
from huoshui.visits.models import Answer, Visit
from huoshui.visits.question_types import Choices, DateAnswer, TextAnswer
from huoshui.visits.schema import Asks, Checklist, Deduction, Graded, Item, Threshold, YesNoScoring


@dataclass(frozen=True)
class Share:
    """How many sheets gave one answer: ``tenths`` of a percent of those that answered the question."""

    code: str
    name: str
    count: int
    tenths: int


@dataclass(frozen=True)
class QuestionSummary:
    """What was answered to one question, over the sheets that count."""

    item: Item
    answered: int
    shares: list[Share] = field(default_factory=list)
    """Of a question with choices, or of yes and no: every choice in its order."""
    low: Any = None
    middle: Any = None
    high: Any = None
    """Of numbers (scaled as the item's ``scale`` says) and of days: least, lower median, greatest."""
    total: int | None = None
    """The sum of numbers, scaled so."""


@dataclass
class Survey:
    """The sheets of a checklist that stand by themselves, as far as the reader sees them."""

    pack: str
    checklist: Checklist
    sheets: list[Visit]
    """Every handed-in sheet, by place, the latest first."""
    places: list[Place]
    """The open places that it is for, within the reader's duties to see sheets."""

    @property
    def asks(self) -> Asks | None:
        """Who is asked, and until when; None where whoever scores there looks at the places."""
        return self.checklist.asks

    @cached_property
    def latest(self) -> list[Visit]:
        """The sheet of each place that counts: its latest."""
        return list({visit.place_id: visit for visit in reversed(self.sheets)}.values())[::-1]

    @cached_property
    def counted(self) -> set[UUID]:
        """The ids of those sheets."""
        return {visit.pk for visit in self.latest}

    @property
    def missing(self) -> list[Place]:
        """The places that handed in no sheet."""
        there = {visit.place_id for visit in self.sheets}
        return [place for place in self.places if place.pk not in there]

    @cached_property
    def items(self) -> list[Item]:
        """Every question that any of the sheets asked: those of the present version, then those that were retired."""
        found = dict(self.checklist.items)
        for visit in {visit.pack_version_id: visit for visit in self.sheets}.values():
            for code, item in visit.checklist.items.items():
                found.setdefault(code, item)
        return list(found.values())

    @cached_property
    def answers(self) -> dict[UUID, dict[str, Answer]]:
        """The answers of all sheets, by sheet and item."""
        found: dict[UUID, dict[str, Answer]] = {visit.pk: {} for visit in self.sheets}
        for answer in Answer.objects.filter(visit__in=list(found), points__isnull=False):
            found[answer.visit_id][answer.item] = answer
        return found


def survey_of(actor: Actor, version: PackVersion, checklist: Checklist, *, area: Place | None = None) -> Survey:
    """The handed-in sheets of a checklist of any version that the actor sees, of all places or of those in ``area``."""
    visits = Visit.objects.visible_to(actor).filter(
        round__isnull=True,
        state=Visit.State.SUBMITTED,
        pack_version__pack=version.pack,
        checklist_code=checklist.code,
    )
    places = Place.objects.visible_to(actor).filter(kind__in=checklist.place_kinds, closed_on__isnull=True)
    if area is not None:
        visits, places = visits.filter(place__path__startswith=area.path), places.under(area.path)
    sheets = list(visits.select_related("place__parent").order_by("place__path", "-visited_on", "-submitted_at", "-pk"))
    # Packs are large: each version once, not with every sheet.
    versions = PackVersion.objects.get_queryset().in_bulk({visit.pack_version_id for visit in sheets})
    for visit in sheets:
        visit.pack_version = versions[visit.pack_version_id]
    grants = actor.grants("visit.view")
    seen = [
        place
        for place in places.select_related("parent").order_by("path")
        if any(place.path.startswith(grant.path) and grant.pack in ("", None, version.pack) for grant in grants)
    ]
    return Survey(version.pack, checklist, sheets, seen)


@dataclass(frozen=True)
class SurveyEntry:
    """A checklist with sheets that belong to no round, and how many places handed one in."""

    pack: str
    code: str
    name: str
    places: int


def surveys_of(actor: Actor) -> list[SurveyEntry]:
    """The current checklists with such sheets that the actor sees, and those that ask somebody whom the actor sees."""
    alone = Visit.objects.visible_to(actor).filter(round__isnull=True, state=Visit.State.SUBMITTED)
    by_checklist = alone.order_by().values_list("pack_version__pack", "checklist_code")
    counted = {(pack, code): n for pack, code, n in by_checklist.annotate(n=Count("place", distinct=True))}
    known = all_current("checklists")
    packs = {grant.pack for grant in actor.grants("visit.view")}
    for code, checklist in known.items() if packs else ():
        pack = code.partition(".")[0]
        if checklist.asks and (None in packs or pack in packs):
            counted.setdefault((pack, checklist.code), 0)
    found = [(pack, code, known.get(f"{pack}.{code}"), places) for (pack, code), places in counted.items()]
    return [SurveyEntry(pack, code, str(named.name), n) for pack, code, named, n in sorted(found, key=_key) if named]


def _key(entry: tuple[Any, ...]) -> tuple[str, str]:
    return entry[0], entry[1]


def told_answers(visit: Visit, items: Iterable[Item], answers: Mapping[str, Answer]) -> list[str]:
    """The answers of a sheet in words, in the order of ``items``; "" where it answered nothing."""
    own = visit.checklist.items
    return [shown_answer(own.get(item.code, item), answers.get(item.code)) for item in items]


def summaries(survey: Survey) -> list[QuestionSummary]:
    """Each question over the sheets that count."""
    given = [survey.answers[visit.pk] for visit in survey.latest]
    return [_summary(item, [answers[item.code] for answers in given if item.code in answers]) for item in survey.items]


def scale_of(item: Item) -> int:
    """By how much the numbers that answer an item are scaled."""
    if isinstance(item.scoring, Threshold):
        return int(10**item.scoring.decimals)
    return POINTS if isinstance(item.scoring, Graded) else 1


def _summary(item: Item, answers: Sequence[Answer]) -> QuestionSummary:
    match item.scoring:
        case Graded(options=options) if options:
            return _shares(item, answers, [(o.code, str(o.name)) for o in options], lambda a: [a.choice])
        case Choices(options=choices):
            return _shares(item, answers, [(o.code, str(o.name)) for o in choices], lambda a: a.text.split())
        case YesNoScoring():
            return _shares(item, answers, [("yes", ""), ("no", "")], lambda a: ["yes" if a.yes else "no"])
        case TextAnswer():
            return QuestionSummary(item, len(answers))
        case DateAnswer():
            return _range(item, [answer.day for answer in answers if answer.day])
        case Deduction():
            return _range(item, [answer.findings for answer in answers if answer.findings is not None])
    return _range(item, [answer.value for answer in answers if answer.value is not None])


def _shares(item: Item, answers: Sequence[Answer], named: list[tuple[str, str]], codes: Any) -> QuestionSummary:
    counts = Counter(code for answer in answers for code in codes(answer))
    known = dict(named)
    # A choice that a later version retired was chosen all the same.
    every = [*named, *((code, code) for code in counts if code not in known)]
    of = len(answers)
    shares = [Share(code, name, counts[code], nearest(1000 * counts[code], of) if of else 0) for code, name in every]
    return QuestionSummary(item, of, shares=shares)


def _range(item: Item, values: list[Any]) -> QuestionSummary:
    if not values:
        return QuestionSummary(item, 0)
    total = None if isinstance(values[0], dt.date) else sum(values)
    return QuestionSummary(item, len(values), low=min(values), middle=median_low(values), high=max(values), total=total)
