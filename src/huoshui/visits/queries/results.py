"""Results as they may be seen: ranking, heat map, the sheet for signing and export."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple
from uuid import UUID

from huoshui.kernel.access import Actor, path_condition
from huoshui.kernel.errors import Refusal
from huoshui.kernel.numbers import POINTS, nearest, shown
from huoshui.kernel.reading import read_once
from huoshui.kernel.wording import listed
from huoshui.places.directory import places_with_ids
from huoshui.places.models import Place
from huoshui.places.queries import towns_of
from huoshui.visits.models import Adjustment, Correction, Result, Round, Visit, judge_label
from huoshui.visits.schema import ChecklistSection, Item
from huoshui.visits.tally import Found, found_by_place, results_digest
from huoshui.visits.visibility import stops_open_to


def shown_points(value: int | None, decimals: int = 2) -> str:
    """Thousandths as a numeral with at least ``decimals`` decimals, more where the value has more."""
    if value is None:
        return ""
    while decimals < 3 and value % (POINTS // 10**decimals):
        decimals += 1
    return shown(value, POINTS, decimals)


@dataclass(frozen=True)
class RankRow:
    """A place in the ranking. Points in thousandths; the ``..._shown`` are numerals."""

    result: Result
    place: Place
    town: Place | None
    rank: int | None
    """None where the pack does not let places be ranked."""
    judges: int
    mean: int
    adjustments: int
    total: int
    mean_shown: str
    adjustments_shown: str
    total_shown: str
    corrections: list[Correction] = field(default_factory=list)
    """In the order in which they were made."""

    @property
    def sealed_total(self) -> int | None:
        """The total as it was sealed, in thousandths; None when it was never corrected."""
        return self.corrections[0].before if self.corrections else None

    @property
    def corrected_from(self) -> str:
        """The total as it was sealed, as a numeral; "" when it was never corrected."""
        return shown_points(self.sealed_total)


@read_once
def ranking(round: Round, actor: Actor) -> list[RankRow]:
    """The visible results, best first; places of equal total, and of a round that does not rank, by their codes."""
    found = Result.objects.visible_to(actor).filter(round=round)
    results = list(found.order_by(*(("rank",) if round.ranks else ()), "place__path"))
    places = places_with_ids(result.place_id for result in results)
    for result in results:
        result.place = places[result.place_id]
    towns = towns_of(places.values())
    corrections = _corrections(round) if results else {}
    return [_rank_row(round, row, towns[row.place_id], corrections.get(row.pk, [])) for row in results]


def _corrections(round: Round) -> dict[UUID, list[Correction]]:
    """The corrections of a round's results, by result, the first ones first."""
    found: dict[UUID, list[Correction]] = {}
    for correction in Correction.objects.filter(result__round=round).order_by("created_at", "pk"):
        found.setdefault(correction.result_id, []).append(correction)
    return found


def _rank_row(round: Round, result: Result, town: Place | None, corrections: list[Correction]) -> RankRow:
    decimals = round.decimals
    return RankRow(
        result=result,
        place=result.place,
        town=town,
        rank=result.rank if round.ranks else None,
        judges=result.judges,
        mean=result.mean,
        adjustments=result.adjustments,
        total=result.total,
        mean_shown=shown_points(result.mean, decimals),
        adjustments_shown=shown_points(result.adjustments, decimals),
        total_shown=shown_points(result.total, decimals),
        corrections=corrections,
    )


class HeatCell(NamedTuple):
    """One item at one place: mean percent of the points (None: nobody answered), and whether it failed."""

    place: Place
    percent: int | None
    failed: bool
    answered: int
    failed_by: int


@dataclass(frozen=True)
class HeatRow:
    """One item over all places."""

    section: ChecklistSection
    item: Item
    cells: list[HeatCell]

    @property
    def percent(self) -> int | None:
        """Mean of the places' percents."""
        known = [cell.percent for cell in self.cells if cell.percent is not None]
        return nearest(sum(known), len(known)) if known else None

    @property
    def failed(self) -> int:
        """At how many places the item failed."""
        return sum(cell.failed for cell in self.cells)


@dataclass(frozen=True)
class HeatMap:
    """Items down, places across, in the order of checklist and tour."""

    places: list[Place]
    rows: list[HeatRow]


def heat_map(round: Round, actor: Actor) -> HeatMap:
    """Items × places that the actor may see. Raises round.state before the lock."""
    if not round.is_locked:
        needed = listed(Round.State(state).label for state in Round.LOCKED_STATES)
        raise Refusal("round.state", field="state", state=round.get_state_display(), needed=needed)
    stops = stops_open_to(actor, round)
    known = places_with_ids(stops)
    places = [known[pk] for pk in stops]
    found = found_by_place(round, stops)
    at_place = [(place, found[place.pk]) for place in places]
    rows = [
        HeatRow(section, item, _heat_cells(item, at_place, round.quorum))
        for section in round.checklist.sections
        for item in section.items
    ]
    return HeatMap(places, rows)


NOTHING = Found()


def _heat_cells(item: Item, found: Iterable[tuple[Place, Mapping[str, Found]]], quorum: int) -> list[HeatCell]:
    """The cells of an item. Many places are found alike: what follows from a finding is worked out once."""
    told: dict[Found, tuple[int | None, bool, int, int]] = {}
    cells = []
    for place, items in found:
        finding = items.get(item.code, NOTHING)
        if finding not in told:
            failed = finding.fails(quorum)
            percent = percent_of(finding.mean, item, failed=failed)
            told[finding] = (percent, failed, finding.answered, finding.failing)
        cells.append(HeatCell(place, *told[finding]))
    return cells


def percent_of(mean: int | None, item: Item, *, failed: bool) -> int | None:
    """Mean points as percent of the item's; of an item without points 0 when it failed, else 100."""
    if mean is None:
        return None
    if not item.points:
        return 0 if failed else 100
    return nearest(mean * 100, item.points)


class JudgeTotal(NamedTuple):
    """One judge's total for a place, in thousandths."""

    number: int
    total: int
    dropped: bool


@dataclass(frozen=True)
class ResultRow:
    """A line of the result sheet: the ranking's row, each judge's total, each bonus and deduction."""

    rank: RankRow
    totals: list[JudgeTotal]
    adjustments: list[Adjustment]


@dataclass(frozen=True)
class SignatureRow:
    """One signature under the results; ``code`` and name of the role."""

    code: str
    role: str
    title: str
    at: dt.datetime
    digest: str
    """What was signed."""


@dataclass(frozen=True)
class ResultTable:
    """The results with the totals of the judges by number."""

    round: Round
    judge_numbers: list[int]
    judge_labels: list[str]
    rows: list[ResultRow]


@dataclass(frozen=True)
class ResultSheet(ResultTable):
    """The result sheet for signing, printing and Excel."""

    signatures: list[SignatureRow]
    digest: str
    """Of the results as they stand; "" while there are none."""

    @property
    def signed_digest(self) -> str:
        """What the three signed; "" while nobody has."""
        return self.signatures[0].digest if self.signatures else ""

    @property
    def corrected_since_signing(self) -> bool:
        """Whether the results were corrected after the signatures, which stand under the earlier ones alone."""
        return bool(self.signed_digest) and self.signed_digest != self.digest


def result_table(round: Round, actor: Actor) -> ResultTable:
    """The visible results with the totals of judges by number."""
    rows = ranking(round, actor)
    adjustments: dict[object, list[Adjustment]] = {}
    for entry in Adjustment.objects.visible_to(actor).filter(round=round).order_by("code"):
        adjustments.setdefault(entry.place_id, []).append(entry)
    lines = [
        ResultRow(
            row,
            sorted(
                (JudgeTotal(total["judge"], total["total"], total["dropped"]) for total in row.result.totals),
                key=lambda total: total.number,
            ),
            adjustments.get(row.place.pk, []),
        )
        for row in rows
    ]
    numbers = sorted({total.number for line in lines for total in line.totals})
    return ResultTable(round, numbers, [judge_label(number) for number in numbers], lines)


def result_sheet(round: Round, actor: Actor) -> ResultSheet:
    """The same, with the signatures that stand."""
    table = result_table(round, actor)
    signed = round.signatures.filter(voided_at__isnull=True).select_related("account").order_by("at")
    signatures = [SignatureRow(s.role, str(s.get_role_display()), s.account.title, s.at, s.digest) for s in signed]
    digest = digest_to_sign(round) if table.rows else ""
    return ResultSheet(round, table.judge_numbers, table.judge_labels, table.rows, signatures, digest)


def places_of_round(round: Round, area: Place) -> list[Place]:
    """The round's places at and below ``area``, in the order of the tour, whoever sees them."""
    stops = round.places.filter(path_condition("place__path", area.path)).select_related("place").order_by("position")
    return [stop.place for stop in stops]


def digest_to_sign(round: Round) -> str:
    """The digest of the results as they stand; ``sign_round`` takes it as ``seen_digest``."""
    return results_digest(round)


def late_sheets(round: Round, actor: Actor) -> Sequence[Visit]:
    """Sheets that came after the lock and do not count (yet), as far as the actor sees them."""
    return list(
        Visit.objects.visible_to(actor)
        .filter(round=round, state=Visit.State.LATE)
        .select_related("place")
        .order_by("submitted_at")
    )
