"""Cancelling a plan, and taking a record back."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace

from huoshui.activities import actions
from tests.activities.staging import entry, lecture, moment, refusal, theme_day


def test_a_plan_and_a_record_are_cancelled_with_a_reason(cast: SimpleNamespace) -> None:
    gone = actions.cancel(by=cast.secretary, activity=theme_day(cast), reason=" 大风 ", seen_version=1)
    assert (gone.state, gone.cancel_reason, entry(gone).data.count("大风")) == ("cancelled", "大风", 1)
    back = actions.cancel(by=cast.secretary, activity=lecture(cast), reason="登记重了")
    assert (back.state, back.held_on, back.day) == ("cancelled", None, dt.date(2018, 4, 1))


def test_refusals(cast: SimpleNamespace) -> None:
    planned = theme_day(cast)
    assert refusal(actions.cancel, by=cast.secretary, activity=planned, reason=" ") == [("value.required", "reason")]
    assert refusal(actions.cancel, by=cast.secretary, activity=planned, reason="长" * 501) == [
        ("value.too_long", "reason")
    ]
    assert refusal(actions.cancel, by=cast.auditor, activity=planned, reason="x") == [
        ("activity.recorder_needed", "kind")
    ]
    actions.cancel(by=cast.secretary, activity=planned, reason="大风")
    assert refusal(actions.cancel, by=cast.secretary, activity=planned, reason="x") == [("activity.state", "state")]


def test_parts_go_before_the_whole(cast: SimpleNamespace) -> None:
    given = {"by": cast.town_office, "place": cast.land.town, "title": "节会", "starts_at": moment(dt.date(2018, 4, 6))}
    whole = actions.plan(**given, kind="activities.festival", values={"edition": 1})
    part = actions.plan(**given, kind="activities.festival_event", parent=whole)
    assert refusal(actions.cancel, by=cast.town_office, activity=whole, reason="x") == [
        ("activity.parts_stand", "parent")
    ]
    actions.cancel(by=cast.town_office, activity=part, reason="x")
    assert actions.cancel(by=cast.town_office, activity=whole, reason="x").state == "cancelled"
    late = given | {"kind": "activities.festival_event", "parent": whole}
    assert refusal(actions.plan, **late) == [("activity.part_cancelled", "parent")]
