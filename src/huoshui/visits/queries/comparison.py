"""Each place against its own last round of the same checklist, by items that mean the same in both.

A checklist may have changed between two rounds. Points earned are held against each other as a share of the points
that could be earned, over the items whose code and meaning (``Item.meaning``) are the same in both versions; what could
not be compared is listed with the reason. The difference of two totals is told only where nothing was left out and no
points changed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple
from uuid import UUID

from django.db.models import Prefetch, TextField
from django.db.models.functions import Cast

from huoshui.kernel.access import Actor
from huoshui.kernel.numbers import nearest
from huoshui.kernel.reading import KeptForGood
from huoshui.places.models import Place
from huoshui.visits.models import Result, ResultItem, Round
from huoshui.visits.queries.results import RankRow, percent_of, ranking
from huoshui.visits.schema import Item
from huoshui.visits.tally import keyed_as_text

RULES = ("drop_highest", "drop_lowest", "missing", "quorum")
"""Rules of scoring that make a difference to what the same answers earn."""


LOOKED_THROUGH = 1
"""Rounds that are first looked through for the places' last one: most places are in each of them."""
MOST_KEPT = 3_000
"""Comparisons of two results that the process keeps, those asked for last: of some 3 kB each."""


@dataclass(frozen=True)
class Basis:
    """An earlier round that places are held against, and how far its checklist and rules are the same.

    ``added``, ``dropped`` and ``changed`` are the items that could not be compared: only now, only then, and in both
    but scored another way.
    """

    round: Round
    same: dict[str, tuple[Item, Item]]
    """Comparable items by code: as they were and as they are."""
    added: list[Item]
    dropped: list[Item]
    changed: list[Item]
    same_rules: bool

    @property
    def whole(self) -> bool:
        """Whether totals can be held against each other: the same items with the same points."""
        left_out = self.added or self.dropped or self.changed
        return not left_out and all(then.points == now.points for then, now in self.same.values())


class ItemChange(NamedTuple):
    """One item of one place, then and now: percent of its points, and whether it failed."""

    item: Item
    before: int
    now: int
    failed_before: bool
    failed_now: bool


@dataclass(frozen=True)
class Items:
    """The items of one result against those of another: their rows are never changed, and neither is this."""

    share_before: int | None = None
    share_now: int | None = None
    items: tuple[ItemChange, ...] = ()

    @cached_property
    def better(self) -> list[ItemChange]:
        """Items that gained, the most first."""
        return sorted((item for item in self.items if item.now > item.before), key=lambda item: item.before - item.now)

    @cached_property
    def worse(self) -> list[ItemChange]:
        """Items that lost, the most first."""
        return sorted((item for item in self.items if item.now < item.before), key=lambda item: item.now - item.before)

    @cached_property
    def still_failing(self) -> list[ItemChange]:
        """Items that failed then and fail now."""
        return [item for item in self.items if item.failed_before and item.failed_now]


NOTHING = Items()
_kept: KeptForGood[tuple[UUID, UUID], Items] = KeptForGood(MOST_KEPT)
"""By the earlier and the present result."""


@dataclass(frozen=True)
class PlaceChange:
    """A place against its last round; ``last`` and ``basis`` are None where it has none that the reader sees."""

    row: RankRow
    last: Result | None = None
    basis: Basis | None = None
    compared: Items = NOTHING

    @property
    def share_before(self) -> int | None:
        """Share of the points of the compared items then, in tenths of a percent; None where none were compared."""
        return self.compared.share_before

    @property
    def share_now(self) -> int | None:
        """The same now."""
        return self.compared.share_now

    @property
    def items(self) -> Sequence[ItemChange]:
        """The compared items, in the order of the checklist."""
        return self.compared.items

    @property
    def change(self) -> int | None:
        """By how many thousandths of a point the total changed; None where totals cannot be compared."""
        if self.last is None or self.basis is None or not self.basis.whole:
            return None
        return self.row.total - self.last.total

    @property
    def share_change(self) -> int | None:
        """By how many tenths of a percent the share of the compared points changed."""
        if self.share_now is None or self.share_before is None:
            return None
        return self.share_now - self.share_before

    @property
    def better(self) -> Sequence[ItemChange]:
        """Items that gained, the most first."""
        return self.compared.better

    @property
    def worse(self) -> Sequence[ItemChange]:
        """Items that lost, the most first."""
        return self.compared.worse

    @property
    def still_failing(self) -> Sequence[ItemChange]:
        """Items that failed then and fail now."""
        return self.compared.still_failing


@dataclass(frozen=True)
class Comparison:
    """A round's visible places, each against its own last round, and the earlier rounds that were met with."""

    rows: list[PlaceChange]
    bases: list[Basis]

    def of(self, place: Place) -> PlaceChange | None:
        """The row of a place."""
        return next((row for row in self.rows if row.row.place.pk == place.pk), None)


def comparison(round: Round, actor: Actor, rows: Sequence[RankRow] | None = None) -> Comparison:
    """The visible results (or ``rows`` of them) in the order of the ranking, each with its own last sealed round."""
    shown = list(ranking(round, actor) if rows is None else rows)
    last = _last_results(round, actor, [row.place.pk for row in shown])
    then = {result.round_id: result.round for result in last.values()}
    bases = {pk: _basis(round, before) for pk, before in then.items()}
    pairs = {(before.pk, row.result.pk): bases[before.round_id] for row in shown if (before := last.get(row.place.pk))}
    compared = _kept.of(pairs, lambda missing: _compared({pair: pairs[pair] for pair in missing}))
    found = []
    for row in shown:
        if earlier := last.get(row.place.pk):
            both = compared[earlier.pk, row.result.pk]
            found.append(PlaceChange(row, earlier, bases[earlier.round_id], both))
        else:
            found.append(PlaceChange(row))
    return Comparison(found, sorted(bases.values(), key=lambda basis: basis.round.opens_on, reverse=True))


def _last_results(round: Round, actor: Actor, places: Iterable[UUID]) -> dict[UUID, Result]:
    """Each place's visible result in the latest sealed round of the same checklist that opened before this one.

    The rounds before are looked through backwards, ever more of them at once, until every place has one.
    """
    earlier = (
        Round.objects.filter(
            state=Round.State.SEALED,
            checklist_code=round.checklist_code,
            pack_version__pack=round.pack,
            opens_on__lt=round.opens_on,
        )
        .exclude(pk=round.pk)
        .order_by("-opens_on", "-sealed_at")
    )
    last: dict[UUID, Result] = {}
    missing, start, many = set(places), 0, LOOKED_THROUGH
    while missing:
        batch = earlier.values("pk")[start : start + many]
        found = Result.objects.visible_to(actor).filter(round__in=batch, place__in=missing)
        # Most places have the same last round: it is read once, not with each of them.
        rounds = Prefetch("round", Round.objects.select_related("pack_version"))
        for result in found.order_by("-round__opens_on", "-round__sealed_at").prefetch_related(rounds):
            last.setdefault(result.place_id, result)
        missing -= last.keys()
        start, many = start + many, many * 4
        if missing and not earlier[start : start + 1].exists():
            break
    return last


def _basis(now: Round, then: Round) -> Basis:
    before, after = then.checklist.items, now.checklist.items
    shared = {code: (before[code], after[code]) for code in after if code in before}
    same = {code: pair for code, pair in shared.items() if pair[0].meaning() == pair[1].meaning()}
    return Basis(
        round=then,
        same=same,
        added=[item for code, item in after.items() if code not in before],
        dropped=[item for code, item in before.items() if code not in after],
        changed=[pair[1] for code, pair in shared.items() if code not in same],
        same_rules=all(getattr(then, rule) == getattr(now, rule) for rule in RULES),
    )


class _Tally(NamedTuple):
    """What counts of an item's result, without the row: a round has thousands."""

    mean: int
    failed: bool
    judges_answered: int


def _compared(pairs: Mapping[tuple[UUID, UUID], Basis]) -> dict[tuple[UUID, UUID], Items]:
    """The items of earlier and present results, by their pairs, each on its basis."""
    items = _items({result for pair in pairs for result in pair})
    return {(then, now): _items_of(basis, items[then], items[now]) for (then, now), basis in pairs.items()}


def _items(results: Iterable[UUID]) -> dict[UUID, dict[str, _Tally]]:
    """The items of results, by result and code. Whoever sees a result sees its items."""
    found: dict[UUID, dict[str, _Tally]] = {result: {} for result in results}
    by_text = keyed_as_text(found)
    rows = ResultItem.objects.filter(result__in=found).annotate(of=Cast("result_id", TextField()))
    for result, item, *tally in rows.values_list("of", "item", *_Tally._fields):
        by_text[result][item] = _Tally(*tally)
    return found


def _items_of(basis: Basis, before: dict[str, _Tally], now: dict[str, _Tally]) -> Items:
    both = {code: pair for code, pair in basis.same.items() if _answered(before, code) and _answered(now, code)}
    items = tuple(
        ItemChange(
            item=current,
            before=percent_of(before[code].mean, then, failed=before[code].failed) or 0,
            now=percent_of(now[code].mean, current, failed=now[code].failed) or 0,
            failed_before=before[code].failed,
            failed_now=now[code].failed,
        )
        for code, (then, current) in both.items()
    )
    earned_then, earned_now = (sum(side[code].mean for code in both) for side in (before, now))
    full_then, full_now = (sum(pair[at].points for pair in both.values()) for at in (0, 1))
    return Items(_share(earned_then, full_then), _share(earned_now, full_now), items)


def _answered(items: dict[str, _Tally], code: str) -> bool:
    return code in items and items[code].judges_answered > 0


def _share(earned: int, full: int) -> int | None:
    return nearest(earned * 1000, full) if full else None
