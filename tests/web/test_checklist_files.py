"""Checklists as files by HTTP: tried, the outcome read, exactly that published; the same by API and command line."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from click.testing import CliRunner
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from huoshui.commands.checklists import checklists
from huoshui.duties.models import Account
from huoshui.duties.queries import system_account
from huoshui.kernel.errors import Refusal
from huoshui.kernel.models import Entry
from huoshui.kernel.spreadsheets import XLSX
from huoshui.packs.actions import load_pack
from huoshui.packs.queries import current
from tests.visits.staging import Stage, write_pack
from tests.visits.test_exchange import cell, edited, exported
from tests.visits.test_xlsform import full, survey
from tests.web import api_client

SignIn = Callable[[Account], Client]
EXCEL = "/packs/trial/checklists/trial/excel"
FORM = "/packs/trial/xlsform"


@pytest.fixture
def stage(cast: SimpleNamespace, tmp_path: Path) -> Stage:
    load_pack(by=system_account(), folder=write_pack(tmp_path / "trial"))
    return Stage(cast)


def sent(data: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile("细则.xlsx", data, XLSX)


def agreed(html: str) -> dict[str, Any]:
    """The form that a trial's page offers."""
    form = html.partition('name="step" value="write">')[2].partition("</form>")[0]
    values: dict[str, Any] = {"step": "write"}
    for name, value in re.findall(r'name="([^"]+)" value="([^"]*)"', form):
        values.setdefault(name, []).append(value)
    return values


def better() -> bytes:
    return edited(exported(), cell("条目", 2, "看什么", "会议记录"))


def test_down_and_up_again(stage: Stage, signed_in: SignIn) -> None:
    client = signed_in(stage.lead)
    page = client.get(reverse("checklist", args=["trial", "trial"])).content.decode()
    for words in ("下载 Excel", "从 Excel 更新", "导入 XLSForm"):
        assert words in page
    got = client.get("/packs/trial/checklists/trial/checklist.xlsx")
    assert (got["Content-Type"], got.content[:2]) == (XLSX, b"PK")
    assert "没有改动" in client.post(EXCEL, {"file": sent(got.content)}).content.decode()
    html = client.post(EXCEL, {"file": sent(better())}).content.decode()
    assert "试算通过，还没有发布" in html
    assert "<del>会议</del>" in html
    assert "<ins>会议记录</ins>" in html
    before = Entry.objects.count()
    for _press in "12":
        assert client.post(EXCEL, agreed(html))["Location"] == "/packs/trial/checklists/trial/"
    assert (current("trial").number, Entry.objects.count()) == ("1.0.1", before + 2)


def test_what_is_wrong_is_listed_and_can_be_saved(stage: Stage, signed_in: SignIn) -> None:
    client = signed_in(stage.lead)
    answer = client.post(EXCEL, {"file": sent(edited(exported(), cell("条目", 2, "分值", "六")))})
    html = answer.content.decode()
    assert answer.status_code == 422
    assert "“条目”表，分值（H 列）" in html
    digest = re.findall(r"excel/([0-9a-f]{64})/problems", html)[0]
    assert client.get(reverse("checklist_excel_problems", args=["trial", "trial", digest]))["Content-Type"] == XLSX
    assert client.post(EXCEL).status_code == 422
    assert client.post(EXCEL, {"file": sent(b"PK\x03\x04")}).status_code == 422


def test_what_changed_after_the_trial_is_shown_and_not_published(stage: Stage, signed_in: SignIn) -> None:
    client = signed_in(stage.lead)
    html = client.post(EXCEL, {"file": sent(better())}).content.decode()
    other = edited(exported(), cell("条目", 3, "看什么", "主题党日"))
    client.post(EXCEL, agreed(client.post(EXCEL, {"file": sent(other)}).content.decode()))
    late = client.post(EXCEL, agreed(html))
    assert late.status_code == 409
    assert "试算之后" in late.content.decode()
    assert current("trial").number == "1.0.1"


def test_a_form_is_read_noted_and_published(stage: Stage, signed_in: SignIn) -> None:
    client = signed_in(stage.lead)
    assert "新的细则" in client.get(FORM).content.decode()
    html = client.post(FORM, {"file": sent(full()), "place_kinds": ["village"]}).content.decode()
    for words in ("没有导入", "导入了，但变了样", "“谁说的”（text）没有导入", "有无广场"):
        assert words in html
    link = re.findall(r'href="([^"]+/notes\.xlsx[^"]*)"', html)[0].replace("&amp;", "&")
    assert client.get(link)["Content-Type"] == XLSX
    assert client.post(FORM, agreed(html))["Location"] == "/packs/trial/checklists/plaza_form/"
    assert client.get("/packs/trial/checklists/plaza_form/").status_code == 200
    assert client.get("/packs/trial/checklists/plaza_form/edit").status_code == 200
    assert client.post(FORM, {"file": sent(full()), "place_kinds": ["village"]}).status_code == 409
    assert "没有改动" in client.post(FORM, {"file": sent(full()), "into": "plaza_form"}).content.decode()
    repeat = survey("begin repeat | r | 每户", "integer | n | 人数", "end repeat | |")
    refused = client.post(FORM, {"file": sent(repeat), "place_kinds": ["village"]})
    assert (refused.status_code, "要重复填的一组" in refused.content.decode()) == (422, True)


def test_who_may(stage: Stage, signed_in: SignIn) -> None:
    leader = signed_in(stage.cast.leader)
    for address in (EXCEL, FORM):
        assert leader.get(address).status_code == 403
        assert leader.post(address, {"file": sent(better())}).status_code == 403
    assert "导入 XLSForm" not in leader.get("/packs/trial/").content.decode()
    assert signed_in(stage.cast.secretary).get(EXCEL).status_code == 404
    assert signed_in(stage.lead).get("/packs/trial/checklists/none/excel").status_code == 404


def test_the_api(stage: Stage) -> None:
    api = api_client.signed_in(stage.lead)
    address = "/api/v1/packs/trial/checklists/trial"
    assert api.get(f"{address}/checklist.xlsx").content[:2] == b"PK"
    tried = api.post(f"{address}/import", {"file": sent(better())}).json()
    assert (tried["number"], tried["dry_run"], tried["changes"][0]["name"]) == ("1.0.1", True, "items.meetings")
    done = api.post(f"{address}/import", {"file": sent(better()), "dry_run": "false", "plan": tried["plan"]})
    assert (done.status_code, current("trial").number) == (200, "1.0.1")
    again = api.post(f"{address}/import", {"file": sent(better()), "dry_run": "false", "plan": tried["plan"]})
    assert again.json()["number"] == ""
    form = {"file": sent(full()), "place_kinds": "village"}
    tried = api.post("/api/v1/packs/trial/xlsform", form).json()
    assert {note["code"] for note in tried["left_out"]} >= {"xlsform.personal", "xlsform.calculation"}
    form = {"file": sent(full()), "place_kinds": "village", "dry_run": "false", "plan": "else"}
    assert api_client.codes(api.post("/api/v1/packs/trial/xlsform", form)) == ["import.plan_changed"]
    other = api_client.signed_in(stage.cast.secretary)
    assert other.post(f"{address}/import", {"file": sent(better())}).status_code == 403


def test_the_command_line(stage: Stage, tmp_path: Path) -> None:
    run = CliRunner().invoke
    book, form = tmp_path / "细则.xlsx", tmp_path / "表单.xlsx"
    assert "已写入" in run(checklists, ["export", "trial.trial", str(book)], catch_exceptions=False).output
    book.write_bytes(better())
    by = ["--by", stage.lead.username]
    tried = run(checklists, ["import", "trial.trial", str(book), *by, "--dry-run"], catch_exceptions=False)
    assert "会议 → 会议记录" in tried.output
    assert "尚未写入：trial 1.0.1" in tried.output
    form.write_bytes(full())
    given = ["xlsform", str(form), "--pack", "trial", "--place-kind", "village", *by]
    done = run(checklists, given, catch_exceptions=False)
    assert "xlsform.calculation: “survey”表" in done.output
    assert "已发布：trial 1.0.1" in done.output
    assert '"number": ""' in run(checklists, [*given, "--into", "plaza_form", "--json"], catch_exceptions=False).output
    assert isinstance(run(checklists, ["export", "trial.none", str(tmp_path / "x")]).exception, Refusal)
    assert isinstance(run(checklists, ["import", "trial.trial", str(form), *by]).exception, Refusal)
    assert isinstance(run(checklists, ["import", "trial.trial", str(book), "--by", "nobody"]).exception, Refusal)
