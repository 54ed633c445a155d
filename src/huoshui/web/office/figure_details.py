"""What the sheet of a figure shows besides its value: its breakdown, its months, earlier definitions, its records."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _

from huoshui.figures.facts import FACT_VIEWS
from huoshui.figures.queries import Figure, Side, figure_breakdown, first_records
from huoshui.figures.redefining import corrections
from huoshui.figures.schema import Indicator
from huoshui.figures.wording import column_name, value_name
from huoshui.kernel import clock
from huoshui.kernel.periods import MONTHS, Period, PeriodKind, parts
from huoshui.kernel.wording import clauses
from huoshui.places.models import Place

RECORDS_SHOWN = 50
SIDES: tuple[Side, ...] = ("numerator", "denominator")
SHORTER = (PeriodKind.MONTH, PeriodKind.QUARTER, PeriodKind.HALF)
"""Of which a longer period is shown to be made of, the shortest first."""

Told = Callable[[Any], dict[str, str]]


def details(
    actor: Any,
    indicator: Indicator,
    figure: Figure,
    within: list[Figure],
    *,
    sheet: Callable[[Period], str],
    told: Told,
) -> dict[str, Any]:
    """The context of the further parts. ``within``: the figures of shorter periods that it is made of;
    ``sheet``: the address of another period; ``told``: a record in words."""
    place, asked = figure.place, figure.period
    return {
        "breakdown": _breakdown(actor, indicator, place, asked),
        "shorter": _bars(within, sheet),
        "definitions": _definitions(indicator, figure),
        "corrections": () if indicator.is_reported else corrections(indicator.qualified),
        "told_when": _told_when(indicator),
        "sides": [
            _side(actor, indicator, figure, name, told) for name in SIDES if getattr(figure.indicator, name) is not None
        ],
    }


def _definitions(indicator: Indicator, figure: Figure) -> list[tuple[str, Any]]:
    """The definitions that the shown one is not, each with its time, the latest first."""
    days = [one.until for one in indicator.earlier]
    spans = [_("%(day)s 起") % {"day": days[-1]}] if days else []
    spans += [_("%(day)s 以前") % {"day": day} for day in reversed(days)]
    told = [indicator.definition, *(one.definition for one in reversed(indicator.earlier))]
    pairs = zip(spans, told[: len(spans)], strict=True)
    return [(span, definition) for span, definition in pairs if definition != figure.indicator.definition]


def _told_when(indicator: Indicator) -> str:
    """From when to when there is such a figure; "" for always."""
    if indicator.valid is None:
        return ""
    since = _("%(day)s 起") % {"day": indicator.valid.since} if indicator.valid.since else ""
    until = _("%(day)s 以前") % {"day": indicator.valid.until} if indicator.valid.until else ""
    return clauses(part for part in (since, until) if part)


def break_between(before: Figure, after: Figure) -> bool:
    """Whether the two were counted by different definitions."""
    return before.indicator.definition != after.indicator.definition


def _breakdown(actor: Any, indicator: Indicator, place: Place, asked: Period) -> dict[str, Any]:
    """The rows of the breakdown, the largest first."""
    shares = figure_breakdown(actor, indicator, place, asked)
    if not shares or indicator.numerator is None:
        return {}
    view = FACT_VIEWS[indicator.numerator.source]
    rows: list[dict[str, Any]] = [
        {
            "names": [value_name(view, *pair) for pair in zip(indicator.by, one.values, strict=True)],
            "figure": one.figure,
        }
        for one in shares
    ]
    rows.sort(key=lambda row: -(row["figure"].numerator or 0))
    return {"headings": [column_name(view, name) for name in indicator.by], "rows": rows}


def shorter_periods(indicator: Indicator, asked: Period) -> list[Period]:
    """The months (or quarters, halves) of a longer period that have begun, if the indicator is told for them."""
    many = MONTHS.get(asked.kind, 0)
    kind = next((one for one in SHORTER if one in indicator.periods and MONTHS[one] < many), None)
    if kind is None:
        return []
    return [one for one in parts(asked, kind, indicator.month_begins) if one.first <= clock.today()]


def _bars(within: list[Figure], sheet: Callable[[Period], str]) -> list[dict[str, Any]]:
    """Each with its address and the length of its bar in percent of the longest."""
    most = max((abs(one.value) for one in within if one.value is not None), default=0)
    return [
        {
            "figure": one,
            "url": sheet(one.period),
            "length": int(abs(one.value) * 100 / most) if most and one.value is not None else 0,
        }
        for one in within
    ]


def _side(actor: Any, indicator: Indicator, figure: Figure, name: Side, told: Told) -> dict[str, Any]:
    """The first records of the numerator or the denominator."""
    measure = getattr(figure.indicator, name)
    behind = first_records(actor, indicator, figure.place, figure.period, side=name, count=RECORDS_SHOWN)
    return {
        "name": {"numerator": _("分子"), "denominator": _("分母")}[name] if indicator.denominator else "",
        "about": FACT_VIEWS[measure.source].about,
        "records": [told(row) for row in behind.rows],
        "hidden": behind.hidden,
        "more": behind.more,
    }
