"""Encryption of personal values: one key per record, itself encrypted under the installation's master key.

Deleting a record's key makes its values unreadable and its digests in the journal meaningless: a digest is keyed
too, so it cannot be guessed back from a list of names. A backup made before the deletion still holds the wrapped
key: restoring it erases it again (``erasures``), but the file itself has to be deleted in time (docs/operator.md).
"""

from __future__ import annotations

import hashlib
import hmac
import re
from pathlib import Path

from cryptography.fernet import Fernet
from django.conf import settings

from huoshui.kernel.disk import write_once

DIGEST_PREFIX = "keyed:"
_DIGEST = re.compile(f"{DIGEST_PREFIX}[0-9a-f]{{32}}")
LONGEST_COVER = 16
"""Stars in a mask: as many as an identity number needs."""


def master_key() -> bytes:
    """The key in ``data/keys/vault.key``, made at first use, readable by its owner alone."""
    path: Path = settings.DATA_DIR / "keys" / "vault.key"
    if not path.exists():
        write_once(path, Fernet.generate_key())
    return path.read_bytes().strip()


def new_wrapped_key() -> bytes:
    """A new record key, encrypted under the master key."""
    return Fernet(master_key()).encrypt(Fernet.generate_key())


def unwrap(wrapped: bytes | memoryview) -> bytes:
    """The record key. Raises cryptography.fernet.InvalidToken when the master key is another."""
    return Fernet(master_key()).decrypt(bytes(wrapped))


def keyed_digest(record_key: bytes, value: str) -> str:
    """What the journal keeps instead of a personal value: equal for equal values of the same record only."""
    return DIGEST_PREFIX + hmac.new(record_key, value.encode(), hashlib.sha256).hexdigest()[:32]


def is_digest(text: str) -> bool:
    """Whether a text is what ``keyed_digest`` returns."""
    return _DIGEST.fullmatch(text) is not None


def masked(value: str) -> str:
    """The value with all but its first and last character covered; short ones wholly, the length of long ones too."""
    return value[0] + "*" * min(len(value) - 2, LONGEST_COVER) + value[-1] if len(value) > 3 else "*" * len(value)
