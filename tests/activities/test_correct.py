"""Correcting what was recorded: the journal keeps what it was."""

from __future__ import annotations

import json
from types import SimpleNamespace

from huoshui.activities import actions
from huoshui.kernel.models import Entry
from tests.activities.staging import TODAY, entry, lecture, refusal, theme_day


def test_before_and_after_stand_in_the_journal(cast: SimpleNamespace) -> None:
    held = lecture(cast)
    fixed = actions.correct(
        by=cast.secretary,
        activity=held,
        held_on=TODAY,
        minutes=90,
        headcount=155,
        values={"topic": "家风"},
        seen_version=1,
    )
    assert (fixed.day, fixed.headcount, fixed.version) == (TODAY, 155, 2)
    told = json.loads(entry(held).data)
    assert told["before"] == {"held_on": "2018-04-01", "last_day": "2018-04-01", "headcount": 150, "topic": "沟通"}
    assert told["after"] == {"held_on": "2018-04-02", "last_day": "2018-04-02", "headcount": 155, "topic": "家风"}


def test_the_same_again_writes_nothing(cast: SimpleNamespace) -> None:
    held = lecture(cast)
    before = Entry.objects.count()
    actions.correct(by=cast.secretary, activity=held, held_on=held.day, minutes=90, headcount=150)
    assert Entry.objects.count() == before


def test_refusals(cast: SimpleNamespace) -> None:
    held = lecture(cast)
    asked = {"activity": held, "held_on": held.day, "minutes": 90, "headcount": 150}
    assert refusal(actions.correct, by=cast.village_lead, **asked) == [("activity.recorder_needed", "kind")]
    assert refusal(actions.correct, by=cast.secretary, **asked, seen_version=9) == [("record.stale", "version")]
    assert refusal(actions.correct, by=cast.secretary, **asked, values={"school": ""}) == [("value.required", "school")]
    planned = asked | {"activity": theme_day(cast)}
    assert refusal(actions.correct, by=cast.secretary, **planned) == [("activity.state", "state")]
