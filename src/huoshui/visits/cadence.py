"""Visits that stand by themselves (a patrol, an inspection, a survey) as what schedules ask for."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable
from fractions import Fraction
from uuid import UUID

from huoshui.kernel import clock
from huoshui.schedules.keeping import settle
from huoshui.schedules.targets import DoneRecord, Target
from huoshui.visits.models import Visit
from huoshui.visits.schema import Checklist

SECTION = "checklists"
ZERO = "zero"
"""The rule by which a missing answer counts no points."""


def days(of: str, places: Collection[UUID], since: dt.date, until: dt.date) -> Iterable[tuple[UUID, dt.date, UUID]]:
    """Place, day and id of the visits by a checklist that were handed in."""
    pack, _, code = of.partition(".")
    rows = Visit.objects.filter(
        round__isnull=True, state=Visit.State.SUBMITTED, checklist_code=code, pack_version__pack=pack,
        place__in=places, visited_on__range=(since, until),
    )  # fmt: skip
    return rows.order_by("visited_on").values_list("place_id", "visited_on", "pk")


def records(of: str, place: UUID, since: dt.datetime) -> Iterable[DoneRecord]:
    """The visits by a checklist that were made and handed in at a place since a moment, the earliest first."""
    pack, _, code = of.partition(".")
    rows = Visit.objects.filter(
        round__isnull=True, state=Visit.State.SUBMITTED, checklist_code=code, pack_version__pack=pack, place=place,
        submitted_at__gte=since, visited_on__gte=clock.local_date(since),
    )  # fmt: skip
    for visit in (
        rows.select_related("judge__unit", "pack_version").prefetch_related("answers").order_by("submitted_at")
    ):
        yield DoneRecord(visit.pk, visit.visited_on, visit.submitted_at, visit.judge, _share(visit))


def _share(visit: Visit) -> Fraction | None:
    """The points of a visit, of all or of those that its answered items could have; None where they give none.

    Of all where the checklist says that a missing answer counts as zero.
    """
    checklist = visit.checklist
    items = checklist.items
    given = [answer for answer in visit.answers.all() if answer.points is not None and answer.item in items]
    every = checklist.rules.missing == ZERO
    full = checklist.total_points if every else sum(items[answer.item].points for answer in given)
    return Fraction(sum(answer.points for answer in given), full) if full else None


def _gives_points(checklist: Checklist) -> bool:
    return checklist.total_points > 0


def settle_visit(visit: Visit) -> None:
    """Tell schedules that a visit was handed in or taken back; one of a round is asked for by its round alone."""
    if visit.round_id is None:
        settle(SECTION, f"{visit.pack_version.pack}.{visit.checklist_code}", [visit.place])


TARGET = Target(SECTION, "visits.visit", days, records, _gives_points)
