"""The workbench of packs over HTTP: what a form writes, what it leaves, and who gets in."""

from __future__ import annotations

import io
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from openpyxl import Workbook

from huoshui.duties.models import Account
from huoshui.kernel.spreadsheets import XLSX
from huoshui.packs.drafting import check_draft
from huoshui.packs.models import PackDraft, PackVersion
from huoshui.packs.queries import current
from tests.web.conftest import BACKEND

DRAFT = "/packs/-drafts/gates/"
ITEM = f"{DRAFT}matters/item/"


def office(account: Account) -> Client:
    client = Client()
    client.force_login(account, backend=BACKEND)
    return client


@pytest.fixture
def admin(cast: SimpleNamespace, packs: None) -> Client:
    return office(cast.administrator)


@pytest.fixture
def draft(admin: Client) -> PackDraft:
    """A copy of the rectification ledger, made on the page."""
    sent = {"way": "copy", "copy_of": "rectification", "name": "水闸检查", "code": "gates"}
    assert admin.post("/packs/-new/", sent).status_code == 302
    return PackDraft.objects.get(pack="gates")


def item() -> dict[str, Any]:
    """The draft's kind of matter as it stands."""
    found: dict[str, Any] = PackDraft.objects.get(pack="gates").content["matters"][0]
    return found


def seen() -> int:
    return PackDraft.objects.get(pack="gates").version


def as_sent(page: Any) -> dict[str, Any]:
    """What a browser sends of a form that is left as it is."""
    sent: dict[str, Any] = {"seen": seen()}
    for cell, value in page.context["inputs"]:
        match cell.kind:
            case "flag":
                sent |= {cell.name: "1"} if value else {}
            case "label" | "long_label":
                sent |= {f"{cell.name}.zh": value["zh"], f"{cell.name}.en": value["en"]}
            case _:
                sent[cell.name] = value
    return sent


def workbook(*rows: tuple[Any, ...]) -> SimpleUploadedFile:
    book = Workbook()
    assert book.active is not None
    for row in rows:
        book.active.append(row)
    data = io.BytesIO()
    book.save(data)
    return SimpleUploadedFile("水闸.xlsx", data.getvalue(), XLSX)


@pytest.mark.parametrize("path", [DRAFT, f"{DRAFT}about", ITEM, f"{ITEM}head", f"{ITEM}transitions/2", f"{ITEM}yaml"])
def test_pages_ask_little(admin: Client, draft: PackDraft, django_assert_max_num_queries: Any, path: str) -> None:
    admin.get(path)
    with django_assert_max_num_queries(15):
        assert admin.get(path).status_code == 200


@pytest.mark.parametrize("path", ["/packs/-new/", DRAFT, ITEM, f"{ITEM}head", f"{DRAFT}pack.zip"])
def test_whoever_may_not_load_packs_gets_nowhere(
    cast: SimpleNamespace, admin: Client, draft: PackDraft, path: str
) -> None:
    for who in (cast.secretary, cast.review_lead):
        assert office(who).get(path).status_code in (403, 404)
    assert "新建机制" not in office(cast.review_lead).get("/packs/").content.decode()


def test_a_form_writes_its_keys_and_leaves_the_others(admin: Client, draft: PackDraft) -> None:
    """Lights, ladder, letter and what else has no form stay, and so does how often a photo counts."""
    before = item()
    step = next(at for at, one in enumerate(before["transitions"]) if one["code"] == "submit")
    sent = {"seen": seen(), "name.zh": "申请核验", "from": ["rectifying"], "to": "submitted", "primary": "1",
            "roles": ["owner", "village_secretary"], "requires": ["progress"], "evidence": ["after"],
            "notify": ["verifier"]}  # fmt: skip
    assert admin.post(f"{ITEM}transitions/{step}", sent).status_code == 302
    after = item()
    was = {**before["transitions"][step], "name": {"zh": "申请核验", "en": "申请核验"}}
    assert after["transitions"][step] == was
    assert {**after, "transitions": []} == {**before, "transitions": []}
    assert check_draft(PackDraft.objects.get(pack="gates")).ok


def test_every_form_sent_back_unchanged_changes_nothing(admin: Client, draft: PackDraft) -> None:
    before = item()
    paths = [f"{ITEM}head"] + [
        f"{ITEM}{part}/{at}"
        for part in ("fields", "states", "severities", "slots", "transitions", "clocks")
        for at in range(len(before[part]))
    ]
    for path in paths:
        page = admin.get(path)
        assert admin.post(path, as_sent(page)).status_code == 302, path
        assert item() == before, path


def test_entries_are_added_moved_and_taken_out(admin: Client, draft: PackDraft) -> None:
    admin.post(f"{ITEM}fields/new", {"seen": seen(), "name.zh": "闸前淤积", "type": "decimal", "decimals": "1"})
    assert item()["fields"][-1] == {
        "code": "zqyj",
        "name": {"zh": "闸前淤积", "en": "闸前淤积"},
        "type": "decimal",
        "decimals": 1,
    }
    last = len(item()["fields"]) - 1
    admin.post(f"{ITEM}fields/{last}", {"seen": seen(), "do": "up"})
    assert item()["fields"][last - 1]["code"] == "zqyj"
    admin.post(f"{ITEM}fields/{last - 1}", {"seen": seen(), "do": "remove"})
    assert "zqyj" not in [one["code"] for one in item()["fields"]]


def test_a_stale_form_is_refused_with_what_was_typed(admin: Client, draft: PackDraft) -> None:
    old = seen()
    admin.post(f"{ITEM}severities/0", {"seen": old, "name.zh": "轻微"})
    answer = admin.post(f"{ITEM}severities/0", {"seen": old, "name.zh": "很轻"})
    assert answer.status_code == 409
    assert item()["severities"][0]["name"]["zh"] == "轻微"
    assert "很轻" in answer.content.decode()
    added = admin.post(f"{ITEM}severities/new", {"seen": old, "name.zh": "特急"})
    assert (added.status_code, "特急" in added.content.decode()) == (409, True)
    last = len(item()["severities"]) - 1
    assert admin.post(f"{ITEM}severities/{last}", {"seen": old, "do": "remove"}).status_code == 409
    assert len(item()["severities"]) == last + 1


@pytest.mark.parametrize("path", ["castles/0", "fields/99", "fields/x", "fields.0.items/0", "fields.0/0"])
def test_addresses_that_lead_nowhere(admin: Client, draft: PackDraft, path: str) -> None:
    assert admin.get(f"{ITEM}{path}").status_code == 404


def test_yaml_says_all_that_a_section_may(admin: Client, draft: PackDraft) -> None:
    text = "code: weekly\nname: {zh: 周查, en: Weekly}\nbroken: ["
    answer = admin.post(f"{DRAFT}schedules/new", {"seen": seen(), "yaml": text})
    assert (answer.status_code, "不是有效的 YAML" in answer.content.decode()) == (422, True)
    admin.post(f"{DRAFT}schedules/new", {"seen": seen(), "yaml": text.replace("broken: [", "rule: nonsense")})
    page = admin.get(f"{DRAFT}schedules/weekly/yaml")
    assert "处要改，才能发布" in page.content.decode()


def test_what_was_removed_is_seen_and_can_be_unticked(admin: Client, draft: PackDraft) -> None:
    """A step names a state that is gone: its form shows it, the page leads there, and unticking it mends the draft."""
    at = next(n for n, one in enumerate(item()["states"]) if one["code"] == "not_ours")
    admin.post(f"{ITEM}states/{at}", {"seen": seen(), "do": "remove"})
    page = admin.get(ITEM).content.decode()
    step = next(n for n, one in enumerate(item()["transitions"]) if one["code"] == "decline")
    assert f'href="{ITEM}transitions/{step}"' in page
    assert "已去掉的 not_ours" in page
    assert "已去掉的 not_ours" in admin.get(f"{ITEM}transitions/{step}").content.decode()
    admin.post(f"{ITEM}transitions/{step}", {"seen": seen(), "do": "remove"})
    again = next(n for n, one in enumerate(item()["transitions"]) if one["code"] == "reopen")
    sent = as_sent(admin.get(f"{ITEM}transitions/{again}"))
    sent["from"] = [code for code in sent["from"] if code != "not_ours"]
    admin.post(f"{ITEM}transitions/{again}", sent)
    assert check_draft(PackDraft.objects.get(pack="gates")).ok


def test_grades_without_points_are_told(admin: Client, draft: PackDraft) -> None:
    admin.post(f"{DRAFT}checklists/new", {"seen": seen(), "name.zh": "看闸", "place_kinds": ["village"]})
    admin.post(f"{DRAFT}checklists/kz/sections/new", {"seen": seen(), "name.zh": "闸门"})
    given = {"name.zh": "启闭", "method": "see", "points": "6", "scoring.type": "graded"}
    path = f"{DRAFT}checklists/kz/sections.0.items/new"
    admin.post(path, {"seen": seen(), **given, "scoring.options": "好 6\n一般 二十"})
    checklist = PackDraft.objects.get().content["checklists"][0]
    assert [one.get("points") for one in checklist["sections"][0]["items"][0]["scoring"]["options"]] == ["6", None]
    assert not check_draft(PackDraft.objects.get()).ok


def test_a_list_becomes_fields_of_the_types_of_its_columns(admin: Client) -> None:
    rows = [(n, f"第{n}号闸", n, n / 2, ("好", "差")[n % 2], "是", "x" * 80) for n in range(1, 9)]
    file = workbook(("苏家作乡水闸清单",), ("序号", "水闸", "闸门数", "淤积", "状况", "能启闭", "备注"), *rows)
    answer = admin.post("/packs/-new/", {"way": "list", "name": "春季水闸检查", "code": "gates", "file": file})
    assert answer.status_code == 302
    own = {one["name"]["zh"]: one["type"] for one in item()["fields"][5:]}
    assert own == {"水闸": "text", "闸门数": "integer", "淤积": "decimal", "状况": "choice", "能启闭": "yes_no",
                   "备注": "long_text"}  # fmt: skip
    assert check_draft(PackDraft.objects.get(pack="gates")).ok
    claim = next(step for step in item()["transitions"] if step["code"] == "claim")
    assert {one["code"] for one in item()["fields"][5:]} <= set(claim["fields"])


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        ({"way": "list", "name": "x"}, 422),
        ({"way": "copy", "copy_of": "rectification", "name": ""}, 422),
        ({"way": "copy", "copy_of": "rectification", "name": "x", "code": "review"}, 409),
        ({"way": "copy", "copy_of": "castles", "name": "x"}, 404),
        ({"way": "list", "name": "x", "file": workbook(())}, 422),
        ({"way": "list", "name": "x", "file": workbook(tuple(f"栏{n}" for n in range(60)))}, 422),
        ({"way": "folder", "file": SimpleUploadedFile("x.zip", b"nothing")}, 422),
    ],
)
def test_what_cannot_be_begun(admin: Client, sent: dict[str, Any], status: int) -> None:
    for value in sent.values():
        if isinstance(value, SimpleUploadedFile):
            value.seek(0)
    assert admin.post("/packs/-new/", sent).status_code == status
    assert not PackDraft.objects.exists()


def test_published_and_taken_back_on_the_pages(admin: Client, draft: PackDraft) -> None:
    admin.post(f"{DRAFT}publish", {"seen": seen()})
    assert current("gates").number == "1.0.0"
    admin.post("/packs/gates/draft")
    admin.post(f"{DRAFT}publish", {"seen": seen()})
    assert current("gates").number == "1.1.0"
    admin.post("/packs/gates/back", {"number": "1.0.0", "seen": "1.1.0"})
    assert current("gates").number == "1.0.0"
    zipped = admin.get("/packs/gates/pack.zip?version=1.1.0")
    assert (zipped["Content-Type"], zipped.content[:2]) == ("application/zip", b"PK")
    assert PackVersion.objects.filter(pack="gates").count() == 2


def test_tried_out_on_the_page(admin: Client, land: SimpleNamespace, draft: PackDraft) -> None:
    moves = ["town_office:open:0", "village_secretary:claim:0"]
    page = admin.post(f"{DRAFT}matters/item/try", {"moves": moves, "move": ":wait:90"})
    assert (page.status_code, page.context["played"].light) == (200, "red")
    back = admin.post(f"{DRAFT}matters/item/try", {"moves": moves, "back": "1"})
    assert back.context["played"].state == "待认领"
    refused = admin.post(f"{DRAFT}matters/item/try", {"moves": ["verifier:verify:0", "x", "a:b:c"]})
    assert refused.context["played"].stopped_at == 0
