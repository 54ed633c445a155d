"""Figures as files: the same values as on their sheets, typed, and read back by the formats of others."""

from __future__ import annotations

import csv
import io
import json
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from huoshui.exchange.codes import Codes
from huoshui.exchange.exporting import export_figures
from huoshui.exchange.figure_files import COLUMNS, FORMATS
from huoshui.exchange.formats import adx, dhis2
from huoshui.exchange.selecting import Selection, known_periods, selection
from huoshui.figures.queries import figure, get_indicator
from huoshui.kernel.errors import Refusal
from huoshui.kernel.periods import period
from huoshui.places.actions import locate_place
from tests.matters.conftest import Opener

ALL = ("own", "township", "village")


@pytest.fixture
def chosen(open_item: Opener, cast: SimpleNamespace) -> Selection:
    """Matters in two villages; what is counted and what is reported, at every level, in two years."""
    for place, many in ((cast.land.village, 3), (cast.land.other_village, 2)):
        for _n in range(many):
            open_item(place)
    codes = ["rectification.opened", "rectification.resolved_share", "education.public_kindergartens"]
    return selection(cast.leader, place="410871", codes=codes, levels=ALL, periods=["2017..2018"])


def rows(cast: SimpleNamespace, chosen: Selection) -> list[dict[str, str]]:
    data = FORMATS["csv"][0](cast.leader, chosen)
    assert data.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"))))


def test_each_value_is_that_of_its_sheet(cast: SimpleNamespace, chosen: Selection) -> None:
    found = rows(cast, chosen)
    assert len(found) == chosen.size == 3 * 8 * 2
    for row in found:
        indicator = get_indicator(row["indicator"])
        place = next(place for place in chosen.places if place.code == row["place"])
        one = figure(cast.leader, indicator, place, period(row["period"]))
        assert (row["value"], row["why_none"], row["records"]) == (one.shown, one.why_none, str(one.records)), row
    told = {(row["indicator"], row["place"], row["period"]): row["value"] for row in found}
    assert told["rectification.opened", "410871", "2018"] == "5"
    assert told["rectification.opened", "410871203", "2018"] == "3"
    assert told["rectification.opened", "410871203202", "2018"] == "0"
    assert told["rectification.opened", "410871", "2017"] == ""  # before the register began: no zero


def test_a_level_is_counted_in_few_statements(cast: SimpleNamespace, chosen: Selection) -> None:
    few = selection(cast.leader, place="410871", codes=["rectification.opened"], levels=ALL, periods=["2018"])
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert len(list(few.figures(cast.leader))) == 8
    assert len(queries) <= 6  # what has changed, kept cells, and one count for all places


def test_excel_has_numbers_and_dates(cast: SimpleNamespace, chosen: Selection) -> None:
    sheet: Any = load_workbook(io.BytesIO(FORMATS["xlsx"][0](cast.leader, chosen))).active
    head = [cell.value for cell in sheet[2]]
    assert head[:5] == ["指标代码", "指标", "地点代码", "地点", "期间"]
    values = [row for row in sheet.iter_rows(min_row=3, values_only=True) if row[0] == "rectification.opened"]
    now = next(row for row in values if row[2] == "410871" and row[4] == "2018")
    assert (now[9], now[13], now[5].year) == (5, 5, 2018)
    assert now[14] == "/figures/rectification.opened/?place=410871&period=2018"
    assert sheet.max_row == chosen.size + 2


def test_every_number_of_a_file_leads_to_its_sheet(cast: SimpleNamespace, chosen: Selection) -> None:
    whole = "https://huoshui.example/figures/rectification.opened/?place=410871&period=2018"
    files = {
        kind: export_figures(cast.leader, chosen, kind, address="https://huoshui.example/").data
        for kind in ("csv", "xlsx", "geojson")
    }
    assert whole in files["csv"].decode("utf-8-sig")
    sheet: Any = load_workbook(io.BytesIO(files["xlsx"])).active
    cell = next(row[9] for row in sheet.iter_rows(min_row=3) if row[14].value == whole)
    assert (cell.value, cell.hyperlink.target + (f"#{cell.hyperlink.location}" if cell.hyperlink.location else "")) == (
        5, whole,
    )  # fmt: skip
    template = json.loads(files["geojson"])["indicators"][0]["sheet"]
    assert template.replace("{code}", "410871").replace("{period}", "2018") == whole


def test_parquet_is_typed(cast: SimpleNamespace, chosen: Selection) -> None:
    table = pq.read_table(io.BytesIO(FORMATS["parquet"][0](cast.leader, chosen)))
    assert table.schema.names == list(COLUMNS)
    types = {field.name: field.type for field in table.schema}
    assert (types["value"], types["first"], types["numerator"]) == (pa.decimal128(24, 4), pa.date32(), pa.int64())
    row = next(one for one in table.to_pylist() if one["place"] == "410871" and one["indicator"].endswith("opened")
               and one["period"] == "2018")  # fmt: skip
    assert (row["value"], row["numerator"], row["denominator"], row["why_none"]) == (Decimal(5), 5, None, None)
    assert any(one["value"] is None and one["why_none"] for one in table.to_pylist())


def test_geojson_has_points_with_figures(cast: SimpleNamespace, chosen: Selection) -> None:
    where = {"latitude": 35_200_000, "longitude": 113_300_000, "precision": "exact"}
    locate_place(by=cast.administrator, place=cast.land.village, seen_version=cast.land.village.version, **where)
    content = json.loads(FORMATS["geojson"][0](cast.leader, chosen))
    (feature,) = content["features"]
    assert feature["geometry"] == {"type": "Point", "coordinates": [113.3, 35.2]}
    assert feature["properties"]["rectification.opened 2018"] == 3
    assert feature["properties"]["education.public_kindergartens 2018"] is None
    assert len(content["nowhere"]) == 7
    assert content["indicators"][0]["code"] == "rectification.opened"


def test_dhis2_and_adx_say_the_same(cast: SimpleNamespace, chosen: Selection) -> None:
    codes = Codes({"rectification.opened": "f7n9E0hX8qk"}, {"410871203": "DiszpKrYNg8"})
    content = json.loads(dhis2.written(cast.leader, chosen, codes, "ledger"))
    assert content["dataSet"] == "ledger"
    told = {(v["dataElement"], v["orgUnit"], v["period"]): v["value"] for v in content["dataValues"]}
    assert told["f7n9E0hX8qk", "DiszpKrYNg8", "2018"] == "3"
    assert len(told) == sum(1 for row in rows(cast, chosen) if row["value"])
    from huoshui.exchange.formats.incoming import Reading

    reading = Reading(codes, cast.land.district)
    for found in (
        dhis2.read(dhis2.written(cast.leader, chosen, codes), reading),
        adx.read(adx.written(cast.leader, chosen, codes), reading),
    ):
        assert found.problems == []
        back = {(row.indicator.qualified, row.place.code, row.period.code): row.value.numerator for row in found.rows}
        assert back["rectification.opened", "410871203", "2018"] == 3
        assert len(back) == len(told)


def test_one_unit_and_period_is_told_for_the_set(cast: SimpleNamespace, chosen: Selection) -> None:
    one = selection(cast.leader, place="410871203", codes=["rectification.opened"], periods=["2018"])
    content = json.loads(dhis2.written(cast.leader, one, Codes(), "ledger"))
    assert (content["period"], content["orgUnit"], content["completeDate"]) == ("2018", "410871203", "2018-04-02")


@pytest.mark.parametrize(
    ("how", "code"),
    [
        ({"place": "999", "periods": ["2018"]}, "filter.not_found"),
        ({"place": "410871", "periods": []}, "value.required"),
        ({"place": "410871", "periods": ["2018-02-30"]}, "figure.period"),
        ({"place": "410871", "periods": ["2018..2017"]}, "exchange.span"),
        ({"place": "410871", "periods": ["2017..2018-03"]}, "exchange.span"),
        ({"place": "410871", "periods": ["1100-01-01..2018-01-01"]}, "exchange.too_many"),
        ({"place": "410871", "periods": ["2018"], "levels": ["street"]}, "exchange.level"),
        ({"place": "410871", "periods": ["2018"], "levels": ["city"]}, "exchange.nothing"),
        ({"place": "410871", "periods": ["2018"], "codes": ["no.such"]}, "figure.unknown"),
    ],
)
def test_selections_that_are_refused(cast: SimpleNamespace, how: dict[str, Any], code: str) -> None:
    with pytest.raises(Refusal) as refused:
        selection(cast.leader, **how)
    assert refused.value.code == code


def test_the_figures_of_another_place_are_refused(cast: SimpleNamespace) -> None:
    with pytest.raises(Refusal, match=r"access\.denied"):
        selection(cast.town_office, place="410871", periods=["2018"]).figures(cast.town_office)
    with pytest.raises(Refusal, match=r"filter\.not_found"):
        selection(cast.town_office, place="410871100", periods=["2018"])


def test_spans_of_periods() -> None:
    assert [one.code for one in known_periods(["2017Q4..2018Q2", "2018-01 至 2018-02"])] == [
        "2017Q4", "2018Q1", "2018Q2", "2018-01", "2018-02",
    ]  # fmt: skip
