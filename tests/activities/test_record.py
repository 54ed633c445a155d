"""Recording that a planned activity was held."""

from __future__ import annotations

import datetime as dt
from functools import lru_cache
from types import SimpleNamespace
from typing import Any

from django.conf import settings
from hypothesis import given
from hypothesis import strategies as st

from huoshui.activities import actions
from huoshui.activities.actions.common import held_problems
from huoshui.activities.cadence import days
from huoshui.activities.schema import ActivityKind
from huoshui.activities.values import read
from huoshui.packs.contract import SECTIONS
from huoshui.packs.reader import read_folder
from tests.activities.staging import TODAY, appoint_clerk, refusal, theme_day


def told(cast: SimpleNamespace, **given: Any) -> dict[str, Any]:
    return {"by": cast.secretary, "activity": theme_day(cast), "held_on": TODAY, "headcount": 30} | given


def test_a_held_one_stands_on_the_day_it_was_held(cast: SimpleNamespace) -> None:
    asked = told(cast, minutes=60, outcome="清理河道", values={"members": 28}, seen_version=1)
    held = actions.record(**asked)
    assert (held.state, held.day, held.held_on, held.minutes) == ("held", TODAY, TODAY, 60)
    assert held.starts_at is not None  # what was planned stays to be seen
    assert read(held) == {"topic": "学习乡村振兴", "members": 28}
    land = cast.land
    places = [land.village.pk, land.town.pk]
    assert list(days("activities.theme_day", places, TODAY, TODAY)) == [(land.village.pk, TODAY, held.pk)]
    assert refusal(actions.record, **asked | {"seen_version": None}) == [("activity.state", "state")]


def test_what_is_missing_is_told_together(cast: SimpleNamespace) -> None:
    activity = theme_day(cast, values={})
    asked = {"by": cast.secretary, "activity": activity, "held_on": TODAY}
    assert refusal(actions.record, **asked) == [("value.required", "topic"), ("value.required", "headcount")]


def test_nobody_records_what_is_to_come(cast: SimpleNamespace) -> None:
    tomorrow = TODAY + dt.timedelta(days=1)
    assert refusal(actions.record, **told(cast, held_on=tomorrow)) == [("activity.not_yet", "held_on")]
    assert refusal(actions.record, **told(cast, last_day=tomorrow)) == [("activity.not_yet", "last_day")]
    assert refusal(actions.record, **told(cast, last_day=TODAY - dt.timedelta(days=1))) == [
        ("activity.ends_before", "last_day")
    ]


def test_the_shares_of_a_film_show_come_to_its_price(cast: SimpleNamespace) -> None:
    appoint_clerk(cast)
    paid = {"film": "地道战", "paid_nation": "100", "paid_province": "40", "paid_city": "40", "price": "200"}
    asked: dict[str, Any] = {
        "by": cast.district_office, "kind": "activities.film_show", "place": cast.land.village, "title": "放映",
        "held_on": TODAY, "headcount": 60,
    }  # fmt: skip
    assert refusal(actions.record_at_once, **asked, values=paid) == [("activity.total_differs", "price")]
    show = actions.record_at_once(**asked, values=paid | {"paid_district": "20"})
    given = {"by": cast.district_office, "activity": show, "held_on": TODAY, "headcount": 60}
    assert refusal(actions.correct, **given, values={"paid_city": "50"}) == [("activity.total_differs", "price")]
    shares = {code: None for code in paid if code.startswith("paid_")} | {"paid_district": None}
    assert actions.correct(**given, values=shares).version == 2  # who pays is not settled: nothing to compare


def test_a_part_of_those_there_is_no_more_than_all(cast: SimpleNamespace) -> None:
    assert refusal(actions.record, **told(cast, values={"members": 31})) == [("activity.more_than_there", "members")]


def test_others_do_not_record(cast: SimpleNamespace) -> None:
    assert refusal(actions.record, **told(cast, by=cast.leader)) == [("activity.recorder_needed", "kind")]


@lru_cache
def declared() -> ActivityKind:
    """The theme day as its pack declares it, without a database."""
    raw = read_folder(settings.BUILTIN_PACKS_DIR / "activities", set(SECTIONS)).sections["activities"].data
    return ActivityKind.model_validate(next(one for one in raw if one["code"] == "theme_day"))


@given(
    days=st.integers(-3, 3),
    length=st.integers(-2, 2),
    headcount=st.none() | st.integers(0, 50),
    members=st.integers(0, 60),
)
def test_what_is_taken_is_always_sound(days: int, length: int, headcount: int | None, members: int) -> None:
    """Whatever is typed: without a problem the days are over, in order, and the parts within the whole."""
    kind = declared()
    held_on = TODAY + dt.timedelta(days=days)
    last_day = held_on + dt.timedelta(days=length)
    problems = held_problems(
        kind, held_on=held_on, last_day=last_day, minutes=None, headcount=headcount, outcome="",
        values={"topic": "x", "members": members},
    )  # fmt: skip
    sound = held_on <= last_day <= TODAY and headcount is not None and headcount >= 1 and members <= headcount
    assert sound == (not problems)
