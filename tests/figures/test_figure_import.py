"""Figures from a file: tried, all or none, once, and approved by somebody else."""

from __future__ import annotations

import io
from types import SimpleNamespace
from typing import Any

import pytest
from openpyxl import Workbook

from huoshui.figures.queries import figure, get_indicator
from huoshui.figures.reporting.actions import approve_return, send_back_return, submit_return
from huoshui.figures.reporting.imports import FigureImport, import_figures
from huoshui.figures.reporting.models import Filing, Observation
from huoshui.kernel.errors import Refusal
from huoshui.kernel.periods import period
from huoshui.places.models import Place
from tests.figures.conftest import employ

HEAD = "指标,地点,期间,关系,值,计量单位,备注\n"
ROWS = "农村电影放映场次,410871,2017,>=,1200,场,A2版\nculture.model_centres,410871,2017,=,6,个,\n"


def bring(offices: SimpleNamespace, text: str | bytes = HEAD + ROWS, **how: Any) -> FigureImport:
    data = text if isinstance(text, bytes) else text.encode()
    given = {"by": offices.reviewer, "name": "f.csv", "place": offices.land.district, "source": "A2版"}
    return import_figures(data=data, **given | how)


def told(offices: SimpleNamespace) -> str:
    return figure(offices.leader, get_indicator("culture.film_shows"), offices.land.district, period("2017")).told


def test_tried_it_writes_nothing_then_it_waits_for_another(offices: SimpleNamespace) -> None:
    text = HEAD + ROWS
    assert [row.shown for row in bring(offices, text, dry_run=True).rows] == ["1200 以上", "6"]
    assert not Filing.objects.exists()
    filing = bring(offices, text).filing
    assert filing is not None
    assert (filing.state, told(offices)) == ("submitted", "")
    with pytest.raises(Refusal, match=r"access\.denied|return\.own_work"):
        approve_return(by=offices.reviewer, filing=filing)
    approve_return(by=offices.leader, filing=filing)
    assert told(offices) == "1200 以上"


def test_the_same_file_counts_once(offices: SimpleNamespace) -> None:
    text = HEAD + ROWS
    bring(offices, text)
    with pytest.raises(Refusal, match=r"figure\.imported_already"):
        bring(offices, text)
    assert Observation.objects.count() == 2


def test_refused_it_does_not_count(offices: SimpleNamespace) -> None:
    filing = bring(offices, HEAD + ROWS).filing
    assert filing is not None
    send_back_return(by=offices.leader, filing=filing, reason="来源不对。")
    assert told(offices) == ""


def test_every_fault_is_named_and_nothing_written(offices: SimpleNamespace) -> None:
    rows = (
        "没有这个指标,410871,2017,=,1,个,\n"
        "culture.film_shows,999,2017,=,1,场,\n"
        "culture.film_shows,410871,2017-13,=,1,场,\n"
        "culture.film_shows,410871,2017,=,一千,场,\n"
        "culture.film_shows,410871,2017,=,1,万场,\n"
        "culture.model_centres,410871,2017,=,6,个,\n"
        "村级综合文化活动中心示范点数,410871,2017,=,7,个,\n"
    )
    report = bring(offices, HEAD + rows)
    assert [(problem.row, problem.code) for problem in report.problems] == [
        (2, "figure.unknown"), (3, "figure.place_unknown"), (4, "figure.period"), (5, "figure.value"),
        (6, "figure.unit"), (8, "figure.twice_in_file"),
    ]  # fmt: skip
    assert report.problems[3].column == "值（E 列）"
    assert not Filing.objects.exists()


def test_a_name_that_two_places_have_asks_for_a_code(offices: SimpleNamespace) -> None:
    one, other = Place.objects.filter(kind="village").order_by("code")[:2]
    Place.objects.filter(pk=other.pk).update(name=one.name, short_name=one.short_name)
    report = bring(offices, f"{HEAD}culture.film_shows,{one.name},2017,=,1,场,\nculture.film_shows,西岭,2017,=,1,场,\n")
    assert [problem.code for problem in report.problems] == ["figure.place_ambiguous", "figure.place_unknown"]
    assert f"{one.code}、{other.code}" in report.problems[0].what_next("zh")
    assert "410871、" in report.problems[1].what_next("zh")


@pytest.mark.parametrize(
    ("how", "code"),
    [
        ({"text": "甲,乙\n1,2\n"}, "figure.rows_missing"),
        ({"text": b""}, "file.empty"),
        ({"text": b"\xd0\xcf\x11\xe0aaaa"}, "file.old_excel"),
        ({"source": "  "}, "value.required"),
    ],
)
def test_a_file_that_cannot_be(offices: SimpleNamespace, how: dict[str, Any], code: str) -> None:
    with pytest.raises(Refusal) as caught:
        bring(offices, **{"text": HEAD + ROWS} | how)
    assert caught.value.problems[0].code == code


def test_only_for_whom_it_is_theirs(offices: SimpleNamespace) -> None:
    with pytest.raises(Refusal, match=r"access\.denied"):
        bring(offices, by=offices.clerk)


def test_a_workbook_is_read_as_well(offices: SimpleNamespace) -> None:
    book, stream = Workbook(), io.BytesIO()
    sheet = book.active
    assert sheet is not None
    for row in (["指标", "地点", "期间", "值"], ["culture.film_shows", 410871, 2017, 1200]):
        sheet.append(row)
    book.save(stream)
    assert [row.shown for row in bring(offices, stream.getvalue(), dry_run=True).rows] == ["1200"]


def test_sent_back_it_is_put_forward_again(offices: SimpleNamespace) -> None:
    filing = bring(offices).filing
    assert filing is not None
    filing = send_back_return(by=offices.leader, filing=filing, reason="查一下来源。")
    filing = submit_return(by=offices.reviewer, filing=filing, remark="查过了。")
    approve_return(by=offices.leader, filing=filing)
    assert told(offices) == "1200 以上"


def test_a_duty_for_one_pack_reaches_no_other(offices: SimpleNamespace) -> None:
    schools = employ("school_data", "data_reviewer", offices.land.district, "区教育督导室", "education")
    with pytest.raises(Refusal, match=r"access\.denied"):
        bring(offices, by=schools)
    filing = bring(offices).filing
    with pytest.raises(Refusal, match=r"access\.denied"):
        approve_return(by=schools, filing=filing)
