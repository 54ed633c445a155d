"""Checkpoints: the chain's length and last hash, signed, one JSON line each, kept outside the database."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.conf import settings

from huoshui.kernel.journal.keys import public_hex, signing_key

FILE_NAME = "journal-checkpoints.jsonl"


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
            key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(self.public_key))
            key.verify(bytes.fromhex(self.signature), self.signed_bytes())
        except (ValueError, InvalidSignature):
            return False
        return True


def sign(position: int, digest: str, at: str) -> Checkpoint:
    """A signed checkpoint."""
    key = signing_key()
    unsigned = Checkpoint(position, digest, at, public_hex(key.public_key()), "")
    return Checkpoint(position, digest, at, unsigned.public_key, key.sign(unsigned.signed_bytes()).hex())


def keep(checkpoint: Checkpoint) -> None:
    """Append the checkpoint to the file in each checkpoint folder, and to the disk before returning."""
    line = json.dumps(asdict(checkpoint)) + "\n"
    for folder in settings.JOURNAL_CHECKPOINT_DIRS:
        folder.mkdir(parents=True, exist_ok=True)
        with (folder / FILE_NAME).open("a", encoding="utf-8") as file:
            file.write(line)
            file.flush()
            os.fsync(file.fileno())


def kept(files: list[Path] | None = None) -> list[tuple[str, Checkpoint | None]]:
    """Every kept checkpoint as (where it stands, checkpoint or None when the line is unreadable)."""
    found: list[tuple[str, Checkpoint | None]] = []
    for path in files or [folder / FILE_NAME for folder in settings.JOURNAL_CHECKPOINT_DIRS]:
        if not path.exists():
            continue
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            try:
                found.append((f"{path.name}:{number}", Checkpoint(**json.loads(line))))
            except (ValueError, TypeError):
                found.append((f"{path.name}:{number}", None))
    return found


def latest() -> Checkpoint | None:
    """The newest kept checkpoint, for printing on a sheet."""
    known = [checkpoint for _, checkpoint in kept() if checkpoint]
    return max(known, key=lambda c: c.position, default=None)
