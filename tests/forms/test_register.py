"""The register: what is refused at the door, who approves, how a mapping follows a new file, repeats and burden."""

from __future__ import annotations

import datetime as dt
import io
import json
import zipfile
from types import SimpleNamespace
from typing import Any

import pytest
from openpyxl import load_workbook

from huoshui.duties import actions as duties
from huoshui.forms.actions import add_version, approve_form, assume_seconds, end_form, propose_form
from huoshui.forms.burden import burden
from huoshui.forms.files import data_of, read
from huoshui.forms.filling import fill_form
from huoshui.forms.mapping import accept_suggestions, map_cells, newest
from huoshui.forms.models import Form, MappedCell
from huoshui.forms.queries import entries_of, questions
from huoshui.forms.repeats import repeats
from huoshui.forms.suggesting import suggestions
from huoshui.kernel.errors import Refusal
from tests.forms.conftest import (
    SUMMARY,
    SUMMARY_CELLS,
    Registrar,
    document,
    ledger_form,
    sheet_of,
    summary,
    with_part,
    workbook,
)
from tests.forms.test_filling import refused
from tests.matters.conftest import Opener


def zip_of(**parts: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name.replace("__", "/"), content)
    return stream.getvalue()


BOMB = zip_of(**{"xl__workbook.xml": b"<x/>", "xl__big.bin": b"\0" * (30 * 2**20)})
TEMPLATE = (
    b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type='
    b'"http://schemas.openxmlformats.org/officeDocument/2006/relationships/attachedTemplate" Target='
    b'"http://example.cn/x.dotm" TargetMode="External"/></Relationships>'
)


@pytest.mark.parametrize(
    ("code", "data"),
    [
        ("file.macros", with_part(summary(), "xl/vbaProject.bin", b"x")),
        ("file.macros", with_part(document(), "word/vbaProject.bin", b"x")),
        ("file.zip_bomb", BOMB),
        ("file.encrypted", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le")),
        ("file.old_office", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600),
        ("file.not_office", zip_of(**{"a.txt": b"x"})),
        ("file.not_office", b"%PDF-1.7"),
        ("file.fetches", with_part(document(), "word/_rels/settings.xml.rels", TEMPLATE)),
        ("file.fetches", with_part(summary(), "customXml/item1.xml", b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>')),
        ("file.unreadable", summary()[:-400]),
        ("file.empty", b""),
    ],
)
def test_what_is_refused_at_the_door(code: str, data: bytes) -> None:
    with pytest.raises(Refusal) as refusal:
        read(data, "表.xlsx")
    (problem,) = refusal.value.problems
    assert problem.code == code
    assert problem.what_next()


def test_links_to_other_workbooks_are_named() -> None:
    link = b'<externalLink xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"/>'
    package, _book = read(with_part(summary(), "xl/externalLinks/externalLink9.xml", link), "表.xlsx")
    assert package.linked == ["xl/externalLinks/externalLink9.xml"]


def test_nobody_approves_their_own(cast: SimpleNamespace, register: Registrar) -> None:
    duties.grant_duty(
        by=cast.administrator, account=cast.district_office, role="leader", place=cast.land.district,
        since=dt.date(2018, 1, 1),
    )  # fmt: skip
    form = register(approved=False)
    refused("form.own", approve_form, by=cast.district_office, form=form)
    refused("access.denied", approve_form, by=cast.town_office, form=form)
    approve_form(by=cast.leader, form=form)
    refused("form.not_draft", approve_form, by=cast.leader, form=form)


def test_whoever_mapped_does_not_approve(cast: SimpleNamespace, register: Registrar) -> None:
    other = accounts_of_office(cast)
    form = register(approved=False)
    cells = [{"sheet": "汇总", "cell": "C5", "spec": SUMMARY_CELLS[4]["spec"]}]
    map_cells(by=other, version=newest(form), cells=cells)
    said = refused("form.own", approve_form, by=other, form=form).problems[0]
    assert said.params["who"] == other.title
    version = add_version(
        by=cast.district_office, form=form, data=summary("二"), file_name="二.xlsx", renamed={"汇总": "二"}
    )
    assert version.number == 2
    form.refresh_from_db()
    assert approve_form(by=other, form=form).state == "approved", "of this file they mapped nothing"


def accounts_of_office(cast: SimpleNamespace) -> Any:
    """The leader, who may map as well."""
    duties.grant_duty(
        by=cast.administrator, account=cast.leader, role="district_office", place=cast.land.district,
        since=dt.date(2018, 1, 1),
    )  # fmt: skip
    return cast.leader


def test_a_new_mapping_has_to_be_approved_anew(cast: SimpleNamespace, register: Registrar) -> None:
    form, by = register(), cast.district_office
    known = [{"sheet": "汇总", "cell": "B4", "spec": SUMMARY_CELLS[2]["spec"]}]
    map_cells(by=by, version=newest(form), cells=known)
    form.refresh_from_db()
    assert form.state == "approved", "nothing changed"
    map_cells(by=by, version=newest(form), cells=[{"sheet": "汇总", "cell": "B7", "spec": None}])
    form.refresh_from_db()
    assert (form.state, form.approved_by, form.approved_on) == ("draft", None, None)
    entry = entries_of(form)[0]
    told = json.loads(entry.data)
    assert (told["before"]["state"], told["after"]["state"]) == ("approved", "draft")
    refused("form.not_approved", fill_form, by=by, form=form, place=cast.land.district, period="2018")
    assert approve_form(by=cast.leader, form=form).state == "approved"


def test_what_is_registered_wrongly(cast: SimpleNamespace, register: Registrar) -> None:
    given: dict[str, Any] = {
        "by": cast.district_office, "place": cast.land.district, "code": "A", "name": "表", "asker": "市",
        "right": "文", "frequency": "year", "level": "village", "ends_on": dt.date(2018, 12, 31), "data": summary(),
        "file_name": "a.xlsx",
    }  # fmt: skip
    refused("form.code", propose_form, **given | {"code": "甲 乙"})
    refused("value.required", propose_form, **given | {"right": " "})
    refused("value.choice", propose_form, **given | {"level": "person"})
    refused("form.end_past", propose_form, **given | {"ends_on": dt.date(2018, 4, 1)})
    refused("access.denied", propose_form, **given | {"by": cast.leader})
    form = propose_form(**given)
    refused("form.code_taken", propose_form, **given)
    refused("form.unmapped", approve_form, by=cast.leader, form=form)
    assert Form.objects.count() == 1


def test_a_renamed_sheet_is_refused_and_mapped_again(cast: SimpleNamespace, register: Registrar) -> None:
    form = register()
    given: dict[str, Any] = {"by": cast.district_office, "form": form, "file_name": "新.xlsx"}
    said = refused("form.sheet_gone", add_version, data=summary("汇总表"), **given).problems[0].message()
    assert "“汇总”" in said
    assert "B4" in said
    assert "汇总表" in said
    refused("form.same_file", add_version, data=data_of(newest(form).file), **given)
    version = add_version(data=summary("汇总表"), renamed={"汇总": "汇总表"}, **given)
    form.refresh_from_db()
    assert (version.number, form.state, form.approved_by) == (2, "draft", None)
    assert set(version.cells.values_list("sheet", flat=True)) == {"汇总表"}
    assert form.versions.get(number=1).cells.filter(sheet="汇总").count() == len(SUMMARY_CELLS)


def test_moved_cells_are_named_and_followed(cast: SimpleNamespace, register: Registrar) -> None:
    form = register()
    rows = [
        *SUMMARY[:2],
        [None] * 4,
        *SUMMARY[2:5],
        ["合计", "=SUM(B5:B6)", "=SUM(C5:C6)", None],
        ["另一项", None, None, None],
    ]
    given: dict[str, Any] = {"by": cast.district_office, "form": form, "file_name": "新.xlsx"}
    data = workbook(rows, title="汇总", merges=("A1:D1",))
    said = refused("form.cell_moved", add_version, data=data, **given)
    assert any(problem.params.get("found") == "汇总!B6" for problem in said.problems)
    version = add_version(data=data, remap=True, **given)
    now = dict(version.cells.values_list("cell", "spec__indicator"))
    assert (now["B5"], now["B6"], now["C5"]) == ("rectification.opened", "rectification.opened", "rectification.closed")
    assert "B7" not in now, "what was typed has no heading of its own any more"


def test_each_change_of_the_mapping_is_a_version_of_it(cast: SimpleNamespace, register: Registrar) -> None:
    version = newest(register(approved=False))
    by = cast.district_office
    change = [
        {"sheet": "汇总", "cell": "B7", "spec": None},
        {"sheet": "汇总", "cell": "C5", "spec": SUMMARY_CELLS[4]["spec"]},
    ]
    after = map_cells(by=by, version=version, cells=change, seen_mapping=1)
    assert after.mapping == 2
    assert MappedCell.objects.filter(cell="B7").values_list("since", "until").get() == (1, 2)
    refused("record.stale", map_cells, by=by, version=version, cells=change, seen_mapping=1)
    assert map_cells(by=by, version=version, cells=change).mapping == 2, "nothing changed"
    refused("access.denied", map_cells, by=cast.leader, version=version, cells=change)


@pytest.mark.parametrize(
    ("code", "sheet", "cell", "spec"),
    [
        ("form.sheet_unknown", "没有", "B4", {"kind": "typed"}),
        ("form.cell_unknown", "汇总", "ZZ9", {"kind": "typed"}),
        ("form.cell_unknown", "汇总", "B1", {"kind": "typed"}),
        ("form.cell_taken", "汇总", "A3", {"kind": "typed"}),
        ("form.cell_taken", "汇总", "B6", {"kind": "typed"}),
        ("form.spec", "汇总", "B4", {"kind": "nothing"}),
        ("form.spec", "汇总", "B4", {"kind": "figure", "formula": "x"}),
        ("figure.unknown", "汇总", "B4", {"kind": "figure", "indicator": "a.b"}),
        ("form.unit", "汇总", "B4", {"kind": "figure", "indicator": "hubs.built", "unit": "元"}),
        ("form.list_unknown", "汇总", "B4", {"kind": "record", "rows": "people", "column": "name"}),
        ("form.column_unknown", "汇总", "B4", {"kind": "record", "rows": "honours", "column": "secret"}),
        ("form.fact_unknown", "汇总", "B4", {"kind": "fact", "fact": "attribute:password"}),
    ],
)
def test_cells_that_cannot_be_mapped(
    cast: SimpleNamespace, register: Registrar, code: str, sheet: str, cell: str, spec: dict[str, Any]
) -> None:
    version = newest(register(approved=False))
    refused(
        code, map_cells, by=cast.district_office, version=version, cells=[{"sheet": sheet, "cell": cell, "spec": spec}]
    )


def test_suggestions_from_the_words_around(cast: SimpleNamespace, register: Registrar) -> None:
    form = register(cells=[], approved=False)
    version, place = newest(form), cast.land.district
    _package, book = read(summary(), "表.xlsx")
    best = suggestions(book, "汇总", "B4", place)[0]
    assert (best.spec.indicator, best.spec.place, best.is_sure) == ("rectification.opened", "row", True)
    assert suggestions(book, "汇总", "D4", place)[0].spec.period == "year_ago"
    assert suggestions(book, "汇总", "B2", place)[0].spec.fact == "unit"
    money = workbook([["阵地", None], ["新建阵地投入（元）", None]], title="一")
    _package, book = read(money, "表.xlsx")
    wanted = suggestions(book, "一", "B2", place)[0]
    assert (wanted.spec.indicator, wanted.spec.unit) == ("hubs.built_cost", "元")
    _package, book = read(ledger_form(), "表.xlsx")
    listed = {cell: suggestions(book, "台账", cell, place)[0].spec for cell in ("A3", "C3")}
    assert (listed["C3"].rows, listed["C3"].column, listed["A3"].column) == (
        "matters:rectification.item",
        "title",
        "order",
    )
    mapped = accept_suggestions(by=cast.district_office, version=version)
    assert {"B2", "D2", "B4", "B5", "C4"} <= set(mapped.cells.values_list("cell", flat=True))
    assert not mapped.cells.filter(cell="B7").exists()
    refused("form.nothing_sure", accept_suggestions, by=cast.district_office, version=mapped)


def test_units_are_turned_into_those_of_the_form(cast: SimpleNamespace, register: Registrar) -> None:
    rows = [["填报表", None], ["村庄数（万个）", None], ["村庄数（个）", None]]
    cell = {"kind": "figure", "indicator": "core.villages"}
    cells = [
        {"sheet": "一", "cell": "B2", "spec": cell | {"unit": "万个"}},
        {"sheet": "一", "cell": "B3", "spec": cell},
    ]
    form = register(data=workbook(rows, title="一"), cells=cells)
    filling = fill_form(by=cast.district_office, form=form, place=cast.land.district, period="2018")
    sheet = sheet_of(data_of(filling.file))
    assert (sheet["B2"].value, sheet["B3"].value) == (0.0005, 5)


def test_the_same_question_in_two_forms(cast: SimpleNamespace, register: Registrar) -> None:
    one = register("A-1")
    again = [["另一张表", None], ["列入整改台账数", None], ["入户走访次数", None]]
    cells = [{"sheet": "一", "cell": "B3", "spec": {"kind": "typed", "label": "入户走访次数", "type": "number"}}]
    opened = {"kind": "figure", "indicator": "rectification.opened"}
    cells.append({"sheet": "一", "cell": "B2", "spec": opened})
    other = register("A-2", data=workbook(again, title="一"), cells=cells)
    third = register("A-3", data=workbook([*again, ["备注", None]], title="一"), cells=cells, level="village")
    found = repeats([one, other, third])
    assert [(row.name, row.same, [form.code for form in row.forms]) for row in found] == [
        ("入户走访次数", False, ["A-1", "A-2"])
    ]
    fourth = register("A-4", data=workbook([*again, ["说明", None]], title="一"), cells=cells)
    same = [row for row in repeats([other, fourth]) if row.same]
    assert [(row.name, [form.code for form in row.forms]) for row in same] == [("列入整改台账数", ["A-2", "A-4"])]
    end_form(by=cast.leader, form=fourth, reason="并表")
    assert fourth.pk


def test_the_burden_of_a_year(cast: SimpleNamespace, register: Registrar, open_item: Opener) -> None:
    rows = [["村表", None], ["整改销号数", None], ["户数", None], ["入户走访次数", None], ["未映射的一项", None]]
    cells: list[dict[str, Any]] = [
        {"sheet": "一", "cell": "B2", "spec": {"kind": "figure", "indicator": "rectification.closed"}},
        {"sheet": "一", "cell": "B3", "spec": {"kind": "fact", "fact": "attribute:households"}},
        {"sheet": "一", "cell": "B4", "spec": {"kind": "typed", "label": "入户走访次数", "type": "number"}},
    ]
    form = register(data=workbook(rows, title="一"), cells=cells, level="village", frequency="quarter")
    assert [question.by_hand for question in questions(form)] == [False, False, True, True]
    found = burden(cast.leader, cast.land.district, 2018)
    assert [(row.times, len(row.places), row.asked, row.by_hand) for row in found.forms] == [(3, 5, 4, 2)]
    assert found.total.shown == {"before": 60, "after": 30, "minutes_before": 90, "minutes_after": 45, "repeats": 0}
    assert len(found.places) == 5
    fill_form(by=cast.secretary, form=form, place=cast.land.village, period="2018Q2", typed={"一!B4": "12"}, seconds=30)
    (row,) = burden(cast.leader, cast.land.district, 2018).forms
    assert (row.by_hand, row.seconds, row.measured) == (3, 30, 1), "households are not in the register"
    assume_seconds(by=cast.administrator, place=cast.land.district, seconds=120, why="抽样")
    assert burden(cast.leader, cast.land.district, 2018).seconds == 120
    form.ends_on = dt.date(2019, 12, 31)
    form.save(update_fields=["ends_on"])
    (later,) = burden(cast.leader, cast.land.district, 2019).forms
    assert (later.by_hand, later.seconds, later.measured) == (2, 30, 1), "nothing was filled for 2019"
    refused("form.seconds", assume_seconds, by=cast.administrator, place=cast.land.district, seconds=1, why="x")
    refused("access.denied", assume_seconds, by=cast.leader, place=cast.land.district, seconds=60, why="x")
    assert burden(cast.leader, cast.land.district, 2017).forms == []


def test_what_openpyxl_would_drop_is_kept(cast: SimpleNamespace, register: Registrar) -> None:
    data = with_part(summary(), "xl/customUI/keep.bin", b"\x01\x02")
    form = register(data=data)
    filling = fill_form(by=cast.district_office, form=form, place=cast.land.district, period="2018")
    with zipfile.ZipFile(io.BytesIO(data_of(filling.file))) as archive:
        assert archive.read("xl/customUI/keep.bin") == b"\x01\x02"
    book = load_workbook(io.BytesIO(data_of(filling.file)))
    assert book.calculation.fullCalcOnLoad
