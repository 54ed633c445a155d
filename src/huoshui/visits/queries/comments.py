"""What a round says to a village: the judges' remarks, its result, its own last round, and what failed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from huoshui.kernel.access import Actor
from huoshui.places.models import Place
from huoshui.visits.models import Round
from huoshui.visits.queries.comparison import PlaceChange, comparison
from huoshui.visits.queries.places import Remark, remarks_of
from huoshui.visits.queries.results import RankRow, percent_of, ranking
from huoshui.visits.schema import Item
from huoshui.visits.tally import ItemTally, sheets_that_count, tally_items
from huoshui.visits.visibility import places_open_to


@dataclass(frozen=True)
class FailedItem:
    """An item that failed at the village by the round's quorum."""

    item: Item
    percent: int | None
    failed_by: int
    answered: int


@dataclass(frozen=True)
class VillageComment:
    """One village's page: result, remarks by judge number, comparison with its own last round, failing items."""

    row: RankRow
    remarks: list[Remark]
    change: PlaceChange
    failing: list[FailedItem]


def village_comments(round: Round, actor: Actor, places: Iterable[Place] | None = None) -> list[VillageComment]:
    """The comments that the actor may read (of ``places``, or all), in the order of the tour.

    A comment opens with the village's sheets and its result: to those who run and sign the round once it is computed,
    to others, and to the village's own people, after the seal.
    """
    rows = {row.place.pk: row for row in ranking(round, actor)}
    wanted = places_open_to(actor, round) & set(rows)
    if places is not None:
        wanted &= {place.pk for place in places}
    shown = [sheets for sheets in sheets_that_count(round, wanted) if sheets.place.pk in wanted]
    changes = {c.row.place.pk: c for c in comparison(round, actor, [rows[sheets.place.pk] for sheets in shown]).rows}
    return [
        VillageComment(
            rows[sheets.place.pk],
            remarks_of(sheets),
            changes[sheets.place.pk],
            _failing(round, tally_items(round, sheets)),
        )
        for sheets in shown
    ]


def _failing(round: Round, tallies: Sequence[ItemTally]) -> list[FailedItem]:
    items = round.checklist.items
    return [
        FailedItem(
            items[tally.item],
            percent_of(tally.mean, items[tally.item], failed=True),
            len(tally.failed_by),
            tally.answered,
        )
        for tally in tallies
        if tally.failed
    ]
