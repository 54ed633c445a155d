"""Backing up while others write, and restoring what was backed up."""

from __future__ import annotations

import hashlib
import json
import stat
import tarfile
from pathlib import Path

import pytest

from tests.commands.conftest import PACKS, STARTED, Installation, MakeInstallation

WRITER = """
import itertools, time
from django.conf import settings
from huoshui.duties.queries import system_account
from huoshui.kernel.journal import seal_pending
from huoshui.places.actions import open_place
from huoshui.places.models import Place
province, stop = Place.objects.get(code="41"), settings.DATA_DIR / "stop"
print("writing", flush=True)
for number in itertools.count():
    if number < 9000:
        code = str(1000 + number)
        open_place(by=system_account(), kind="city", code=code, name=f"城市{number}", parent=province)
    if number % 7 == 0:
        seal_pending()
    time.sleep(0.005)
    if stop.exists():
        break
"""


def manifest_of(archive: Path) -> dict[str, object]:
    with tarfile.open(archive) as tar:
        file = tar.extractfile("manifest.json")
        assert file is not None
        content: dict[str, object] = json.load(file)
        return content


def test_a_backup_taken_while_others_write_restores_and_is_proved(
    prepared: Installation, installation: MakeInstallation, tmp_path: Path
) -> None:
    photo = prepared.folder / "files" / "photos" / "ab" / "cd" / "abcd.jpg"
    photo.parent.mkdir(parents=True)
    photo.write_bytes(b"photo" * 100_000)
    writer = prepared.start_script(WRITER)
    assert writer.stdout is not None
    assert writer.stdout.readline() == "writing\n"
    archives = [tmp_path / f"{n}.tar.gz" for n in range(2)]
    for archive in archives:
        prepared.done("backup", archive)
    assert writer.poll() is None, "it should still have been writing"
    (prepared.folder / "stop").touch()
    writer.communicate(timeout=300)
    assert writer.returncode == 0
    counts = []
    for n, archive in enumerate(archives):
        target = installation(f"restored{n}")
        assert "日志完整" in target.done("restore", archive)
        report = target.read("journal", "verify", "--json")[0]
        entries = manifest_of(archive)["entries"]
        assert isinstance(entries, int)
        assert (report["ok"], report["entries"], report["unsealed"]) == (True, entries + 1, 0)
        assert (target.folder / "files/photos/ab/cd/abcd.jpg").read_bytes() == photo.read_bytes()
        assert len(target.read("places", "list", "--json")) == entries - PACKS
        counts.append(entries)
    assert counts == sorted(counts)


def test_it_holds_the_keys_and_only_its_owner_may_read_it(prepared: Installation, tmp_path: Path) -> None:
    archive = tmp_path / "a.tar.gz"
    assert f"封存至第 {STARTED} 条" in prepared.done("backup", archive)
    assert stat.S_IMODE(archive.stat().st_mode) == 0o600
    manifest = manifest_of(archive)
    with tarfile.open(archive) as tar:
        names = tar.getnames()
        assert names[-1] == "manifest.json"
        assert {"database.sqlite3", "keys/journal.pem", "keys/session.secret"} < set(names)
        assert any(name.startswith("checkpoints/") for name in names)
        members = manifest["members"]
        assert isinstance(members, dict)
        for name in names[:-1]:
            file = tar.extractfile(name)
            assert file is not None
            assert hashlib.sha256(file.read()).hexdigest() == members[name]["sha256"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.tar.gz", "data"]


def test_a_name_that_is_taken_or_wrong_is_refused(prepared: Installation, tmp_path: Path) -> None:
    (tmp_path / "a.tar.gz").write_text("precious")
    assert "ops.file_exists" in prepared.refused("backup", tmp_path / "a.tar.gz")
    assert (tmp_path / "a.tar.gz").read_text() == "precious"
    assert "ops.archive_name" in prepared.refused("backup", tmp_path / "a.zip")
    assert "ops.cannot_write" in prepared.refused("backup", tmp_path / "nowhere" / "a.tar.gz")


def test_without_a_database_there_is_nothing_to_back_up(installation: MakeInstallation, tmp_path: Path) -> None:
    assert "ops.not_prepared" in installation("empty").refused("backup", tmp_path / "a.tar.gz")
    assert not (tmp_path / "a.tar.gz").exists()


def test_present_data_are_kept_unless_replaced_and_then_moved_aside(
    prepared: Installation, installation: MakeInstallation, tmp_path: Path
) -> None:
    archive = tmp_path / "a.tar.gz"
    prepared.done("backup", archive)
    prepared.script(
        """
from huoshui.duties.queries import system_account
from huoshui.places.actions import open_place
open_place(by=system_account(), kind="province", code="42", name="后来的省", parent=None)
"""
    )
    said = prepared.refused("restore", archive)
    assert "ops.occupied" in said
    assert "database" in said
    assert len(prepared.read("places", "list", "--json")) == 2
    said = prepared.done("restore", "--replace", archive)
    assert len(prepared.read("places", "list", "--json")) == 1
    aside = next(prepared.folder.glob("replaced-*"))
    assert str(aside) in said
    assert {path.name for path in aside.iterdir()} >= {"huoshui.sqlite3", "keys", "checkpoints"}
    newest = prepared.read("journal", "show", "--limit", "1", "--json")[0]
    assert newest["action"] == "ops.restore"
    assert newest["data"]["after"]["sealed"] == STARTED


def test_entries_that_the_second_checkpoint_folder_knows_of_are_called_lost(
    installation: MakeInstallation, prepared: Installation, tmp_path: Path
) -> None:
    second = tmp_path / "elsewhere"
    here = Installation(prepared.folder, {"HUOSHUI_CHECKPOINT_DIR": str(second)})
    archive = tmp_path / "a.tar.gz"
    here.done("backup", archive)
    here.script(
        """
from huoshui.duties.queries import system_account
from huoshui.kernel.journal import seal_pending
from huoshui.places.actions import open_place
for code in ("42", "43"):
    open_place(by=system_account(), kind="province", code=code, name="后来的省", parent=None)
seal_pending()
"""
    )
    assert "还有 2 条日志，不在此备份中" in here.done("restore", "--replace", archive)
    assert any(".before-restore-" in path.name for path in second.iterdir())
    assert here.read("journal", "verify", "--json")[0]["ok"]
    newest = here.read("journal", "show", "--limit", "1", "--json")[0]
    assert newest["data"]["after"]["lost_entries"] == 2


def test_a_running_server_keeps_its_data(prepared: Installation, tmp_path: Path) -> None:
    archive = tmp_path / "a.tar.gz"
    prepared.done("backup", archive)
    holder = prepared.start_script(
        """
import time
from huoshui.commands.lock import data_folder_lock
with data_folder_lock():
    print("held", flush=True)
    time.sleep(600)
"""
    )
    try:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        assert "ops.data_in_use" in prepared.refused("restore", "--replace", archive)
    finally:
        holder.kill()
        holder.communicate()


@pytest.mark.parametrize("what", ["database.sqlite3", "keys/journal.pem"])
def test_a_changed_member_is_named_and_nothing_is_restored(
    prepared: Installation, installation: MakeInstallation, tmp_path: Path, what: str
) -> None:
    archive, tampered = tmp_path / "a.tar.gz", tmp_path / "b.tar.gz"
    prepared.done("backup", archive)
    with tarfile.open(archive) as source, tarfile.open(tampered, "w:gz") as target:
        for info in source:
            file = source.extractfile(info)
            assert file is not None
            if info.name == what:
                data = bytearray(file.read())
                data[len(data) // 2] ^= 1
                path = tmp_path / "changed"
                path.write_bytes(data)
                file = path.open("rb")
            target.addfile(info, file)
            file.close()
    empty = installation("empty")
    said = empty.refused("restore", tampered)
    assert "ops.archive_changed" in said
    assert what in said
    assert {path.name for path in empty.folder.iterdir()} <= {"keys", "serve.lock", "static"}
