"""From the sheets that count to scores: the bridge between the records and the pure arithmetic of ``scoring``."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import lru_cache
from typing import Any, NamedTuple, Protocol, TypeVar
from uuid import UUID

from django.db.models import Count, ExpressionWrapper, F, Q, Sum, TextField
from django.db.models.functions import Cast

from huoshui.kernel.errors import Problem, Refusal
from huoshui.kernel.journal.canonical import canonical
from huoshui.kernel.numbers import nearest, rounded
from huoshui.kernel.reading import KeptForGood
from huoshui.kernel.wording import bracketed, listed
from huoshui.places.models import Place
from huoshui.visits import scoring
from huoshui.visits.models import Adjustment, Answer, Result, ResultItem, Round, Visit
from huoshui.visits.relevance import asked_always
from huoshui.visits.schema import Checklist

Kept = TypeVar("Kept")
MOST_KEPT = 20
"""Rounds whose findings the process keeps, those asked for last: of some 400 kB each."""


class Scored(Protocol):
    """An answer, as far as scores need it."""

    @property
    def points(self) -> int | None: ...
    @property
    def fails(self) -> bool: ...


class PlaceAnswers(Protocol):
    """The answers that count for one place, by judge number and item."""

    @property
    def place(self) -> Place: ...
    @property
    def answers(self) -> Mapping[int, Mapping[str, Scored]]: ...


class GivenPoints(NamedTuple):
    """The points of an answer in thousandths, and whether the item fails by it."""

    points: int
    fails: bool


@dataclass
class PlacePoints:
    """What the judges gave one place, by judge number and item."""

    place: Place
    answers: dict[int, dict[str, GivenPoints]] = field(default_factory=dict)


@dataclass
class PlaceSheets:
    """The sheets that count for one place, and their answers, by judge number."""

    place: Place
    visits: dict[int, Visit] = field(default_factory=dict)
    answers: dict[int, dict[str, Answer]] = field(default_factory=dict)


@dataclass(frozen=True)
class ItemTally:
    """How the judges of one place found one item. ``mean`` in thousandths, None when nobody answered."""

    item: str
    mean: int | None
    answered: int
    failed_by: tuple[int, ...]
    failed: bool


def rules_of(round: Round) -> scoring.Rules:
    """The round's rules, as the arithmetic takes them."""
    return scoring.Rules(
        drop_highest=round.drop_highest,
        drop_lowest=round.drop_lowest,
        minimum_judges=round.minimum_judges,
        missing=round.missing,
        quorum=round.quorum,
        decimals=round.decimals,
    )


def sheets_that_count(round: Round, places: Iterable[UUID] | None = None) -> list[PlaceSheets]:
    """The submitted (and admitted) sheets of the round's places, in the order of the tour."""
    entries = round.places.select_related("place").order_by("position")
    if places is not None:
        entries = entries.filter(place__in=list(places))
    return sheets_at(round, [entry.place for entry in entries])


def sheets_at(round: Round, places: Iterable[Place]) -> list[PlaceSheets]:
    """The same of places that are in the round."""
    found = {place.pk: PlaceSheets(place) for place in places}
    visits = {
        visit.pk: visit
        for visit in Visit.objects.filter(round=round, state=Visit.State.SUBMITTED, place__in=found).order_by(
            "judge_number"
        )
    }
    for visit in visits.values():
        sheets = found[visit.place_id]
        sheets.visits[visit.judge_number or 0] = visit
        sheets.answers[visit.judge_number or 0] = {}
    for answer in Answer.objects.filter(
        visit__round=round, visit__state=Visit.State.SUBMITTED, visit__place__in=found, points__isnull=False
    ):
        visit = visits[answer.visit_id]
        found[visit.place_id].answers[visit.judge_number or 0][answer.item] = answer
    return list(found.values())


def points_that_count(round: Round) -> list[PlacePoints]:
    """The same, with no more of the answers than scores are made of: a large round has tens of thousands."""
    entries = round.places.select_related("place").order_by("position")
    found = {entry.place_id: PlacePoints(entry.place) for entry in entries}
    sheets = Visit.objects.filter(round=round, state=Visit.State.SUBMITTED, place__in=found)
    by_id: dict[UUID, dict[str, GivenPoints]] = {}
    for sheet, place, judge in sheets.order_by("judge_number").values_list("pk", "place", "judge_number"):
        by_id[sheet] = found[place].answers[judge or 0] = {}
    by_text = keyed_as_text(by_id)
    # As the engine has them: to make an id and a truth value of each row takes longer than all the rest.
    answers = Answer.objects.filter(visit__in=sheets, points__isnull=False).annotate(
        of=Cast("visit_id", TextField()), failing=ExpressionWrapper(F("fails"), TextField())
    )
    for text, item, points, failing in answers.values_list("of", "item", "points", "failing"):
        by_text[text][item] = _given(points, bool(failing))
    return list(found.values())


_given = lru_cache(maxsize=4096)(GivenPoints)
"""Judges give the same few points again and again: one object for each, which the garbage collector walks once."""


def score_places(round: Round, places: Iterable[PlaceAnswers]) -> dict[UUID, scoring.PlaceScore]:
    """Each place's score, by place id. Raises one refusal naming every place short of judges, or every gap."""
    rules, checklist = rules_of(round), round.checklist
    # What is asked under a condition earns no points, and where it was asked the sheet could not do without.
    full = {item.code: item.points for item in asked_always(checklist)}
    scores: dict[UUID, scoring.PlaceScore] = {}
    gaps: list[Problem] = []
    short: list[str] = []
    for sheets in places:
        try:
            totals = _totals(sheets, full, rules.missing)
            scores[sheets.place.pk] = scoring.place_score(totals, rules)
        except scoring.MissingAnswer as missing:
            gaps.append(_gap(sheets.place, checklist, missing))
        except scoring.TooFewJudges as few:
            short.append(sheets.place.short_name + bracketed(few.have))
    if short:
        gaps.insert(0, Problem("round.too_few_sheets", params={"minimum": rules.fewest, "places": listed(short)}))
    if gaps:
        raise Refusal.of(gaps)
    return scores


def _totals(sheets: PlaceAnswers, full: Mapping[str, int], missing: str) -> dict[int, Fraction]:
    return {
        number: scoring.judge_total(number, full, {code: a.points for code, a in answers.items()}, missing)
        for number, answers in sheets.answers.items()
    }


def _gap(place: Place, checklist: Checklist, missing: scoring.MissingAnswer) -> Problem:
    item = checklist.items[missing.item].name
    params = {"place": place.short_name, "judge": missing.judge, "item": item}
    return Problem("round.missing_answer", missing.item, params=params)


class Found(NamedTuple):
    """What the judges of one place found of one item together; ``mean`` in thousandths, None when nobody answered."""

    mean: int | None = None
    answered: int = 0
    failing: int = 0

    def fails(self, quorum: int) -> bool:
        """Whether the item failed for the place."""
        return scoring.fails_by_quorum(self.failing, self.answered, quorum)


def found_by_place(round: Round, places: Iterable[UUID]) -> dict[UUID, dict[str, Found]]:
    """What was found of each item at each place, by place and item.

    As the computation kept it, where the round has results; before that summed by the database.
    """
    if round.state in Round.RESULT_STATES:
        computed = (round.pk, round.version)
        every = _kept.of([computed], lambda _: {computed: _findings_kept(round)})[computed]
        return {place: every.get(place, {}) for place in places}
    return _findings_now(round, places)


def keyed_as_text(by_id: Mapping[UUID, Kept]) -> dict[str, Kept]:
    """The same by the ids as either engine writes them: to make ids of thousands of texts takes longer than to read."""
    return {text: value for pk, value in by_id.items() for text in (pk.hex, str(pk))}


_kept: KeptForGood[tuple[UUID, int], dict[UUID, dict[str, Found]]] = KeptForGood(MOST_KEPT)
"""By round and its version: what a computation found is not changed until the round itself is."""


def _findings_kept(round: Round) -> dict[UUID, dict[str, Found]]:
    found: dict[UUID, dict[str, Found]] = {place: {} for place in round.results.values_list("place_id", flat=True)}
    by_text = keyed_as_text(found)
    items = ResultItem.objects.filter(result__round=round).annotate(at=Cast("result__place_id", TextField()))
    for place, item, mean, answered, failing in items.values_list(
        "at", "item", "mean", "judges_answered", "judges_failed"
    ):
        by_text[place][sys.intern(item)] = Found(mean if answered else None, answered, failing)
    return found


def _findings_now(round: Round, places: Iterable[UUID]) -> dict[UUID, dict[str, Found]]:
    found: dict[UUID, dict[str, Found]] = {place: {} for place in places}
    by_text = keyed_as_text(found)
    answers = Answer.objects.filter(
        visit__round=round, visit__state=Visit.State.SUBMITTED, visit__place__in=found, points__isnull=False
    )
    by_item = answers.annotate(at=Cast("visit__place_id", TextField())).values_list("at", "item").order_by()
    sums = by_item.annotate(points=Sum("points"), of=Count("pk"), failing=Count("pk", filter=Q(fails=True)))
    for place, item, points, answered, failing in sums:
        by_text[place][item] = Found(nearest(points, answered), answered, failing)
    return found


def tally_items(round: Round, sheets: PlaceAnswers) -> list[ItemTally]:
    """How the judges of a place found each item, in the order of the checklist."""
    tallies: list[ItemTally] = []
    for code in round.checklist.items:
        given = {n: answers[code] for n, answers in sheets.answers.items() if code in answers}
        failed_by = tuple(number for number, answer in given.items() if answer.fails)
        mean = nearest(sum(answer.points or 0 for answer in given.values()), len(given)) if given else None
        found = Found(mean, len(given), len(failed_by))
        tallies.append(ItemTally(code, found.mean, len(given), failed_by, found.fails(round.quorum)))
    return tallies


def adjustments_by_place(round: Round) -> dict[UUID, int]:
    """The sum of each place's bonuses and deductions, in thousandths."""
    sums: dict[UUID, int] = {}
    for place, points in Adjustment.objects.filter(round=round).values_list("place_id", "points"):
        sums[place] = sums.get(place, 0) + points
    return sums


def shown_totals(score: scoring.PlaceScore) -> list[dict[str, Any]]:
    """The judges' totals as a result keeps them for showing."""
    return [
        {"judge": judge, "total": rounded(total), "dropped": judge in score.dropped}
        for judge, total in score.totals.items()
    ]


def results_digest(round: Round) -> str:
    """SHA-256, hex, over the canonical text of the round's results: what the signers sign."""
    rows = [
        [result.place.code, result.mean, result.adjustments, result.total, result.rank, result.totals]
        for result in Result.objects.filter(round=round).select_related("place").order_by("place__code")
    ]
    text = canonical({"round": round.pk, "pack": round.pack_version.digest, "results": rows})
    return hashlib.sha256(text.encode()).hexdigest()
