"""The list of what was erased, kept outside the database: a restored backup is older than its erasures.

One line of JSON for each erasure, in ``erased-records.jsonl`` beside the journal's checkpoints, in every checkpoint
folder. It only grows, and names records by their ids alone. ``huoshui restore`` applies it again.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.db import transaction

from huoshui.kernel import clock
from huoshui.kernel.disk import append_lines, sync_folder
from huoshui.kernel.errors import Refusal
from huoshui.kernel.locks import file_lock

FILE_NAME = "erased-records.jsonl"


@dataclass(frozen=True)
class Erasure:
    """That a record's personal value (``code``; "": all of them, with their key) was erased at ``at`` (ISO, UTC)."""

    record_kind: str
    record_id: str
    code: str
    at: str

    def line(self) -> str:
        """The erasure as one line of JSON."""
        return json.dumps(asdict(self)) + "\n"

    def is_since(self, moment: dt.datetime) -> bool:
        """Whether it happened at ``moment`` or later."""
        return dt.datetime.fromisoformat(self.at) >= moment


def note(record_kind: str, record_id: UUID, code: str = "") -> None:
    """List an erasure once its transaction is committed: one that was rolled back never happened.

    A folder that cannot be written to is logged; the values are erased all the same.
    """
    erasure = Erasure(record_kind, str(record_id), code, clock.now().isoformat())
    transaction.on_commit(lambda: _each_folder(lambda path: _append(path, [erasure])), robust=True)


def complete(erasures: Sequence[Erasure]) -> None:
    """Append what a folder's list lacks. Raises the first OSError, after trying every folder."""
    _each_folder(lambda path: _append(path, _lacking(path, erasures)))


def list_in(path: Path, erasures: Sequence[Erasure]) -> None:
    """Make a list of its own, empty where there are none, on the disk before it returns. Raises OSError."""
    path.touch(mode=0o600)
    _append(path, _lacking(path, erasures))
    sync_folder(path.parent)


def _each_folder(write: Callable[[Path], None]) -> None:
    failed: OSError | None = None
    with file_lock(settings.DATA_DIR / "checkpoints.lock", wait=True):
        for folder in settings.JOURNAL_CHECKPOINT_DIRS:
            try:
                write(folder / FILE_NAME)
            except OSError as error:
                failed = failed or error
    if failed:
        raise failed


def _lacking(path: Path, erasures: Sequence[Erasure]) -> list[Erasure]:
    known = set(_read(path)) if path.exists() else set()
    return [erasure for erasure in erasures if erasure not in known]


def _append(path: Path, erasures: Sequence[Erasure]) -> None:
    if not erasures:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    append_lines(path, "".join(erasure.line() for erasure in erasures))


def listed(files: Iterable[Path] = ()) -> list[Erasure]:
    """Every erasure that the checkpoint folders know of, and ``files`` (kept elsewhere), each once, oldest first.

    Raises FileNotFoundError for one of ``files`` that is not there, vault.no_erasures for one that lists none: who
    gave another file by mistake would bring back what was erased.
    """
    own = [folder / FILE_NAME for folder in settings.JOURNAL_CHECKPOINT_DIRS]
    found = {erasure for path in own if path.exists() for erasure in _read(path)}
    for path in files:
        kept = _read(path)
        if not kept:
            raise Refusal("vault.no_erasures", path=path)
        found.update(kept)
    return sorted(found, key=lambda erasure: (erasure.at, erasure.record_id, erasure.code))


def _read(path: Path) -> list[Erasure]:
    lines = path.read_text("utf-8", "replace").splitlines()
    return [erasure for line in lines if (erasure := _parsed(line))]


def _parsed(line: str) -> Erasure | None:
    """The erasure of a line; None for one that a power cut left unfinished."""
    try:
        erasure = Erasure(**json.loads(line))
        UUID(erasure.record_id)
        return erasure if dt.datetime.fromisoformat(erasure.at).tzinfo else None
    except (ValueError, TypeError, AttributeError):
        return None
