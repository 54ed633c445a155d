"""A round in summary: its towns, and the red and blue lists where the pack has them."""

from __future__ import annotations

import statistics
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from uuid import UUID

from huoshui.kernel.access import Actor
from huoshui.kernel.numbers import POINTS, rounded
from huoshui.kernel.reading import KeptForGood, read_once
from huoshui.places.directory import places_with_ids
from huoshui.places.models import Place
from huoshui.places.queries import towns_of
from huoshui.visits.models import Result, ResultItem, Round
from huoshui.visits.queries.results import RankRow, ranking
from huoshui.visits.schema import Item, Lists

MOST_COMMON = 3
"""How many of the failing items a summary names."""
MOST_KEPT = 10_000
"""Results whose failing items the process keeps, those asked for last: of less than 1 kB each."""


@dataclass(frozen=True)
class TownSummary:
    """The results of one town's places, in thousandths of a point."""

    town: Place | None
    places: int
    mean: int
    """Of the totals, rounded to the round's decimals."""
    highest: int
    lowest: int
    deviation: int
    """Standard deviation of the totals (of all places, not of a sample), rounded to a hundredth of a point."""
    failing: int
    """Failing items of all its places together."""
    common: list[tuple[Item, int]]
    """The items that fail at most places, with at how many; at most three."""


def town_summaries(round: Round, actor: Actor, rows: Sequence[RankRow] | None = None) -> list[TownSummary]:
    """The towns all of whose results the actor sees, best mean first; by place where the pack does not rank.

    A mean over the one village that somebody sees would pass for the town's.
    """
    shown = list(ranking(round, actor) if rows is None else rows)
    by_town: dict[UUID | None, list[RankRow]] = {}
    for row in shown:
        by_town.setdefault(row.town.pk if row.town else None, []).append(row)
    partly = _towns_with_more(round, shown)
    complete = [group for town, group in by_town.items() if town not in partly]
    failing = _failing([row for group in complete for row in group])
    found = [_summary(round, group, failing) for group in complete]
    if round.ranks:
        return sorted(found, key=lambda summary: (-summary.mean, summary.town.path if summary.town else ""))
    return sorted(found, key=lambda summary: summary.town.path if summary.town else "")


def _towns_with_more(round: Round, shown: Sequence[RankRow]) -> set[UUID | None]:
    """The towns that have results besides those shown."""
    seen = {row.place.pk for row in shown}
    places = places_with_ids(place for place, _ in _standings(round) if place not in seen)
    return {town.pk if town else None for town in towns_of(places.values()).values()}


@read_once
def _standings(round: Round) -> list[tuple[UUID, int]]:
    """The places of all results with their ranks, the best first, whoever sees them."""
    return list(Result.objects.filter(round=round).order_by("rank").values_list("place_id", "rank"))


def _failing(rows: Sequence[RankRow]) -> dict[UUID, list[str]]:
    """The failing items of each result, which are never changed."""
    return _kept.of([row.result.pk for row in rows], _failing_items)


_kept: KeptForGood[UUID, list[str]] = KeptForGood(MOST_KEPT)


def _failing_items(results: Sequence[UUID]) -> dict[UUID, list[str]]:
    found: dict[UUID, list[str]] = {result: [] for result in results}
    items = ResultItem.objects.filter(result__in=results, failed=True)
    for result, item in items.values_list("result_id", "item"):
        found[result].append(sys.intern(item))
    return found


def _summary(round: Round, rows: Sequence[RankRow], failing: dict[UUID, list[str]]) -> TownSummary:
    totals = [row.total for row in rows]
    counts = Counter(item for row in rows for item in failing.get(row.result.pk, []))
    order = {code: at for at, code in enumerate(round.checklist.items)}
    common = sorted(counts.items(), key=lambda entry: (-entry[1], order[entry[0]]))[:MOST_COMMON]
    return TownSummary(
        town=rows[0].town,
        places=len(rows),
        mean=rounded(Fraction(sum(totals), len(totals)), POINTS // int(10**round.decimals)),
        highest=max(totals),
        lowest=min(totals),
        deviation=rounded(Fraction(statistics.pstdev(totals)), POINTS // 100),
        failing=sum(counts.values()),
        common=[(round.checklist.items[code], count) for code, count in common],
    )


@dataclass(frozen=True)
class RedAndBlue:
    """The two lists as far as the reader sees them, best first."""

    lists: Lists
    red: list[RankRow]
    blue: list[RankRow]


def red_and_blue(round: Round, actor: Actor, rows: Sequence[RankRow] | None = None) -> RedAndBlue | None:
    """The lists of a sealed round; None before the seal and where the pack has none.

    Who stands on a list is decided over all places of the round. Ties at the edge are all listed; who is on the red
    list is not on the blue one.
    """
    rules = round.checklist.ranking.lists if round.ranks and round.checklist.ranking else None
    if rules is None or round.state != Round.State.SEALED:
        return None
    ranks = [rank for _, rank in _standings(round)]
    first_blue = ranks[-rules.blue] if 0 < rules.blue <= len(ranks) else 1
    shown = ranking(round, actor) if rows is None else rows
    red = [row for row in shown if row.result.rank <= rules.red]
    blue = [row for row in shown if rules.blue and row.result.rank >= first_blue and row.result.rank > rules.red]
    return RedAndBlue(rules, red, blue)
