"""Reading the chain as the engine stores it, streamed by position, without an object per row.

Each entry comes as the text that was hashed, made of what is stored without reading it into values first. It is made
so that entries that differ never have the same text. What does not look as this product writes it (another type,
another layout of a time) has no text, and so never hashes to what was sealed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from json.encoder import encode_basestring as quoted
from typing import Any

from django.db import connection

from huoshui.kernel.journal.canonical import HASHED_COLUMNS

BATCH = 2000
_AS_STORED = {"at": "+e.at", "restricted": "+e.restricted"}
"""SQLite: a column behind "+" comes as it is stored, where Django's converters would read 2 as False."""
_AS_TEXT = {
    "at": """to_char(e.at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US')""",
    **{name: f"replace(e.{name}::text, '-', '')" for name in ("actor_id", "subject_id", "place_id")},
}
"""PostgreSQL: written as SQLite stores it; its own conversion to text is quicker than one object per value here."""
_TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{6})?").fullmatch
_HEX_ID = re.compile(r"[0-9a-f]{32}").fullmatch
_TRUTH = {False: "false", True: "true"}

SealedRow = tuple[int, int, str, str | None]
"""Position, entry number, hash; the entry's text, "" when it has none; None when there is no such entry."""


def sealed_rows() -> Iterator[SealedRow]:
    """Every seal in order of position, with its entry. A batch at a time: writers are never kept waiting."""
    query = _query(_AS_STORED if connection.vendor == "sqlite" else _AS_TEXT)
    position = 0
    while True:
        with connection.cursor() as cursor:
            cursor.execute(query, [position, BATCH])
            rows = cursor.fetchall()
        for row in rows:
            yield row[0], row[1], row[2], _text_or_none(row)
        if len(rows) < BATCH:
            return
        position = rows[-1][0]


def _query(expressions: dict[str, str]) -> str:
    columns = ", ".join(expressions.get(name, f"e.{name}") for name in HASHED_COLUMNS)
    return (
        f"SELECT s.position, s.entry_seq, s.hash, {columns} FROM kernel_seal s "  # noqa: S608 - constants
        "LEFT JOIN kernel_entry e ON e.seq = s.entry_seq WHERE s.position > %s ORDER BY s.position LIMIT %s"
    )


def _text_or_none(row: tuple[Any, ...]) -> str | None:
    try:
        return _text(*row)
    except (TypeError, ValueError, KeyError):  # nothing that we write: bytes, say, in a column of text
        return ""


def _text(
    _position: int, _entry_seq: int, _hash: str,
    seq: int | None, at: str, actor: str | None, actor_label: str, action: str, subject_kind: str, subject: str,
    subject_label: str, place: str | None, place_path: str, restricted: bool, channel: str, data: str,
) -> str | None:  # fmt: skip
    """What ``canonical`` writes of the same columns (HASHED_COLUMNS), at a fifth of the time; None without an entry.

    Raises TypeError, ValueError or KeyError.
    """
    if seq is None:
        return None
    return (
        f"[{seq},{_time(at)},{_id(actor)},{quoted(actor_label)},{quoted(action)},{quoted(subject_kind)},{_id(subject)},"
        f"{quoted(subject_label)},{_id(place)},{quoted(place_path)},{_TRUTH[restricted]},{quoted(channel)},{quoted(data)}]"
    )


def _time(value: str) -> str:
    if not _TIME(value):
        raise ValueError("not a time as it is stored")
    return f'"{value[:10]}T{value[11:]}{"" if len(value) > 19 else ".000000"}+00:00"'


@lru_cache(maxsize=4096)
def _id(value: str | None) -> str:
    """Kept: the same places and people come again and again."""
    if value is None:
        return "null"
    if not _HEX_ID(value):
        raise ValueError("not an id as it is stored")
    return f'"{value[:8]}-{value[8:12]}-{value[12:16]}-{value[16:20]}-{value[20:]}"'
