"""What rounds and visits say of one place."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from fractions import Fraction
from uuid import UUID

from django.db.models import (
    Case,
    Count,
    Exists,
    F,
    Func,
    IntegerField,
    Max,
    Min,
    OuterRef,
    QuerySet,
    Subquery,
    Sum,
    Value,
    When,
)

from huoshui.kernel import clock
from huoshui.kernel.access import Actor, Within, allows, path_condition
from huoshui.kernel.errors import Refusal
from huoshui.kernel.numbers import rounded
from huoshui.kernel.reading import kept_while
from huoshui.media.models import Attachment
from huoshui.places.models import Place
from huoshui.visits.answers import shown_answer
from huoshui.visits.models import Adjustment, Correction, Result, Round, Visit, judge_label
from huoshui.visits.photos import photos_by_item
from huoshui.visits.queries.results import RankRow, percent_of, ranking
from huoshui.visits.schema import ChecklistSection, Item
from huoshui.visits.tally import ItemTally, PlaceSheets, sheets_at, tally_items
from huoshui.visits.visibility import SIGNERS


@dataclass(frozen=True)
class Remark:
    """What one judge said of the place: 亮点, 不足, 方向. ``title`` only for those who run the round."""

    number: int
    label: str
    title: str
    strengths: str
    shortcomings: str
    direction: str
    visit: Visit


@dataclass(frozen=True)
class JudgeAnswer:
    """One judge's answer to one item. Points in thousandths."""

    number: int
    label: str
    answer: str
    points: int
    fails: bool
    note: str


@dataclass(frozen=True)
class ReviewItem:
    """One item of the place's review: mean points (thousandths), percent, the judges' answers, photos."""

    section: ChecklistSection
    item: Item
    mean: int | None
    percent: int | None
    failed: bool
    answers: list[JudgeAnswer]
    photos: list[Attachment]


@dataclass(frozen=True)
class VillageReview:
    """A place's page of a round: remarks, items, result (None while the reader may not see it)."""

    round: Round
    place: Place
    remarks: list[Remark]
    items: list[ReviewItem]
    result: RankRow | None
    adjustments: list[Adjustment]


def village_review(round: Round, place: Place, actor: Actor) -> VillageReview:
    """The review of one place, judges by number. Raises access.not_found while its sheets are not open to the actor."""
    if not _is_open(actor, round, place):
        raise Refusal("access.not_found")
    [sheets] = sheets_at(round, [place])
    names = allows(actor, "round.plan", path=round.place.path, pack=round.pack)
    photos = photos_by_item(sheets.visits.values())
    tallies = {tally.item: tally for tally in tally_items(round, sheets)}
    items = [
        _review_item(section, item, tallies[item.code], sheets, photos.get(item.code, []))
        for section in round.checklist.sections
        for item in section.items
    ]
    adjustments = Adjustment.objects.visible_to(actor).filter(round=round, place=place).order_by("code")
    here = ranking(round, Within(actor, place.path))
    result = next((row for row in here if row.place.pk == place.pk), None)
    return VillageReview(round, place, remarks_of(sheets, names=names), items, result, list(adjustments))


def review_open_to(actor: Actor, round_id: UUID, place: Place) -> bool:
    """Whether the actor may read a place's page of a round now."""
    round = Round.objects.visible_to(actor).filter(pk=round_id).select_related("place", "pack_version").first()
    return round is not None and _is_open(actor, round, place)


def _is_open(actor: Actor, round: Round, place: Place) -> bool:
    return bool(round.places.with_open_sheets(actor).filter(place=place).exists())


def remarks_of(sheets: PlaceSheets, *, names: bool = False) -> list[Remark]:
    """What the judges of a place said, by number; with their titles only when ``names``."""
    titles = {}
    if names:
        from huoshui.duties.models import Account

        accounts = Account.objects.filter(pk__in=[visit.judge_id for visit in sheets.visits.values()])
        titles = {account.pk: account.title for account in accounts}
    return [
        Remark(
            number,
            judge_label(number),
            titles.get(visit.judge_id, ""),
            visit.strengths,
            visit.shortcomings,
            visit.direction,
            visit,
        )
        for number, visit in sheets.visits.items()
    ]


def _review_item(
    section: ChecklistSection, item: Item, tally: ItemTally, sheets: PlaceSheets, photos: list[Attachment]
) -> ReviewItem:
    answers = [
        JudgeAnswer(number, judge_label(number), shown_answer(item, given), given.points or 0, given.fails, given.note)
        for number, by_item in sheets.answers.items()
        if (given := by_item.get(item.code))
    ]
    percent = percent_of(tally.mean, item, failed=tally.failed)
    return ReviewItem(section, item, tally.mean, percent, tally.failed, answers, photos)


def visits_of_place(actor: Actor, place: Place) -> QuerySet[Visit]:
    """Visible visits of a place and of everything below it, latest first."""
    found: QuerySet[Visit] = (
        Visit.objects.visible_to(Within(actor, place.path))
        .filter(path_condition("place__path", place.path))
        .select_related("place", "round", "pack_version")
        .order_by("-visited_on", "-id")
    )
    return found


def results_of_place(actor: Actor, place: Place) -> QuerySet[Result]:
    """Visible results of a place and of everything below it, latest round first, with their corrections.

    Each has ``visited_from`` and ``visited_to``: the first and the last day on which a judge whose sheet counts was
    there.
    """
    found: QuerySet[Result] = (
        _results_seen(actor, place.path)
        .select_related("place", "round__pack_version")
        .prefetch_related("corrections")
        .annotate(visited_from=_day_of_visit(Min("visited_on")), visited_to=_day_of_visit(Max("visited_on")))
        .order_by("-round__closes_on", "rank")
    )
    return found


def _day_of_visit(which: Min | Max) -> Subquery:
    sheets = Visit.objects.filter(round=OuterRef("round"), place=OuterRef("place"), state=Visit.State.SUBMITTED)
    return Subquery(sheets.order_by().values("round").annotate(day=which).values("day"))


@dataclass(frozen=True)
class Standing:
    """How a place did in a round: its own total and rank, or the mean of the ``places`` below it (rank 0).

    The rank is 0 as well where the pack does not let places be ranked.
    """

    round: Round
    total: int
    """Thousandths of a point."""
    corrected_from: int | None
    """The same as it was sealed; None when nothing was corrected since."""
    rank: int
    places: int
    results: int
    """Results of all rounds that the actor sees of the place and of what lies below it."""


def standing_of(actor: Actor, place: Place) -> Standing | None:
    """How a place did in the latest round whose results the actor sees there; None: in none yet.

    As this stands on the page of every place, it is kept where only sealed results are seen, until another is sealed
    or corrected.
    """
    if _sees_before_sealing(actor, place.path):
        return _standing(actor, place.pk, place.path, clock.today())
    return kept_while(_sealed_so_far(), _standing, actor, place.pk, place.path, clock.today())


def _sealed_so_far() -> tuple[int, ...]:
    """What changes with anything that sealed rounds say: how many there are, their changes, and their corrections."""
    corrections = Correction.objects.order_by().values(n=_plain("COUNT", "pk"))
    sealed = Round.objects.filter(state=Round.State.SEALED).order_by()
    counted = sealed.values_list(_plain("COUNT", "pk"), _plain("SUM", "version"), Subquery(corrections))
    return tuple(counted.get())


def _plain(function: str, column: str) -> Func:
    """An aggregate over all rows, without a grouping of them."""
    return Func(column, function=function, output_field=IntegerField())


def _results_seen(actor: Actor, path: str) -> QuerySet[Result]:
    """The results that the actor sees of the place with this path and below it."""
    found: QuerySet[Result] = Result.objects.visible_to(Within(actor, path))
    return found.filter(path_condition("place__path", path))


def _sees_before_sealing(actor: Actor, path: str) -> bool:
    """Whether the actor sees results there of a round that is not sealed yet: to those who sign them they show."""
    if not any(Within(actor, path).grants(permission) for permission in SIGNERS):
        return False
    going = Round.objects.get_queryset().exclude(state=Round.State.SEALED).order_by().values("pk")
    return bool(_results_seen(actor, path).filter(round__in=going).exists())


def _standing(actor: Actor, pk: UUID, path: str, _day: dt.date) -> Standing | None:
    seen = _results_seen(actor, path)
    rounds = Round.objects.get_queryset().filter(Exists(seen.filter(round=OuterRef("pk"))))
    own_first = Case(When(place=pk, then=Value(0)), default=Value(1), output_field=IntegerField())
    latest = (
        seen.filter(round=Subquery(rounds.order_by("-closes_on", "pk").values("pk")[:1]))
        .select_related("round__pack_version")
        .defer("round__pack_version__manifest_data", "round__pack_version__content")
        .order_by(own_first)
        .first()
    )
    if latest is None:
        return None
    round, known = latest.round, seen.count()
    moved = F("after") - F("before")
    if latest.place_id == pk:
        changed = Correction.objects.filter(result=latest).aggregate(moved=Sum(moved))["moved"]
        sealed = None if changed is None else latest.total - changed
        return Standing(round, latest.total, sealed, latest.rank if round.ranks else 0, 1, known)
    beside = seen.filter(round=round).order_by()
    places, total = beside.aggregate(n=Count("pk"), sum=Sum("total")).values()
    changed = Correction.objects.filter(result__in=beside).aggregate(moved=Sum(moved))["moved"]
    step = 10 ** (3 - round.decimals)
    mean = rounded(Fraction(total, places), step)
    sealed = None if changed is None else rounded(Fraction(total - changed, places), step)
    return Standing(round, mean, None if sealed == mean else sealed, 0, places, known)
