"""What the register holds for a term at a place in a period, looked up many at a time."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from huoshui.figures.models import Target
from huoshui.figures.queries import Figure, figures_of, indicators
from huoshui.figures.reporting.models import Bound as HeldBound
from huoshui.figures.reporting.values import quotient, told
from huoshui.figures.schema import Indicator
from huoshui.kernel.access import Actor
from huoshui.kernel.numbers import shown
from huoshui.kernel.periods import Period, PeriodKind, period
from huoshui.places.models import Place
from huoshui.publications.terms import Term, TermKind
from huoshui.publications.units import factor_of
from huoshui.publications.whens import told_for
from huoshui.subsidies.models import Pot

AT_ONCE = 100
"""Figures asked for in one query."""
FEN = 100
NOT_YOURS = "not_yours"
"""``words.WHY`` of what the reader may not see."""


@dataclass(frozen=True)
class Asked:
    """What is looked up; ``period`` as the text says it, not as the term is told; ``target``: the aim is asked for."""

    term: Term
    place: Place
    period: Period
    target: bool = False


@dataclass(frozen=True)
class Held:
    """What the register says. ``value`` in the unit's quantity's own; None with ``why``, a code of ``words.WHY``.

    ``bound``: what a reported value or a target says about the true one.
    """

    value: Fraction | None = None
    shown: str = ""
    unit: str = ""
    period: str = ""
    numerator: int | None = None
    denominator: int | None = None
    records: int = 0
    bound: str = HeldBound.EXACT
    why: str = ""


def permission_for(term_kind: str, term: str) -> tuple[str, str | None] | None:
    """What shows the register's value of a term at a place, and for which pack; None: anybody sees it."""
    if term_kind == TermKind.INDICATOR:
        return "figure.view", None
    return ("fund.view", term.partition(".")[0]) if term_kind == TermKind.FUND else None


def look_up(by: Actor, asked: Iterable[Asked]) -> dict[Asked, Held]:
    """What the register holds for each; nothing raises: what the reader may not see says so."""
    found: dict[Asked, Held] = {}
    known = indicators()
    figures: dict[Place, list[tuple[Asked, Period]]] = {}
    for one in dict.fromkeys(asked):
        if one.term.kind == TermKind.STANDARD:
            found[one] = _standard(one.term)
        elif one.term.kind == TermKind.FUND:
            found[one] = _fund(by, one)
        elif not _may(by, "figure.view", one.place):
            found[one] = Held(why=NOT_YOURS)
        elif one.target:
            found[one] = _target(by, one, known[one.term.code])
        elif its := told_for(one.period, list(one.term.periods)):
            figures.setdefault(one.place, []).append((one, its))
        else:
            found[one] = Held(why="not_told")
    for place, wanted in figures.items():
        found |= _figures(by, place, wanted, known)
    return found


def _target(by: Actor, one: Asked, indicator: Indicator) -> Held:
    """What the indicator should come to in the period, in the year that it lies in, or in the one plan around it."""
    its = told_for(one.period, [*one.term.periods, PeriodKind.YEAR.value]) or one.period
    aims = Target.objects.visible_to(by).filter(indicator=one.term.code, place=one.place)
    plans = aims.filter(period__contains="/", first__lte=one.period.first, last__gte=one.period.last)
    row = aims.filter(period__in=[one.period.code, its.code]).first() or (plans.first() if len(plans) == 1 else None)
    value = quotient(row.numerator, row.denominator, indicator) if row else None
    if row is None or value is None:
        return Held(why="no_target")
    said, unit = told(value, indicator, row.bound), indicator.unit
    return Held(value * factor_of(unit), said, unit, row.period, row.numerator, row.denominator, 1, row.bound)


def plan_called(by: Actor, name: str) -> Period | None:
    """The years of a plan of which only the name is printed: those of the targets whose source names it."""
    codes = set(Target.objects.visible_to(by).filter(source__contains=name).values_list("period", flat=True))
    return period(codes.pop()) if name and len(codes) == 1 else None


def _figures(
    by: Actor, place: Place, wanted: list[tuple[Asked, Period]], known: dict[str, Indicator]
) -> dict[Asked, Held]:
    found: dict[Asked, Held] = {}
    for start in range(0, len(wanted), AT_ONCE):
        part = wanted[start : start + AT_ONCE]
        values = figures_of(by, [(known[one.term.code], its) for one, its in part], place)
        found |= {one: _held(value) for (one, _its), value in zip(part, values, strict=True)}
    return found


def _held(figure: Figure) -> Held:
    unit = figure.indicator.unit
    value = None if figure.value is None else figure.value * factor_of(unit)
    why = "" if value is not None else "sources_differ" if len(figure.observations) > 1 else "no_value"
    return Held(
        value, figure.told, unit, figure.period.code, figure.numerator, figure.denominator, figure.records,
        figure.bound, why,
    )  # fmt: skip


def _standard(term: Term) -> Held:
    held = term.least if term.least is not None else term.most
    if held is None:
        return Held(why="no_value")
    bare = held / factor_of(term.unit)
    sign = "" if term.least == term.most else "≥" if term.least is not None else "≤"
    return Held(held, f"{sign}{_plain(bare)}", term.unit)


def _fund(by: Actor, one: Asked) -> Held:
    if one.period.kind != PeriodKind.YEAR and one.period.kind != PeriodKind.DAY:
        return Held(why="not_told")
    year = one.period.first.year
    pot = Pot.objects.visible_to(by).filter(scheme=one.term.code, place=one.place, year=year).first()
    if pot is None:
        return Held(why="no_value")
    yuan = Fraction(pot.amount, FEN)
    return Held(yuan, _plain(yuan / factor_of("万元")), "万元", str(year), pot.amount, None, 1)


def _may(by: Actor, permission: str, place: Place) -> bool:
    return any(place.path.startswith(grant.path) for grant in by.grants(permission))


def _plain(value: Fraction) -> str:
    return shown(int(value * 10**4), 10**4)
