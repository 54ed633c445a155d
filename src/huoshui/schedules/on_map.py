"""What comes round on a map: how much was done, is due, can still be made up for or was missed, at each place."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import Any

from django.db.models import Count

from huoshui.places.on_map import CountedOnMap, counted_on_map
from huoshui.schedules.models import Occasion
from huoshui.schedules.queries import OccasionFilter, occasions

State = Occasion.State
MARK_OF = {
    State.MISSED: "red", State.OVERDUE: "yellow", State.DUE: "blue", State.DONE: "green", State.LATE: "green",
    State.EXCUSED: "none",
}  # fmt: skip


def occasions_on_map(actor: Any, wanted: OccasionFilter) -> CountedOnMap:
    """Occasions that the actor sees and that pass the filter, by MARK_OF their state today."""
    rows: Any = occasions(actor, wanted).select_related(None).order_by()
    counted: dict[str, Counter[str]] = defaultdict(Counter)
    for path, state, many in (
        rows.values("place__path", "state").annotate(many=Count("pk")).values_list("place__path", "state", "many")
    ):
        counted[path][MARK_OF[State(state)]] += many
    return counted_on_map(actor, counted)
