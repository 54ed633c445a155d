"""How often something was done lately, counted in the database: every process of an installation counts alike.

What only reads is counted in the process, and told to the database now and then (``count_reading``).
"""

from __future__ import annotations

import datetime as dt

from django.core.cache import cache
from django.db import DatabaseError, connection

from huoshui.kernel import clock
from huoshui.kernel.disk import is_full
from huoshui.kernel.models import LimitUse

READINGS_AT_ONCE = 20
"""So many uses that only read are told to the database together."""


def count_reading(key: str, seconds: int) -> int:
    """The same for what only reads: counted in this process, and in the database by READINGS_AT_ONCE at a time.

    Whoever reads a few pages makes nobody write, and a flood one write in twenty. Every process learns then what the
    others had told, so that together they let pass at most READINGS_AT_ONCE - 1 uses more for each further process.
    """
    stretch = int(clock.now().timestamp()) // seconds
    name = f"reading-{key}-{stretch}"
    cache.add(name, 0, 2 * seconds)
    own = cache.incr(name)
    if own % READINGS_AT_ONCE == 0:
        cache.set(f"{name}-others", count_use(key, seconds, READINGS_AT_ONCE) - own, 2 * seconds)
    others: int = cache.get(f"{name}-others", 0)
    return own + max(others, 0)


def count_use(key: str, seconds: int, times: int = 1) -> int:
    """Count one more use of ``key`` (or some) in the running stretch of so many seconds; how many there are by then.

    One statement, whatever others count at the same moment. A disk that is full counts nothing and holds up nobody.
    """
    now = clock.now()
    stretch = int(now.timestamp()) // seconds
    until = now + dt.timedelta(seconds=seconds)
    table = LimitUse._meta.db_table
    # Only the name of the table is put together here.
    sql = (
        f"INSERT INTO {table} (key, times, until) VALUES (%s, %s, %s) "  # noqa: S608
        f"ON CONFLICT (key) DO UPDATE SET times = {table}.times + excluded.times RETURNING times"
    )
    moment = connection.ops.adapt_datetimefield_value(until)
    try:
        with connection.cursor() as cursor:
            cursor.execute(sql, [f"{key}-{stretch}", times, moment])
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
