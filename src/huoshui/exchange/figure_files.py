"""Figures as files: CSV, Excel, Parquet and GeoJSON, a row (or a property) for each value.

Where there is no value, the cell is empty and the reason stands beside it: nothing is ever a zero that was not counted.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pyarrow as pa
from django.utils.translation import gettext as _

from huoshui.exchange.selecting import Selection
from huoshui.figures.addresses import sheet_path
from huoshui.figures.queries import Figure
from huoshui.figures.reporting.models import Bound
from huoshui.kernel.access import Actor
from huoshui.kernel.spreadsheets import XLSX
from huoshui.kernel.streamed_tables import Linked, Numeral, StreamedTable
from huoshui.kernel.table_files import CSV, PARQUET, csv_of, parquet_of
from huoshui.packs.units import unit_word
from huoshui.places.datums import WGS84
from huoshui.places.models import Place
from huoshui.places.on_map import degrees, places_on_map

COLUMNS = (
    "indicator", "indicator_name", "place", "place_name", "period", "first", "last", "numerator", "denominator",
    "value", "unit", "bound", "why_none", "records", "sheet",
)  # fmt: skip
"""Names of the columns: in CSV and Parquet as they are, in Excel in the reader's language."""
WIDTHS = (26, 26, 14, 18, 12, 12, 12, 14, 14, 14, 8, 10, 18, 10, 40)
SCALE = 4
"""Decimals of a value; no indicator has more."""
TYPES: tuple[pa.DataType, ...] = (
    pa.string(), pa.string(), pa.string(), pa.string(), pa.string(), pa.date32(), pa.date32(), pa.int64(), pa.int64(),
    pa.decimal128(24, SCALE), pa.string(), pa.string(), pa.string(), pa.int64(),
    pa.string(),
)  # fmt: skip
MOST_LINKS = 60_000
"""Links that a sheet of Excel holds; in a longer file the addresses stand in their column alone."""


def row_of(one: Figure, sheet: str) -> tuple[Any, ...]:
    """The cells of a value, in the order of COLUMNS."""
    exact = one.bound in ("", "exact")
    return (
        one.indicator.qualified,
        str(one.indicator.name),
        one.place.code,
        one.place.short_name,
        one.period.code,
        one.period.first,
        one.period.last,
        *one.counted,
        Decimal(one.shown) if one.shown else None,
        unit_word(one.indicator.unit),
        "" if exact else str(one.bound),
        one.why_none,
        one.records,
        sheet,
    )


def headings() -> list[str]:
    """The columns in the reader's language."""
    return [
        _("指标代码"), _("指标"), _("地点代码"), _("地点"), _("期间"), _("首日"), _("末日"), _("分子"), _("分母"),
        _("数值"), _("单位"), _("数值说明"), _("为何没有值"), _("记录数"), _("来历"),
    ]  # fmt: skip


def as_csv(actor: Actor, chosen: Selection) -> bytes:
    """CSV in UTF-8 with a byte order mark, by which Excel and WPS know it."""
    return csv_of(COLUMNS, (row_of(one, chosen.sheet(one)) for one in chosen.figures(actor)))


def as_xlsx(actor: Actor, chosen: Selection) -> bytes:
    """A workbook with one sheet; numbers are numbers and lead to their sheets, dates are dates."""
    title = _("%(place)s数据") % {"place": chosen.place.short_name}
    table = StreamedTable(_("数据"), title, list(zip(headings(), WIDTHS, strict=True)))
    for one in chosen.figures(actor):
        cells = list(row_of(one, chosen.sheet(one)))
        if cells[9] is not None:
            value = Numeral(cells[9], one.indicator.decimals)
            cells[9] = Linked(value, chosen.sheet(one)) if chosen.address and chosen.size <= MOST_LINKS else value
        table.row(cells)
    return table.file()


def as_parquet(actor: Actor, chosen: Selection) -> bytes:
    """Parquet with types: values are decimals, days are dates, what is not known is null."""
    rows = (row_of(one, chosen.sheet(one)) for one in chosen.figures(actor))
    columns = list(zip(*rows, strict=True)) or [()] * len(COLUMNS)
    arrays = [
        pa.array([_none(value) for value in column], type=kind) for column, kind in zip(columns, TYPES, strict=True)
    ]
    return parquet_of(pa.table(arrays, names=list(COLUMNS)))


def _none(value: Any) -> Any:
    return None if value == "" else value


def as_geojson(actor: Actor, chosen: Selection) -> bytes:
    """A point for each place that has one, in WGS-84, with its figures as properties "code period"; see RFC 7946.

    ``indicators`` says what the codes are, and where the sheet of a figure is ({code} of the place, {period});
    ``nowhere`` lists the places without a point.
    """
    told: dict[str, dict[str, Any]] = {place.code: {} for place in chosen.places}
    for one in chosen.figures(actor):
        told[one.place.code][f"{one.indicator.qualified} {one.period.code}"] = _number(one)
        if one.bound != Bound.EXACT:
            told[one.place.code][f"{one.indicator.qualified} {one.period.code} bound"] = str(one.bound)
    visible = Place.objects.visible_to(actor).under(chosen.place.path)
    spots = [spot for spot in places_on_map(visible).rows if spot.code in told]
    features = [
        {
            "type": "Feature",
            "id": spot.code,
            "geometry": {"type": "Point", "coordinates": list(degrees(spot, WGS84))},
            "properties": {"code": spot.code, "name": spot.name, "kind": spot.kind, "precision": spot.precision}
            | told[spot.code],
        }
        for spot in spots
    ]
    shown = {spot.code for spot in spots}
    content = {
        "type": "FeatureCollection",
        "indicators": [
            {
                "code": one.qualified,
                "name": str(one.name),
                "unit": unit_word(one.unit),
                "sheet": f"{chosen.address}{sheet_path(one.qualified, '{code}', '{period}')}",
            }
            for one in chosen.indicators
        ],
        "nowhere": [place.code for place in chosen.places if place.code not in shown],
        "features": features,
    }
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()


def _number(one: Figure) -> int | float | None:
    if one.value is None:
        return None
    return int(one.shown) if one.indicator.decimals == 0 else float(one.shown)


Writer = Callable[[Actor, Selection], bytes]
FORMATS: dict[str, tuple[Writer, str, str]] = {
    "csv": (as_csv, CSV, "csv"),
    "xlsx": (as_xlsx, XLSX, "xlsx"),
    "parquet": (as_parquet, PARQUET, "parquet"),
    "geojson": (as_geojson, "application/geo+json", "geojson"),
}
"""By name: who writes it, its type, and how its name ends."""
