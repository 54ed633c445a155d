"""The installation's Ed25519 key that signs checkpoints."""

from __future__ import annotations

import os
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)
from django.conf import settings


def signing_key() -> Ed25519PrivateKey:
    """The private key in ``data/keys/journal.pem``, made at first use, readable by its owner alone."""
    path: Path = settings.DATA_DIR / "keys" / "journal.pem"
    if not path.exists():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        pem = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        try:
            with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                file.write(pem)
        except FileExistsError:
            pass  # another process made it a moment ago: its key is the key
    key = load_pem_private_key(path.read_bytes(), password=None)
    assert isinstance(key, Ed25519PrivateKey)
    return key


def public_hex(key: Ed25519PublicKey) -> str:
    """The public key as 64 hex digits, as printed on sheets and written beside each checkpoint."""
    return key.public_bytes(Encoding.Raw, PublicFormat.Raw).hex()
