"""The ledger as a workbook: typed cells, and no text ever becomes a formula."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from types import SimpleNamespace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from huoshui.duties.actions import grant_duty
from huoshui.duties.queries import system_account
from huoshui.kernel.errors import Refusal
from huoshui.kernel.spreadsheets import cell_text
from huoshui.kernel.streamed_tables import StreamedTable
from huoshui.matters.ledger_export import ledger_workbook
from huoshui.matters.queries import LedgerFilter, ledger
from tests.matters.conftest import Opener, at, claim, close, submit

HOSTILE = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", '=HYPERLINK("http://x","y")', "'=1", "=cmd|'/c calc'!A0"]


def test_title_head_and_types(open_item: Opener, cast: SimpleNamespace) -> None:
    claim(open_item(), cast.secretary)
    data = ledger_workbook(actor=cast.district_office, area=cast.land.district)
    sheet = load_workbook(io.BytesIO(data)).active
    assert sheet["A1"].value == "焦作城乡一体化示范区事项台账（2018-04-02）"
    assert [cell.value for cell in sheet[2]][:5] == ["编号", "来源", "乡镇", "所在村", "问题"]
    assert (sheet.freeze_panes, int(sheet.column_dimensions["E"].width)) == ("A3", 34)
    assert (sheet["C3"].value, sheet["D3"].value) == ("苏家作乡", "寨卜昌村")
    deadline = sheet["G3"]
    assert (deadline.value, deadline.number_format) == (dt.datetime(2018, 4, 20), "yyyy-mm-dd")
    assert (sheet["N3"].value, sheet["N3"].data_type) == (0, "n")


def test_state_light_and_whose_deadline_it_is(open_item: Opener, cast: SimpleNamespace) -> None:
    submit(open_item(), cast.secretary)
    close(open_item(), cast.secretary, cast.verifier)
    open_item()
    with at("2018-04-11"):
        data = ledger_workbook(actor=cast.district_office)
    head, *rows = list(load_workbook(io.BytesIO(data)).active.iter_rows(min_row=2, values_only=True))
    at_ = [head.index(name) for name in ("时限", "所计期限", "状态", "亮灯")]
    assert [tuple(row[column] for column in at_) for row in rows] == [
        (dt.datetime(2018, 4, 10), "核验期限", "待核验", "逾期"),
        (dt.datetime(2018, 4, 20), None, "已销号", "已核验"),
        (dt.datetime(2018, 4, 24), "整改期限", "待认领", "在期"),
    ]


def test_no_text_becomes_a_formula(open_item: Opener, cast: SimpleNamespace) -> None:
    for text in HOSTILE:
        open_item(title=text.strip())
    data = ledger_workbook(actor=cast.district_office)
    sheet = load_workbook(io.BytesIO(data)).active
    cells = [sheet.cell(row, 5) for row in range(3, 3 + len(HOSTILE))]
    assert [cell.value for cell in cells] == [text.strip() for text in HOSTILE]
    assert {cell.data_type for cell in cells} == {"s"}
    assert "<f>" not in zipfile.ZipFile(io.BytesIO(data)).read("xl/worksheets/sheet1.xml").decode()


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(st.characters(codec="utf-8", exclude_characters="\ufffe\uffff"), min_size=1, max_size=30)
       | st.sampled_from(HOSTILE))  # fmt: skip
def test_any_text_comes_back_as_it_was(text: str) -> None:
    table = StreamedTable("a", "b", [("c", 10)])
    table.row([text])
    cell = load_workbook(io.BytesIO(table.file())).active["A3"]
    assert (cell.value or "") == cell_text(text)
    assert cell.data_type in ("s", "n")
    if text.startswith(("=", "+", "-", "@", "\t", "\r")):
        assert cell.quotePrefix


def test_needs_the_permission(cast: SimpleNamespace) -> None:
    with pytest.raises(Refusal) as refused:
        ledger_workbook(actor=cast.secretary)
    assert refused.value.code == "access.denied"
    with pytest.raises(Refusal):
        ledger_workbook(actor=cast.town_office, filters=LedgerFilter(place=cast.land.other_town.path))


def test_only_what_the_permission_reaches_leaves(open_item: Opener, cast: SimpleNamespace) -> None:
    mine = open_item()
    theirs = open_item(by=cast.other_town_office, place=cast.land.other_village)
    grant_duty(by=system_account(), account=cast.town_office, role="village_secretary", place=cast.land.other_village)
    assert {matter.pk for matter in ledger(cast.town_office)} == {mine.pk, theirs.pk}
    sheet = load_workbook(io.BytesIO(ledger_workbook(actor=cast.town_office))).active
    assert [row[0] for row in sheet.iter_rows(min_row=3, values_only=True)] == [mine.number]
    with pytest.raises(Refusal, match=r"access\.denied"):
        ledger_workbook(actor=cast.town_office, filters=LedgerFilter(place=cast.land.other_village.path))


def test_a_kind_has_its_own_columns(cast: SimpleNamespace) -> None:
    data = ledger_workbook(actor=cast.district_office, filters=LedgerFilter(kind="hubs.upgrade"))
    sheet = load_workbook(io.BytesIO(data)).active
    assert sheet["A1"].value.startswith("阵地规范提升台账")
    head = [cell.value for cell in sheet[2]]
    assert "验收人" in head
    assert head[head.index("所在村") - 1] == "乡镇"
