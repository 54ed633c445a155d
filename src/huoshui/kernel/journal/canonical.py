"""One exact text for a value, so that a hash over it is the same on every engine and machine."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

GENESIS = hashlib.sha256(b"huoshui journal").hexdigest()
HASHED_COLUMNS = (
    "seq", "at", "actor_id", "actor_label", "action", "subject_kind", "subject_id", "subject_label",
    "place_id", "place_path", "restricted", "channel", "data",
)  # fmt: skip


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, UUID | Decimal):
        return str(value)
    if isinstance(value, set | frozenset):
        return sorted(value)
    raise TypeError(f"no canonical form for {type(value).__name__}")


_encode_sorted = json.JSONEncoder(sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=_plain).encode
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=_plain).encode


def canonical(value: Any) -> str:
    """JSON with sorted keys and no spaces. Floats are refused (TypeError): scores and sums are integers."""
    _refuse_floats(value)
    return _encode_sorted(value)


def _refuse_floats(value: Any) -> None:
    if isinstance(value, float):
        raise TypeError("a float has no exact text: use a scaled integer")
    if isinstance(value, dict):
        for part in value.values():
            _refuse_floats(part)
    elif isinstance(value, list | tuple):
        for part in value:
            _refuse_floats(part)


def chained(previous: str, columns: Sequence[Any]) -> str:
    """The hash of an entry (its HASHED_COLUMNS, in order) behind ``previous``; hex SHA-256."""
    return linked(previous, _encode(columns))


def linked(previous: str, text: str) -> str:
    """The same, of the canonical text of the columns."""
    return hashlib.sha256(f"{previous}\n{text}".encode()).hexdigest()
