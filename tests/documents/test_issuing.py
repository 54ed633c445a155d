"""Issued documents: frozen with their figures, issued again with what changed, never touched."""

from __future__ import annotations

import hashlib
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from huoshui.documents.actions import ask_batch, issue, issue_document
from huoshui.documents.models import Batch, Document, Edition, EditionFile, UsedFigure
from huoshui.documents.preparing import prepare
from huoshui.documents.queries import edition_coded, used_now
from huoshui.documents.tasks import issue_batch
from huoshui.duties import actions as duties
from huoshui.duties.queries import system_account
from huoshui.figures.queries import figures_of, indicators
from huoshui.kernel.models import Entry
from huoshui.kernel.periods import period
from huoshui.packs.actions import load_pack
from huoshui.places.honours import record_honour
from tests.documents.conftest import NOTICE, PROFILE, REVIEW, refused, words
from tests.matters.conftest import Opener

ADDRESS = "https://huoshui.example"


def review(cast: SimpleNamespace, **other: Any) -> dict[str, Any]:
    asked = {"by": cast.district_office, "kind": REVIEW, "place": cast.land.district, "period": "2018"}
    return asked | {"address": ADDRESS} | other


def test_a_review_tells_every_figure_and_record_and_keeps_them(item: Any, cast: SimpleNamespace) -> None:
    honour = {"name": "文明村镇", "level": "national", "year": 2018}
    record_honour(by=cast.district_office, place=cast.land.village, **honour)
    edition = issue(**review(cast))
    word = words(bytes(edition.files.get(ending="docx").data))
    asked = [(one, period("2018")) for one in indicators().values() if "year" in one.periods]
    told = figures_of(cast.district_office, asked, cast.land.district)
    assert len(told) > 40
    for figure in told:
        assert figure.indicator.name.zh in word
        if figure.told:
            kept = edition.figures.get(indicator=figure.indicator.qualified, place=cast.land.district, period="2018")
            assert (kept.shown, kept.numerator, kept.denominator) == (
                figure.told, figure.numerator, figure.denominator,
            )  # fmt: skip
    assert "列入整改台账数 1 件" in word
    assert "新建村级党建阵地数为零" in word
    assert "没有数据的有：新建村级党建阵地投入" in word
    assert "国家级" in word
    assert "2018年没有封存的观摩成绩。" in word
    assert f"文书编号 {edition.code}" in word
    assert f"{ADDRESS}/d/{edition.code}" in word
    for file in edition.files.all():
        assert hashlib.sha256(bytes(file.data)).hexdigest() == file.sha256
    entry = Entry.objects.get(action="documents.issue")
    assert edition.files.get(ending="pdf").sha256 in entry.data


def test_what_was_issued_is_never_changed_or_deleted(cast: SimpleNamespace) -> None:
    issue(**review(cast))
    for model, column in ((Edition, "title"), (EditionFile, "sha256"), (UsedFigure, "shown")):
        table = model._meta.db_table
        for statement in (f"UPDATE {table} SET {column} = 'x'", f"DELETE FROM {table}"):
            with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
                connection.cursor().execute(statement)


def test_a_figure_that_changed_is_shown_and_the_next_edition_lists_it(open_item: Opener, cast: SimpleNamespace) -> None:
    first = issue(**review(cast))
    assert [row for row in used_now(cast.district_office, first) if row.changed] == []
    assert refused(issue, **review(cast)).code == "document.same"
    open_item()
    changed = {row.used.indicator: row for row in used_now(cast.district_office, first) if row.changed}
    opened = changed["rectification.opened"]
    assert (opened.used.told, opened.now.told if opened.now else "") == ("0 件", "1")
    assert refused(issue, **review(cast)).code == "value.required"
    second = issue(**review(cast, reason="补登一件"))
    assert (second.number, second.document) == (2, first.document)
    listed = {(one["indicator"], one["place_code"], one["period_code"]): one for one in second.changes}
    change = listed["rectification.opened", "410871", "2018"]
    assert (change["then"], change["now"]) == ("0 件", "1 件")
    word = words(bytes(second.files.get(ending="docx").data))
    assert "与上一版相比" in word
    assert "第2版" in word
    assert Document.objects.count() == 1


def test_a_draft_is_not_issued_and_neither_is_one_that_came_too_late(cast: SimpleNamespace) -> None:
    draft = prepare(**review(cast), draft=True)
    assert "草稿，未签发" in words(draft.word)
    assert not Edition.objects.exists()
    early, late = prepare(**review(cast)), prepare(**review(cast))
    for prepared in (draft, None):
        if prepared:
            assert (
                refused(issue_document, by=cast.district_office, prepared=prepared, files={}).code == "document.stale"
            )
    issue_document(by=cast.district_office, prepared=early, files={"pdf": b"%PDF"})
    assert (
        refused(issue_document, by=cast.district_office, prepared=late, files={"pdf": b"%PDF"}).code == "document.stale"
    )
    assert refused(issue_document, by=cast.leader, prepared=late, files={"pdf": b"%PDF"}).code == "document.stale"


@pytest.mark.parametrize(
    ("other", "code"),
    [
        ({"period": "2018-03"}, "document.period"),
        ({"period": "2018-02-30"}, "document.period"),
        ({"kind": "documents.nothing"}, "document.kind"),
        ({"kind": PROFILE}, "document.place"),
        ({"organ": "长" * 101}, "value.too_long"),
    ],
)
def test_what_cannot_be_written(cast: SimpleNamespace, other: dict[str, str], code: str) -> None:
    assert refused(issue, **review(cast, **other)).code == code


def test_the_periods_that_a_document_has_are_told_in_words(cast: SimpleNamespace) -> None:
    told = refused(issue, **review(cast, period="2018-03"))
    assert "它按这些期间写：年；" in told.problems[0].what_next("zh-hans")


ROLE = """
- code: clerk
  name: {zh: 文书员, en: Clerk}
  permissions: [place.view, document.view, document.issue]
"""


def test_nobody_issues_what_they_may_not_see(cast: SimpleNamespace, tmp_path: Path) -> None:
    town = review(cast, by=cast.town_office)
    assert refused(issue, **town).code == "access.denied"  # the district is not the town's
    assert refused(issue, **review(cast, by=cast.secretary, place=cast.land.village)).code == "access.denied"
    folder = tmp_path / "clerks"
    folder.mkdir()
    manifest = "code: clerks\nversion: 1.0.0\nname: {zh: 文书员, en: Clerks}\ndescription: {zh: 试, en: Test}\n"
    (folder / "pack.yaml").write_text(manifest, encoding="utf-8")
    (folder / "roles.yaml").write_text(ROLE, encoding="utf-8")
    load_pack(by=system_account(), folder=folder)
    duties.grant_duty(by=system_account(), account=cast.stranger, role="clerk", place=cast.land.district)
    refusal = refused(issue, **review(cast, by=cast.stranger))
    assert (refusal.code, refusal.problems[0].params["permission"]) == ("access.denied", "查看数据")
    assert not Edition.objects.exists()


def test_notices_of_one_day_are_documents_of_their_own(cast: SimpleNamespace) -> None:
    def notice(subject: str, body: str, **other: Any) -> Edition:
        texts = {"subject": subject, "body": body}
        return issue(**review(cast, kind=NOTICE, period="2018-04-02", texts=texts, **other))

    first, second = notice("关于清明防火的通知", "请各村值班。"), notice("关于台账的通知", "请按时销号。")
    assert first.document != second.document
    assert (first.number, second.number) == (1, 1)
    again = notice(" 关于清明防火的通知 ", "请各村昼夜值班。", reason="补充时间")
    assert (again.document, again.number) == (first.document, 2)
    texts = {"subject": "关于台账的通知", "body": "请各村按时销号。"}
    asked = review(cast, kind=NOTICE, period="2018-04-02", texts=texts)
    assert refused(issue, **asked).code == "value.required"  # why it is issued again


def test_a_batch_issues_one_for_each_place_once(cast: SimpleNamespace, open_item: Opener) -> None:
    asked = {"by": cast.town_office, "kind": PROFILE, "place": cast.land.town, "period": "2018", "address": ADDRESS}
    batch = ask_batch(**asked)
    issue_batch.call(str(batch.pk))
    batch.refresh_from_db()
    assert (batch.places, batch.issued, batch.same, batch.refused) == (3, 3, 0, [])
    assert {one.place for one in Document.objects.all()} == {
        cast.land.village, cast.land.village2, cast.land.village3,
    }  # fmt: skip
    open_item()
    again = ask_batch(**asked)
    issue_batch.call(str(again.pk))
    again = Batch.objects.get(pk=again.pk)
    assert (again.issued, again.same) == (1, 2)
    issue_batch.call(str(again.pk))
    assert Edition.objects.count() == 4
    assert refused(ask_batch, **asked | {"kind": NOTICE}).code == "document.by_hand"
    assert refused(ask_batch, **asked | {"period": "2018-03"}).code == "document.period"
    assert refused(ask_batch, **asked | {"by": cast.other_town_office}).code == "access.denied"
    assert refused(
        ask_batch, **asked | {"by": cast.district_office, "kind": REVIEW, "place": cast.land.village}
    ).code == ("document.no_places")


def test_an_edition_is_found_by_its_code_however_it_was_typed(cast: SimpleNamespace) -> None:
    edition = issue(**review(cast))
    code = edition.code
    for typed in (code, code.lower(), f" {code[:4]}-{code[4:]} ", f"{code[:4]} {code[4:]}"):
        assert edition_coded(cast.district_office, typed) == edition
        assert edition_coded(cast.stranger if hasattr(cast, "stranger") else cast.other_secretary, typed) is None


def test_a_colon_that_was_typed_is_not_doubled(cast: SimpleNamespace) -> None:
    texts = {"subject": "关于核验的通知", "body": "请办理。", "addressee": "各乡镇、街道： "}
    edition = issue(**review(cast, kind=NOTICE, period="2018-03", texts=texts))
    assert "各乡镇、街道：\n" in words(bytes(edition.files.get(ending="docx").data))
