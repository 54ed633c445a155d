"""DHIS2's data value sets and ADX: periods both ways, files read or refused with the right reason."""

from __future__ import annotations

import datetime as dt
import json
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huoshui.exchange.codes import Codes
from huoshui.exchange.formats import adx, dhis2
from huoshui.exchange.formats.incoming import Incoming, Reading
from huoshui.exchange.formats.periods import from_dhis2, from_interval, to_dhis2, to_interval
from huoshui.kernel.errors import Refusal
from huoshui.kernel.periods import PeriodKind, period, period_of

KINDS = [kind for kind in PeriodKind if kind != PeriodKind.PLAN]


@pytest.mark.parametrize(
    ("theirs", "ours", "interval"),
    [
        ("2017", "2017", "2017-01-01/P1Y"),
        ("2017S1", "2017H1", "2017-01-01/P6M"),
        ("2017S2", "2017H2", "2017-07-01/P6M"),
        ("2017Q1", "2017Q1", "2017-01-01/P3M"),
        ("2017Q4", "2017Q4", "2017-10-01/P3M"),
        ("201703", "2017-03", "2017-03-01/P1M"),
        ("2017W5", "2017W05", "2017-01-30/P7D"),
        ("2017W52", "2017W52", "2017-12-25/P7D"),
        ("20170301", "2017-03-01", "2017-03-01/P1D"),
    ],
)
def test_periods_of_dhis2_and_adx(theirs: str, ours: str, interval: str) -> None:
    assert from_dhis2(theirs) == from_interval(interval) == period(ours)
    assert (to_dhis2(period(ours)), to_interval(period(ours))) == (theirs, interval)


@pytest.mark.parametrize(
    ("interval", "ours"),
    [
        ("2017-03-01/2017-03-31", "2017-03"),
        ("2017-01-01/2017-12-31", "2017"),
        ("2016-01-01/P3Y", "2016/2018"),
        ("2016-01-01/2018-12-31", "2016/2018"),
        ("2017-01-30/P1W", "2017W05"),
        ("2017-01-01/P12M", "2017"),
        ("2017-03-01T00:00:00Z/P1M", "2017-03"),
    ],
)
def test_other_ways_to_write_an_interval(interval: str, ours: str) -> None:
    assert from_interval(interval) == period(ours)


@pytest.mark.parametrize(
    "text",
    ["2017April", "2017AprilS1", "201701B", "2017BiW1", "2017WedW1", "2017Q5", "201713", "20170230", "2017W54", "17",
     "2017S3", "2017-03", "", "0000", "２０１７", "2017Q1 "],
)  # fmt: skip
def test_codes_of_dhis2_that_are_none_of_ours(text: str) -> None:
    with pytest.raises(ValueError, match=r"\S"):
        from_dhis2(text)


@pytest.mark.parametrize(
    "text",
    ["2017-03-15/P1M", "2017-02-01/P3M", "2017-04-01/P6M", "2017-04-01/P1Y", "2017-01-31/P1W", "2017-01-01/P2M",
     "2017-01-01/P14D", "2017-01-01", "P1M/2017-01-01", "2017-01-01/2017-02-15", "2017-13-01/P1M", "2017-02-30/P1D", "",
     "2017-01-01/P0Y", "2017-07-01/P2Y", "9999-01-01/P999Y"],
)  # fmt: skip
def test_intervals_that_are_no_period(text: str) -> None:
    with pytest.raises((ValueError, OverflowError)):
        from_interval(text)


@given(st.dates(dt.date(1950, 1, 1), dt.date(2100, 12, 31)), st.sampled_from(KINDS))
def test_every_period_comes_back(day: dt.date, kind: PeriodKind) -> None:
    one = period_of(day, kind)
    assert from_dhis2(to_dhis2(one)) == from_interval(to_interval(one)) == one


def test_a_plan_has_no_code_in_dhis2() -> None:
    with pytest.raises(ValueError, match="several years"):
        to_dhis2(period("2016/2018"))


CODES = Codes({"education.public_kindergartens": "f7n9E0hX8qk"}, {"410871203": "DiszpKrYNg8"})
VALUE = {"dataElement": "f7n9E0hX8qk", "period": "2017", "orgUnit": "DiszpKrYNg8", "value": "20"}


@pytest.fixture
def reading(cast: SimpleNamespace) -> Reading:
    return Reading(CODES, cast.land.district)


def of_dhis2(reading: Reading, *values: Any, **whole: Any) -> Incoming:
    return dhis2.read(json.dumps(whole | {"dataValues": values}).encode(), reading)


def of_adx(reading: Reading, inner: str, head: str = '<adx xmlns="urn:ihe:qrph:adx:2015">') -> Incoming:
    return adx.read(f"{head}\n{inner}\n</adx>".encode(), reading)


def codes(found: Incoming) -> list[str]:
    return [problem.code for problem in found.problems]


def test_a_data_value_set_is_read(reading: Reading) -> None:
    found = of_dhis2(
        reading,
        VALUE | {"storedBy": "system", "created": "1988-12-21T23:59:38.000+0000", "comment": None, "followup": False},
        VALUE | {"period": "2018", "value": 21, "categoryOptionCombo": "HllvX50cXC0"},
        VALUE | {"dataElement": "education.inclusive_kindergartens", "orgUnit": "410871100", "value": "1,200"},
        VALUE | {"period": "2016", "value": "0"},
    )
    assert codes(found) == []
    told = [(row.indicator.qualified, row.place.code, row.period.code, row.value.numerator) for row in found.rows]
    assert told == [
        ("education.public_kindergartens", "410871203", "2017", 20),
        ("education.public_kindergartens", "410871203", "2018", 21),
        ("education.inclusive_kindergartens", "410871100", "2017", 1200),
        ("education.public_kindergartens", "410871203", "2016", 0),
    ]


def test_what_the_set_says_counts_for_all(reading: Reading) -> None:
    value = {"dataElement": "f7n9E0hX8qk", "value": "9"}
    found = of_dhis2(reading, value, dataSet="edu", completeDate="2018-02-03", period="2017", orgUnit="DiszpKrYNg8")
    assert (found.dataset, codes(found), found.rows[0].period.code) == ("edu", [], "2017")


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"dataElement": "nothing"}, "exchange.element"),
        ({"dataElement": ""}, "exchange.missing"),
        ({"dataElement": None}, "exchange.missing"),
        ({"orgUnit": "nowhere"}, "exchange.unit"),
        ({"orgUnit": "4108"}, "exchange.unit_outside"),
        ({"period": "2017April"}, "exchange.period"),
        ({"period": "201703"}, "figure.period"),
        ({"period": ""}, "exchange.missing"),
        ({"value": "many"}, "figure.value"),
        ({"value": "-1"}, "figure.value_negative"),
        ({"value": "1.5"}, "figure.value_fine"),
        ({"value": "true"}, "figure.value"),
        ({"value": ""}, "exchange.no_value"),
        ({"value": None}, "exchange.no_value"),
        ({"value": "3/4"}, "figure.value_ratio"),
        ({"deleted": True}, "exchange.deleted"),
        ({"categoryOptionCombo": "F_Over5"}, "exchange.broken_down"),
        ({"attributeOptionCombo": "coc_McDonalds"}, "exchange.broken_down"),
        ({"sex": "Female"}, "exchange.broken_down"),
    ],
)
def test_values_of_dhis2_that_are_refused(reading: Reading, change: dict[str, Any], code: str) -> None:
    found = of_dhis2(reading, VALUE | {"period": "2015"}, VALUE | change)
    assert codes(found) == [code]
    assert (found.problems[0].row, found.problems[0].column) == (2, "dataValues[1]")
    assert len(found.rows) == 1


def test_twice_in_a_file(reading: Reading) -> None:
    found = of_dhis2(reading, VALUE, VALUE | {"value": "21"})
    assert codes(found) == ["exchange.twice"]
    assert "dataValues[0]" in found.problems[0].message()


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "exchange.not_json"),
        (b"{", "exchange.not_json"),
        (b'{"dataValues": [{"value": NaN}]}', "exchange.not_json"),
        (b"\xff\xfe", "exchange.not_json"),
        (b"[" * 100_000, "exchange.not_json"),
        (b"[]", "exchange.not_dhis2"),
        (b'{"dataValues": {}}', "exchange.not_dhis2"),
        (b'{"dataValues": [1]}', "exchange.not_dhis2"),
        (b'{"rows": []}', "exchange.not_dhis2"),
        (b'{"dataValues": []}', "exchange.empty"),
        (b'"' + b"x" * 20_000_001 + b'"', "exchange.too_large"),
    ],
)
def test_files_that_are_no_data_value_set(reading: Reading, data: bytes, code: str) -> None:
    with pytest.raises(Refusal) as refused:
        dhis2.read(data, reading)
    assert refused.value.code == code


GROUP = '<group dataSet="edu" period="2017-01-01/P1Y" orgUnit="DiszpKrYNg8">{}</group>'


def test_an_adx_file_is_read_with_its_lines(reading: Reading) -> None:
    found = of_adx(
        reading,
        GROUP.format(
            '\n<dataValue dataElement="f7n9E0hX8qk" value="33" created="1987-12-21T23:59:38.376+0000">'
            "<annotation>33333</annotation><created>1987-12-21T23:59:38.376+0000</created></dataValue>"
            '\n<dataValue dataElement="education.inclusive_share" value="80"><annotation>8/10</annotation></dataValue>'
        ),
    )
    assert codes(found) == []
    assert [(row.row, row.value.numerator, row.value.denominator) for row in found.rows] == [(3, 33, None), (4, 8, 10)]
    assert (found.rows[1].value.parts_known, found.dataset) == (True, "edu")


@pytest.mark.parametrize(
    ("group", "value", "code"),
    [
        ("", 'dataElement="Mal_num" sex="Female" age="Under 5" value="1"', "exchange.broken_down"),
        ("", 'dataElement="f7n9E0hX8qk" categoryOptionCombo="F_Over5" value="3"', "exchange.broken_down"),
        ('mechanism="PEPFAR"', 'dataElement="f7n9E0hX8qk" value="1"', "exchange.broken_down"),
        ('attributeOptionCombo="coc"', 'dataElement="f7n9E0hX8qk" value="1"', "exchange.broken_down"),
        ("", 'dataElement="Mal_text" value="0"', "exchange.element"),
        ("", 'value="0"', "exchange.missing"),
        ("", 'dataElement="f7n9E0hX8qk"', "exchange.no_value"),
        ("", 'dataElement="f7n9E0hX8qk" value="x"', "figure.value"),
    ],
)
def test_values_of_adx_that_are_refused(reading: Reading, group: str, value: str, code: str) -> None:
    whole = f'<group {group} orgUnit="DiszpKrYNg8" period="2017-01-01/P1Y" dataSet="x">\n<dataValue {value}/></group>'
    found = of_adx(reading, whole)
    assert codes(found) == [code]
    assert (found.problems[0].row, found.problems[0].column) == (3, "group[1]/dataValue[1]")


@pytest.mark.parametrize(
    ("data", "code"),
    [
        ("", "exchange.not_xml"),
        ("<adx", "exchange.not_xml"),
        ("<adx/>", "exchange.not_adx"),
        ('<adx xmlns="urn:other"/>', "exchange.not_adx"),
        ('<group xmlns="urn:ihe:qrph:adx:2015"/>', "exchange.not_adx"),
        ('<adx xmlns="urn:ihe:qrph:adx:2015"><other/></adx>', "exchange.not_adx"),
        ('<adx xmlns="urn:ihe:qrph:adx:2015"></adx>', "exchange.empty"),
        ('<!DOCTYPE adx [<!ENTITY a "b">]><adx xmlns="urn:ihe:qrph:adx:2015">&a;</adx>', "exchange.xml_unsafe"),
        ('<!DOCTYPE adx SYSTEM "file:///etc/passwd"><adx xmlns="urn:ihe:qrph:adx:2015"/>', "exchange.xml_unsafe"),
        ('<?xml version="1.0" encoding="nothing"?><adx xmlns="urn:ihe:qrph:adx:2015"/>', "exchange.not_xml"),
        ("<adx>" * 50_000, "exchange.not_adx"),
    ],
)
def test_files_that_are_no_adx(reading: Reading, data: str, code: str) -> None:
    with pytest.raises(Refusal) as refused:
        adx.read(data.encode(), reading)
    assert refused.value.code == code


@given(st.binary(max_size=200))
def test_whatever_comes_is_refused_in_words(data: bytes) -> None:
    for read in (dhis2.read, adx.read):
        with pytest.raises(Refusal):
            read(data, Reading(Codes(), SimpleNamespace(path="/", short_name="x")))  # type: ignore[arg-type]


def test_a_remark_is_taken_for_the_parts_of_a_share_only_where_it_says_the_same(reading: Reading) -> None:
    share = VALUE | {"dataElement": "education.inclusive_share"}
    found = of_dhis2(
        reading,
        share | {"value": "78", "comment": "39/50"},
        share | {"value": "98", "comment": "5/12", "period": "2018"},
        VALUE | {"value": "660", "comment": "bound=at_least", "period": "2016"},
    )
    assert codes(found) == []
    said = [(row.value.numerator, row.value.denominator, row.value.bound) for row in found.rows]
    assert said == [(39, 50, "exact"), (980_000, 1_000_000, "exact"), (660, None, "at_least")]
