"""Visits that stand by themselves (a patrol, an inspection, a survey) as what schedules ask for."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable
from uuid import UUID

from huoshui.schedules.keeping import settle
from huoshui.schedules.targets import Target
from huoshui.visits.models import Visit

SECTION = "checklists"


def days(of: str, places: Collection[UUID], since: dt.date, until: dt.date) -> Iterable[tuple[UUID, dt.date, UUID]]:
    """Place, day and id of the visits by a checklist that were handed in."""
    pack, _, code = of.partition(".")
    rows = Visit.objects.filter(
        round__isnull=True, state=Visit.State.SUBMITTED, checklist_code=code, pack_version__pack=pack,
        place__in=places, visited_on__range=(since, until),
    )  # fmt: skip
    return rows.order_by("visited_on").values_list("place_id", "visited_on", "pk")


def settle_visit(visit: Visit) -> None:
    """Tell schedules that a visit was handed in or taken back; one of a round is asked for by its round alone."""
    if visit.round_id is None:
        settle(SECTION, f"{visit.pack_version.pack}.{visit.checklist_code}", [visit.place])


TARGET = Target(SECTION, "visits.visit", days)
