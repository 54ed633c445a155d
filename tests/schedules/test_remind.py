"""Reminding the people of a place before the due day, and once when it is past."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace
from typing import Any

import pytest

from huoshui.kernel import clock
from huoshui.kernel.errors import Refusal
from huoshui.kernel.models import Entry
from huoshui.notices.models import Notice
from huoshui.schedules.actions import begin_plan, excuse, remind, tick
from huoshui.schedules.models import Plan
from tests.schedules.conftest import survey_on, wanted


def on(month: int, day: int) -> Any:
    return clock.set_to(clock.local_moment(dt.date(2018, month, day), 12))


def begin(cast: SimpleNamespace, **changed: Any) -> Plan:
    return begin_plan(
        by=cast.district_office, place=cast.land.district, wanted=wanted(**changed), begins_on=dt.date(2018, 4, 1)
    )


def told(account: Any) -> list[tuple[str, str]]:
    rows = Notice.objects.filter(account=account, code__startswith="schedule.").order_by("created_at")
    return [(row.code, str(row.place.short_name)) for row in rows]


def test_the_village_is_told_once_before_and_once_after(cast: SimpleNamespace) -> None:
    begin(cast)
    with on(4, 26):
        tick()
        assert told(cast.secretary) == []
    with on(4, 27):
        tick()
        tick()
        assert told(cast.secretary) == [("schedule.near", "寨卜昌村")]
        assert "还有 3 天" in Notice.objects.get(account=cast.secretary, code="schedule.near").text
    with on(5, 1):
        tick()
        tick()
    assert [code for code, _place in told(cast.secretary)] == ["schedule.near", "schedule.overdue"]
    assert told(cast.district_office) == [], "an office sees it in its list"
    assert Entry.objects.filter(action="schedules.remind").count() == 2


def test_who_has_done_it_or_is_excused_is_told_nothing(cast: SimpleNamespace) -> None:
    plan = begin(cast)
    survey_on(cast, dt.date(2018, 4, 2))
    excuse(by=cast.town_office, occasion=plan.occasions.get(place=cast.land.village2), why="封路")
    with on(4, 30):
        tick()
    assert told(cast.secretary) == []
    assert not Notice.objects.filter(place__in=[cast.land.village, cast.land.village2], code="schedule.near").exists()


def test_who_wants_no_reminders_gets_none(cast: SimpleNamespace) -> None:
    begin(cast, remind_days=0)
    with on(5, 1):
        tick()
    assert told(cast.secretary) == []


def test_nobody_is_reminded_of_what_was_over_when_it_was_asked(cast: SimpleNamespace, plan: Plan) -> None:
    tick()
    assert told(cast.secretary) == []


def test_only_the_timer_reminds(cast: SimpleNamespace, plan: Plan) -> None:
    with pytest.raises(Refusal) as refusal:
        remind(by=cast.district_office, plan=plan)
    assert refusal.value.code == "access.denied"


@pytest.mark.parametrize("days", [-1, 61])
def test_days_beyond_reason_are_refused(cast: SimpleNamespace, days: int) -> None:
    with pytest.raises(Refusal) as refusal:
        begin(cast, remind_days=days)
    assert refusal.value.code == "schedule.remind"
