"""Personal fields of matters, end to end: kept by the vault, masked wherever they show, seen for a reason, erased."""

from __future__ import annotations

import datetime as dt
import io
import json
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection
from django.db.models import Q
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from huoshui.commands.background import tidy
from huoshui.duties.actions import grant_duty
from huoshui.duties.queries import system_account
from huoshui.duties.scopes import everything
from huoshui.duties.tokens import issue_token
from huoshui.kernel import journal
from huoshui.kernel.errors import Refusal
from huoshui.kernel.models import Entry
from huoshui.matters.actions import advance, edit_fields, open_matter
from huoshui.matters.ledger_export import ledger_workbook
from huoshui.matters.models import Matter, MatterValue, Step
from huoshui.matters.queries import LedgerFilter, ledger, ledger_rows, matter_story, matter_values
from huoshui.packs.actions import check_pack, load_pack
from huoshui.search.keeping import keep_up
from huoshui.search.models import Indexed
from huoshui.vault.actions import erase_due, reveal
from huoshui.vault.models import RecordKey
from tests.matters.conftest import at
from tests.reports.test_typesetting import pages as pdf_text
from tests.web.conftest import signed_in  # noqa: F401 - a fixture

PHONE, OTHER = "13800138000", "13911112222"
MASK = "1*********0"
HOME = "寨卜昌村东街第十七号院"
PACK = """\
code: calls
version: 1.0.0
name: {zh: 来访, en: Calls}
description: {zh: 试验, en: Trial}
requires: [core, rectification]
"""
ROLES = """\
- code: call_back
  name: {zh: 回访员, en: Caller back}
  permissions: [place.view, matter.view, personal.reveal]
"""
STATED = """\
  personal:
    purpose: {zh: 办结后回访, en: Calling back when it is done}
    basis: {zh: 本人同意, en: Consent of the person}
    keep_days: 30
"""
MATTERS = """\
- code: petition
  name: {zh: 来访事项, en: Call}
  number_prefix: LF
  opened_by: [town_office]
  fields:
    - {code: phone, name: {zh: 联系电话, en: Phone}, type: text, max_length: 20, required: true, personal: true}
    - {code: home, name: {zh: 住址, en: Address}, type: long_text, personal: true}
    - {code: progress, name: {zh: 进展, en: Progress}, type: text}
  severities:
    - {code: ordinary, name: {zh: 一般, en: Ordinary}}
  states:
    - {code: doing, name: {zh: 办理中, en: Doing}, phase: open, editable: [title, phone, home],
       edited_by: [town_office]}
    - {code: done, name: {zh: 待核验, en: Done}, phase: submitted}
    - {code: ended, name: {zh: 办结, en: Ended}, phase: closed}
  initial: doing
  transitions:
    - {code: hand_in, name: {zh: 提交, en: Hand in}, from: [doing], to: done, roles: [village_secretary],
       requires: [progress], fields: [home]}
    - {code: confirm, name: {zh: 核验, en: Confirm}, from: [done], to: ended, roles: [verifier], verifies: true,
       not_by: [hand_in], other_unit_than: [hand_in], close_reason: resolved}
    - {code: reopen, name: {zh: 重开, en: Reopen}, from: [ended], to: doing, roles: [verifier]}
  ledger:
    - {column: number, name: {zh: 编号, en: Number}}
    - {column: phone, name: {zh: 电话, en: Phone}}
    - {column: home, name: {zh: 住址, en: Address}}
"""
KIND = "calls.petition"


def written(folder: Path, matters: str = MATTERS + STATED) -> Path:
    for name, text in (("pack", PACK), ("roles", ROLES), ("matters", matters)):
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    return folder


@pytest.fixture
def office(cast: SimpleNamespace, tmp_path: Path, settings: Any) -> SimpleNamespace:
    """The cast with the pack loaded; the town's assessor calls back, and alone may see personal values."""
    settings.DATA_DIR = tmp_path
    settings.JOURNAL_CHECKPOINT_DIRS = [tmp_path / "checkpoints"]
    load_pack(by=system_account(), folder=written(tmp_path))
    grant_duty(
        by=system_account(), account=cast.assessor, role="call_back", place=cast.land.town, since=dt.date(2016, 1, 1)
    )
    return cast


@pytest.fixture
def call(office: SimpleNamespace) -> Matter:
    return open_matter(
        by=office.town_office, kind=KIND, place=office.land.village, title="门前路灯不亮", values={"phone": PHONE}
    )


def to_the_end(matter: Matter, office: SimpleNamespace, **values: Any) -> Matter:
    given = {"progress": "已换灯"} | values
    matter = advance(by=office.secretary, matter=matter, transition="hand_in", values=given)
    return advance(by=office.verifier, matter=matter, transition="confirm")


def everything_stored() -> Iterator[str]:
    """Every row of every table, bytes as text too; of the search's index what it is made of and what it consists of."""
    keep_up()
    with connection.cursor() as cursor:
        tables = set(connection.introspection.table_names(cursor))
        # FTS5 without content cannot be walked itself; the tables that it keeps its index in can.
        for table in sorted(tables - ({"search_words"} if connection.vendor == "sqlite" else set())):
            cursor.execute(f'SELECT * FROM "{table}"')
            for row in cursor.fetchall():
                cells = (bytes(cell) if isinstance(cell, memoryview) else cell for cell in row)
                yield " ".join(
                    cell.decode("utf-8", "replace") if isinstance(cell, bytes) else str(cell) for cell in cells
                )


def data_of(action: str) -> Any:
    return json.loads(Entry.objects.filter(action=action).latest("seq").data)


def test_the_kind_must_state_why_and_for_how_long(packs: None, tmp_path: Path) -> None:
    (finding,) = check_pack(written(tmp_path, MATTERS)).findings
    assert (Path(finding.file).name, finding.line, finding.problem.code) == (
        "matters.yaml", 6, "workflow.personal_unstated",
    )  # fmt: skip
    without = STATED.replace("    keep_days: 30\n", "")
    assert [f.problem.code for f in check_pack(written(tmp_path, MATTERS + without)).findings] == ["pack.key_missing"]


def test_only_texts_and_never_a_place(packs: None, tmp_path: Path) -> None:
    dated = MATTERS.replace("type: long_text,", "type: date,") + STATED
    written(tmp_path, dated)
    (tmp_path / "place_kinds.yaml").write_text(
        "- code: yard\n  name: {zh: 院, en: Yard}\n  category: site\n  parents: [village]\n  attributes:\n"
        "    - {code: holder, name: {zh: 户主, en: Holder}, type: text, personal: true}\n",
        encoding="utf-8",
    )
    found = {f"{Path(f.file).name}:{f.line}: {f.problem.code}" for f in check_pack(tmp_path).findings}
    assert found == {"matters.yaml:7: workflow.field_personal", "place_kinds.yaml:6: pack.attribute_personal"}


def test_only_those_of_one_stop_services_may_look(packs: None) -> None:
    """They call the applicant back, or whoever raised a topic; no other built-in role sees a personal value."""
    from huoshui.duties.queries import roles_with

    assert set(roles_with("personal.reveal")) == {
        "service_agent", "service_window", "service_supervisor", "council_convenor",
    }  # fmt: skip


def test_encrypted_at_rest_and_digest_in_the_journal(
    call: Matter, office: SimpleNamespace, caplog: pytest.LogCaptureFixture
) -> None:
    matter = edit_fields(by=office.town_office, matter=call, values={"home": HOME})
    to_the_end(matter, office, home=HOME + "后院")
    rows = list(everything_stored())
    assert [row for row in rows if PHONE in row or HOME in row] == []
    assert any(call.title in row for row in rows)
    assert not MatterValue.objects.filter(code__in=["phone", "home"]).exists()
    assert data_of("matters.open")["after"]["phone"].startswith("keyed:")
    assert data_of("matters.edit")["after"]["home"].startswith("keyed:")
    assert Step.objects.get(transition="open").data == {"phone": "****"}
    assert PHONE not in caplog.text


def test_unchanged_shows_no_change_and_empty_or_masked_leaves_it(call: Matter, office: SimpleNamespace) -> None:
    before = Entry.objects.count()
    for same in (PHONE, "", "  ", MASK):
        matter = edit_fields(by=office.town_office, matter=call, values={"phone": same})
        assert (matter.version, Entry.objects.count()) == (call.version, before)
    assert shown(matter) == {"phone": MASK}
    advance(by=office.secretary, matter=matter, transition="hand_in", values={"progress": "好了", "home": ""})
    data = data_of("matters.advance")
    assert not {"phone", "home"} & (data["before"].keys() | data["after"].keys())


def shown(matter: Matter) -> dict[str, str]:
    return {item.field.code: item.shown for item in matter_values(matter)}


def test_a_change_shows_in_the_journal_and_clearing_is_explicit(call: Matter, office: SimpleNamespace) -> None:
    matter = edit_fields(by=office.town_office, matter=call, values={"phone": OTHER, "home": HOME})
    data = data_of("matters.edit")
    assert data["before"]["phone"] != data["after"]["phone"]
    assert shown(matter) == {"phone": "1*********2", "home": "寨*********院"}
    matter = edit_fields(by=office.town_office, matter=matter, values={"home": None})
    assert shown(matter) == {"phone": "1*********2"}
    assert data_of("matters.edit")["after"] == {"home": None}
    for wrong, code in ((MASK, "matter.personal_masked"), (None, "value.required")):
        with pytest.raises(Refusal) as refused:
            edit_fields(by=office.town_office, matter=matter, values={"phone": wrong})
        assert refused.value.code == code


def test_a_refused_step_keeps_nothing(call: Matter, office: SimpleNamespace) -> None:
    with pytest.raises(Refusal):
        advance(by=office.secretary, matter=call, transition="hand_in", values={"home": HOME})
    assert shown(call) == {"phone": MASK}


def test_a_stale_edit_shows_masks_alone(call: Matter, office: SimpleNamespace) -> None:
    edit_fields(by=office.town_office, matter=call, values={"title": "路灯"})
    with pytest.raises(Refusal) as refused:
        edit_fields(by=office.town_office, matter=call, values={"phone": OTHER, "home": ""}, seen_version=call.version)
    assert refused.value.extra["mine"] == {"phone": "1*********2"}
    assert refused.value.extra["theirs"] == {"phone": MASK}


def test_masked_in_ledger_excel_and_story(
    call: Matter, office: SimpleNamespace, django_assert_num_queries: Any
) -> None:
    (row,) = ledger_rows(ledger(office.leader, LedgerFilter(kind=KIND)))
    assert row.cells == (call.number, MASK, None)
    book = load_workbook(io.BytesIO(ledger_workbook(actor=office.district_office, filters=LedgerFilter(kind=KIND))))
    assert book.active["B3"].value == MASK
    assert matter_story(call)[0].values == {"联系电话": "****"}
    assert not ledger(office.leader, LedgerFilter(text=PHONE)).exists()


def test_masked_on_every_page_and_over_the_api(call: Matter, office: SimpleNamespace, signed_in: Any) -> None:  # noqa: F811
    client = signed_in(office.town_office)
    edit_fields(by=office.town_office, matter=call, values={"phone": OTHER})
    keep_up()
    assert not Indexed.objects.filter(Q(text__contains=OTHER) | Q(keys__contains=OTHER)).exists()
    pages = {
        name: client.get(address).content.decode()
        for name, address in {
            "page": reverse("matter", args=[call.number]),
            "edit": reverse("matter", args=[call.number]) + "?do=edit",
            "beside": reverse("matter_beside", args=[call.number]),
            "ledger": reverse("ledger") + f"?kind={KIND}",
            "search": reverse("search") + f"?q={OTHER}",
            "found": reverse("find") + f"?q={OTHER[3:]}&kind=matters",
        }.items()
    }
    pages["wall"] = "".join(pdf_text(client.get(reverse("ledger_pdf") + f"?kind={KIND}").content))
    journal_page = signed_in(office.auditor).get(reverse("journal")).content.decode()
    assert [name for name, text in (pages | {"journal": journal_page}).items() if OTHER in text or PHONE in text] == []
    assert [name for name in ("page", "edit", "beside", "ledger", "wall") if "1*********2" not in pages[name]] == []
    assert "keyed:" not in pages["page"] + journal_page
    assert 'value="1*********2"' not in pages["edit"]
    assert "办结后回访" in pages["page"]
    assert "f-personal-reason" not in pages["page"]
    _, token = issue_token(
        by=office.town_office, account=office.town_office, name="试", days=30, scopes=everything(write=True)
    )
    api = Client(headers={"Authorization": f"Bearer {token}"})
    answer = api.get(f"/api/v1/matters/{call.number}")
    assert answer.json()["values"] == {"phone": "1*********2"}
    body = {"values": {"phone": PHONE}, "seen_version": call.version}
    stale = api.patch(f"/api/v1/matters/{call.number}", body, content_type="application/json")
    assert stale.status_code == 409
    assert PHONE not in stale.content.decode()


def test_the_form_leaves_changes_and_clears(call: Matter, office: SimpleNamespace, signed_in: Any) -> None:  # noqa: F811
    client = signed_in(office.town_office)

    def send(**values: str) -> Any:
        version = Matter.objects.get(pk=call.pk).version
        return client.post(reverse("matter_edit", args=[call.number]), {"title": "灯", "version": version, **values})

    assert send(phone="", home=HOME).status_code == 302
    assert shown(call) == {"phone": MASK, "home": "寨*********院"}
    page = client.get(reverse("matter", args=[call.number]) + "?do=edit").content.decode()
    assert 'name="clear-home"' in page
    assert 'name="clear-phone"' not in page  # it is required
    assert send(phone="", home="", **{"clear-home": "1"}).status_code == 302
    assert shown(call) == {"phone": MASK}
    refused = send(phone="1" * 21, home="")
    assert (refused.status_code, refused["Cache-Control"]) == (422, "no-store")


def test_a_look_needs_the_permission_and_a_reason(call: Matter, office: SimpleNamespace, signed_in: Any) -> None:  # noqa: F811
    address = reverse("matter_reveal", args=[call.number])
    asked = {"personal-look": "1", "field": "phone", "reason": "回访"}
    denied = signed_in(office.town_office).post(address, asked)
    assert denied.status_code == 403
    client = signed_in(office.assessor)
    page = client.get(reverse("matter", args=[call.number])).content.decode()
    assert "f-personal-reason" in page
    without = client.post(address, asked | {"reason": " "})
    assert without.status_code == 422
    assert PHONE not in denied.content.decode() + without.content.decode() + page
    assert not Entry.objects.filter(action="vault.reveal").exists()
    seen = client.post(address, asked)
    assert (seen.status_code, seen["Cache-Control"]) == (200, "no-store")
    assert seen.content.decode().count(PHONE) == 1
    again = client.get(reverse("matter", args=[call.number])).content.decode()
    assert PHONE not in again
    assert "联系电话：回访" in again
    entry = Entry.objects.get(action="vault.reveal")
    assert (entry.restricted, entry.subject_id, entry.actor_id) == (True, call.pk, office.assessor.pk)
    assert json.loads(entry.data) == {"note": "phone：回访"}
    assert client.post(address, asked | {"field": "progress"}).status_code == 410


def test_a_duty_of_another_pack_shows_nothing(call: Matter, office: SimpleNamespace) -> None:
    start = dt.date(2016, 1, 1)
    grant_duty(
        by=system_account(), account=office.village_lead, role="call_back", place=office.land.village, since=start,
        pack="rectification",
    )  # fmt: skip
    with pytest.raises(Refusal) as refused:
        reveal(by=office.village_lead, record=call, place=call.place, code="phone", reason="回访", pack=call.pack)
    assert refused.value.code == "access.denied"


def test_erased_on_schedule_and_the_journal_stays_whole(call: Matter, office: SimpleNamespace) -> None:
    assert RecordKey.objects.get().delete_on is None
    matter = to_the_end(call, office)
    assert RecordKey.objects.get().delete_on == dt.date(2018, 5, 2)
    matter = advance(by=office.verifier, matter=matter, transition="reopen")
    assert RecordKey.objects.get().delete_on is None
    matter = to_the_end(matter, office, progress="又换了")
    assert erase_due(by=system_account(), today=dt.date(2018, 5, 1)) == 0
    with at("2018-05-02"):
        tidy()
    assert not RecordKey.objects.exists()
    assert "phone" not in shown(matter)
    entry = Entry.objects.get(action="vault.erase_due")
    assert (entry.subject_label, entry.place_path) == (str(matter), matter.place.path)
    assert matter_story(matter)[-1].what == "个人信息已按期删除"
    (row,) = ledger_rows(ledger(office.leader, LedgerFilter(kind=KIND)))
    assert row.cell("phone") is None
    with pytest.raises(Refusal) as refused:
        reveal(by=office.assessor, record=matter, place=matter.place, code="phone", reason="回访")
    assert refused.value.code == "vault.erased"
    assert [row for row in everything_stored() if PHONE in row or MASK in row] == []
    journal.seal_pending(whole=True)
    assert journal.verify().ok
