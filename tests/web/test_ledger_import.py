"""The edited ledger by HTTP: tried, then exactly that written, once; and the same over the API."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from click.testing import CliRunner, Result
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from huoshui.commands.ledger import ledger
from huoshui.duties.models import Account
from huoshui.kernel.errors import Refusal
from huoshui.kernel.models import Entry
from huoshui.kernel.spreadsheets import XLSX
from huoshui.matters.actions import edit_fields
from huoshui.matters.models import Matter
from tests.matters.conftest import Opener, claim, open_item
from tests.matters.test_ledger_import import cell, edited, exported
from tests.web import api_client

__all__ = ["open_item"]
SignIn = Callable[[Account], Client]


@pytest.fixture
def claimed(open_item: Opener, cast: SimpleNamespace) -> Matter:
    return claim(open_item(), cast.secretary)


def sent(data: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile("台账.xlsx", data, XLSX)


def agreed(answer: Any) -> dict[str, str]:
    """The form that the trial's page offers."""
    form = answer.content.decode().partition('name="step" value="write">')[2].partition("</form>")[0]
    return {"step": "write"} | dict(re.findall(r'name="([^"]+)" value="([^"]*)"', form))


def test_a_file_is_tried_and_written_once(claimed: Matter, cast: SimpleNamespace, signed_in: SignIn) -> None:
    client, address = signed_in(cast.secretary), reverse("ledger_import")
    answer = client.post(address, {"file": sent(edited(exported(cast), cell("进展", "开工")))})
    assert "进展情况：<ins>开工</ins>" in answer.content.decode()
    before = Entry.objects.count()
    for _press in "12":
        assert client.post(address, agreed(answer))["Location"] == reverse("ledger")
    assert Entry.objects.count() == before + 1
    again = client.post(address, {"file": sent(edited(exported(cast)))})
    assert "没有要写入的" in again.content.decode()


def test_what_changed_after_the_trial_is_shown_and_nothing_written(
    claimed: Matter, cast: SimpleNamespace, signed_in: SignIn
) -> None:
    client, address = signed_in(cast.secretary), reverse("ledger_import")
    answer = client.post(address, {"file": sent(edited(exported(cast), cell("进展", "我写的")))})
    edit_fields(by=cast.secretary, matter=claimed, values={"progress": "别人写的"})
    late = client.post(address, agreed(answer))
    assert "现在是“别人写的”，您的表里是“我写的”" in late.content.decode()
    digest = re.findall(r"import/([0-9a-f]{64})/problems", late.content.decode())[0]
    assert client.get(reverse("ledger_import_problems", args=[digest]))["Content-Type"] == XLSX


def test_the_api_tries_and_writes(claimed: Matter, cast: SimpleNamespace) -> None:
    api = api_client.signed_in(cast.secretary)
    file = edited(exported(cast), cell("进展", "开工"))
    tried = api.post("/api/v1/matters/import", {"file": sent(file)}).json()
    assert (tried["changed"], tried["dry_run"], tried["changes"][0]["number"]) == (1, True, claimed.number)
    done = api.post("/api/v1/matters/import", {"file": sent(file), "dry_run": "false", "plan": tried["plan"]})
    assert (done.status_code, Matter.objects.get(pk=claimed.pk).version) == (200, claimed.version + 1)


def test_the_api_does_one_thing_to_many(claimed: Matter, open_item: Opener, cast: SimpleNamespace) -> None:
    api, other = api_client.signed_in(cast.secretary), open_item()
    body: dict[str, Any] = {"do": "edit", "what": "progress", "values": {"progress": "开工"}}
    both = body | {"matters": {claimed.number: claimed.version, other.number: None}}
    tried = api_client.send(api, "POST", "/matters/bulk", both).json()
    assert [[p["code"] for p in row["problems"]] for row in tried["rows"]] == [[], ["matter.edit_role"]]
    refused = api_client.send(api, "POST", "/matters/bulk", both | {"dry_run": False})
    assert (refused.status_code, refused.json()["rows"][0]["changes"][0]["after"]) == (403, "开工")
    one = body | {"matters": {claimed.number: claimed.version}, "dry_run": False}
    assert api_client.send(api, "POST", "/matters/bulk", one).json()["written"] is True
    assert api_client.codes(api_client.send(api, "POST", "/matters/bulk", one)) == ["record.stale"]


def test_the_command_line_acts_as_somebody(claimed: Matter, cast: SimpleNamespace, tmp_path: Path) -> None:
    file = tmp_path / "台账.xlsx"
    file.write_bytes(edited(exported(cast), cell("进展", "开工")))

    def run(*options: str) -> Result:
        return CliRunner().invoke(ledger, ["import", str(file), *options])

    assert "更改 1 件" in run("--by", "secretary", "--dry-run").output
    assert Matter.objects.get(pk=claimed.pk).version == claimed.version
    assert "进展情况: — → 开工" in run("--by", "secretary").output
    assert "更改 0 件，未变 1 件" in run("--by", "secretary").output
    assert isinstance(run("--by", "nobody").exception, Refusal)
