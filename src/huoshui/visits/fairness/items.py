"""Which items the judges of the same place read most differently."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

from django.db.models import BigIntegerField, Count, F, Sum
from django.db.models.functions import Cast

from huoshui.visits.models import Answer, Round, Visit


@dataclass(frozen=True)
class ItemSpread:
    """The standard deviation between judges of the same place over one item, in thousandths of a point."""

    item: str
    spread: int


def item_spreads(round: Round) -> list[ItemSpread]:
    """Of every item that some place has two answers to, pooled over the places; summed by the database."""
    answers = Answer.objects.filter(visit__round=round, visit__state=Visit.State.SUBMITTED, points__isnull=False)
    points = Cast(F("points"), BigIntegerField())
    sums = answers.values_list("item", "visit__place").annotate(of=Count("pk"), sum=Sum(points), squares=Sum(points**2))
    within: dict[str, float] = {}
    spare: dict[str, int] = {}
    for item, _place, count, total, squares in sums.order_by():
        within[item] = within.get(item, 0.0) + float(squares) - float(total) ** 2 / count
        spare[item] = spare.get(item, 0) + count - 1
    return [ItemSpread(item, int(sqrt(max(within[item], 0) / spare[item]) + 0.5)) for item in within if spare[item]]
