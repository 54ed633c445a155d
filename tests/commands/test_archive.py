"""The archive itself: what belongs into it, and that nothing else gets out of it."""

from __future__ import annotations

import errno
import io
import tarfile
from pathlib import Path

import pytest

from huoshui.commands import backup
from huoshui.commands.archive import Manifest, Source, extract, proved_manifest, write_archive
from huoshui.commands.databases import Facts
from huoshui.commands.restoring import _require_fitting
from huoshui.kernel.errors import Refusal


def nothing(step: int) -> None:
    """Progress that nobody looks at."""


def manifest(**more: object) -> Manifest:
    facts = {"version": "1", "engine": "sqlite", "made_at": "", "entries": 0, "sealed": 0, "last_hash": ""}
    return Manifest.model_validate({**facts, "migrations": [], **more})


def archive(path: Path, members: dict[str, bytes]) -> Path:
    write_archive(path, manifest(), [Source(name, data) for name, data in members.items()], nothing)
    return path


def refused(path: Path, code: str) -> str:
    """The refusal's words."""
    with pytest.raises(Refusal) as refusal:
        proved_manifest(path, nothing)
    assert refusal.value.code == code
    return refusal.value.problems[0].message()


def test_what_was_written_is_proved_and_comes_out(tmp_path: Path) -> None:
    members = {"database.sqlite3": b"db" * 5000, "keys/journal.pem": b"key", "files/photos/a/b.jpg": b""}
    path = archive(tmp_path / "a.tar.gz", members)
    proved = proved_manifest(path, nothing)
    assert set(proved.members) == set(members)
    extract(path, proved, tmp_path / "out", nothing)
    assert {name: (tmp_path / "out" / name).read_bytes() for name in members} == members


@pytest.mark.parametrize(
    "name",
    ["../evil", "files/../../evil", "/etc/evil", "keys", "files", "evil.py", "other/x", "files\\..\\x", "files/./x"],
)
def test_what_does_not_belong_is_refused(tmp_path: Path, name: str) -> None:
    refused(archive(tmp_path / "a.tar.gz", {"database.sqlite3": b"x", name: b"evil"}), "ops.archive_unsafe")


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE, tarfile.DIRTYPE])
def test_links_and_devices_are_refused(tmp_path: Path, kind: bytes) -> None:
    path = tmp_path / "a.tar.gz"
    with tarfile.open(path, "w:gz") as tar:
        info = tarfile.TarInfo("files/link")
        info.type, info.linkname = kind, "/etc/passwd"
        tar.addfile(info)
    refused(path, "ops.archive_unsafe")


def test_a_member_twice_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.tar.gz"
    sources = [Source("files/a", b"1"), Source("files/a", b"2")]
    write_archive(path, manifest(), sources, nothing)
    refused(path, "ops.archive_unsafe")


def test_a_member_too_many_or_missing_is_refused(tmp_path: Path) -> None:
    for name, drop, add in (("a", "files/a", ""), ("b", "", "files/b")):
        path = tmp_path / f"{name}.tar.gz"
        whole = archive(tmp_path / f"{name}-whole.tar.gz", {"files/a": b"1", "database.sqlite3": b"2"})
        with tarfile.open(whole) as source, tarfile.open(path, "w:gz") as target:
            for info in source:
                if info.name != drop:
                    target.addfile(info, source.extractfile(info))
            if add:
                target.addfile(tarfile.TarInfo(add), io.BytesIO())
        refused(path, "ops.archive_changed")


@pytest.mark.parametrize(
    ("cut", "wrong"),
    [(10, "不是 tar.gz 文件，或从开头就已损坏"), (300, "读到“database.sqlite3”时断了，文件不完整或已损坏")],
)
def test_half_an_archive_is_refused(tmp_path: Path, cut: int, wrong: str) -> None:
    whole = archive(tmp_path / "a.tar.gz", {"database.sqlite3": bytes(range(256)) * 50})
    part = tmp_path / "b.tar.gz"
    part.write_bytes(whole.read_bytes()[:cut])
    assert refused(part, "ops.archive_broken") == f"{part} 不是完整的备份：{wrong}。"


@pytest.mark.parametrize("content", [b"", b"not an archive", b"PK\x03\x04" + bytes(500)])
def test_no_archive_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.tar.gz"
    path.write_bytes(content)
    assert refused(path, "ops.archive_broken") == f"{path} 不是完整的备份：不是 tar.gz 文件，或从开头就已损坏。"


def test_without_a_manifest_it_is_no_backup(tmp_path: Path) -> None:
    path = tmp_path / "a.tar.gz"
    with tarfile.open(path, "w:gz") as tar:
        tar.addfile(tarfile.TarInfo("database.sqlite3"), io.BytesIO())
    assert "末尾的清单 manifest.json 不在" in refused(path, "ops.archive_broken")
    with tarfile.open(path, "w:gz") as tar:
        info = tarfile.TarInfo("manifest.json")
        info.size = 2
        tar.addfile(info, io.BytesIO(b"{}"))
    assert refused(path, "ops.archive_broken").endswith("清单 manifest.json 的“version”：缺少这一项。")


@pytest.mark.django_db
def test_a_full_disk_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(target: Path, *rest: object) -> None:
        target.write_bytes(b"half")
        raise OSError(errno.ENOSPC, "No space left on device")

    def copied(target: Path) -> Facts:
        target.write_bytes(b"database")
        return Facts(0, 0, "", [])

    monkeypatch.setattr(backup.databases, "copy_database", copied)
    monkeypatch.setattr(backup, "write_archive", full)
    monkeypatch.setattr(backup, "seal_pending", lambda: 0)
    folder = tmp_path / "backups"
    folder.mkdir()
    with pytest.raises(Refusal) as refused:
        backup.write_backup(folder / "a.tar.gz")
    assert refused.value.code == "ops.disk_full"
    assert list(folder.iterdir()) == []


@pytest.mark.django_db
def test_a_backup_of_a_newer_version_or_another_engine_is_refused() -> None:
    from huoshui.commands.databases import engine

    other = "postgresql" if engine() == "sqlite" else "sqlite"
    with pytest.raises(Refusal, match=r"ops\.archive_engine"):
        _require_fitting(manifest(engine=other))
    with pytest.raises(Refusal, match=r"ops\.database_newer"):
        _require_fitting(manifest(engine=engine(), migrations=[("kernel", "0099_later")]))
    _require_fitting(manifest(engine=engine(), migrations=[("kernel", "0001_initial"), ("auth", "0099_theirs")]))
