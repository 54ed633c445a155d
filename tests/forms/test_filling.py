"""Filling: what stands in the file, where it came from, what it says another day."""

from __future__ import annotations

import datetime as dt
import io
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from docx import Document
from openpyxl import load_workbook
from pypdf import PdfReader

from huoshui.forms import sealing
from huoshui.forms.actions import end_form
from huoshui.forms.comparing import answers_of, changes_since
from huoshui.forms.files import data_of
from huoshui.forms.filling import fill_form
from huoshui.forms.lists import attribute_value
from huoshui.forms.models import Filling
from huoshui.forms.sealing import seal_filling
from huoshui.forms.signing import check_seal, signed
from huoshui.kernel.actions import _running
from huoshui.kernel.errors import Refusal
from huoshui.packs.queries import all_current
from huoshui.places.actions import amend_attributes
from tests.forms.conftest import Registrar, document, ledger_form, sheet_of, summary, workbook
from tests.matters.conftest import Opener, at, claim

LIST = [
    {"sheet": "台账", "cell": cell, "spec": {"kind": "record", "rows": "matters:rectification.item", "column": column}}
    for cell, column in (("A3", "order"), ("B3", "number"), ("C3", "title"), ("D3", "opened_on"))
]


def refused(error: str, action: Any, **given: Any) -> Refusal:
    with pytest.raises(Refusal) as refusal:
        action(**given)
    assert error in [problem.code for problem in refusal.value.problems], refusal.value.problems
    return refusal.value


def test_figures_facts_and_typed_values_in_their_cells(
    register: Registrar, open_item: Opener, cast: SimpleNamespace
) -> None:
    open_item()
    open_item(place=cast.land.village2, title="另一件")
    form = register()
    given = {"by": cast.district_office, "form": form, "place": cast.land.district, "period": "2018"}
    filling = fill_form(typed={"汇总!B7": "1,204"}, seconds=40, **given)
    sheet, values = sheet_of(data_of(filling.file)), sheet_of(data_of(filling.file), values=True)
    assert (sheet["B4"].value, sheet["B5"].value, sheet["C4"].value) == (2, 0, 0)
    assert (sheet["B6"].value, values["B6"].value, values["C6"].value) == ("=SUM(B4:B5)", 2, None)
    assert (sheet["B2"].value, sheet["D2"].value, sheet["B7"].value) == ("区党建办", "2018年4月2日", 1204)
    assert sheet["D4"].value is None, "nobody recorded anything in 2017: no data is not zero"
    cells = {answer.cell: answer for answer in answers_of(filling)}
    assert cells["D4"].missing
    assert cells["D4"].why == "没有数据"
    assert cells["B4"].source == {
        "indicator": "rectification.opened", "place": "410871203", "period": "2018",
        "numerator": 2, "denominator": None, "records": 2,
    }  # fmt: skip
    unmapped = [answer.at for answer in answers_of(filling) if answer.kind == "unmapped"]
    assert unmapped == ["C5", "D5", "D6", "C7", "D7"], "what nobody mapped is listed as empty"
    assert (filling.missing, filling.filled, filling.seconds, filling.number) == (6, 6, 40, 1)
    assert str(sheet.merged_cells.ranges[0] if isinstance(sheet.merged_cells.ranges, list) else "A1:D1") == "A1:D1"
    assert fill_form(**given).number == 2


def test_a_sum_over_a_gap_says_so_and_no_placeholder_stays(register: Registrar, cast: SimpleNamespace) -> None:
    given: dict[str, Any] = {"by": cast.district_office, "place": cast.land.district, "period": "2017"}
    filling = fill_form(form=register(), **given)
    told = {answer.at: answer.why for answer in answers_of(filling) if answer.kind == "formula"}
    assert told == dict.fromkeys(("B6", "C6"), "合计里有空着的格：空不是零")
    cells = [{"sheet": "段1", "cell": "1", "spec": {"kind": "figure", "indicator": "rectification.opened"}}]
    paper = register("W-1", data=document(), cells=cells, file_name="表.docx")
    text = Document(io.BytesIO(data_of(fill_form(form=paper, **given).file))).paragraphs[0].text
    assert text.startswith("____共列入")


def test_a_sum_over_what_nobody_mapped_is_no_zero(register: Registrar, cast: SimpleNamespace) -> None:
    filling = fill_form(by=cast.district_office, form=register(), place=cast.land.district, period="2018")
    assert sheet_of(data_of(filling.file), values=True)["C6"].value is None, "C5 is not mapped"
    told = {answer.at: answer.why for answer in answers_of(filling) if answer.kind == "formula"}
    assert told == {"C6": "合计里有空着的格：空不是零"}
    paper = sealing.paper_of(filling, cast.district_office)
    assert "7 格空着" in "".join(page.extract_text() for page in PdfReader(io.BytesIO(paper)).pages)


SHARES = [
    ["统计表", None, None, None, None],
    ["乡镇", "列入", "销号", "销号率", "说明"],
    ["苏家作乡", None, None, '=IF(B3=0,"—",ROUND(C3/B3*100,1))', '=IF(A3="","",IF(C3>=B3,1,0))'],
    ["阳庙镇", None, None, '=IFERROR(ROUND(C4/B4*100,1),"—")', '=IF(AND(B4<>"",C4<5),"",C4/0)'],
]


def test_shares_with_conditions_are_reckoned(register: Registrar, open_item: Opener, cast: SimpleNamespace) -> None:
    open_item(), open_item(title="另一件")
    cells = [
        {
            "sheet": "汇总",
            "cell": cell,
            "spec": {"kind": "figure", "indicator": f"rectification.{name}", "place": "row"},
        }
        for cell, name in (("B3", "opened"), ("C3", "closed"), ("B4", "opened"), ("C4", "closed"))
    ]
    form = register(data=workbook(SHARES, merges=("A1:E1",)), cells=cells)
    filling = fill_form(by=cast.district_office, form=form, place=cast.land.district, period="2018")
    values = sheet_of(data_of(filling.file), values=True)
    assert [values[at].value for at in ("D3", "E3", "D4", "E4")] == [0, 0, "—", None]
    assert [answer for answer in answers_of(filling) if answer.kind == "formula"] == []


def test_what_changed_since(register: Registrar, open_item: Opener, cast: SimpleNamespace) -> None:
    form = register()
    given = {"by": cast.district_office, "form": form, "place": cast.land.district, "period": "2018"}
    filling = fill_form(**given)
    assert changes_since(cast.district_office, filling) == []
    open_item()
    (change,) = changes_since(cast.leader, filling)
    assert (change.answer.cell, change.then, change.now) == ("B4", "0", "1")


def test_a_list_longer_than_the_form_adds_rows(register: Registrar, open_item: Opener, cast: SimpleNamespace) -> None:
    for title in ("=1+1", "二", "三", "四"):
        open_item(title=title)
    form = register(data=ledger_form(), cells=LIST)
    filling = fill_form(by=cast.district_office, form=form, place=cast.land.district, period="2018")
    sheet = sheet_of(data_of(filling.file))
    assert [sheet.cell(row, 1).value for row in range(3, 7)] == [1, 2, 3, 4]
    assert (sheet["C3"].value, sheet["C3"].data_type, sheet["C3"].quotePrefix) == ("=1+1", "s", True)
    assert (sheet["C6"].value, sheet["D6"].value) == ("四", "2018-04-02")
    assert (sheet["A7"].value, sheet["B7"].value) == ("件数", "=COUNT(A3:A6)")
    assert sheet_of(data_of(filling.file), values=True)["B7"].value == 4
    assert {str(merge) for merge in sheet.merged_cells.ranges} == {"A1:D1", "C7:D7"}
    assert sheet["B6"].border.left.style == "thin"
    shown = {answer.at: answer for answer in answers_of(filling)}
    assert shown["C6"].source["of"].startswith("ZG-2018-")
    assert filling.lists == "rectification"


def test_an_empty_list_is_no_gap(register: Registrar, cast: SimpleNamespace) -> None:
    form = register(data=ledger_form(), cells=LIST)
    filling = fill_form(by=cast.district_office, form=form, place=cast.land.district, period="2018")
    assert (filling.missing, filling.filled) == (0, 0)
    assert answers_of(filling)[0].why == "期内没有记录"


def test_a_document_with_placeholders_and_a_table(
    register: Registrar, open_item: Opener, cast: SimpleNamespace
) -> None:
    open_item()
    cells = [
        {"sheet": "段1", "cell": "1", "spec": {"kind": "fact", "fact": "place_name"}},
        {"sheet": "段1", "cell": "2", "spec": {"kind": "figure", "indicator": "rectification.opened"}},
        {"sheet": "段1", "cell": "3", "spec": {"kind": "figure", "indicator": "rectification.going"}},
        {"sheet": "表1", "cell": "B1", "spec": {"kind": "fact", "fact": "attribute:households"}},
        {"sheet": "表1", "cell": "B2", "spec": {"kind": "figure", "indicator": "rectification.closed"}},
    ]
    form = register(data=document(), cells=cells, level="village", file_name="表.docx")
    filling = fill_form(by=cast.secretary, form=form, place=cast.land.village, period="2018")
    paper = Document(io.BytesIO(data_of(filling.file)))
    assert paper.paragraphs[0].text == "寨卜昌村共列入整改台账1件，期末还有1件。"
    assert [row.cells[1].text for row in paper.tables[0].rows] == ["", "0"]
    assert [answer.why for answer in answers_of(filling) if answer.missing] == ["登记里没有"]
    assert check_seal(data_of(_sealed(cast.secretary, filling).seal)).intact


def _sealed(by: Any, filling: Filling) -> Any:
    return seal_filling(by=by, filling=filling)


def test_a_sealed_form_is_signed_and_never_changes(register: Registrar, cast: SimpleNamespace) -> None:
    form = register()
    given = {"by": cast.district_office, "form": form, "place": cast.land.district, "period": "2018"}
    filling = fill_form(**given)
    for change in (
        {"number": 7}, {"typed": {"a": "b"}}, {"lists": "core"}, {"filled": 0}, {"missing": 0}, {"mapping": 9},
        {"first": dt.date(2017, 1, 1)}, {"last": dt.date(2019, 1, 1)}, {"unit_name": "别处"}, {"seconds": 1},
        {"by_id": cast.leader.pk},
    ):  # fmt: skip
        with pytest.raises(DatabaseError, match="kept as they are"), transaction.atomic():
            Filling.objects.filter(pk=filling.pk).update(**change)
    with pytest.raises(DatabaseError, match="kept as they are"), transaction.atomic():
        Filling.objects.filter(pk=filling.pk).delete()
    filling = _sealed(cast.district_office, filling)
    pdf = data_of(filling.seal)
    seal = check_seal(pdf)
    assert (seal.signed, seal.intact, seal.ours) == (True, True, True)
    changed = pdf[:900] + bytes([pdf[900] ^ 1]) + pdf[901:]
    assert not check_seal(changed).intact
    assert not check_seal(b"%PDF-1.7 nothing").signed
    refused("form.sealed", seal_filling, by=cast.district_office, filling=filling)
    for change in ({"cells": []}, {"file_id": filling.seal_id}, {"seal": None, "sealed_by": None, "sealed_at": None}):
        with pytest.raises(DatabaseError, match="kept as they are"), transaction.atomic():
            Filling.objects.filter(pk=filling.pk).update(**change)
    with pytest.raises(DatabaseError, match="kept as they are"), transaction.atomic():
        Filling.objects.filter(pk=filling.pk).delete()


def test_sheets_of_a_sealed_workbook_lie_as_their_print_setup_says(register: Registrar, cast: SimpleNamespace) -> None:
    book = load_workbook(io.BytesIO(summary()))
    book["汇总"].page_setup.orientation = "landscape"
    book.copy_worksheet(book["汇总"]).page_setup.orientation = "portrait"
    stream = io.BytesIO()
    book.save(stream)
    form = register(data=stream.getvalue())
    filling = fill_form(by=cast.district_office, form=form, place=cast.land.district, period="2018")
    pages = PdfReader(io.BytesIO(data_of(_sealed(cast.district_office, filling).seal))).pages
    assert [page.mediabox.width > page.mediabox.height for page in pages] == [True, False]
    assert "SHA-256" in pages[-1].extract_text()


def test_rows_that_a_list_adds_are_numbered_on(register: Registrar, open_item: Opener, cast: SimpleNamespace) -> None:
    opened = [open_item() for _each in range(4)]
    rows: list[list[Any]] = [
        ["整改台账", None, None],
        ["序号", "编号", "届次"],
        [1, None, 7],
        [2, None, 7],
        ["件数", "=COUNT(A3:A4)", None],
    ]
    cells = [spec for spec in LIST if spec["cell"] == "B3"]
    form = register(data=workbook(rows, title="台账", merges=("A1:C1",)), cells=cells)
    filling = fill_form(by=cast.district_office, form=form, place=cast.land.district, period="2018")
    sheet = sheet_of(data_of(filling.file))
    assert [sheet.cell(row, 1).value for row in range(3, 8)] == [1, 2, 3, 4, "件数"]
    assert [sheet.cell(row, 2).value for row in range(3, 7)] == [item.number for item in opened]
    assert [sheet.cell(row, 3).value for row in range(3, 7)] == [7, 7, None, None], "no number of a row"


def test_who_may_not_see_the_figures_gets_none_of_them(
    register: Registrar, open_item: Opener, cast: SimpleNamespace
) -> None:
    open_item()
    form = register(data=ledger_form(), cells=LIST)
    filling = fill_form(by=cast.district_office, form=form, place=cast.land.district, period="2018")
    told = Filling.objects.visible_to
    assert told(cast.leader).filter(pk=filling.pk).exists()
    assert not told(cast.town_office).filter(pk=filling.pk).exists(), "the district's figures are not the town's"
    assert not told(cast.judges[0]).filter(pk=filling.pk).exists(), "figures, but no matters"
    refused("access.denied", changes_since, by=cast.town_office, filling=filling)


def test_a_filling_is_signed_before_anything_is_locked(
    register: Registrar, cast: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    filling = fill_form(by=cast.district_office, form=register(), place=cast.land.district, period="2018")
    running: list[Any] = []

    def signing(pdf: bytes, **given: Any) -> bytes:
        running.append(_running.get())
        return signed(pdf, **given)

    monkeypatch.setattr(sealing, "signed", signing)
    refused("access.denied", seal_filling, by=cast.leader, filling=filling)
    refused("record.stale", seal_filling, by=cast.district_office, filling=filling, seen_version=9)
    assert running == [], "nothing is set for whoever may not seal"
    assert seal_filling(by=cast.district_office, filling=filling, seen_version=1).sealed
    assert running == [None], "no action holds the database meanwhile"


def test_an_attribute_in_a_unit_that_it_cannot_be_told_in(cast: SimpleNamespace) -> None:
    area = next(f for f in all_current("place_kinds")["hub"].attributes if f.code == "floor_area")
    assert attribute_value(area, 100_00, "亩") == Decimal("0.15")
    assert attribute_value(area, 100_01, "亩") == Decimal("0.150015")
    assert attribute_value(area, 100_00, "公顷") == Decimal("0.01")
    assert attribute_value(area, 333_33, "亩") == Decimal("0.499995")
    assert attribute_value(area, 100_00, "户") is None


def test_a_fact_whose_unit_does_not_fit_says_so(register: Registrar, cast: SimpleNamespace) -> None:
    village = cast.land.village
    amend_attributes(by=cast.administrator, place=village, attributes={"households": 300})
    spec = {"kind": "fact", "fact": "attribute:households", "unit": "亩"}
    data = workbook([["表", None], ["面积", None]], title="一")
    form = register(data=data, cells=[{"sheet": "一", "cell": "B2", "spec": spec}], level="village")
    filling = fill_form(by=cast.secretary, form=form, place=village, period="2018")
    (answer,) = answers_of(filling)
    assert (answer.value, answer.missing, answer.why) == (None, True, "单位 户 换不成 亩")


def test_what_is_not_filled(register: Registrar, cast: SimpleNamespace) -> None:
    land = cast.land
    form = register()
    given: dict[str, Any] = {"by": cast.district_office, "form": form, "place": land.district, "period": "2018"}
    refused("form.period", fill_form, **given | {"period": "2018-03"})
    refused("form.period", fill_form, **given | {"period": "2019"})
    refused("form.wrong_level", fill_form, **given | {"place": land.town})
    refused("access.denied", fill_form, **given | {"by": cast.leader})
    wrong = refused("value.type", fill_form, typed={"汇总!B7": "许多"}, **given)
    assert wrong.problems[0].params["label"] == "入户走访次数"
    with at("2019-01-01"):
        said = refused("form.past", fill_form, **given).problems[0].message()
        assert "2018-12-31" in said
        assert "不再填报" in said
    end_form(by=cast.leader, form=form, reason="文件废止")
    refused("form.ended", fill_form, **given)
    refused("form.not_approved", fill_form, **given | {"form": register("ZG-02", approved=False)})


def test_a_moved_matter_keeps_its_row(register: Registrar, open_item: Opener, cast: SimpleNamespace) -> None:
    item = open_item(title="原标题")
    form = register(data=ledger_form(), cells=LIST)
    filling = fill_form(by=cast.district_office, form=form, place=cast.land.district, period="2018")
    claim(item, cast.secretary)
    open_item(title="后来的")
    changes = changes_since(cast.leader, filling)
    assert {change.now for change in changes} == {"2", "后来的", "2018-04-02", changes[1].now}
    assert all(change.then is None for change in changes)
    assert Decimal(filling.cells[0]["value"]) == 1
    assert filling.at.date() == dt.date(2018, 4, 2)
