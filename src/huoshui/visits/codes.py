"""Codes for what is new: made from pinyin initials, never asked of a person, never one that was ever published."""

from __future__ import annotations

import re

from huoshui.places.names import initials_of

LONGEST = 30
"""Leaves room for a number behind it within the 40 characters of a code."""


def make_code(name: str, kind: str, taken: set[str]) -> str:
    """A code for a name, added to ``taken``: 公厕整洁 -> gczj, then gczj_2; without a letter in it, item_1."""
    letters = re.sub(r"[^a-z0-9]", "", initials_of(name)).lstrip("0123456789")[:LONGEST]
    code, number = letters, 1
    if not letters:
        letters, code = kind, f"{kind}_1"
    while not code or code in taken:
        number += 1
        code = f"{letters}_{number}"
    taken.add(code)
    return code
