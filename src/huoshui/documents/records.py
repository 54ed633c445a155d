"""Records that documents tell one by one: honours, rounds with their results, funds, matters of a ledger.

Each list asks for the permission at the document's place, all of it: a document never leaves out silently what its
drafter may not see.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db.models import Q, QuerySet

from huoshui.documents.wording import day_words
from huoshui.kernel.access import Actor, path_condition, require
from huoshui.kernel.numbers import POINTS, nearest, shown
from huoshui.kernel.periods import Period
from huoshui.matters.models import Matter
from huoshui.matters.queries.ledger import ledger_rows
from huoshui.matters.schema import LedgerColumn
from huoshui.packs.schema import Text
from huoshui.places.models import Honour, Place
from huoshui.places.queries import township_names
from huoshui.subsidies.models import Pot
from huoshui.visits.models import Result, Round

MOST = 2_000
"""Records of one list in a document."""
LEVELS = {"national": "国家级", "provincial": "省级", "municipal": "市级", "district": "区级"}
FEN_OF_WAN = 1_000_000
COLUMNS = [
    LedgerColumn(column=code, name=Text(zh=code, en=code))
    for code in ("place", "title", "measures", "deadline", "owner", "unit", "state", "opened_on", "closed_on")
]


class Told(dict[str, Any]):
    """What a template sees of a record: its parts by name, which the sandbox reads as attributes."""

    def __getattr__(self, name: str) -> Any:
        try:
            return self[name]
        except KeyError:
            raise AttributeError(name) from None


class Lazy:
    """A list that is read when a template first asks for it, and not otherwise."""

    def __init__(self, read: Callable[[], list[Any]]) -> None:
        self._read = read

    @cached_property
    def _rows(self) -> list[Any]:
        return self._read()

    def __iter__(self) -> Iterator[Any]:
        return iter(self._rows)

    def __len__(self) -> int:
        return len(self._rows)


@dataclass(frozen=True)
class Records:
    """The records of a place and below it, in a period, as far as the drafter may tell of all of them."""

    by: Actor
    place: Place
    period: Period

    def honours(self) -> list[Told]:
        """Honours of the years that the period touches, the highest level first. Raises access.denied."""
        require(self.by, "place.view", path=self.place.path)
        years = range(self.period.first.year, self.period.last.year + 1)
        found = Honour.objects.filter(path_condition("place__path", self.place.path), year__in=years)
        found = found.filter(withdrawn_on__isnull=True).select_related("place")
        order = list(LEVELS)
        rows = sorted(found, key=lambda one: (one.year, order.index(one.level), one.name, one.place.path))
        return [
            Told(name=one.name, level=LEVELS[one.level], year=f"{one.year}", place=one.holder or one.place.short_name)
            for one in rows[:MOST]
        ]

    def rounds(self) -> list[Told]:
        """Rounds that were sealed and ended in the period, with the results of the place. Raises access.denied."""
        require(self.by, "round.view", path=self.place.path)
        inside = path_condition("place__path", self.place.path)
        results = Result.objects.filter(
            inside,
            round__state=Round.State.SEALED,
            round__closes_on__gte=self.period.first,
            round__closes_on__lte=self.period.last,
        ).select_related("place", "round")
        by_round: dict[Any, list[Any]] = {}
        for result in results.order_by("round__closes_on", "round_id", "rank", "place__path"):
            by_round.setdefault(result.round_id, []).append(result)
        return [_round(rows) for rows in by_round.values()]

    def funds(self) -> list[Told]:
        """Funds of the years that the period touches. Raises access.denied."""
        require(self.by, "fund.view", path=self.place.path)
        years = range(self.period.first.year, self.period.last.year + 1)
        found = Pot.objects.filter(path_condition("place__path", self.place.path), year__in=years)
        self._require_packs("fund.view", found)
        return [
            Told(
                name=one.scheme_name,
                year=f"{one.year}",
                amount=wan(one.amount),
                approved=wan(one.approved),
                left=wan(one.left),
            )
            for one in found.select_related("place").order_by("year", "place__path", "scheme")
        ]

    def matters(self, kind: str = "") -> list[Told]:
        """Matters that ran in the period, or all that were opened and closed in it. Raises access.denied."""
        pack = kind.partition(".")[0] or None
        require(self.by, "matter.view", path=self.place.path, pack=pack)
        ran = Q(opened_on__lte=self.period.last) & (Q(closed_on__isnull=True) | Q(closed_on__gte=self.period.first))
        found = Matter.objects.filter(path_condition("place__path", self.place.path), ran, duplicate_of__isnull=True)
        found = found.filter(kind=kind) if kind else found
        self._require_packs("matter.view", found)
        rows = ledger_rows(found.order_by("number")[:MOST], COLUMNS)
        return [
            Told(
                at=at,
                number=row.matter.number,
                kind=row.matter.kind_name,
                due=_day(row.cell("deadline")),
                opened=_day(row.cell("opened_on")),
                closed=_day(row.cell("closed_on")),
                measures=row.cell("measures") or "",
                **{code: row.cell(code) or "" for code in ("title", "place", "owner", "unit", "state")},
            )
            for at, row in enumerate(rows, 1)
        ]

    def _require_packs(self, permission: str, found: QuerySet[Any]) -> None:
        """A duty for one pack does not do where rows of another are listed. Raises access.denied."""
        for pack in found.order_by("pack").values_list("pack", flat=True).distinct():
            require(self.by, permission, path=self.place.path, pack=pack)


def _round(results: list[Any]) -> Told:
    """A round with its results of a place, in the order of their ranks."""
    first = results[0].round
    towns = township_names(result.place for result in results)
    total = sum(result.total for result in results)
    return Told(
        name=first.name,
        first=day_words(first.opens_on),
        last=day_words(first.closes_on),
        villages=len(results),
        mean=shown(nearest(total, len(results)), POINTS, 2),
        best="、".join(result.place.short_name for result in results if result.rank == results[0].rank),
        results=[
            Told(
                rank=result.rank,
                place=result.place.short_name,
                town=towns[result.place_id],
                total=shown(result.total, POINTS, 2),
                judges=result.judges,
            )
            for result in results
        ],
    )


def wan(fen: int) -> str:
    """Fen as 万元, two decimals."""
    return shown(fen, FEN_OF_WAN, 2)


def _day(day: dt.date | None) -> str:
    return day.isoformat() if day else ""
