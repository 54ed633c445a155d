"""What files the import takes: encodings, delimiters, workbooks, headers; and what it says of others."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from types import SimpleNamespace
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook

from huoshui.duties.queries import system_account
from huoshui.kernel import tables
from huoshui.kernel.models import Entry
from huoshui.places import actions
from huoshui.places.exports import export_places
from huoshui.places.imports import ImportReport, import_places
from huoshui.places.models import Place, PlaceParent
from huoshui.places.queries import present_attributes
from tests.places.helpers import refused

TEXT = "代码,上级,名称,种类\n410871203299,410871203,新村村民委员会,行政村\n"


def load(data: bytes, name: str = "地点.csv") -> ImportReport:
    return import_places(by=system_account(), data=data, name=name)


def with_part(data: bytes, name: str, content: bytes) -> bytes:
    """The same workbook with another part in it."""
    file = io.BytesIO(data)
    with zipfile.ZipFile(file, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return file.getvalue()


def workbook(rows: list[list[Any]]) -> bytes:
    book, buffer = Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(row)
    book.save(buffer)
    return buffer.getvalue()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_encodings_and_delimiters(land: SimpleNamespace, encoding: str, delimiter: str) -> None:
    report = load(TEXT.replace(",", delimiter).replace("\n", "\r\n").encode(encoding))
    assert report.created == 1
    assert Place.objects.get(code="410871203299").short_name == "新村"


def test_a_workbook_with_a_title_numbers_dates_and_units(land: SimpleNamespace) -> None:
    rows = [
        ["全区阵地一览"],
        [],
        ["名称", "种类", "代码", "上级", "设立日期", "村部建筑面积（平方米）", "设有卫生室", "Function rooms"],
        ["党群服务中心", "阵地", "hub-1", 410871203201, dt.datetime(2017, 5, 1), 320.5, "有", 5.0],
        ["@老中心", "Hub", "hub-2", 410871203202.0, None, None, False, None],
    ]
    report = load(workbook(rows), "阵地.xlsx")
    assert (report.rows, report.created) == (2, 2), [p.as_dict() for p in report.problems]
    hub = Place.objects.get(code="hub-1")
    assert hub.parent == land.village
    assert hub.opened_on == dt.date(2017, 5, 1)
    assert present_attributes(hub) == {"floor_area": 32050, "clinic": 1, "function_rooms": 5}
    assert Place.objects.get(code="hub-2").name == "@老中心"
    rows[4].append("多余")
    rows[3][5] = "很大"
    assert [(p.row, p.code) for p in load(workbook(rows)).problems] == [
        (4, "value.type"),
        (5, "import.cells_extra"),
    ]


@pytest.mark.parametrize(
    ("header", "code", "names"),
    [
        ("代码,名称", "import.columns_missing", "上级 parent、种类 kind"),
        ("代码,上级,名称,种类,户主,电话", "import.columns_unknown", "户主、电话"),
        ("代码,上级,名称,种类,名称", "import.column_twice", "名称"),
        ("代码,上级,名称,种类,户数,households", "import.column_twice", "households"),
        ("甲,乙,丙,丁", "import.no_header", "代码 code、上级 parent、名称 name、种类 kind"),
    ],
)
def test_columns_are_refused_by_name(land: SimpleNamespace, header: str, code: str, names: str) -> None:
    before = Entry.objects.count()
    report = load(f"{header}\n410871203299,410871203,新村,village,5,5".encode())
    assert [problem.code for problem in report.problems] == [code]
    assert names in report.problems[0].message() + report.problems[0].what_next()
    assert Entry.objects.count() == before


def test_files_that_are_none(land: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> None:
    with refused("file.unreadable"):
        load(b"PK\x03\x04 broken", "地点.xlsx")
    with refused("file.unreadable"):
        load(b"\xff\x00\x81 \x00")
    for empty in (b"", b"\r\n \r\n"):
        with refused("file.empty"):
            load(empty)
    with refused("file.old_excel"):
        load(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504), "地点.xlsx")
    with refused("file.web_page"):
        load("\ufeff<html><table><tr><td>代码</td></tr></table></html>".encode(), "地点.xls")
    rows = workbook([["代码", "上级", "名称", "种类"]])
    for part, content, code in (
        ("xl/vbaProject.bin", b"x", "file.macros"),
        ("xl/macrosheets/sheet1.xml", b"<x/>", "file.macros"),
        ("xl/media/image1.bin", bytes(50 * 2**20), "file.zip_bomb"),
    ):
        with refused(code):
            load(with_part(rows, part, content), "地点.xlsx")
    monkeypatch.setattr(tables, "MAX_BYTES", 10)
    with refused("file.too_large"):
        load(TEXT.encode())


@pytest.mark.parametrize("header", ["代码,上级,名称,种类", "全区村名单\n代码,上级,名称,种类,户数"])
def test_a_file_of_headings_alone(land: SimpleNamespace, header: str) -> None:
    report = load(header.encode())
    assert [problem.code for problem in report.problems] == ["import.no_rows"]
    assert f"第 {report.problems[0].row} 行" in report.problems[0].message("zh")


def test_a_column_is_named_as_the_file_names_it(land: SimpleNamespace) -> None:
    rows = [
        ["序号", "地点名称"],
        ["名称", "种类", "区划代码", "上级代码", "户数（户）", "备注"],
        ["新村村民委员会", "行政村", "410871203298", "999", "许多"],
        ["新村村民委员会", "行政村", "4.10871E+11", "410871203", "5"],
    ]
    twice = load(workbook(rows))
    assert [(p.code, p.column) for p in twice.problems] == [("import.columns_unknown", "备注（F 列）")]
    rows[1].pop()
    rows[3].append("多余")
    report = load(workbook(rows))
    assert [(p.row, p.code, p.column) for p in report.problems] == [
        (3, "value.type", "户数（户）（E 列）"),
        (4, "import.code_rounded", "区划代码（C 列）"),
        (4, "import.cells_extra", "F 列"),
    ]
    assert report.problems[0].as_dict()["column"] == "户数（户）（E 列）"
    rows[2][4] = "12"
    assert [(p.row, p.code, p.column) for p in load(workbook(rows[:3])).problems] == [
        (3, "import.parent_unknown", "上级代码（D 列）")
    ]


def test_kinds_that_nobody_knows_do_not_make_columns_unknown(land: SimpleNamespace) -> None:
    report = load("代码,上级,名称,种类,户数\n410871203299,410871203,新村,村子,5".encode())
    assert [(p.row, p.code, p.column) for p in report.problems] == [(2, "place.kind", "种类（D 列）")]


def test_an_export_imports_again_unchanged(land: SimpleNamespace) -> None:
    by = system_account()
    attributes = {"floor_area": "320.55", "clinic": "有", "brand": "=1+1", "built_year": 2016}
    hub = actions.open_site(by=by, kind="hub", name="+中心", parent=land.village, attributes=attributes)
    actions.amend_attributes(by=by, place=land.village, attributes={"households": 300, "brand": "红色"})
    actions.locate_place(by=by, place=hub, latitude=35_240_001, longitude=-113_000_000)
    data = export_places(Place.objects.all())
    report = load(data, "导出.xlsx")
    assert (report.rows, report.unchanged) == (11, 11), [p.as_dict() for p in report.problems]
    sheet = load_workbook(io.BytesIO(data)).active
    assert {"一村一品牌", "阵地品牌"} <= {cell.value for cell in sheet[1]}
    cells = [cell for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} == {"s"}
    assert "=1+1" in [cell.value for cell in cells]


def test_an_export_into_an_empty_register_restores_it(land: SimpleNamespace) -> None:
    data = export_places(Place.objects.all())
    names = list(Place.objects.order_by("path").values_list("path", "name"))
    PlaceParent.objects.all().delete()
    Place.objects.all()._raw_delete("default")
    assert load(data).created == 10
    assert list(Place.objects.order_by("path").values_list("path", "name")) == names


def test_an_export_holds_what_it_was_given(cast: SimpleNamespace) -> None:
    visible = Place.objects.visible_to(cast.town_office).under(cast.land.town.path)
    sheet = load_workbook(io.BytesIO(export_places(visible))).active
    assert [row[2] for row in sheet.iter_rows(min_row=2, values_only=True)] == [
        "苏家作乡",
        "寨卜昌村村民委员会",
        "苏家作村村民委员会",
        "东寺河村村民委员会",
    ]
