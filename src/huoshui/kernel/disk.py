"""Writing so that neither a full disk, nor a killed process, nor a power cut leaves half of anything behind.

Needed by the settings too: imports nothing of Django.
"""

from __future__ import annotations

import errno
import json
import os
import sqlite3
import tempfile
from pathlib import Path
from typing import IO

FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
"""No room on the disk, in the quota, or in what one file may have (``ulimit -f``): to the operator the same."""
POSTGRESQL_DISK_FULL = "53100"
BLOCK = 4096


def is_full(error: BaseException) -> bool:
    """Whether there was no room left: as the system says it, or a database whose error Django wrapped."""
    if isinstance(error, OSError):
        return error.errno in FULL
    cause = error.__cause__ or error
    if getattr(cause, "sqlite_errorcode", None) == sqlite3.SQLITE_FULL:
        return True
    return getattr(cause, "sqlstate", None) == POSTGRESQL_DISK_FULL


def write_once(path: Path, data: bytes) -> None:
    """Make a file that its owner alone may read, whole and on the disk, or not at all; one that is there stays.

    Raises OSError.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    part = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        give_name(part, path)
    except FileExistsError:
        pass  # another process made it a moment ago: its file is the file
    finally:
        part.unlink(missing_ok=True)


def give_name(part: Path, target: Path) -> None:
    """Let a written file appear under its name, to stay so after a power cut; ``part`` may then be deleted.

    Raises FileExistsError rather than replace what has the name (where the file system has hard links).
    """
    try:
        os.link(part, target)
    except FileExistsError:
        raise
    except OSError:  # a file system without hard links
        part.replace(target)
    sync_folder(target.parent)


def sync_folder(folder: Path) -> None:
    """Write to the disk which names the folder has. Windows does so by itself."""
    if os.name == "posix":
        opened = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(opened)
        finally:
            os.close(opened)


def append_lines(path: Path, text: str) -> None:
    """Append whole lines of JSON, on the disk before it returns.

    A last line that a power cut left unfinished is cut off first: what is appended behind it would be unreadable too.
    Raises OSError; then nothing of the lines is left.
    """
    with path.open("a+b", buffering=0) as file:
        end = _cut_unfinished(file)
        try:
            _write_all(file, text.encode())
            os.fsync(file.fileno())
        except OSError:
            file.truncate(end)
            raise


def _write_all(file: IO[bytes], data: bytes) -> None:
    """Unbuffered: a full disk takes a part, and refuses with the next one."""
    while data:
        data = data[file.write(data) :]


def _cut_unfinished(file: IO[bytes]) -> int:
    """Cut off a last line that does not end and is no JSON; returns the file's size then."""
    size = file.seek(0, os.SEEK_END)
    tail, begins = b"", size
    while begins and b"\n" not in tail:
        begins = max(0, begins - BLOCK)
        file.seek(begins)
        tail = file.read(size - begins)
    last = tail[tail.rfind(b"\n") + 1 :]
    if not last:
        return size
    if _is_json(last):  # whole, and somebody's editor dropped the end of the line
        _write_all(file, b"\n")
        return size + 1
    return file.truncate(size - len(last))


def _is_json(line: bytes) -> bool:
    try:
        json.loads(line)
    except ValueError:  # also of bytes that are no UTF-8
        return False
    return True
