"""Reading money lines: lists, and sums that open down to the lines behind them."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.db.models import Count, Q, QuerySet, Sum

from huoshui.kernel.access import Actor, path_condition
from huoshui.matters.money.models import MoneyLine
from huoshui.matters.schema import MatterKind
from huoshui.packs.queries import all_current


@dataclass(frozen=True)
class LineFilter:
    """Which lines. Empty: no restriction. ``place`` is a path, ``kind`` qualified, ``year`` that of the line's day."""

    place: str = ""
    kind: str = ""
    type: str = ""
    year: int = 0


@dataclass(frozen=True)
class TypeSum:
    """The sum of one type, in fen, and of how many lines it is."""

    code: str
    name: str
    fen: int
    lines: int


@dataclass(frozen=True)
class KindSums:
    """The sums of one kind of matter, in the order of its types."""

    code: str
    name: str
    sums: list[TypeSum] = field(default_factory=list)


def lines(actor: Actor, wanted: LineFilter) -> QuerySet[MoneyLine]:
    """Visible lines, the newest first, with matter, place and who wrote them."""
    found = MoneyLine.objects.visible_to(actor).filter(_condition(wanted))
    related = found.select_related("matter__place__parent", "matter__pack_version", "by", "reverses")
    return related.defer("matter__place__outline", "matter__place__parent__outline").order_by("-day", "-id")


def total(actor: Actor, wanted: LineFilter) -> int:
    """The sum of visible lines, in fen."""
    rows = MoneyLine.objects.visible_to(actor).filter(_condition(wanted))
    return rows.aggregate(total=Sum("amount"))["total"] or 0


def years(actor: Actor) -> list[int]:
    """The years of visible lines, the latest first."""
    days = MoneyLine.objects.visible_to(actor).order_by().dates("day", "year", order="DESC")
    return [day.year for day in days]


def sums_by_kind(actor: Actor, wanted: LineFilter) -> list[KindSums]:
    """Sums of visible lines by kind of matter and type."""
    found = MoneyLine.objects.visible_to(actor).filter(_condition(wanted)).order_by()
    rows = found.values_list("matter__kind", "type").annotate(Sum("amount"), Count("pk"))
    by_kind: dict[str, dict[str, tuple[int, int]]] = {}
    for kind, code, fen, count in rows:
        by_kind.setdefault(kind, {})[code] = (fen, count)
    known = all_current("matters")
    return [_of_kind(code, known.get(code), by_kind[code]) for code in sorted(by_kind)]


def _of_kind(code: str, kind: MatterKind | None, sums: dict[str, tuple[int, int]]) -> KindSums:
    names = {known.code: str(known.name) for known in kind.money} if kind else {}
    ordered = [*(known for known in names if known in sums), *sorted(sums.keys() - names.keys())]
    shown = [TypeSum(known, names.get(known, known), *sums[known]) for known in ordered]
    return KindSums(code, str(kind.name) if kind else code, shown)


def _condition(wanted: LineFilter) -> Q:
    found = Q()
    if wanted.place:
        found &= path_condition("matter__place__path", wanted.place)
    if wanted.kind:
        found &= Q(matter__kind=wanted.kind)
    if wanted.type:
        found &= Q(type=wanted.type)
    if wanted.year:
        found &= Q(day__year=wanted.year)
    return found
