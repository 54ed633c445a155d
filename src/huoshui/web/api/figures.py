"""Figures over the API: the indicators, the value of one at a place in a period, its parts and the records behind."""

from __future__ import annotations

import datetime as dt
from typing import Any, Literal

from ninja import Field, Query, Schema

from huoshui.figures.facts import FACT_VIEWS
from huoshui.figures.queries import (
    Figure,
    Share,
    figure,
    figure_breakdown,
    figure_parts,
    get_indicator,
    get_period,
    indicators,
    records_behind,
)
from huoshui.figures.schema import Indicator
from huoshui.figures.wording import value_name
from huoshui.packs.units import unit_word
from huoshui.web.api.core import REFUSED, ReadableRouter
from huoshui.web.api.named_places import named_place
from huoshui.web.requests import SignedInRequest

router = ReadableRouter("figures")


class EarlierOut(Schema):
    """A definition that held until a day (exclusive)."""

    until: dt.date
    definition: str


class IndicatorOut(Schema):
    """An indicator of a current pack; ``periods``: the kinds of period that it is told for.

    ``by``: the columns by which it is broken down. ``valid_from``, ``valid_until`` (exclusive): when it is told.
    ``earlier``: what it counted before, each until a day (exclusive).
    """

    code: str
    name: str
    definition: str
    unit: str
    decimals: int
    periods: list[str]
    stock: bool
    by: list[str]
    month_begins: int
    valid_from: dt.date | None
    valid_until: dt.date | None
    earlier: list[EarlierOut]


class IndicatorsOut(Schema):
    """All indicators."""

    items: list[IndicatorOut]


class FigureOut(Schema):
    """A value: a numeral in the indicator's unit, or null with the reason; its fraction as it was counted.

    ``bound``: exact, at_least, at_most or about, as its source says. Of a printed quotient no fraction is known.
    ``definition``: the one that held at the end of the period.
    """

    indicator: str
    place: str
    period: str
    first: dt.date
    last: dt.date
    value: str | None
    bound: str
    why_none: str
    unit: str
    numerator: int | None
    denominator: int | None
    records: int
    definition: str


class FigureShareOut(FigureOut):
    """What the records with certain values contribute; ``values``: code by column, ``names``: the same in words."""

    values: dict[str, Any]
    names: dict[str, str]


class FigurePartOut(FigureOut):
    """What one place directly below contributes; ``own``: what lies at the place itself and at none below."""

    own: bool


class FigureSheetOut(FigureOut):
    """A value with its parts by place, and broken down by the columns that the indicator names."""

    parts: list[FigurePartOut]
    breakdown: list[FigureShareOut]


class FigureRecordOut(Schema):
    """A record that was counted."""

    kind: str
    id: str
    label: str


class FigureRecordsOut(Schema):
    """Some of the counted records; ``hidden``: those among them that the token's duties do not show."""

    items: list[FigureRecordOut]
    hidden: int


class FigureQuery(Schema):
    """Which figure: the code of a place, and of a period (2017, 2017Q1, 2017-03, …)."""

    place: str
    period: str


class FigureRecordsQuery(FigureQuery):
    """And which of its records: those of the numerator or of the denominator."""

    side: Literal["numerator", "denominator"] = "numerator"
    offset: int = Field(0, ge=0, le=1_000_000)
    limit: int = Field(50, ge=1, le=200)


@router.get("/figures", response={200: IndicatorsOut, **REFUSED}, summary="Indicators", operation_id="list_indicators")
def list_indicators(request: SignedInRequest) -> dict[str, Any]:
    """The indicators of all current packs."""
    return {"items": [_indicator(code, one) for code, one in indicators().items()]}


@router.get("/figures/{code}", response={200: FigureSheetOut, **REFUSED}, summary="A figure with its parts")
def read_figure(request: SignedInRequest, code: str, query: Query[FigureQuery]) -> dict[str, Any]:
    """The value of an indicator at a place and below it, in a period, and what each place below contributes."""
    indicator = get_indicator(code)
    place, period = named_place(request, query.place), get_period(indicator, query.period)
    value = figure(request.user, indicator, place, period)
    parts = figure_parts(request.user, indicator, place, period)
    shares = figure_breakdown(request.user, indicator, place, period)
    return _figure(code, value) | {
        "parts": [_figure(code, part.figure) | {"own": part.place is None} for part in parts],
        "breakdown": [_share(code, indicator, share) for share in shares],
    }


@router.get("/figures/{code}/records", response={200: FigureRecordsOut, **REFUSED}, summary="The records behind")
def read_figure_records(request: SignedInRequest, code: str, query: Query[FigureRecordsQuery]) -> dict[str, Any]:
    """The records from which the numerator or the denominator was counted, as far as the token's account sees them."""
    indicator = get_indicator(code)
    place, period = named_place(request, query.place), get_period(indicator, query.period)
    rows, hidden = records_behind(
        request.user, indicator, place, period, side=query.side, start=query.offset, count=query.limit
    )
    items = [{"kind": row._meta.label_lower, "id": str(row.pk), "label": str(row)} for row in rows]
    return {"items": items, "hidden": hidden}


def _indicator(code: str, one: Indicator) -> dict[str, Any]:
    return {
        "code": code,
        "name": str(one.name),
        "definition": str(one.definition),
        "unit": unit_word(one.unit),
        "decimals": one.decimals,
        "periods": list(one.periods),
        "stock": one.is_stock,
        "by": list(one.by),
        "month_begins": one.month_begins,
        "valid_from": one.valid.since if one.valid else None,
        "valid_until": one.valid.until if one.valid else None,
        "earlier": [{"until": former.until, "definition": str(former.definition)} for former in one.earlier],
    }


def _figure(code: str, one: Figure) -> dict[str, Any]:
    return {
        "indicator": code,
        "place": one.place.code,
        "period": one.period.code,
        "first": one.period.first,
        "last": one.period.last,
        "value": one.shown or None,
        "bound": one.bound,
        "why_none": one.why_none,
        "unit": unit_word(one.indicator.unit),
        "numerator": one.counted[0],
        "denominator": one.counted[1],
        "records": one.records,
        "definition": str(one.indicator.definition),
    }


def _share(code: str, indicator: Indicator, share: Share) -> dict[str, Any]:
    view = FACT_VIEWS[indicator.numerator.source] if indicator.numerator else None
    values = dict(zip(indicator.by, share.values, strict=True))
    names = {name: value_name(view, name, value) for name, value in values.items()} if view else {}
    return _figure(code, share.figure) | {"values": values, "names": names}
