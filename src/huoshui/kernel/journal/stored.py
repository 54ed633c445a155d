"""Reading the chain as the engine stores it, streamed by position, without an object per row.

The columns come as ``canonical`` would write them. What does not look as this product writes it (another
type, another layout of a time) stays as it is, so that it never hashes to what was sealed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from django.db import connection

from huoshui.kernel.journal.canonical import HASHED_COLUMNS

BATCH = 2000
_AS_STORED = {"at": "+e.at", "restricted": "+e.restricted"}
"""SQLite: a column behind "+" comes as it is stored, where Django's converters would read 2 as False."""
_AS_TEXT = {
    "at": """to_char(e.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"+00:00"')""",
    **{name: f"e.{name}::text" for name in ("actor_id", "subject_id", "place_id")},
}
"""PostgreSQL: its own conversion to text is quicker than one object per value here."""
_AT, _ACTOR, _SUBJECT, _PLACE, _RESTRICTED = (
    HASHED_COLUMNS.index(name) for name in ("at", "actor_id", "subject_id", "place_id", "restricted")
)
_SQLITE_TIME = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d{6})?").fullmatch
_HEX_ID = re.compile(r"[0-9a-f]{32}").fullmatch

SealedRow = tuple[int, int, str, list[Any] | None]
"""Position, entry number, hash; the entry's columns, or None when there is no such entry."""


def sealed_rows() -> Iterator[SealedRow]:
    """Every seal in order of position, with its entry. A batch at a time: writers are never kept waiting."""
    sqlite = connection.vendor == "sqlite"
    query, plain = _query(sqlite), _plain_sqlite if sqlite else list
    position = 0
    while True:
        with connection.cursor() as cursor:
            cursor.execute(query, [position, BATCH])
            rows = cursor.fetchall()
        for row in rows:
            yield row[0], row[1], row[2], plain(row[3:]) if row[3] is not None else None
        if len(rows) < BATCH:
            return
        position = rows[-1][0]


def _query(sqlite: bool) -> str:
    expressions = _AS_STORED if sqlite else _AS_TEXT
    columns = ", ".join(expressions.get(name, f"e.{name}") for name in HASHED_COLUMNS)
    return (
        f"SELECT s.position, s.entry_seq, s.hash, {columns} FROM kernel_seal s "  # noqa: S608 - constants
        "LEFT JOIN kernel_entry e ON e.seq = s.entry_seq WHERE s.position > %s ORDER BY s.position LIMIT %s"
    )


def _plain_sqlite(row: tuple[Any, ...]) -> list[Any]:
    columns = list(row)
    columns[_AT] = _time(columns[_AT])
    for index in (_ACTOR, _SUBJECT, _PLACE):
        value = columns[index]
        if isinstance(value, str) and _HEX_ID(value):
            columns[index] = f"{value[:8]}-{value[8:12]}-{value[12:16]}-{value[16:20]}-{value[20:]}"
    if columns[_RESTRICTED] in (0, 1):
        columns[_RESTRICTED] = columns[_RESTRICTED] == 1
    return columns


def _time(value: Any) -> Any:
    if not isinstance(value, str) or not _SQLITE_TIME(value):
        return value
    return f"{value[:10]}T{value[11:]}{'' if len(value) > 19 else '.000000'}+00:00"
