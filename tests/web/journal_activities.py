"""Every action of activities, for the journal's scenario."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace

from huoshui.activities import actions as activities
from huoshui.kernel import clock
from huoshui.media.actions import attach_file
from tests.matters.conftest import photo


def play_activities(cast: SimpleNamespace) -> None:
    """A theme day that was planned, moved and held; a lecture with pictures of children; a plan that was dropped."""
    village, by = cast.land.village, cast.secretary
    planned = activities.plan(
        by=by, kind="activities.theme_day", place=village, title="四月主题党日", starts_at=clock.now(),
        values={"topic": "学习"},
    )  # fmt: skip
    activities.change_plan(by=by, activity=planned, venue="村部二楼", ends_at=clock.now() + dt.timedelta(hours=2))
    held = activities.record(
        by=by, activity=planned, held_on=clock.today(), headcount=30, minutes=60, outcome="清理河道",
        values={"members": 28},
    )  # fmt: skip
    activities.correct(by=by, activity=held, held_on=clock.today(), headcount=31, minutes=60, outcome="清理河道")
    lecture = activities.record_at_once(
        by=by, kind="activities.parent_school", place=village, title="家长学校第一讲", held_on=clock.today(),
        minutes=90, headcount=150, values={"school": "村小学", "topic": "沟通"},
    )  # fmt: skip
    consent = activities.record_consent(
        by=by, activity=lecture, children=40, given_on=clock.today(), paper="家长知情同意书，存学校"
    )
    attach_file(by=by, subject=lecture, place=village, slot="children", data=photo(60), name="a.jpg")
    activities.withdraw_consent(by=by, consent=consent, said="家长要求")
    dropped = activities.plan(
        by=by, kind="activities.volunteer_day", place=village, title="志愿服务日", starts_at=clock.now(), values={}
    )
    activities.cancel(by=by, activity=dropped, reason="下雨")
    activities.open_feed(by=by)
    activities.end_feed(by=by)
