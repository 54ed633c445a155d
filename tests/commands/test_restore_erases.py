"""Restoring a backup brings back no personal value that was erased, or fell due, after it was made."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.commands.conftest import Installation, MakeInstallation

KEEP = """
import datetime as dt, os
from huoshui.duties.queries import system_account
from huoshui.kernel import journal
from huoshui.kernel.actions import action
from huoshui.places.models import Place
from huoshui.vault.actions import erase_due, keep
province, by = Place.objects.get(code="41"), system_account()

@action("tests.keep")
def kept(*, values, delete_on=None):
    journal.record(by=by, subject=province, after=keep(province, values, delete_on=delete_on))
"""
READ = """
from huoshui.places.models import Place
from huoshui.vault.models import PersonalValue, RecordKey
from huoshui.vault.queries import masked_values
import json
found = masked_values(Place.objects.get(code="41"))
print(json.dumps({"shown": found, "keys": RecordKey.objects.count(), "values": PersonalValue.objects.count()}))
"""
BOTH = 'kept(values={"phone": "13800138000", "name": "欧阳小明明"}, delete_on=dt.date(2999, 1, 1))'
"""Two values, to be deleted in a far year."""
EARLY = "erase_due(by=by, today=dt.date(2999, 1, 1))"
"""The erasure of the record before its day has come."""


def personal(here: Installation) -> dict[str, object]:
    read: dict[str, object] = json.loads(here.script(READ))
    return read


NOTHING = {"shown": {}, "keys": 0, "values": 0}


@pytest.fixture
def archive(prepared: Installation, tmp_path: Path) -> Path:
    """A backup that holds both values."""
    prepared.script(KEEP + BOTH)
    prepared.done("backup", tmp_path / "a.tar.gz")
    return tmp_path / "a.tar.gz"


def test_what_was_erased_early_stays_erased(prepared: Installation, archive: Path) -> None:
    prepared.script(KEEP + EARLY)
    assert personal(prepared) == NOTHING
    said = prepared.done("restore", "--replace", archive)
    assert "已重新删除：1 条记录" in said
    assert "日志完整" in said
    assert personal(prepared) == NOTHING
    newest = prepared.read("journal", "show", "--limit", "1", "--json")[0]
    assert newest["action"] == "vault.erase_again"
    assert newest["data"]["after"] == {"personal": 0}
    assert prepared.read("journal", "verify", "--json")[0]["ok"]
    # The list outlives the restore: the same backup restored again brings nothing back either.
    assert "1 条记录" in prepared.done("restore", "--replace", archive)
    assert personal(prepared) == NOTHING


def test_without_an_erasure_the_values_come_back(prepared: Installation, archive: Path) -> None:
    prepared.script(KEEP + 'kept(values={"phone": "13900139000"})')
    assert "重新删除" not in prepared.done("restore", "--replace", archive)
    assert personal(prepared) == {"shown": {"phone": "1*********0", "name": "欧***明"}, "keys": 1, "values": 2}


def test_one_value_that_was_taken_away_stays_away(prepared: Installation, archive: Path) -> None:
    prepared.script(KEEP + 'kept(values={"phone": ""})')
    prepared.done("restore", "--replace", archive)
    assert personal(prepared) == {"shown": {"name": "欧***明"}, "keys": 1, "values": 1}


def test_what_was_given_anew_before_the_backup_is_kept(prepared: Installation, tmp_path: Path) -> None:
    prepared.script(KEEP + BOTH + "\n" + EARLY + "\n" + BOTH)
    prepared.done("backup", tmp_path / "later.tar.gz")
    assert "重新删除" not in prepared.done("restore", "--replace", tmp_path / "later.tar.gz")
    assert personal(prepared)["values"] == 2


def test_an_erasure_that_was_rolled_back_is_not_listed(prepared: Installation, archive: Path) -> None:
    prepared.script(
        KEEP
        + """
from django.db import transaction
with transaction.atomic():
    kept(values={"phone": ""})
    transaction.set_rollback(True)
"""
    )
    assert not (prepared.folder / "checkpoints" / "erased-records.jsonl").exists()


def test_what_fell_due_meanwhile_is_erased_at_once(
    prepared: Installation, installation: MakeInstallation, tmp_path: Path
) -> None:
    prepared.script(KEEP + 'kept(values={"phone": "13800138000"}, delete_on=dt.date(2018, 1, 1))')
    prepared.done("backup", tmp_path / "a.tar.gz")
    elsewhere = installation("elsewhere")
    assert "已重新删除：1 条记录" in elsewhere.done("restore", tmp_path / "a.tar.gz")
    assert personal(elsewhere) == NOTHING


def test_on_another_machine_the_list_is_given_or_lies_in_the_second_folder(
    prepared: Installation, installation: MakeInstallation, archive: Path, tmp_path: Path
) -> None:
    prepared.script(KEEP + EARLY)
    listed = prepared.folder / "checkpoints" / "erased-records.jsonl"
    assert "13800138000" not in listed.read_text()
    given = installation("given")
    given.done("restore", archive, "--erased", listed)
    assert personal(given) == NOTHING
    second = tmp_path / "second"
    second.mkdir()
    shutil.copy(listed, second)
    with (second / listed.name).open("a") as file:
        file.write('{"record_kind": "places.pl')  # cut off by a power failure
    beside = installation("beside", checkpoint_dir=second)
    beside.done("restore", archive)
    assert personal(beside) == NOTHING
    without = installation("without")
    without.done("restore", archive)
    assert personal(without)["values"] == 2  # what docs/operator.md warns of
