"""Changing a plan: what is given changes, the rest stays, and what was stays in the journal."""

from __future__ import annotations

import datetime as dt
import json
from types import SimpleNamespace

from huoshui.activities import actions
from huoshui.kernel import clock
from huoshui.kernel.models import Entry
from tests.activities.staging import TODAY, entry, moment, refusal, theme_day


def test_only_what_is_given_changes(cast: SimpleNamespace) -> None:
    planned = theme_day(cast, venue="村部")
    day = TODAY + dt.timedelta(days=8)
    moved = actions.change_plan(
        by=cast.secretary, activity=planned, starts_at=moment(day), values={"members": 30}, seen_version=1
    )
    assert (moved.day, moved.venue, moved.title, moved.version) == (day, "村部", "四月主题党日", 2)
    told = json.loads(entry(planned).data)
    assert told["after"]["members"] == 30
    assert "venue" not in told["after"]


def test_a_version_that_is_no_more_is_refused(cast: SimpleNamespace) -> None:
    planned = theme_day(cast)
    actions.change_plan(by=cast.secretary, activity=planned, title="另一个名称", seen_version=1)
    again = {"by": cast.secretary, "activity": planned, "title": "又一个", "seen_version": 1}
    assert refusal(actions.change_plan, **again) == [("record.stale", "version")]


def test_the_same_again_writes_nothing(cast: SimpleNamespace) -> None:
    planned = theme_day(cast)
    before = Entry.objects.count()
    actions.change_plan(by=cast.secretary, activity=planned, title="四月主题党日")
    assert Entry.objects.count() == before


def test_a_day_gone_by_keeps_its_plan_but_takes_no_new_day_that_is_over(cast: SimpleNamespace) -> None:
    planned = theme_day(cast)
    with clock.set_to(moment(TODAY + dt.timedelta(days=10))):
        changed = actions.change_plan(by=cast.secretary, activity=planned, venue="广场")
        assert changed.venue == "广场"
        late = {"by": cast.secretary, "activity": planned, "starts_at": moment(TODAY + dt.timedelta(days=4))}
        assert refusal(actions.change_plan, **late) == [("activity.plan_past", "starts_at")]


def test_others_and_what_is_over(cast: SimpleNamespace) -> None:
    planned = theme_day(cast)
    assert refusal(actions.change_plan, by=cast.village_lead, activity=planned, title="x") == [
        ("activity.planner_needed", "kind")
    ]
    actions.cancel(by=cast.secretary, activity=planned, reason="下雨")
    assert refusal(actions.change_plan, by=cast.secretary, activity=planned, title="x") == [("activity.state", "state")]
