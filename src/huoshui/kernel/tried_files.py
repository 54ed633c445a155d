"""Files between their trial and their writing: kept for a day, for whoever tried them and nobody else."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings

from huoshui.kernel import clock
from huoshui.kernel.errors import Refusal

KEPT = dt.timedelta(days=1)
DIGEST = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class TriedFile:
    """A file as it was tried."""

    data: bytes
    name: str
    at: dt.datetime
    """When it was tried."""

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.data).hexdigest()


def _folder(by: Any) -> Path:
    folder: Path = settings.DATA_DIR / "imports" / str(by.pk)
    return folder


def keep_tried(by: Any, data: bytes, name: str) -> TriedFile:
    """Keep a file under its SHA-256 in a folder of ``by``'s own; the same file again is kept anew."""
    tried = TriedFile(data, name, clock.now())
    folder = _folder(by)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    part = folder / f".{tried.sha256}"
    part.write_bytes(json.dumps({"name": name, "at": tried.at.isoformat()}).encode() + b"\n" + data)
    part.replace(folder / tried.sha256)  # whole or not at all
    return tried


def tried_file(by: Any, sha256: str) -> TriedFile:
    """The file that ``by`` tried. Raises import.file_gone for any other digest, after a day, or if it was altered."""
    if DIGEST.fullmatch(sha256):
        try:
            head, _, data = (_folder(by) / sha256).read_bytes().partition(b"\n")
        except FileNotFoundError:
            raise Refusal("import.file_gone", field="file") from None
        told = json.loads(head)
        tried = TriedFile(data, told["name"], dt.datetime.fromisoformat(told["at"]))
        if tried.sha256 == sha256 and tried.at > clock.now() - KEPT:
            return tried
    raise Refusal("import.file_gone", field="file")


def sweep_tried() -> int:
    """Delete the files that were tried more than a day ago; returns how many. Run daily by the timer."""
    swept = 0
    for path in (settings.DATA_DIR / "imports").glob("*/*"):
        with path.open("rb") as file:
            head = file.readline()
        # What a crash left half-written has no head to read, and nobody can ask for it.
        if path.name.startswith(".") or dt.datetime.fromisoformat(json.loads(head)["at"]) <= clock.now() - KEPT:
            path.unlink(missing_ok=True)
            swept += 1
    return swept
