"""The pages, the API and the commands of forms."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from click.testing import CliRunner
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from openpyxl import load_workbook

from huoshui.commands import huoshui
from huoshui.duties.models import Account
from huoshui.forms.files import read
from huoshui.forms.filling import fill_form
from huoshui.forms.mapping import newest
from huoshui.forms.models import Filling, Form
from huoshui.forms.suggesting import suggestions
from huoshui.places.models import Place
from tests.forms.conftest import (
    Registrar,
    document,
    item,
    ledger_form,
    open_item,
    register,
    sheet_of,
    summary,
    workbook,
)
from tests.forms.conftest import with_part as part
from tests.forms.test_filling import LIST
from tests.matters.conftest import Opener
from tests.web.api_client import codes, done, send
from tests.web.api_client import signed_in as api

__all__ = ["item", "open_item", "register"]
SignIn = Callable[[Account], Client]


def text_of(client: Client, address: str, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status, answer.content.decode()[:600]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def upload(data: bytes, name: str = "表.xlsx") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data)


UNRULED = [
    ["各乡镇整改情况", None, None],
    ["乡镇", "列入整改台账数", "备注"],
    ["苏家作乡", None, None],
    ["阳庙镇", None, None],
]


def test_a_column_is_mapped_at_once_on_a_sheet_without_lines(cast: SimpleNamespace, signed_in: SignIn) -> None:
    office = signed_in(cast.district_office)
    data = workbook(UNRULED, merges=("A1:C1",), drawn_from=9)
    assert office.post("/forms/new", TOLD | {"file": upload(data)}).status_code == 302
    shown = text_of(office, "/forms/ZG-09/map?sheet=汇总&cell=B3")
    assert "4 格里已映射 0 格" in shown
    assert "同栏 2 格都这样" in shown
    chosen = {"sheet": "汇总", "cell": "B3", "kind": "figure", "indicator": "rectification.opened", "place": "row"}
    went = office.post("/forms/ZG-09/map/save", chosen | {"do": "column"}, follow=True)
    assert "已映射 B3、B4" in went.content.decode()
    mapped = newest(Form.objects.get(code="ZG-09")).cells.filter(until__isnull=True)
    assert {(cell.cell, cell.spec["place"]) for cell in mapped} == {("B3", "row"), ("B4", "row")}
    assert "同栏" not in text_of(office, "/forms/ZG-09/map?sheet=汇总&cell=B3"), "it is mapped"


def test_a_column_of_units_tells_the_unit(cast: SimpleNamespace, signed_in: SignIn) -> None:
    office = signed_in(cast.district_office)
    rows = [["完成情况", None, None], ["指标", "计量单位", "本年"], ["列入整改台账数", "件", None]]
    data = workbook([*rows, ["参加人数", "人", None]], merges=("A1:C1",))
    assert office.post("/forms/new", TOLD | {"file": upload(data)}).status_code == 302
    assert "单位 件" in text_of(office, "/forms/ZG-09/map?sheet=汇总&cell=C3")
    assert "fc-open--asked" in office.get("/forms/ZG-09/map").content.decode()


def test_an_aim_and_another_year_are_not_taken_for_what_was_reached(cast: SimpleNamespace) -> None:
    heads = ["指标", "2018年目标", "2018年完成", "2017年完成", "2015年完成"]
    rows: list[list[Any]] = [heads, ["列入整改台账数", None, None, None, None]]
    _package, book = read(workbook(rows, drawn_from=1), "表.xlsx")
    best = [suggestions(book, "汇总", f"{column}2", cast.land.district)[0] for column in "BCDE"]
    assert [one.is_sure for one in best] == [True, True, True, False]
    assert [one.spec.part for one in best] == ["target", "value", "value", "value"]
    assert [one.spec.period for one in best[1:3]] == ["own", "year_ago"]


def test_places_of_one_name_are_told_apart(cast: SimpleNamespace, signed_in: SignIn, register: Registrar) -> None:
    Place.objects.filter(pk=cast.land.village2.pk).update(short_name=cast.land.village.short_name)
    register(level="village")
    shown = text_of(signed_in(cast.district_office), "/forms/ZG-01/fill?period=2016")
    assert shown.count(f"{cast.land.village.short_name}（") == 2
    assert "2016年" in shown, "the period that the address asks for is offered"


MACROS = part(summary(), "xl/vbaProject.bin", b"x")
TOLD = {
    "code": "ZG-09", "name": "统计表", "asker": "市整改办", "right": "市〔2018〕9号", "frequency": "year",
    "level": "district", "place": "410871", "ends_on": "2018-12-31",
}  # fmt: skip


def test_from_registering_to_a_sealed_form(cast: SimpleNamespace, signed_in: SignIn, open_item: Opener) -> None:
    open_item()
    office, leader = signed_in(cast.district_office), signed_in(cast.leader)
    refused = office.post("/forms/new", TOLD | {"file": upload(MACROS, "表.xlsm")})
    assert refused.status_code == 422
    assert "带宏" in refused.content.decode()
    assert office.post("/forms/new", TOLD | {"file": upload(summary())}).status_code == 302
    shown = office.get("/forms/ZG-09/map?sheet=汇总&cell=B4").content.decode()
    for said in ("列入整改台账数，行表头写的下级", "有把握", 'colspan="4"', "苏家作乡 / 列入整改台账数"):
        assert said in shown
    assert office.post("/forms/ZG-09/map/save", {"do": "accept_all"}).status_code == 302
    cell = {"sheet": "汇总", "cell": "B7", "kind": "typed", "label": "入户走访次数", "type": "number"}
    went = office.post("/forms/ZG-09/map/save", cell)
    assert went["Location"].startswith("/forms/ZG-09/map?")
    own = office.post("/forms/ZG-09/approve", {"version": "1"})
    assert own.status_code == 403
    assert leader.post("/forms/ZG-09/approve", {"version": "1"}).status_code == 302
    assert "系统能填" in text_of(office, "/forms/ZG-09/fill?place=410871&period=2018")
    wrong = office.post("/forms/ZG-09/fill", {"place": "410871", "period": "2018", "at-汇总!B7": "很多"})
    assert wrong.status_code == 422
    assert "入户走访次数" in wrong.content.decode()
    filled = office.post("/forms/ZG-09/fill", {"place": "410871", "period": "2018", "at-汇总!B7": "12"})
    page = filled["Location"]
    shown = office.get(page).content.decode()
    assert "/figures/rectification.opened/?place=410871203&amp;period=2018" in shown
    book = sheet_of(office.get(f"{page}form.xlsx").content)
    assert (book["B4"].value, book["B7"].value) == (1, 12)
    assert office.get(f"{page}form.pdf").status_code == 404
    assert office.post(f"{page}seal", {"version": "1"}).status_code == 302
    assert office.get(f"{page}form.pdf").content.startswith(b"%PDF")
    assert office.post(f"{page}seal", {"version": "2"}).status_code == 409
    open_item()
    assert "填报之后变了的" in text_of(leader, page)


def test_a_reader_without_the_figures_gets_none(
    cast: SimpleNamespace, signed_in: SignIn, register: Registrar, open_item: Opener
) -> None:
    open_item(title="只有区里看得到的问题")
    form = register(data=ledger_form(), cells=LIST)
    filling = fill_form(by=cast.district_office, form=form, place=cast.land.district, period="2018")
    page = f"/forms/filled/{filling.pk}/"
    assert "只有区里看得到的问题" in text_of(signed_in(cast.leader), page)
    for account in (cast.town_office, cast.secretary, cast.judges[0], cast.stranger):
        client = signed_in(account)
        for address in (page, f"{page}form.xlsx", f"{page}form.pdf"):
            assert client.get(address).status_code == 404
        reader = api(account)
        assert send(reader, "GET", f"/forms/filled/{filling.pk}").status_code == 404
        assert done(send(reader, "GET", "/forms/filled"))["items"] == []


def test_a_filling_shows_though_its_list_is_gone(
    cast: SimpleNamespace, signed_in: SignIn, register: Registrar, open_item: Opener
) -> None:
    open_item(title="留存的问题")
    filling = fill_form(
        by=cast.district_office, form=register(data=ledger_form(), cells=LIST), place=cast.land.district, period="2018"
    )
    for cell in filling.form_version.cells.filter(spec__kind="record"):
        cell.spec |= {"rows": "matters:gone.kind"}
        cell.save(update_fields=["spec"])
    shown = text_of(signed_in(cast.leader), f"/forms/filled/{filling.pk}/")
    assert "留存的问题" in shown
    assert "matters:gone.kind" in shown
    assert "填报之后变了的" not in shown


def test_a_renamed_sheet_in_english(cast: SimpleNamespace, signed_in: SignIn, register: Registrar) -> None:
    form = register()
    book = load_workbook(io.BytesIO(summary("一")))
    book.create_sheet("二")
    stream = io.BytesIO()
    book.save(stream)
    client = signed_in(cast.district_office)
    client.cookies["django_language"] = "en"
    refused = client.post("/forms/ZG-01/version", {"version": str(form.version), "file": upload(stream.getvalue())})
    assert 'value="一"' in refused.content.decode()
    assert 'value="二"' in refused.content.decode()


def test_a_renamed_sheet_asks_which_it_is(cast: SimpleNamespace, signed_in: SignIn, register: Registrar) -> None:
    form = register()
    client = signed_in(cast.district_office)
    sent = {"version": str(form.version), "file": upload(summary("新表"))}
    refused = client.post("/forms/ZG-01/version", sent)
    assert refused.status_code == 422
    for said in ("没有工作表“汇总”", 'name="sheet-汇总"', 'value="新表"'):
        assert said in refused.content.decode()
    again = {"version": str(form.version), "file": upload(summary("新表")), "sheet-汇总": "新表"}
    assert client.post("/forms/ZG-01/version", again).status_code == 302
    assert "等批准" in text_of(client, "/forms/ZG-01/")


def test_pages_of_the_register(cast: SimpleNamespace, signed_in: SignIn, register: Registrar) -> None:
    register()
    cells = [{"sheet": "段1", "cell": "2", "spec": {"kind": "figure", "indicator": "rectification.opened"}}]
    for code in ("ZG-02", "ZG-03"):
        data = document() if code == "ZG-02" else part(document(), "a/b.bin", b"x")
        register(code, data=data, cells=cells, level="village", file_name="表.docx")
    client = signed_in(cast.leader)
    assert "ZG-01 整改情况统计表" in text_of(client, "/forms/?state=approved")
    assert "没有这样的报表" in text_of(client, "/forms/?state=draft")
    assert client.get("/forms/?state=lost").status_code == 422
    repeated = text_of(client, "/forms/repeats/")
    assert "列入整改台账数 ZG-02" in repeated
    burden = text_of(client, "/forms/burden/?year=2018")
    assert "这是假定，不是量出来的" in burden
    assert "ZG-02 整改情况统计表" in burden
    assert client.get("/forms/burden/burden.xlsx?year=2018").status_code == 200
    assert client.get("/forms/burden/?year=18").status_code == 422
    assert "别的表也在问" in text_of(client, "/forms/ZG-02/")
    assert client.get("/forms/ZG-02/files/1").status_code == 200
    assert "寨卜昌村" in text_of(signed_in(cast.secretary), "/forms/ZG-02/fill")
    stated = signed_in(cast.administrator).post(
        "/forms/burden/assume", {"place": "410871", "seconds": "60", "why": "抽样"}
    )
    assert stated.status_code == 302
    ended = client.post("/forms/ZG-02/end", {"version": "2", "reason": "并表"})
    assert ended.status_code == 302
    assert "并表" in text_of(client, "/forms/ZG-02/")
    assert signed_in(cast.stranger).get("/forms/ZG-01/").status_code == 404


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_page_in_both_languages(
    cast: SimpleNamespace, signed_in: SignIn, register: Registrar, language: str
) -> None:
    form = register()
    filling = fill_form(by=cast.district_office, form=form, place=cast.land.district, period="2018")
    client = signed_in(cast.district_office)
    client.cookies["django_language"] = language
    of_form = ("", "map", "map?sheet=汇总&cell=B4", "version", "fill")
    of_all = ("", "new", "repeats/", "burden/", f"filled/{filling.pk}/")
    for page in (*of_all, *(f"ZG-01/{one}" for one in of_form)):
        assert client.get(f"/forms/{page}").status_code == 200, page


def test_the_api(cast: SimpleNamespace, open_item: Opener) -> None:
    open_item()
    office, leader = api(cast.district_office), api(cast.leader)
    made = done(office.post("/api/v1/forms", TOLD | {"file": upload(summary())}))
    assert (made["state"], made["mapping"]) == ("draft", 0)
    cells = [{"sheet": "汇总", "cell": "B4", "spec": {"kind": "figure", "indicator": "rectification.opened"}}]
    mapped = done(send(office, "POST", "/forms/ZG-09/cells", {"cells": cells, "seen_mapping": 0}))
    assert mapped["mapping"] == 1
    wrong = [{"sheet": "没有", "cell": "B4", "spec": cells[0]["spec"]}]
    assert codes(send(office, "POST", "/forms/ZG-09/cells", {"cells": wrong})) == ["form.sheet_unknown"]
    suggested = done(send(office, "POST", "/forms/ZG-09/cells/suggested", {"seen_version": 1}))
    assert suggested["mapping"] == 2
    asked = done(send(office, "GET", "/forms/ZG-09"))["cells"]
    assert any(cell["spec"] is None for cell in asked)
    assert codes(send(office, "POST", "/forms/ZG-09/approve", {"seen_version": 1})) == ["access.denied"]
    approved = done(send(leader, "POST", "/forms/ZG-09/approve", {"seen_version": 1}))
    filled = done(send(office, "POST", "/forms/ZG-09/fill", {"place": "410871", "period": "2018"}))
    assert send(office, "GET", f"/forms/filled/{filled['id']}/file").content.startswith(b"PK")
    sheet = done(send(office, "GET", f"/forms/filled/{filled['id']}"))
    assert {cell["cell"]: cell["value"] for cell in sheet["cells"]}["B4"] == "1"
    sealed = done(send(office, "POST", f"/forms/filled/{filled['id']}/seal", {"seen_version": 1}))
    assert sealed["sealed"]
    assert send(office, "GET", f"/forms/filled/{filled['id']}/seal.pdf").content.startswith(b"%PDF")
    body: dict[str, Any] = {"seen_version": str(approved["version"]), "was": "汇总", "now": "新表"}
    renewed = done(office.post("/api/v1/forms/ZG-09/file", body | {"file": upload(summary("新表"))}))
    assert (renewed["file_version"], renewed["state"]) == (2, "draft")
    assert send(office, "GET", "/forms/ZG-09/file").content.startswith(b"PK")
    assert done(send(office, "GET", "/forms/repeats"))["items"] == []
    burden = done(send(office, "GET", "/forms/burden?place=410871&year=2018"))
    assert (burden["seconds"], burden["assumed_by"]) == (90, "")
    stated = {"place": "410871", "seconds": 60, "why": "抽样"}
    assert done(send(api(cast.administrator), "POST", "/forms/burden", stated)) == stated
    ended = done(send(leader, "POST", "/forms/ZG-09/end", {"seen_version": renewed["version"], "reason": "并表"}))
    assert ended["state"] == "ended"
    assert [row["code"] for row in done(send(office, "GET", "/forms?state=ended"))["items"]] == ["ZG-09"]


def test_the_commands(register: Registrar, open_item: Opener, tmp_path: Path, cast: SimpleNamespace) -> None:
    open_item()
    register()
    listed = CliRunner().invoke(huoshui, ["forms", "list", "--json"])
    assert [(row["code"], row["state"]) for row in json.loads(listed.output)] == [("ZG-01", "在用")]
    out = tmp_path / "a.xlsx"
    asked = ["forms", "fill", "ZG-01", "--place", "410871", "--period", "2018", "--out", str(out)]
    said = CliRunner().invoke(huoshui, asked)
    assert said.exit_code == 0, said.output
    assert "汇总!D4" in said.output
    assert sheet_of(out.read_bytes())["B4"].value == 1
    assert Filling.objects.count() == 0
    assert "ops.file_exists" in CliRunner().invoke(huoshui, asked).output
    kept = [*asked[:-1], str(tmp_path / "b.xlsx"), "--as", "district_office"]
    assert CliRunner().invoke(huoshui, kept).exit_code == 0
    assert Filling.objects.get().by == cast.district_office
    assert "没有签章" in CliRunner().invoke(huoshui, ["forms", "verify", str(out)]).output
    unknown = CliRunner().invoke(huoshui, ["forms", "fill", "X", "--place", "1", "--period", "2018", "--out", str(out)])
    assert "ops.unknown" in unknown.output
    assert Form.objects.count() == 1
