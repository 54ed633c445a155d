"""Uses are counted in the database, by one statement, for every process; and forgotten when they count no more."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import DatabaseError, connection
from django.test.utils import CaptureQueriesContext

from huoshui.kernel import clock
from huoshui.kernel.limits import READINGS_AT_ONCE, count_reading, count_use, forget_uses, seconds_left
from huoshui.kernel.models import LimitUse

MOMENT = dt.datetime(2018, 4, 2, 4, 0, 10, tzinfo=dt.UTC)

pytestmark = pytest.mark.django_db


def test_each_stretch_is_counted_for_itself_by_one_statement() -> None:
    with clock.set_to(MOMENT):
        with CaptureQueriesContext(connection) as asked:
            assert count_use("page-a", 60) == 1
        assert len(asked) == 1
        assert [count_use("page-a", 60), count_use("page-b", 60)] == [2, 1]
        assert seconds_left(60) == 50
    with clock.set_to(MOMENT + dt.timedelta(seconds=50)):
        assert count_use("page-a", 60) == 1


def test_another_process_goes_on_counting_where_this_one_is() -> None:
    with clock.set_to(MOMENT):
        count_use("page", 60)
        LimitUse.objects.update(times=40)  # as another process left it
        assert count_use("page", 60) == 41


def test_what_only_reads_is_told_to_the_database_now_and_then() -> None:
    with clock.set_to(MOMENT):
        with CaptureQueriesContext(connection) as asked:
            assert [count_reading("page", 60) for _ in range(READINGS_AT_ONCE - 1)][-1] == READINGS_AT_ONCE - 1
        assert not asked
        assert count_reading("page", 60) == READINGS_AT_ONCE
        assert LimitUse.objects.get().times == READINGS_AT_ONCE
    with clock.set_to(MOMENT + dt.timedelta(seconds=50)):
        assert count_reading("page", 60) == 1


def test_readings_of_other_processes_are_learnt_when_one_tells_its_own() -> None:
    with clock.set_to(MOMENT):
        for _ in range(READINGS_AT_ONCE):
            count_reading("page", 60)
        LimitUse.objects.update(times=230)  # as others told meanwhile
        assert count_reading("page", 60) == READINGS_AT_ONCE + 1
        told = [count_reading("page", 60) for _ in range(READINGS_AT_ONCE - 1)][-1]
        assert told == 230 + READINGS_AT_ONCE
        assert count_reading("page", 60) == told + 1


def test_what_counts_no_more_is_forgotten() -> None:
    with clock.set_to(MOMENT):
        count_use("page", 60)
        assert forget_uses() == 0
    with clock.set_to(MOMENT + dt.timedelta(minutes=2)):
        assert forget_uses() == 1
    assert not LimitUse.objects.exists()


def test_a_full_disk_holds_up_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_args: object) -> None:
        raise DatabaseError("full")

    monkeypatch.setattr("huoshui.kernel.limits.is_full", lambda _error: True)
    monkeypatch.setattr("django.db.backends.utils.CursorWrapper.execute", full)
    assert count_use("page", 60) == 1
