"""Targets of indicators: what a place should come to in a period, by a document; and how far the figures are."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from huoshui.figures.queries import Figure, get_indicator, get_period, indicators
from huoshui.figures.reporting.models import Bound, Target
from huoshui.figures.reporting.values import (
    PERCENT,
    RATIO_STEP,
    Value,
    quotient,
    read_value,
    satisfies,
    told,
    typed,
)
from huoshui.figures.schema import Indicator
from huoshui.kernel import journal
from huoshui.kernel.access import require
from huoshui.kernel.actions import action, running_action
from huoshui.kernel.errors import Refusal
from huoshui.kernel.periods import Period
from huoshui.places.models import Place

LONGEST_SOURCE = 200


@action("figures.set_target")
def set_target(
    *, by: Any, indicator: str, place: Place, period: str, value: str, source: str, seen_version: int | None = None
) -> Target:
    """Set what an indicator should come to: ≥88, ≤5, =0; a plain number is at least that, or at most where less is
    better. Set anew it replaces the former one, which the journal keeps.

    Raises access.denied, figure.unknown, figure.period, record.stale, value.required (the source) or the
    figure.value* errors.
    """
    require(by, "target.set", path=place.path, pack=indicator.partition(".")[0])
    known = get_indicator(indicator)
    asked = get_period(known, period)
    source = source.strip()[:LONGEST_SOURCE]
    if not source:
        raise Refusal("value.required", field="source", label=_("依据"))
    read = read_value(value, known)
    columns = {
        "first": asked.first,
        "last": asked.last,
        "bound": _bound(value, read.bound, known),
        "numerator": read.numerator,
        "denominator": read.denominator,
        "source": source,
    }
    where = {"indicator": indicator, "place": place, "period": asked.code}
    target = Target.objects.select_for_update().filter(**where).first()
    before = _told(target) if target else {}
    if target is None:
        target = Target.objects.create(**where, **columns, set_by=by)
    else:
        target.require_version(seen_version or 0)
        for name, column in columns.items():
            setattr(target, name, column)
        if _told(target) == before:
            running_action().changed_nothing()
            return target
        target.set_by = by
        target.save_next_version(*columns, "set_by")
    journal.record(by=by, subject=target, place=place, before=before, after=_told(target))
    return target


def _bound(text: str, read: str, indicator: Indicator) -> str:
    """A plain number says no bound of its own; a figure of which neither is better is to be met exactly."""
    if read != Bound.EXACT or text.strip().startswith("="):
        return read
    return {"more": Bound.AT_LEAST, "less": Bound.AT_MOST, None: Bound.EXACT}[indicator.better]


@action("figures.drop_target")
def drop_target(*, by: Any, target: Target, reason: str, seen_version: int | None = None) -> None:
    """Take a target back. Raises access.denied, record.stale or value.required (the reason)."""
    require(by, "target.set", path=target.place.path, pack=target.indicator.partition(".")[0])
    target = Target.objects.select_for_update(of=("self",)).select_related("place").get(pk=target.pk)
    target.require_version(seen_version)
    if not reason.strip():
        raise Refusal("value.required", field="reason", label=_("原因"))
    journal.record(by=by, subject=target, place=target.place, before=_told(target), note=reason.strip())
    target.delete()


def _told(target: Target) -> dict[str, str]:
    known = indicators().get(target.indicator)
    return {"target": shown(target, known) if known else "—", "source": target.source}


def shown(target: Target, indicator: Indicator) -> str:
    """A target in words: ≥ 88.0."""
    value = aim(target, indicator)
    marks = {Bound.AT_LEAST: "≥ ", Bound.AT_MOST: "≤ ", Bound.ABOUT: _("约 "), Bound.EXACT: "= "}
    return marks[Bound(target.bound)] + told(value, indicator)


def typed_again(target: Target, indicator: Indicator) -> str:
    """A target as it is typed: what ``set_target`` reads as the same."""
    whole = RATIO_STEP * (PERCENT if indicator.unit == "%" else 1)
    value = Value(target.numerator, target.denominator, Bound(target.bound), target.denominator != whole)
    return ("=" if target.bound == Bound.EXACT else "") + typed(value, indicator)


def aim(target: Target, indicator: Indicator) -> Fraction:
    """A target in the indicator's unit, exact."""
    return quotient(target.numerator, target.denominator, indicator) or Fraction(0)


@dataclass(frozen=True)
class Attainment:
    """A target beside its figure."""

    target: Target
    figure: Figure

    @property
    def shown(self) -> str:
        """The target in words."""
        return shown(self.target, self.figure.indicator)

    @property
    def met(self) -> bool | None:
        """Whether the figure meets it; None where there is no value, or the target only says about."""
        value, said = self.figure.value, self.figure.bound
        if value is None:
            return None
        goal, wanted = aim(self.target, self.figure.indicator), self.target.bound
        held = satisfies(value, wanted, goal)
        if said == Bound.EXACT or held is None:
            return held
        if said == Bound.ABOUT:
            return None
        # A lower bound may still reach a target above it, and is sure to miss one below that is not to be exceeded.
        if wanted == said:
            return held or None
        beyond = value > goal if said == Bound.AT_LEAST else value < goal
        return False if beyond else None

    @property
    def share(self) -> Fraction | None:
        """The figure in parts of the target; None without a value, of a target of zero or of one that less is."""
        whole = aim(self.target, self.figure.indicator)
        if self.figure.value is None or not whole or self.target.bound == Bound.AT_MOST:
            return None
        return self.figure.value / whole


def targets_of(asked: Iterable[tuple[Indicator, Period]], place: Place) -> dict[tuple[str, str], Target]:
    """The targets of a place, by qualified code and period, among some that are asked for."""
    wanted = {(indicator.qualified, period.code) for indicator, period in asked}
    rows = Target.objects.filter(
        place=place, indicator__in={code for code, _p in wanted}, period__in={period for _c, period in wanted}
    )
    return {(row.indicator, row.period): row for row in rows if (row.indicator, row.period) in wanted}


def targets_about(place: Place, year: Period) -> list[Target]:
    """The targets of a place for a year, and for the plans of several years that it lies in, in one query."""
    plans = Q(first__lte=year.first, last__gte=year.last, period__contains="/")
    return list(Target.objects.filter(plans | Q(period=year.code), place=place).order_by("indicator", "period"))


def attainments(figures: Sequence[Figure], place: Place) -> list[Attainment | None]:
    """For each figure of a place its target beside it, or None."""
    rows = targets_of([(one.indicator, one.period) for one in figures], place)
    found = [rows.get((one.indicator.qualified, one.period.code)) for one in figures]
    return [Attainment(row, one) if row else None for row, one in zip(found, figures, strict=True)]
