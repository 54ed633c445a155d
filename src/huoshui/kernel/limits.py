"""How often something was done lately, counted in the database: every process of an installation counts alike."""

from __future__ import annotations

import datetime as dt

from django.db import DatabaseError, connection

from huoshui.kernel import clock
from huoshui.kernel.disk import is_full
from huoshui.kernel.models import LimitUse


def count_use(key: str, seconds: int) -> int:
    """Count one more use of ``key`` in the running stretch of so many seconds; how many there were with this one.

    One statement, whatever others count at the same moment. A disk that is full counts nothing and holds up nobody.
    """
    now = clock.now()
    stretch = int(now.timestamp()) // seconds
    until = now + dt.timedelta(seconds=seconds)
    table = LimitUse._meta.db_table
    # Only the name of the table is put together here.
    sql = (
        f"INSERT INTO {table} (key, times, until) VALUES (%s, 1, %s) "  # noqa: S608
        f"ON CONFLICT (key) DO UPDATE SET times = {table}.times + 1 RETURNING times"
    )
    moment = connection.ops.adapt_datetimefield_value(until)
    try:
        with connection.cursor() as cursor:
            cursor.execute(sql, [f"{key}-{stretch}", moment])
            row = cursor.fetchone()
    except DatabaseError as error:
        if is_full(error):
            return 1
        raise
    return int(row[0])


def seconds_left(seconds: int) -> int:
    """How long the running stretch lasts."""
    return seconds - int(clock.now().timestamp()) % seconds


def forget_uses() -> int:
    """Delete what counts no more. Returns how many keys there were."""
    return int(LimitUse.objects.filter(until__lt=clock.now()).delete()[0])
