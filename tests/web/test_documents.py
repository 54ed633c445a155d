"""The pages and the API of documents, and ``huoshui report``."""

from __future__ import annotations

import hashlib
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
from django.db import connection
from django.test import Client
from pypdf import PdfReader

from huoshui.commands import huoshui
from huoshui.documents.models import Batch, DocumentTemplate, Edition
from huoshui.duties.models import Account
from huoshui.search.keeping import keep_up
from huoshui.web.api import documents as documents_api
from tests.documents.conftest import word_of, words
from tests.matters.conftest import Opener, open_item
from tests.web.api_client import codes, done, send
from tests.web.api_client import signed_in as api

__all__ = ["open_item"]

SignIn = Callable[[Account], Client]
NEW = "/documents/new?kind=documents.year_review"
FORM = {"place": "410871", "period": "2018", "organ": "示范区党建办"}


def text_of(answer: Any, status: int = 200) -> str:
    assert answer.status_code == status, answer.content.decode()[:500]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def test_a_document_is_drafted_looked_at_and_issued(
    open_item: Opener, cast: SimpleNamespace, signed_in: SignIn
) -> None:
    open_item()
    client = signed_in(cast.district_office)
    assert "年度工作综述" in text_of(client.get("/documents/new"))
    form = client.get(f"{NEW}&place=410871")
    assert 'value="2017"' in form.content.decode()  # last year
    draft = client.post(NEW, FORM | {"do": "preview"})
    said = text_of(draft)
    for words_ in ("草稿，未签发", "列入整改台账数 1 件", "示范区党建办", "没有数据的有"):
        assert words_ in said
    assert 'href="/figures/rectification.opened/?place=410871&amp;period=2018"' in draft.content.decode()
    assert not Edition.objects.exists()
    issued = client.post(NEW, FORM | {"do": "issue"})
    edition = Edition.objects.get()
    assert (issued.status_code, issued["Location"]) == (302, f"/d/{edition.code}")
    page = client.get(f"/d/{edition.code.lower()}")
    said = text_of(page)
    keep_up()
    for typed in (
        f"/d/{edition.code}/",
        f"/d/{edition.code[:4]}-{edition.code[4:]}",
        f"/search?q={edition.code.lower()}",
    ):
        assert edition.code in text_of(client.get(typed)), "found by its printed code however it is typed"
    for words_ in ("焦作城乡一体化示范区2018年工作综述", "第 1 版", "用到的数", edition.code, "标准模板"):
        assert words_ in said
    used = edition.figures.get(indicator="rectification.opened", period="2018", place=cast.land.district)
    assert f'id="f{used.at}"' in page.content.decode()
    assert "个数变了" not in said
    open_item()
    said = text_of(client.get(f"/d/{edition.code}"))
    assert "签发以后有" in said
    assert "列入整改台账数 焦作城乡一体化示范区 2018 1 件 2 件" in said
    assert "原因" in text_of(client.post(NEW, FORM | {"do": "issue"}), 422)
    client.post(NEW, FORM | {"do": "issue", "reason": "补登"})
    newest = Edition.objects.get(number=2)
    said = text_of(client.get(f"/d/{newest.code}"))
    assert "和上一版的差别" in said
    assert "列入整改台账数 焦作城乡一体化示范区 2018年 1 件 2 件" in said
    assert "已有新版：第 2 版" in text_of(client.get(f"/d/{edition.code}"))
    listed = text_of(client.get("/documents/?kind=documents.year_review&year=2018&place=410871"))
    assert newest.code in listed
    assert edition.code not in listed


def links_of(pdf: bytes) -> set[str]:
    return {
        str(one.get_object()["/A"]["/URI"])
        for page in PdfReader(io.BytesIO(pdf)).pages
        for one in page.get("/Annots", [])
        if "/URI" in one.get_object().get("/A", {})
    }


def test_the_files_are_the_kept_bytes(cast: SimpleNamespace, signed_in: SignIn) -> None:
    client = signed_in(cast.district_office)
    client.post(NEW, FORM | {"do": "issue"})
    edition = Edition.objects.get()
    for ending in ("docx", "pdf"):
        data = client.get(f"/d/{edition.code}/document.{ending}").content
        assert hashlib.sha256(data).hexdigest() == edition.files.get(ending=ending).sha256
    assert f"http://testserver/d/{edition.code}" in words(client.get(f"/d/{edition.code}/document.docx").content)
    links = links_of(client.get(f"/d/{edition.code}/document.pdf").content)
    ours = edition.figures.get(indicator="core.villages", period="2018", place=cast.land.district)
    assert f"http://testserver/d/{edition.code}#f{ours.at}" in links
    assert client.get(f"/d/{edition.code}/document.txt").status_code == 404


def test_who_may_see_and_do_what(cast: SimpleNamespace, signed_in: SignIn) -> None:
    signed_in(cast.district_office).post(NEW, FORM | {"do": "issue"})
    code = Edition.objects.get().code
    town = signed_in(cast.town_office)
    assert town.get(f"/d/{code}").status_code == 404
    assert code not in town.get("/documents/").content.decode()
    assert town.post(NEW, FORM | {"do": "issue"}).status_code == 403
    village = signed_in(cast.secretary)
    assert village.get("/documents/new").status_code == 404
    assert village.post("/documents/templates/documents.year_review/", {"place": "410871203201"}).status_code == 422
    stranger = signed_in(cast.stranger)
    assert 'href="/documents/"' not in stranger.get("/").content.decode()
    assert stranger.get("/documents/templates/").status_code == 403


def test_templates_are_downloaded_checked_and_replaced(cast: SimpleNamespace, signed_in: SignIn) -> None:
    client = signed_in(cast.district_office)
    assert "一村一页" in text_of(client.get("/documents/templates/"))
    standard = client.get("/documents/templates/documents.year_review/standard.docx")
    assert "{{ title }}" in words(standard.content)

    def upload(data: bytes) -> Any:
        file = SimpleUploadedFile("自己的.docx", data)
        return client.post("/documents/templates/documents.year_review/", {"place": "410871", "file": file})

    refused = text_of(upload(word_of("{{ title }}", "本年 {{ nothing }}")), 422)
    assert "模板里的“nothing”没有这个名字。在这一段：“本年 {{ nothing }}”" in refused.replace("&quot;", "“")
    assert upload(standard.content).status_code == 302
    kept = DocumentTemplate.objects.get()
    assert "自己的.docx" in text_of(client.get("/documents/templates/documents.year_review/"))
    assert client.get(f"/documents/templates/{kept.pk}.docx").content == standard.content


def test_a_batch_is_asked_for_on_the_page(cast: SimpleNamespace, signed_in: SignIn) -> None:
    client = signed_in(cast.town_office)
    form = {"place": "410871203", "period": "2018", "do": "batch"}
    answer = client.post("/documents/new?kind=documents.village_profile", form)
    batch = Batch.objects.get()
    assert answer["Location"] == f"/documents/batches/{batch.pk}/"
    assert "共 3 份" in text_of(client.get(answer["Location"]))
    Batch.objects.update(done_at="2018-04-02T04:00:00Z", issued=2, refused=[{"place": "寨卜昌村", "why": "没有权限"}])
    assert "寨卜昌村" in text_of(client.get(answer["Location"]))


def test_the_api(open_item: Opener, cast: SimpleNamespace) -> None:
    open_item()
    client = api(cast.district_office)
    kinds = {one["code"]: one for one in done(client.get("/api/v1/documents/kinds"))["items"]}
    assert kinds["documents.notice"]["texts"] == ["number", "addressee", "copies", "subject", "body"]
    body = {"kind": "documents.year_review", "place": "410871", "period": "2018"}
    draft = send(client, "POST", "/documents/draft.pdf", body)
    assert draft.content.startswith(b"%PDF")
    made = done(send(client, "POST", "/documents", body, key="once"))
    assert done(send(client, "POST", "/documents", body, key="once")) == made
    assert codes(send(client, "POST", "/documents", body)) == ["document.same"]
    found = done(client.get(f"/api/v1/documents/{made['code']}"))
    opened = next(one for one in found["figures"] if one["indicator"] == "rectification.opened")
    assert (opened["value"], opened["now"], opened["changed"]) == ("1", "1", False)
    assert "列入整改台账数 1 件" in "".join(found["text"])
    data = client.get(f"/api/v1/documents/{made['code']}/document.docx").content
    assert hashlib.sha256(data).hexdigest() == found["files"]["docx"]
    assert [one["code"] for one in done(client.get("/api/v1/documents?place=410871"))["items"]] == [made["code"]]
    template = done(client.get("/api/v1/documents/templates/documents.year_review?place=410871"))
    assert (template["number"], template["sha256"]) == (0, found["template_sha256"])
    standard = client.get("/api/v1/documents/templates/documents.year_review/standard.docx").content
    file = SimpleUploadedFile("t.docx", standard)
    put = done(client.post("/api/v1/documents/templates/documents.year_review/410871", {"file": file}))
    assert (put["number"], put["file"]) == (1, "t.docx")
    asked = done(send(client, "POST", "/documents/batches", body | {"kind": "documents.village_profile"}))
    assert done(client.get(f"/api/v1/documents/batches/{asked['id']}"))["places"] == 5
    assert codes(send(client, "POST", "/documents", body | {"period": "2018-03"})) == ["document.period"]


def test_the_api_prepares_before_it_writes(cast: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> None:
    depth, seen = len(connection.savepoint_ids), []
    real = documents_api.prepare
    monkeypatch.setattr(
        documents_api, "prepare", lambda **given: (seen.append(len(connection.savepoint_ids)), real(**given))[1]
    )
    body = {"kind": "documents.round_result", "place": "410871", "period": "2018"}
    for _time in range(2):
        done(send(api(cast.district_office), "POST", "/documents", body, key="k"))
    assert seen == [depth]


def run(*words_: str) -> Any:
    return CliRunner().invoke(huoshui, ["report", *words_])


def test_the_command(open_item: Opener, cast: SimpleNamespace, tmp_path: Path, settings: Any) -> None:
    item = open_item()
    listed = json.loads(run("list", "--json").output)
    assert {row["code"] for row in listed} >= {"documents.year_review", "documents.bulletin"}
    word, pdf, many, template = (tmp_path / name for name in ("a.docx", "a.pdf", "many.pdf", "t.docx"))
    asked = ("--place", "410871", "--period", "2018")
    made = run("year_review", *asked, "--out", str(word))
    assert made.exit_code == 0, made.output
    assert "列入整改台账数 1 件" in words(word.read_bytes())
    assert "草稿，未签发" in words(word.read_bytes())
    assert not Edition.objects.exists()
    issued = run("documents.year_review", *asked, "--out", str(pdf), "--issue", "--address", "https://a.example")
    assert issued.exit_code == 0, issued.output
    edition = Edition.objects.get()
    assert edition.code in "".join(page.extract_text() for page in PdfReader(pdf).pages)
    assert pdf.read_bytes() == bytes(edition.files.get(ending="pdf").data)
    settings.CONFIG = settings.CONFIG.model_copy(update={"site_url": "https://b.example"})
    linked = tmp_path / "linked.pdf"
    assert run("documents.year_review", *asked, "--out", str(linked)).exit_code == 0
    opened = "https://b.example/figures/rectification.opened/?place=410871&period=2018"
    assert opened in links_of(linked.read_bytes()), "without --address the site's own"
    assert run("village_profile", *asked, "--each", "--out", str(many)).exit_code == 0
    pages = ["".join(page.extract_text().split()) for page in PdfReader(many).pages]
    assert len(pages) == 5
    assert item.number in "".join(pages)
    assert run("template", "bulletin", "--out", str(template)).exit_code == 0
    assert "{{ organ }}" in words(template.read_bytes())


@pytest.mark.parametrize(
    ("words_", "said"),
    [
        (("year_review", "--place", "410871", "--period", "2018-03", "--out", "{}/x.pdf"), "document.period"),
        (("year_review", "--place", "410871", "--period", "2018", "--out", "{}/x.txt"), "document.output"),
        (("year_review", "--place", "410871203201", "--period", "2018", "--out", "{}/x.pdf"), "document.place"),
        (("nothing", "--place", "410871", "--period", "2018", "--out", "{}/x.pdf"), "document.kind"),
        (
            ("village_profile", "--place", "410871", "--period", "2018", "--each", "--out", "{}/x.docx"),
            "document.each_pdf",
        ),
        (("year_review", "--place", "99", "--period", "2018", "--out", "{}/x.pdf"), "filter.not_found"),
        (("notice", "--place", "410871", "--period", "2018", "--out", "{}/x.pdf", "--issue"), "value.required"),
        (("year_review", "--out", "{}/x.pdf"), "--place"),
    ],
)
def test_what_the_command_refuses(cast: SimpleNamespace, tmp_path: Path, words_: tuple[str, ...], said: str) -> None:
    answer = run(*(word.format(tmp_path) for word in words_))
    assert answer.exit_code != 0
    assert said in answer.output
    assert not list(tmp_path.iterdir())
