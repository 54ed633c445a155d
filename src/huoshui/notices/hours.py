"""When something may go out: quiet hours and the hour of the digest, in Asia/Shanghai. Pure functions of time."""

from __future__ import annotations

import datetime as dt

from huoshui.kernel import clock
from huoshui.schedules.workdays import is_working_day


def is_within(at: dt.time, start: dt.time, end: dt.time) -> bool:
    """Whether a time of day lies in [start, end), over midnight when ``end`` is earlier; never when both are equal."""
    if start <= end:
        return start <= at < end
    return at >= start or at < end


def end_of(moment: dt.datetime, until: dt.time) -> dt.datetime:
    """The next time, after ``moment``, at which the clock shows ``until``."""
    day = clock.local_date(moment)
    end = clock.local_moment(day, until.hour, until.minute)
    return end if end > moment else clock.local_moment(day + dt.timedelta(days=1), until.hour, until.minute)


def digest_time(digest_at: dt.time, quiet_from: dt.time, quiet_until: dt.time) -> dt.time:
    """The time of day at which the digest goes: the chosen one, or the end of the quiet hours that it falls in."""
    return quiet_until if is_within(digest_at, quiet_from, quiet_until) else digest_at


def digest_moment(moment: dt.datetime, at: dt.time, *, working_days_only: bool) -> dt.datetime | None:
    """When today's digest went or should have gone, at ``moment``; None before that, and on free days.

    What was told later than that waits for the next one.
    """
    local = moment.astimezone(clock.LOCAL_ZONE)
    if local.time() < at or (working_days_only and not is_working_day(local.date())):
        return None
    return clock.local_moment(local.date(), at.hour, at.minute)
