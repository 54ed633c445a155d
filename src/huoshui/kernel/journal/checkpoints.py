"""Checkpoints: the chain's length and last hash, signed, kept outside the database.

Each checkpoint folder has two files. ``journal-head.json`` is the newest checkpoint, replaced at every run of
the sealer, never by an earlier one. ``journal-checkpoints.jsonl`` only grows: a line for each minute in which
something was sealed.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import tempfile
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.conf import settings

from huoshui.kernel.disk import append_lines
from huoshui.kernel.journal.keys import public_hex, signing_key
from huoshui.kernel.locks import file_lock

FILE_NAME = "journal-checkpoints.jsonl"
HEAD_NAME = "journal-head.json"
LINE_EVERY = dt.timedelta(minutes=1)


@dataclass(frozen=True)
class Checkpoint:
    """That ``position`` entries were sealed at ``at`` (ISO, UTC), the last one hashing to ``hash``."""

    position: int
    hash: str
    at: str
    public_key: str
    signature: str

    def signed_bytes(self) -> bytes:
        return f"huoshui checkpoint {self.position} {self.hash} {self.at}".encode()

    def is_genuine(self) -> bool:
        """Whether the signature is that of the key it names."""
        try:
            _public_key(self.public_key).verify(bytes.fromhex(self.signature), self.signed_bytes())
        except (ValueError, TypeError, InvalidSignature):
            return False
        return True

    def line(self) -> str:
        """The checkpoint as one line of JSON."""
        return json.dumps(asdict(self)) + "\n"


Kept = tuple[str, Checkpoint | None]
"""Where a checkpoint stands (path:line), and the checkpoint; None when the line is unreadable."""


@lru_cache(maxsize=16)
def _public_key(text: str) -> Ed25519PublicKey:
    return Ed25519PublicKey.from_public_bytes(bytes.fromhex(text))


def sign(position: int, digest: str, at: str) -> Checkpoint:
    """A signed checkpoint."""
    key = signing_key()
    unsigned = Checkpoint(position, digest, at, public_hex(key.public_key()), "")
    return Checkpoint(position, digest, at, unsigned.public_key, key.sign(unsigned.signed_bytes()).hex())


def keep(checkpoint: Checkpoint) -> None:
    """Write the checkpoint to each checkpoint folder, and to the disk before returning.

    Every folder is tried; raises the first OSError afterwards. The server and a command (a backup, say) may seal
    at the same time: they write one after the other.
    """
    failed: OSError | None = None
    with file_lock(settings.DATA_DIR / "checkpoints.lock", wait=True):
        for folder in settings.JOURNAL_CHECKPOINT_DIRS:
            try:
                folder.mkdir(parents=True, exist_ok=True)
                _keep_in(folder, checkpoint)
            except OSError as error:
                failed = failed or error
    if failed:
        raise failed


def _keep_in(folder: Path, checkpoint: Checkpoint) -> None:
    head = folder / HEAD_NAME
    if not _is_later(head, checkpoint):
        part = folder / f"{HEAD_NAME}.part"
        with part.open("w", encoding="utf-8") as file:
            file.write(checkpoint.line())
            file.flush()
            os.fsync(file.fileno())
        part.replace(head)
    lines = folder / FILE_NAME
    if _line_is_due(lines, checkpoint):
        append_lines(lines, checkpoint.line())


def _is_later(head: Path, checkpoint: Checkpoint) -> bool:
    """Whether the head already speaks of more entries, in our own hand: another process sealed after this one."""
    known = _parsed(head.read_text("utf-8", "replace")) if head.exists() else None
    if known is None or known.position <= checkpoint.position:
        return False
    return known.public_key == checkpoint.public_key and known.is_genuine()


def _line_is_due(lines: Path, checkpoint: Checkpoint) -> bool:
    """Whether the last line is a minute old, or none, or unreadable, or of a later time than now."""
    if not lines.exists():
        return True
    with lines.open("rb") as file:
        file.seek(max(0, lines.stat().st_size - 2000))
        last = file.read().decode("utf-8", "replace").splitlines()[-1:]
    known = _parsed(last[0]) if last else None
    if known is None:
        return True
    age = dt.datetime.fromisoformat(checkpoint.at) - dt.datetime.fromisoformat(known.at)
    return not dt.timedelta(0) <= age < LINE_EVERY


def _parsed(line: str) -> Checkpoint | None:
    try:
        checkpoint = Checkpoint(**json.loads(line))
        dt.datetime.fromisoformat(checkpoint.at)
    except (ValueError, TypeError):
        return None
    return checkpoint if type(checkpoint.position) is int else None


def kept(files: list[Path] | None = None) -> list[Kept]:
    """Every kept checkpoint of the installation's own folders, and of ``files`` (kept elsewhere).

    Raises FileNotFoundError for one of ``files`` that is not there.
    """
    own = [folder / name for folder in settings.JOURNAL_CHECKPOINT_DIRS for name in (FILE_NAME, HEAD_NAME)]
    found: list[Kept] = []
    for path in [path for path in own if path.exists()] + list(files or []):
        text = path.read_text(encoding="utf-8", errors="replace")
        lines = [(f"{path}:{number}", _parsed(line)) for number, line in enumerate(text.splitlines(), 1)]
        if lines and lines[-1][1] is None and not text.endswith("\n") and path.name != HEAD_NAME:
            lines.pop()  # not finished when the power failed, or when the file was copied; it never proved anything
        found += lines
    return found


def heads() -> list[Kept]:
    """The newest checkpoint of each of the installation's own folders that has one."""
    return [
        (str(path), _head(path)) for folder in settings.JOURNAL_CHECKPOINT_DIRS if (path := folder / HEAD_NAME).exists()
    ]


def _head(path: Path) -> Checkpoint | None:
    try:
        return _parsed(path.read_text("utf-8", "replace"))
    except OSError:
        return None


def is_behind(position: int) -> bool:
    """Whether one of the installation's own folders lacks the checkpoint of that many entries, or of more."""
    known = {where: checkpoint.position if checkpoint else 0 for where, checkpoint in heads()}
    return any(known.get(str(folder / HEAD_NAME), 0) < position for folder in settings.JOURNAL_CHECKPOINT_DIRS)


def unwritable() -> list[tuple[Path, str]]:
    """The checkpoint folders that nothing can be written to, each with the reason; tried, not guessed from rights."""
    found = []
    for folder in settings.JOURNAL_CHECKPOINT_DIRS:
        try:
            folder.mkdir(parents=True, exist_ok=True)
            tempfile.TemporaryFile(dir=folder).close()
        except OSError as error:
            found.append((folder, error.strerror or str(error)))
    return found


def latest() -> Checkpoint | None:
    """The newest checkpoint, for printing on a paper; read from the heads, which are always the newest."""
    known = [checkpoint for _, checkpoint in heads() if checkpoint]
    return max(known, key=lambda c: c.position, default=None)
