"""What comes round on a map: how much was done, is due, can still be made up for or was missed, at each place."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import Any
from uuid import UUID

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
    counted: dict[UUID, Counter[str]] = defaultdict(Counter)
    by_state = rows.values("place_id", "state").annotate(many=Count("pk"))
    for pk, state, many in by_state.values_list("place_id", "state", "many"):
        counted[pk][MARK_OF[State(state)]] += many
    return counted_on_map(actor, counted)
