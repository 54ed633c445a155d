"""Statements that end in time: a database stops what takes longer than it may."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator
from typing import Any

from django.db import DatabaseError, connection, transaction

STEPS = 2_000
"""Steps of SQLite's machine between two looks at the clock."""


@contextlib.contextmanager
def stopped_after(seconds: float) -> Iterator[None]:
    """Within the block a statement is stopped, with a DatabaseError that ``was_stopped`` tells, when its time is over.

    SQLite gives the block this time, PostgreSQL each of its statements.
    """
    if connection.vendor == "postgresql":
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL statement_timeout = {int(seconds * 1000)}")
            yield
            cursor.execute("SET LOCAL statement_timeout = 0")  # for a transaction around this one
        return
    connection.ensure_connection()
    raw: Any = connection.connection
    until = time.monotonic() + seconds
    raw.set_progress_handler(lambda: int(time.monotonic() > until), STEPS)
    try:
        yield
    finally:
        raw.set_progress_handler(None, 0)


def was_stopped(error: DatabaseError) -> bool:
    """Whether a statement failed because its time was over."""
    reason = str(error)
    return "interrupted" in reason or "statement timeout" in reason
