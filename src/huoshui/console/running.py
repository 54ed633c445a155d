"""Running a question: nothing can be written, and it ends in time, whatever the question got past the grammar with."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator, Sequence
from typing import Any

from django.conf import settings
from django.db import DatabaseError, connection, transaction

from huoshui.kernel.errors import Refusal
from huoshui.kernel.time_limits import stopped_after, was_stopped

MOST_CELLS = 3_000_000
"""Values that one answer may hold in memory."""
BATCH = 500
ALLOWED = (sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_FUNCTION)
CLOSED = ("sqlite_", "vault_", "auth_", "mfa_", "socialaccount_", "django_")
"""Beginnings of the names of tables that no fact view stands on."""


def fetched(sql: str, params: Sequence[Any]) -> list[tuple[Any, ...]]:
    """All rows of a question. Raises console.too_slow, console.too_much or console.engine."""
    guard = _sqlite if connection.vendor == "sqlite" else _postgres
    try:
        with guard(), stopped_after(settings.CONSOLE_SECONDS), connection.cursor() as cursor:
            cursor.execute(sql, params)
            return _rows(cursor)
    except DatabaseError as error:
        raise _refusal(error) from None


def _rows(cursor: Any) -> list[tuple[Any, ...]]:
    found: list[tuple[Any, ...]] = []
    while batch := cursor.fetchmany(BATCH):
        found += batch
        if len(found) * len(batch[0]) > MOST_CELLS:
            raise Refusal("console.too_much", field="sql", limit=MOST_CELLS)
    return found


def _refusal(error: DatabaseError) -> Refusal:
    if was_stopped(error):
        return Refusal("console.too_slow", field="sql", seconds=settings.CONSOLE_SECONDS)
    return Refusal("console.engine", field="sql", reason=str(error).strip().splitlines()[0])


@contextlib.contextmanager
def _sqlite() -> Iterator[None]:
    """No statement but one that reads, of no closed table."""
    connection.ensure_connection()
    raw: Any = connection.connection
    raw.execute("PRAGMA query_only = ON")
    raw.set_authorizer(_authorised)
    try:
        yield
    finally:
        raw.set_authorizer(None)
        raw.execute("PRAGMA query_only = OFF")


def _authorised(what: int, first: str | None, *_rest: str | None) -> int:
    if what not in ALLOWED or (what == sqlite3.SQLITE_READ and str(first or "").startswith(CLOSED)):
        return sqlite3.SQLITE_DENY
    return sqlite3.SQLITE_OK


@contextlib.contextmanager
def _postgres() -> Iterator[None]:
    """A transaction that only reads; never committed, so that its settings end with it."""
    with transaction.atomic():
        try:
            with connection.cursor() as cursor:
                cursor.execute("SET LOCAL transaction_read_only = on")
            yield
        finally:
            transaction.set_rollback(True)
