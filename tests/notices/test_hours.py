"""Quiet hours and the digest's hour, over the day and midnight."""

from __future__ import annotations

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from huoshui.kernel import clock
from huoshui.notices.hours import digest_moment, digest_time, end_of, is_within
from huoshui.notices.models import NoticeHours
from huoshui.schedules.workdays import is_working_day

minutes = st.integers(0, 1439).map(lambda n: dt.time(n // 60, n % 60))
days = st.dates(dt.date(2018, 1, 1), dt.date(2018, 12, 31))


def number(time: dt.time) -> int:
    return time.hour * 60 + time.minute


@given(minutes, minutes, minutes)
def test_quiet_hours_are_as_long_as_from_start_to_end(at: dt.time, start: dt.time, end: dt.time) -> None:
    length = (number(end) - number(start)) % 1440
    assert is_within(at, start, end) == ((number(at) - number(start)) % 1440 < length)


@given(minutes, minutes, minutes)
def test_the_digest_never_falls_into_quiet_hours(at: dt.time, start: dt.time, end: dt.time) -> None:
    effective = digest_time(at, start, end)
    assert not is_within(effective, start, end)
    assert effective == at or is_within(at, start, end)


@given(days, minutes, minutes)
def test_quiet_hours_end_within_a_day(day: dt.date, now: dt.time, until: dt.time) -> None:
    moment = clock.local_moment(day, now.hour, now.minute)
    end = end_of(moment, until)
    assert dt.timedelta(0) < end - moment <= dt.timedelta(days=1)
    assert end.astimezone(clock.LOCAL_ZONE).time() == until


@given(days, minutes, minutes, st.booleans())
def test_a_digest_is_due_from_its_hour_to_midnight(day: dt.date, now: dt.time, at: dt.time, working: bool) -> None:
    moment = clock.local_moment(day, now.hour, now.minute)
    found = digest_moment(moment, at, working_days_only=working)
    if now < at or (working and not is_working_day(day)):
        assert found is None
    else:
        assert found is not None
        assert clock.local_date(found) == day
        assert found <= moment


@given(days, minutes, minutes, minutes)
def test_whatever_was_chosen_a_digest_is_possible_every_day(
    day: dt.date, at: dt.time, quiet_from: dt.time, quiet_until: dt.time
) -> None:
    """Were its hour always quiet, what is told would never go."""
    hours = NoticeHours(digest_at=at, quiet_from=quiet_from, quiet_until=quiet_until)
    effective = digest_time(at, quiet_from, quiet_until)
    moment = clock.local_moment(day, effective.hour, effective.minute)
    assert not hours.is_quiet(moment)
    assert hours.digest_moment(moment) == moment
