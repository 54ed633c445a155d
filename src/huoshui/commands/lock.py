"""One server, or one command that replaces the data, at a time in a data folder."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings

from huoshui.kernel.errors import Refusal
from huoshui.kernel.locks import file_lock


@contextmanager
def data_folder_lock() -> Iterator[None]:
    """Hold the data folder for the block.

    Raises ops.data_in_use when another process holds it.
    """
    with file_lock(settings.DATA_DIR / "serve.lock", wait=False) as taken:
        if not taken:
            raise Refusal("ops.data_in_use", folder=settings.DATA_DIR)
        yield


def unfinished_restore() -> Path:
    """The file that is there while a restore puts its parts in place; it lists what has to be erased again."""
    return Path(settings.DATA_DIR) / "restore-unfinished.jsonl"


def require_whole_restore() -> None:
    """Raise ops.restore_unfinished when a restore was interrupted: what lies here is half one, half the other."""
    if unfinished_restore().exists():
        raise Refusal("ops.restore_unfinished", folder=settings.DATA_DIR)
