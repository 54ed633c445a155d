"""Where checkpoints are kept, and how often."""

from __future__ import annotations

import datetime as dt
import json
import os
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from huoshui.kernel import clock
from huoshui.kernel.journal import checkpoints, verify
from huoshui.kernel.journal.checkpoints import FILE_NAME, HEAD_NAME
from huoshui.kernel.journal.keys import installation_key, signing_key

NIGHT = dt.datetime(2018, 4, 2, 20, 0, tzinfo=dt.UTC)


def keep(position: int, at: dt.datetime = NIGHT) -> None:
    checkpoints.keep(checkpoints.sign(position, f"{position:064x}", at.isoformat(timespec="seconds")))


def positions(path: Path) -> list[int]:
    return [json.loads(line)["position"] for line in path.read_text().splitlines()]


def test_the_head_is_replaced_and_a_line_is_added_each_minute(folder: Path) -> None:
    for seconds in range(0, 150, 2):
        keep(seconds + 1, NIGHT + dt.timedelta(seconds=seconds))
    assert positions(folder / HEAD_NAME) == [149]
    assert positions(folder / FILE_NAME) == [1, 61, 121]
    newest = checkpoints.latest()
    assert newest is not None
    assert newest.position == 149


def test_an_earlier_one_never_replaces_the_head(folder: Path) -> None:
    keep(20)
    keep(10)
    assert positions(folder / HEAD_NAME) == [20]


@pytest.mark.parametrize(
    "forge", [lambda line: line.replace('"position": 99', '"position": 98'), lambda line: line[:-9]]
)
def test_a_head_that_is_not_in_our_hand_is_replaced(folder: Path, forge: Callable[[str], str]) -> None:
    keep(99)
    head = folder / HEAD_NAME
    head.write_text(forge(head.read_text()))
    keep(10)
    assert positions(head) == [10]


def test_many_processes_keep_at_the_same_time(folder: Path, tmp_path: Path) -> None:
    keep(1)
    script = """
import sys
import django
django.setup()
from huoshui.kernel.journal.checkpoints import keep, sign
for position in range(int(sys.argv[1]), 300, 3):
    keep(sign(position, "0" * 64, "2018-04-02T20:00:00+00:00"))
"""
    environment = {**os.environ, "HUOSHUI_DATA_DIR": str(tmp_path), "DJANGO_SETTINGS_MODULE": "huoshui.settings"}
    keepers = [subprocess.Popen([sys.executable, "-c", script, str(n)], env=environment) for n in (2, 3, 4)]
    assert [keeper.wait(120) for keeper in keepers] == [0, 0, 0]
    assert positions(folder / HEAD_NAME) == [299]


def test_a_clock_set_back_does_not_stop_the_lines(folder: Path) -> None:
    keep(1, NIGHT)
    keep(2, NIGHT - dt.timedelta(days=1))
    assert positions(folder / FILE_NAME) == [1, 2]


def test_a_broken_last_line_does_not_stop_the_lines(folder: Path) -> None:
    keep(1)
    with (folder / FILE_NAME).open("a") as file:
        file.write("torn by a crash\n")
    keep(2)
    assert [checkpoint and checkpoint.position for _, checkpoint in checkpoints.kept()] == [1, None, 2, 2]


def test_a_line_that_a_power_cut_left_unfinished_is_no_checkpoint(sealed: list[int], folder: Path) -> None:
    lines = folder / FILE_NAME
    whole = lines.read_text()
    lines.write_text(whole + whole[:50])
    assert verify().ok
    keep(31)
    assert positions(lines) == [30, 31]
    lines.write_text(whole + whole[:50] + "\n")  # with its end it is one that somebody changed
    assert [finding.kind for finding in verify().findings] == ["forged_checkpoint", "cut_tail"]


def test_a_second_folder_gets_the_same(folder: Path, tmp_path: Path, settings: Any) -> None:
    second = tmp_path / "other-disk" / "huoshui"
    settings.JOURNAL_CHECKPOINT_DIRS = [folder, second]
    keep(1)
    for name in (FILE_NAME, HEAD_NAME):
        assert (folder / name).read_bytes() == (second / name).read_bytes()
    assert len(checkpoints.kept()) == 4


def test_a_folder_that_fails_does_not_keep_the_other_from_its_checkpoint(tmp_path: Path, settings: Any) -> None:
    (tmp_path / "full").write_text("no folder")
    settings.JOURNAL_CHECKPOINT_DIRS = [tmp_path / "full", tmp_path / "good"]
    with pytest.raises(OSError, match="full"):
        keep(1)
    assert positions(tmp_path / "good" / FILE_NAME) == [1]


def test_the_key_is_made_once_and_readable_by_its_owner_alone(tmp_path: Path) -> None:
    assert installation_key() is None
    first = signing_key().public_key().public_bytes_raw()
    assert signing_key().public_key().public_bytes_raw() == first
    assert installation_key() == first.hex()
    file = tmp_path / "keys" / "journal.pem"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [path.name for path in file.parent.iterdir()] == ["journal.pem"]


def test_without_any_there_is_no_latest() -> None:
    assert checkpoints.latest() is None


def test_checkpoints_stand_outside_the_database(sealed: list[int], folder: Path) -> None:
    newest = checkpoints.latest()
    assert newest is not None
    assert (newest.position, newest.at) == (30, clock.now().isoformat(timespec="seconds"))
    assert newest.hash == verify().last_hash
