"""The one source of time, and the channel."""

from __future__ import annotations

import datetime as dt
import threading

import pytest

from huoshui.kernel import clock
from huoshui.kernel.context import channel, current_channel
from tests.conftest import NOON


def test_days_are_those_of_shanghai() -> None:
    late = dt.datetime(2018, 4, 1, 16, 30, tzinfo=dt.UTC)
    with clock.set_to(late):
        assert clock.now() == late
        assert clock.today() == dt.date(2018, 4, 2)
    assert clock.local_date(late - dt.timedelta(hours=1)) == dt.date(2018, 4, 1)


def test_a_local_hour_is_a_moment_in_utc() -> None:
    moment = clock.local_moment(dt.date(2018, 4, 2), 9, 30)
    assert moment == dt.datetime(2018, 4, 2, 1, 30, tzinfo=dt.UTC)
    assert moment.tzinfo is dt.UTC


def test_set_blocks_nest_and_advance() -> None:
    with clock.set_to(NOON + dt.timedelta(days=1)):
        clock.advance(dt.timedelta(hours=2))
        assert clock.now() == NOON + dt.timedelta(days=1, hours=2)
    assert clock.now() == NOON


def test_another_thread_keeps_the_real_clock_which_cannot_be_advanced() -> None:
    seen: list[dt.datetime] = []
    refused: list[bool] = []

    def look() -> None:
        seen.append(clock.now())
        try:
            clock.advance(dt.timedelta(days=1))
        except RuntimeError:
            refused.append(True)

    thread = threading.Thread(target=look)
    thread.start()
    thread.join()
    assert abs(seen[0] - dt.datetime.now(dt.UTC)) < dt.timedelta(minutes=1)
    assert refused == [True]


def test_the_channel_holds_within_its_block() -> None:
    before = current_channel()
    with channel("field"):
        assert current_channel() == "field"
        with pytest.raises(KeyError), channel("timer"):
            raise KeyError
        assert current_channel() == "field"
    assert current_channel() == before
