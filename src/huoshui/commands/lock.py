"""One server, or one command that replaces the data, at a time in a data folder."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO

from django.conf import settings

from huoshui.kernel.errors import Refusal

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]


@contextmanager
def data_folder_lock() -> Iterator[None]:
    """Hold the data folder for the block; the system lets go of it when the process ends, however it ends.

    Raises ops.data_in_use when another process holds it.
    """
    with (settings.DATA_DIR / "serve.lock").open("a+b") as file:
        if not _taken(file):
            raise Refusal("ops.data_in_use", folder=settings.DATA_DIR)
        yield


def _taken(file: IO[bytes]) -> bool:
    try:
        if fcntl is not None:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        else:
            import msvcrt

            file.seek(0)
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
    except OSError:
        return False
    return True
