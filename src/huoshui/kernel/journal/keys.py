"""The installation's Ed25519 key that signs checkpoints."""

from __future__ import annotations

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

from huoshui.kernel.disk import write_once


def _path() -> Path:
    path: Path = settings.DATA_DIR / "keys" / "journal.pem"
    return path


def signing_key() -> Ed25519PrivateKey:
    """The private key in ``data/keys/journal.pem``, made at first use, readable by its owner alone."""
    path = _path()
    if not path.exists():
        pem = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        write_once(path, pem)
    return _loaded(path)


def _loaded(path: Path) -> Ed25519PrivateKey:
    key = load_pem_private_key(path.read_bytes(), password=None)
    assert isinstance(key, Ed25519PrivateKey)  # noqa: S101 - the file is ours
    return key


def installation_key() -> str | None:
    """The public key of this installation, as hex; None when nothing was signed yet."""
    path = _path()
    return public_hex(_loaded(path).public_key()) if path.exists() else None


def public_hex(key: Ed25519PublicKey) -> str:
    """The public key as 64 hex digits, as printed on sheets and written beside each checkpoint."""
    return key.public_bytes(Encoding.Raw, PublicFormat.Raw).hex()
