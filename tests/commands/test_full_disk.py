"""No room on the disk: one line that says so and what to do, nothing half-written, and what was there goes on."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connection

from huoshui.commands.archive import proved_manifest
from tests.commands.conftest import STARTED, Installation

pytestmark = pytest.mark.skipif(connection.vendor != "sqlite", reason="installations of their own, on SQLite")

MB = 1_000_000
FULL = "ops.disk_full: 磁盘已满，{path} 没有写成，也没有留下残缺文件。\n  请腾出空间，或写到另一块磁盘。\n"


def test_a_backup_without_room_leaves_nothing(prepared: Installation, tmp_path: Path) -> None:
    """Neither where the copy of the database does not fit, nor where the archive does not."""
    photo = prepared.folder / "files" / "photos" / "ab" / "cd" / "abcd.jpg"
    photo.parent.mkdir(parents=True)
    photo.write_bytes(os.urandom(5 * MB))
    folder = tmp_path / "backups"
    folder.mkdir()
    target = folder / "a.tar.gz"
    failing = prepared.start_script(
        f"""
from tests.commands.halting import huoshui
from tests.limits import files_up_to
for room in ({1 * MB}, {4 * MB}):
    try:
        with files_up_to(room):
            huoshui("backup", {str(target)!r})
    except SystemExit as ended:
        print(ended.code)
"""
    )
    output, errors = failing.communicate(timeout=600)
    assert (output, errors) == ("1\n1\n", 2 * FULL.format(path=target))
    assert list(folder.iterdir()) == []


ON_A_SMALL_DISK = """
set -e
mount -t tmpfs -o size=1m tmpfs "$SMALL"
set +e
"$PYTHON" -m huoshui backup "$SMALL/a.tar.gz"; echo "ended with $?"; ls -A "$SMALL"
mount -t tmpfs -o size=30m tmpfs "$SMALL"
cp -r "$HUOSHUI_DATA_DIR" "$SMALL/data"; export HUOSHUI_DATA_DIR="$SMALL/data"
cat /dev/zero > "$SMALL/filling" 2>/dev/null
"$PYTHON" -m huoshui places import "$PLACES"; echo "ended with $?"
truncate -s -65536 "$SMALL/filling"
"$PYTHON" -m huoshui backup "$SMALL/../b.tar.gz"; echo "ended with $?"
rm "$SMALL/filling"
"$PYTHON" -m huoshui places import "$PLACES"; echo "ended with $?"
"""


def own_mounts() -> list[str]:
    """What gives a command mounts of its own, as root or in a user namespace. Skips the test where neither does."""
    unshare = shutil.which("unshare")
    for how in ([unshare, "--mount"], [unshare, "--map-root-user", "--mount"]) if unshare else ():
        asked = [*how, "mount", "-t", "tmpfs", "tmpfs", "/mnt"]
        if subprocess.run(asked, capture_output=True, check=False).returncode == 0:  # type: ignore[arg-type]
            return how  # type: ignore[return-value]
    pytest.skip("no mounts of its own on this machine")


def test_a_disk_that_is_really_full(prepared: Installation, tmp_path: Path) -> None:
    small, places = tmp_path / "small", tmp_path / "places.csv"
    small.mkdir()
    places.write_text("代码,名称,种类,上级代码\n4108,焦作市,city,41\n")
    environment = {
        **prepared.environment,
        "SMALL": str(small),
        "PLACES": str(places),
        "PYTHON": sys.executable,
    }
    ended = subprocess.run(
        [*own_mounts(), "sh", "-c", ON_A_SMALL_DISK], env=environment, capture_output=True, text=True, check=True
    )
    no_room = f"ops.no_room: 数据文件夹 {small}/data 所在的磁盘已满，没有写入任何内容。"
    assert [line for line in ended.stderr.splitlines() if not line.startswith(" ")] == [
        FULL.format(path=small / "a.tar.gz").splitlines()[0],
        no_room,
    ]
    said = ended.stdout.splitlines()
    assert said[:2] == ["ended with 1"] * 2
    assert said[2].startswith("已备份并逐项核对")
    assert said[3:] == ["ended with 0", "已导入：新增 1，更新 0，未变 0", "ended with 0"]
    assert proved_manifest(tmp_path / "b.tar.gz", lambda step: None).entries == STARTED
