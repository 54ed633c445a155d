"""What rounds and visits say of one place."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from uuid import UUID

from django.db.models import (
    Case,
    Count,
    F,
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

from huoshui.kernel.access import Actor, Within, allows, path_condition
from huoshui.kernel.errors import Refusal
from huoshui.kernel.numbers import rounded
from huoshui.media.models import Attachment
from huoshui.places.models import Place
from huoshui.visits.answers import shown_answer
from huoshui.visits.models import Adjustment, Correction, Result, Round, Visit, judge_label
from huoshui.visits.photos import photos_by_item
from huoshui.visits.queries.results import RankRow, counted_sheets, percent_of, ranking
from huoshui.visits.schema import ChecklistSection, Item
from huoshui.visits.tally import ItemTally, PlaceSheets, tally_items


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
    sheets = counted_sheets(round, place) or PlaceSheets(place)
    names = allows(actor, "round.plan", path=round.place.path, pack=round.pack)
    photos = photos_by_item(sheets.visits.values())
    tallies = {tally.item: tally for tally in tally_items(round, sheets)}
    items = [
        _review_item(section, item, tallies[item.code], sheets, photos.get(item.code, []))
        for section in round.checklist.sections
        for item in section.items
    ]
    adjustments = Adjustment.objects.visible_to(actor).filter(round=round, place=place).order_by("code")
    result = next((row for row in ranking(round, actor) if row.place.pk == place.pk), None)
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
        Result.objects.visible_to(Within(actor, place.path))
        .filter(path_condition("place__path", place.path))
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

    One query, as this stands on the page of every place.
    """
    seen = Result.objects.visible_to(Within(actor, place.path)).filter(path_condition("place__path", place.path))
    own_first = Case(When(place=place.pk, then=Value(0)), default=Value(1), output_field=IntegerField())
    newest = seen.order_by("-round__closes_on", "round", own_first).values("pk")[:1]
    beside = seen.filter(round=OuterRef("round")).order_by().values("round")
    changes = Correction.objects.annotate(moved=F("after") - F("before")).order_by()
    own_changes = changes.filter(result=OuterRef("pk")).values("result")
    changes_beside = changes.filter(result__round=OuterRef("round"), result__in=seen).values("result__round")
    # What is annotated here is read for the one row alone.
    latest = (
        Result.objects.get_queryset()
        .filter(pk=Subquery(newest))
        .select_related("place", "round__pack_version")
        .annotate(
            changed=Subquery(own_changes.annotate(sum=Sum("moved")).values("sum")),
            known=Subquery(seen.order_by().annotate(one=Value(1)).values("one").annotate(n=Count("pk")).values("n")),
            places=Subquery(beside.annotate(n=Count("pk")).values("n")),
            whole=Subquery(beside.annotate(sum=Sum("total")).values("sum")),
            whole_changed=Subquery(changes_beside.annotate(sum=Sum("moved")).values("sum")),
        )
        .first()
    )
    if latest is None:
        return None
    if latest.place_id == place.pk:
        sealed = None if latest.changed is None else latest.total - latest.changed
        rank = latest.rank if latest.round.ranks else 0
        return Standing(latest.round, latest.total, sealed, rank, 1, latest.known)
    step = 10 ** (3 - latest.round.decimals)
    mean = rounded(Fraction(latest.whole, latest.places), step)
    sealed = None
    if latest.whole_changed is not None:
        sealed = rounded(Fraction(latest.whole - latest.whole_changed, latest.places), step)
    return Standing(latest.round, mean, None if sealed == mean else sealed, 0, latest.places, latest.known)
