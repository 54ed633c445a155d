"""The one source of time, so that demo data and tests can place an action on any day.

Stored times are UTC; business dates are those of Asia/Shanghai.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

LOCAL_ZONE = ZoneInfo("Asia/Shanghai")

_set_to: ContextVar[datetime | None] = ContextVar("huoshui_clock", default=None)


def now() -> datetime:
    """The present moment, aware, in UTC."""
    return _set_to.get() or datetime.now(UTC)


def today() -> date:
    """The present date in Asia/Shanghai."""
    return local_date(now())


def local_date(moment: datetime) -> date:
    """The date in Asia/Shanghai of an aware moment."""
    return moment.astimezone(LOCAL_ZONE).date()


def local_moment(day: date, hour: int = 9, minute: int = 0) -> datetime:
    """The UTC moment of an hour and minute of a day in Asia/Shanghai."""
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=LOCAL_ZONE).astimezone(UTC)


@contextmanager
def set_to(moment: datetime) -> Iterator[None]:
    """Within the block the clock stands at ``moment`` (aware)."""
    token = _set_to.set(moment.astimezone(UTC))
    try:
        yield
    finally:
        _set_to.reset(token)


def advance(step: timedelta) -> None:
    """Move a clock that was set on by ``step``; raises RuntimeError where the clock is the real one."""
    moment = _set_to.get()
    if moment is None:
        raise RuntimeError("the clock is the real one: use set_to() first")
    _set_to.set(moment + step)
