"""Locks between processes on one machine, held on a file."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]


@contextmanager
def file_lock(path: Path, *, wait: bool) -> Iterator[bool]:
    """Hold the lock on ``path`` for the block; gives whether it was taken.

    With ``wait`` it waits for the other process (on Windows at most ten seconds), without it gives False at once.
    The system lets go of it when the process ends, however it ends.
    """
    with path.open("a+b") as file:
        yield _taken(file, wait)


def _taken(file: IO[bytes], wait: bool) -> bool:
    try:
        if fcntl is not None:
            fcntl.flock(file, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
        else:
            import msvcrt

            file.seek(0)
            msvcrt.locking(file.fileno(), msvcrt.LK_LOCK if wait else msvcrt.LK_NBLCK, 1)
    except OSError:
        return False
    return True
