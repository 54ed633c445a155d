"""Texts that no database takes, refused before anything is done with them."""

from __future__ import annotations

import re
from typing import Any

from huoshui.kernel.errors import Refusal

UNSTORABLE = re.compile(r"[\x00\ud800-\udfff]")
"""NUL, which PostgreSQL takes in no text, and half of a surrogate pair, which UTF-8 cannot write (RFC 3629, 3)."""


def require_storable(sent: Any) -> None:
    """Look through whatever was sent, however deep. Raises request.character with the path to the first such text."""
    left = [("", sent)]
    while left:
        where, value = left.pop()
        if isinstance(value, dict):
            left += [(f"{where}.{key}", item) for key, item in value.items() if _storable(where, key)]
        elif isinstance(value, list):
            left += [(f"{where}.{place}", item) for place, item in enumerate(value)]
        elif isinstance(value, str):
            _storable(where, value)


def _storable(where: str, text: str) -> bool:
    if UNSTORABLE.search(text):
        field = where.lstrip(".")
        raise Refusal("request.character", field=field, where=field or "—")
    return True
