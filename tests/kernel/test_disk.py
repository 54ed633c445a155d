"""Lines and keys on the disk: whole, or not at all."""

from __future__ import annotations

import stat
import threading
from pathlib import Path

import pytest

from huoshui.kernel.disk import append_lines, write_once
from tests.limits import files_up_to


def test_lines_that_do_not_fit_leave_nothing(tmp_path: Path) -> None:
    path = tmp_path / "lines.jsonl"
    append_lines(path, '{"n": 1}\n')
    with files_up_to(12), pytest.raises(OSError, match="large"):
        append_lines(path, '{"n": 2}\n')
    assert path.read_text() == '{"n": 1}\n'
    append_lines(path, '{"n": 3}\n')
    assert path.read_text() == '{"n": 1}\n{"n": 3}\n'


@pytest.mark.parametrize("long", [1, 5000])
@pytest.mark.parametrize(
    ("end", "kept"), [('{"n": 2', ""), ("\0\0\0", ""), ('{"n": 2}', '{"n": 2}\n')], ids=["half", "zeros", "whole"]
)
def test_an_unfinished_last_line_is_cut_off(tmp_path: Path, long: int, end: str, kept: str) -> None:
    path = tmp_path / "lines.jsonl"
    first = '"' + "x" * long + '"\n'
    path.write_text(first + end)
    append_lines(path, '{"n": 3}\n')
    assert path.read_text() == first + kept + '{"n": 3}\n'


def test_an_unfinished_first_line_is_cut_off(tmp_path: Path) -> None:
    path = tmp_path / "lines.jsonl"
    path.write_text('{"n"' + " " * 5000)
    append_lines(path, '{"n": 3}\n')
    assert path.read_text() == '{"n": 3}\n'


def test_many_write_a_key_at_once_and_have_the_same(tmp_path: Path) -> None:
    path, seen = tmp_path / "keys" / "a.key", set()

    def write(number: int) -> None:
        write_once(path, f"key {number}".encode())
        seen.add(path.read_bytes())

    threads = [threading.Thread(target=write, args=(number,)) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert seen == {path.read_bytes()}
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(path.parent.iterdir()) == [path]


def test_a_key_that_does_not_fit_is_not_there(tmp_path: Path) -> None:
    with files_up_to(3), pytest.raises(OSError, match="large"):
        write_once(tmp_path / "a.key", b"a key of some bytes")
    assert list(tmp_path.iterdir()) == []
