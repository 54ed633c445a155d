"""Recording what nobody had planned here."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace

from huoshui.activities.models import Activity
from huoshui.duties.actions import end_duty
from huoshui.duties.models import Duty
from huoshui.duties.queries import system_account
from huoshui.kernel import clock
from huoshui.places.actions import close_place
from tests.activities.staging import TODAY, lecture, moment, refusal


def test_it_is_held_and_has_no_plan(cast: SimpleNamespace) -> None:
    held = lecture(cast)
    assert (held.state, held.starts_at, held.headcount) == ("held", None, 150)
    assert Activity.objects.visible_to(cast.town_office).get() == held
    assert not Activity.objects.visible_to(cast.secretary2).exists()


def test_the_kind_says_what_has_to_be_told(cast: SimpleNamespace) -> None:
    assert refusal(lecture, cast=cast, minutes=None, values={}) == [
        ("value.required", "school"), ("value.required", "topic"), ("value.required", "minutes"),
    ]  # fmt: skip
    assert refusal(lecture, cast=cast, headcount=0) == [("value.range", "headcount")]
    festival = {
        "kind": "activities.festival",
        "by": cast.town_office,
        "place": cast.land.town,
        "values": {"edition": 1},
    }
    assert refusal(lecture, cast=cast, **festival) == [("activity.not_asked", "minutes")]


def test_others_and_other_places(cast: SimpleNamespace) -> None:
    assert refusal(lecture, cast=cast, by=cast.secretary2) == [("activity.recorder_needed", "kind")]
    assert refusal(lecture, cast=cast, place=cast.land.district, by=cast.district_office) == [
        ("activity.recorder_needed", "kind")
    ]


def test_a_closed_place_holds_nothing_more_but_what_was_before_is_recorded(cast: SimpleNamespace) -> None:
    for duty in Duty.objects.filter(place=cast.land.village):
        end_duty(by=system_account(), duty=duty)
    with clock.set_to(moment(TODAY + dt.timedelta(days=30))):
        place = close_place(by=cast.administrator, place=cast.land.village)
        after = {"place": place, "held_on": clock.today(), "by": cast.town_office}
        assert refusal(lecture, cast=cast, **after) == [("place.closed", "place")]
        assert lecture(cast, place=place, by=cast.town_office).place == place
