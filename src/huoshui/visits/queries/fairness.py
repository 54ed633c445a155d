"""How fair a round's scoring was, for those who may know it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any

from django.utils.translation import gettext_lazy as _

from huoshui.kernel.access import Actor, allows, require
from huoshui.kernel.errors import Refusal
from huoshui.kernel.numbers import rounded
from huoshui.kernel.wording import listed
from huoshui.places.models import Place
from huoshui.visits.fairness.findings import inputs_digest
from huoshui.visits.fairness.order import CONFIDENCE
from huoshui.visits.models import FairnessAnalysis, Round, judge_label
from huoshui.visits.schema import Item

PROBLEMS = {
    "one_judge": _("只有一名评委，没有旁人可比，看不出松紧。"),
    "few_places": _("共同评过的村不足 3 个，分不清是评委松紧还是偶然。"),
    "all_equal": _("所有评委给所有村的合计都一样，没有差别可分析。"),
    "no_spare": _("两名以上评委共同评过的村太少，评委的松紧和村的好坏分不开。"),
    "no_fit": _("这些分数算不出稳定的结果，不作分析。"),
    "no_difference": _("各村之间的差别不比评委打分的偶然出入大，去掉松紧之后也分不出高低；评委松紧仍可参考。"),
}
"""Why nothing can be said of a group, or only part."""


@dataclass(frozen=True)
class JudgeSeverity:
    """How far a judge's totals lie above or below the others' on the same places; thousandths of a point."""

    judge: int
    label: str
    places: int
    points: int
    low: int
    high: int
    clear: bool
    """Whether the interval leaves out zero."""


@dataclass(frozen=True)
class AdjustedStanding:
    """A place with its official total and rank within the group, and those without the differences between judges.

    Points in thousandths; ``low`` to ``high`` is the interval of the adjusted ones. Every rank is 0 where the pack does
    not let places be ranked.
    """

    place: Place
    total: int
    official: int
    adjusted: int
    low: int
    high: int
    rank: int
    first: int
    last: int
    ties_next: bool

    @property
    def moved(self) -> int:
        """By how many ranks it would stand higher (positive) or lower."""
        return self.official - self.rank

    @property
    def outside(self) -> bool:
        """Whether the official rank lies outside the interval."""
        return not self.first <= self.official <= self.last


@dataclass(frozen=True)
class FairnessGroup:
    """Judges and places that can be compared; ``problem`` says why there is no order, or nothing at all."""

    judges: list[int]
    places: list[Place]
    problem: str
    agreement: dict[str, Any] | None = None
    severities: list[JudgeSeverity] = field(default_factory=list)
    standings: list[AdjustedStanding] = field(default_factory=list)

    @property
    def tied_pairs(self) -> int:
        """Neighbours that cannot be told apart."""
        return sum(row.ties_next for row in self.standings)

    @property
    def outside(self) -> list[AdjustedStanding]:
        """Places whose official rank lies outside the interval."""
        return [row for row in self.standings if row.outside]


@dataclass(frozen=True)
class ReadDifferently:
    """An item with the standard deviation between judges of the same place: thousandths, and percent of its points."""

    item: Item
    spread: int
    percent: int


@dataclass(frozen=True)
class Fairness:
    """The analysis of a round. ``state``: none, asked, stale (of other results than those that stand) or done."""

    state: str
    done_at: dt.datetime | None = None
    digest: str = ""
    groups: list[FairnessGroup] = field(default_factory=list)
    items: list[ReadDifferently] = field(default_factory=list)
    confidence: int = CONFIDENCE
    lost: bool = False
    """Asked for so long ago that it must be asked for again."""


def sees_fairness(actor: Actor, round: Round) -> bool:
    """Whether the round has results, and this is one of those who may know how fair they are."""
    return round.state in Round.RESULT_STATES and allows(
        actor, "round.fairness", path=round.place.path, pack=round.pack
    )


def fairness_of(round: Round, actor: Actor) -> Fairness:
    """The kept analysis of the results as they stand. Raises access.denied, or round.state before the computation."""
    require(actor, "round.fairness", path=round.place.path, pack=round.pack)
    if round.state not in Round.RESULT_STATES:
        needed = listed(Round.State(state).label for state in Round.RESULT_STATES)
        raise Refusal("round.state", field="state", state=round.get_state_display(), needed=needed)
    analysis = FairnessAnalysis.objects.visible_to(actor).filter(round=round).first()
    if analysis is None:
        return Fairness("none")
    if analysis.digest != inputs_digest(round):
        return Fairness("stale")
    if analysis.findings is None:
        return Fairness("asked", lost=analysis.lost)
    places = {entry.place.code: entry.place for entry in round.places.select_related("place__parent")}
    groups = [_group(found, places) for found in analysis.findings["groups"]]
    if not round.ranks:
        groups = [_unranked(group) for group in groups]
    return Fairness("done", analysis.done_at, analysis.digest, groups, _items(round, analysis.findings["items"]))


def _group(found: dict[str, Any], places: dict[str, Place]) -> FairnessGroup:
    return FairnessGroup(
        judges=found["judges"],
        places=[places[code] for code in found["places"]],
        problem=found["problem"],
        agreement=found.get("agreement"),
        severities=[JudgeSeverity(label=judge_label(row["judge"]), **row) for row in found.get("severities", [])],
        standings=[AdjustedStanding(**{**row, "place": places[row["place"]]}) for row in found.get("standings", [])],
    )


def _unranked(group: FairnessGroup) -> FairnessGroup:
    """The same without ranks and what tells them, in order of place."""
    rows = sorted(group.standings, key=lambda row: row.place.path)
    bare = [replace(row, official=0, rank=0, first=0, last=0, ties_next=False) for row in rows]
    return replace(group, standings=bare)


def _items(round: Round, spreads: dict[str, int]) -> list[ReadDifferently]:
    items = round.checklist.items
    rows = [
        ReadDifferently(items[code], spread, rounded(Fraction(spread * 100, items[code].points)))
        for code, spread in spreads.items()
        if code in items and items[code].points
    ]
    return sorted(rows, key=lambda row: -row.percent)
