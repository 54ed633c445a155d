"""The value of a reported indicator: as its unit reported it, or added up of what the units below reported.

A sum is told only when everybody of whom it is asked has an approved value: a part is never passed off as the whole.
A ratio adds up by its two parts. What a file says counts where nobody reports; where files disagree and nobody has
decided, there is no value, and each stays what it is.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from huoshui.figures.reporting.models import Bound, Conflict, Filing, Observation
from huoshui.figures.reporting.queries import returns, was_there
from huoshui.figures.reporting.values import compatible, quotient
from huoshui.figures.schema import Indicator, Return
from huoshui.kernel.access import path_condition
from huoshui.kernel.periods import Period, PeriodKind, parts
from huoshui.places.models import Place

Asked = tuple[Indicator, Period]


@dataclass(frozen=True)
class Observed:
    """What approved filings say of a place and a period; ``why``: why they say nothing."""

    numerator: int | None
    denominator: int | None = None
    bound: str = Bound.EXACT
    rows: tuple[Observation, ...] = ()
    why: str = ""


def standing() -> QuerySet[Observation]:
    """The observations that count: of approved filings."""
    return Observation.objects.filter(filing__state=Filing.State.APPROVED).select_related("filing", "place")


def beside(codes: Iterable[str], place: Place) -> list[Observation]:
    """Everything that approved filings say of some indicators at a place itself, the oldest first."""
    return list(standing().filter(indicator__in=list(codes), place=place).order_by("first", "id"))


def observed(asked: Sequence[Asked], places: Sequence[Place], path: str) -> dict[Place, list[Observed]]:
    """For each of some places at or below ``path``, what is known of each of the asked, in their order."""
    if not asked:
        return {place: [] for place in places}
    read = _Read(asked, path)
    return {place: [read.at(place, indicator, period) for indicator, period in asked] for place in places}


class _Read:
    """The observations of some indicators at and below a path, and the places of which they are asked."""

    def __init__(self, asked: Sequence[Asked], path: str) -> None:
        codes = {indicator.qualified for indicator, _period in asked}
        first, last = min(period.first for _i, period in asked), max(period.last for _i, period in asked)
        rows = standing().filter(
            # What reaches into the time: a reporting month or a week begins before the calendar's.
            path_condition("place__path", path),
            indicator__in=codes,
            first__lte=last,
            last__gte=first,
        )
        self._rows: dict[tuple[str, Any, str], list[Observation]] = defaultdict(list)
        for row in rows.order_by("id"):
            self._rows[row.indicator, row.place_id, row.period].append(row)
        self._forms = {code: form for form in returns().values() for code in form.indicators if code in codes}
        self._codes, self._path = codes, path

    @cached_property
    def _asked(self) -> list[Place]:
        """The places of which anything is asked."""
        kinds = {kind for form in self._forms.values() for kind in form.asked_of}
        return list(Place.objects.filter(path_condition("path", self._path), kind__in=kinds).order_by("path"))

    @cached_property
    def _held(self) -> set[Any]:
        """The observations that a decision says hold."""
        held = Conflict.objects.filter(state=Conflict.State.DECIDED, holds__indicator__in=self._codes)
        return set(held.values_list("holds_id", flat=True))

    def at(self, place: Place, indicator: Indicator, period: Period) -> Observed:
        """At a place: its own, or the sum of those below of whom it is asked."""
        form = self._forms.get(indicator.qualified)
        own = self._own(place, indicator, period, form)
        said = bool(own.rows or own.why)
        of_files = bool(own.rows) and all(row.filing.is_imported for row in own.rows)
        if form is None or place.kind in form.asked_of or (said and not of_files):
            return own if said else Observed(None, why=_("未报"))
        below = list(self._below(place, form, period)) if indicator.adds else []
        if not below:
            return own if said else Observed(None, why=_("没有数据"))
        total = _summed([self._own(one, indicator, period, form) for one in below], indicator)
        return own if of_files and total.numerator is None else total

    def _below(self, place: Place, form: Return, period: Period) -> Iterable[Place]:
        return (
            one
            for one in self._asked
            if one.kind in form.asked_of and one.path.startswith(place.path) and was_there(one, period)
        )

    def _own(self, place: Place, indicator: Indicator, period: Period, form: Return | None) -> Observed:
        rows = self._rows.get((indicator.qualified, place.pk, period.code), [])
        if not rows and form is not None and _is_longer(period, form.period):
            return self._of_parts(place, indicator, period, form)
        reported = [row for row in rows if not row.filing.is_imported]
        chosen = reported or rows
        if not chosen:
            return Observed(None)
        if _differ(rows, indicator):  # also of a return and a file: what was decided holds
            chosen = [row for row in rows if row.pk in self._held] or chosen
        if _differ(chosen, indicator):
            chosen = rows
        if _differ(chosen, indicator):
            return Observed(None, rows=tuple(chosen), why=_("来源说法不一，还没有裁定"))
        # Of those that agree the one that says most: exact, and with its parts.
        one = min(chosen, key=lambda row: (row.bound != Bound.EXACT, not row.parts_known, row.pk))
        return Observed(one.numerator, one.denominator, one.bound, (one,))

    def _of_parts(self, place: Place, indicator: Indicator, period: Period, form: Return) -> Observed:
        """A longer period out of the return's own: the last of a stock, the sum of a flow."""
        inner = parts(period, PeriodKind(form.period))
        if indicator.stock:
            return self._own(place, indicator, inner[-1], form)
        if not indicator.adds:
            return Observed(None)
        found = [self._own(place, indicator, one, form) for one in inner]
        if not any(one.rows for one in found):
            return Observed(None)
        return _summed(found, indicator, _("%(have)d 期已报，还缺 %(lack)d 期"))


def _summed(found: Sequence[Observed], indicator: Indicator, words: str = "") -> Observed:
    """The sum, if nothing is missing (else how much is, in ``words``); of a ratio by its parts, if all are known."""
    lacking = sum(1 for one in found if one.numerator is None)
    rows = tuple(row for one in found for row in one.rows)
    if lacking:
        words = words or _("%(have)d 处已报，还缺 %(lack)d 处")
        why = words % {"have": len(found) - lacking, "lack": lacking} if rows else _("未报")
        return Observed(None, rows=rows, why=why)
    if indicator.share and not all(row.parts_known for row in rows):
        return Observed(None, rows=rows, why=_("下面报的只有比率，没有分子分母，加不起来"))
    bottom = sum(one.denominator or 0 for one in found) if indicator.share else None
    bounds = {one.bound for one in found} - {Bound.EXACT}
    bound = Bound.EXACT if not bounds else bounds.pop() if len(bounds) == 1 else Bound.ABOUT
    return Observed(sum(one.numerator or 0 for one in found), bottom, bound, rows)


def _is_longer(period: Period, kind: str) -> bool:
    lengths = list(PeriodKind)
    return lengths.index(period.kind) > lengths.index(PeriodKind(kind))


def _differ(rows: Sequence[Observation], indicator: Indicator) -> bool:
    """Whether any two of them cannot both be true."""
    said = [
        (value, row.bound) for row in rows if (value := quotient(row.numerator, row.denominator, indicator)) is not None
    ]
    return any(
        not compatible(one, other, indicator.decimals) for at, one in enumerate(said) for other in said[at + 1 :]
    )
