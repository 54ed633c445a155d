"""Dashboards read: every number comes from ``figures_of`` and its kin, which ask for figure.view at the place."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from huoshui.figures.boards.changes import change_told
from huoshui.figures.queries import Figure, Part, figure_parts, figures_of, get_indicator, get_period, indicators
from huoshui.figures.reporting.conflicts import open_conflicts
from huoshui.figures.reporting.models import Bound, Conflict, Target
from huoshui.figures.reporting.targets import Attainment, targets_about
from huoshui.figures.schema import Indicator
from huoshui.figures.succession import counted_instead
from huoshui.kernel.access import Actor
from huoshui.kernel.errors import Refusal
from huoshui.kernel.periods import Period, PeriodKind, period_before
from huoshui.packs.queries import current_versions
from huoshui.places.models import Place

YEARS = 5


@dataclass(frozen=True)
class Tile:
    """One indicator of a place: its last YEARS years, the oldest first, what it should come to, what is in doubt."""

    trend: tuple[Figure, ...]
    aim: Attainment | None
    doubts: tuple[Conflict, ...]

    @property
    def now(self) -> Figure:
        """The figure of the year that is asked for."""
        return self.trend[-1]

    @property
    def indicator(self) -> Indicator:
        """As it is defined in that year."""
        return self.now.indicator

    @property
    def change(self) -> str:
        """Against the year before, in words."""
        return change_told(self.now, self.trend[-2])

    @property
    def is_silent(self) -> bool:
        """Whether there is neither a value this year nor a course to show."""
        return self.now.value is None and not self.is_drawn

    @property
    def is_drawn(self) -> bool:
        """Whether there is anything to draw: one year alone is no course, and nothing but zeros is told in words."""
        return sum(one.value is not None for one in self.trend) > 1 and any(one.value for one in self.trend)

    @property
    def latest(self) -> Figure | None:
        """The latest figure that has a value; None without any."""
        return next((one for one in reversed(self.trend) if one.value is not None), None)


@dataclass(frozen=True)
class Board:
    """The indicators of one pack at a place."""

    pack: str
    name: str
    tiles: tuple[Tile, ...]

    @property
    def told(self) -> list[Tile]:
        """Those that have something to show."""
        return [tile for tile in self.tiles if not tile.is_silent]

    @property
    def silent(self) -> list[Tile]:
        """Those that have not."""
        return [tile for tile in self.tiles if tile.is_silent]


@dataclass(frozen=True)
class Dashboard:
    """All of a place: the packs' boards, and the targets of the year and of the plans that the year lies in."""

    boards: tuple[Board, ...]
    aims: tuple[Attainment, ...]


def dashboard(actor: Actor, place: Place, year: Period, pack: str = "") -> Dashboard:
    """The boards of a place for a year; of one pack, if it is named.

    Raises access.denied without figure.view at the place, or pack.unknown for a pack without yearly indicators.
    """
    chosen = _of_year(pack)
    asked = [(one, at) for one in chosen for at in _years(one, year)]
    targets = {(row.indicator, row.period): row for row in targets_about(place, year)}
    plans = [pair for pair in _plans(targets) if not pack or pair[0].qualified.startswith(f"{pack}.")]
    found = figures_of(actor, [*asked, *plans], place)
    trends = [tuple(found[at : at + YEARS]) for at in range(0, len(asked), YEARS)]
    current = [*(trend[-1] for trend in trends), *found[len(asked) :]]
    aims = [_aim(one, targets) for one in current]
    doubts = open_questions(actor, place)
    tiles = [
        Tile(trend, aim, doubts.get((one.qualified, trend[-1].period.code), ()))
        for one, trend, aim in zip(chosen, trends, aims, strict=False)
    ]
    kept = [(one, tile) for one, tile in zip(chosen, tiles, strict=True) if not _is_past(one, tile)]
    return Dashboard(tuple(_by_pack(kept)), tuple(aim for aim in aims if aim))


def _is_past(one: Indicator, tile: Tile) -> bool:
    """Whether it is counted by another now, and nothing that was reported of it is to be seen."""
    return one.qualified in counted_instead() and tile.latest is None and tile.aim is None


Targets = Mapping[tuple[str, str], Target]


def _aim(one: Figure, targets: Targets) -> Attainment | None:
    row = targets.get((one.indicator.qualified, one.period.code))
    return Attainment(row, one) if row else None


def _of_year(pack: str) -> list[Indicator]:
    chosen = [
        one
        for code, one in indicators().items()
        if PeriodKind.YEAR in one.periods and (not pack or code.partition(".")[0] == pack)
    ]
    if pack and not chosen:
        raise Refusal("board.unknown", field="pack", name=pack)
    return chosen


def _years(indicator: Indicator, year: Period) -> list[Period]:
    """The year and those before it, the oldest first, as the indicator's own months make them."""
    last = get_period(indicator, year.code)
    return [period_before(last, back, indicator.month_begins) for back in range(YEARS - 1, 0, -1)] + [last]


def _plans(targets: Targets) -> list[tuple[Indicator, Period]]:
    """What the plans aim at. Its figure is that of the whole plan."""
    known = indicators()
    told = [(known[code], period) for code, period in targets if code in known and "/" in period]
    return [(one, get_period(one, period)) for one, period in told if PeriodKind.PLAN in one.periods]


def open_questions(actor: Actor, place: Place) -> dict[tuple[str, str], tuple[Conflict, ...]]:
    """The open questions at the place itself, by the indicators (qualified) and periods that they are about."""
    found: dict[tuple[str, str], tuple[Conflict, ...]] = {}
    for row in open_conflicts(actor, place).filter(place=place):
        for about in {(str(one["indicator"]), str(one["period"])) for one in row.members}:
            found[about] = (*found.get(about, ()), row)
    return found


def _by_pack(kept: Sequence[tuple[Indicator, Tile]]) -> Iterable[Board]:
    names = {code: str(version.name) for code, version in current_versions().items()}
    by_pack: dict[str, list[Tile]] = {}
    for one, tile in kept:
        by_pack.setdefault(one.qualified.partition(".")[0], []).append(tile)
    return (Board(pack, names.get(pack, pack), tuple(rows)) for pack, rows in by_pack.items())


@dataclass(frozen=True)
class PartRow:
    """One place directly below; ``place`` None: what lies at the place itself. ``rank``: only where the pack ranks."""

    place: Place | None
    figure: Figure
    rank: int | None


def part_rows(actor: Actor, code: str, place: Place, year: Period) -> list[PartRow]:
    """An indicator at the places directly below: by their codes; ranked, the best first, if its pack allows that.

    Ranked is what has an exact value; equal values share a rank. Raises access.denied, figure.unknown, figure.period.
    """
    indicator = get_indicator(code)
    parts = figure_parts(actor, indicator, place, get_period(indicator, year.code))
    rows = sorted(parts, key=lambda part: (part.place is None, part.place.code if part.place else ""))
    if not indicator.ranked:
        return [PartRow(part.place, part.figure, None) for part in rows]
    sign = -1 if indicator.better == "more" else 1
    exact = [(part.figure.value * sign, part) for part in rows if part.figure.value is not None and _is_ranked(part)]
    exact.sort(key=lambda pair: pair[0])
    order = [value for value, _part in exact]
    ranked = [PartRow(part.place, part.figure, order.index(value) + 1) for value, part in exact]
    return ranked + [PartRow(part.place, part.figure, None) for part in rows if not _is_ranked(part)]


def _is_ranked(part: Part) -> bool:
    """A value that only bounds the true one has no place in an order, nor has what lies at the place itself."""
    return part.place is not None and part.figure.value is not None and part.figure.bound == Bound.EXACT
