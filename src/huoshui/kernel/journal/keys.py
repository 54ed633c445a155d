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


def _path() -> Path:
    path: Path = settings.DATA_DIR / "keys" / "journal.pem"
    return path


def signing_key() -> Ed25519PrivateKey:
    """The private key in ``data/keys/journal.pem``, made at first use, readable by its owner alone."""
    path = _path()
    if not path.exists():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        pem = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        part = path.with_name(f"{path.name}.{os.getpid()}")
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(pem)
        try:
            os.link(part, path)  # whole or not at all; refused when another process made it a moment ago
        except FileExistsError:
            pass  # its key is the key
        except OSError:  # a file system without hard links
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)
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
