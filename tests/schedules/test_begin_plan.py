"""Beginning a plan."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace
from typing import Any

import pytest

from huoshui.duties.queries import system_account
from huoshui.kernel import clock
from huoshui.kernel.errors import Refusal
from huoshui.kernel.models import Entry
from huoshui.places import actions as places
from huoshui.schedules.actions import begin_plan
from huoshui.schedules.actions import wanted as declared
from huoshui.schedules.models import Occasion, Plan
from huoshui.schedules.queries import plans_of
from tests.schedules.conftest import JANUARY, states, survey_on, wanted


def begin(cast: SimpleNamespace, *, by: str = "district_office", **changed: Any) -> Plan:
    place = changed.pop("place", cast.land.district)
    dates = {"begins_on": changed.pop("begins_on", JANUARY), "until": changed.pop("until", None)}
    return begin_plan(by=getattr(cast, by), place=place, wanted=wanted(**changed), **dates)


def test_what_was_due_since_then_is_there_at_once(cast: SimpleNamespace) -> None:
    survey_on(cast, dt.date(2018, 1, 20))
    survey_on(cast, dt.date(2018, 3, 5))
    plan = begin(cast)
    assert states(plan, cast.land.village) == {
        "2018-01": "done", "2018-02": "missed", "2018-03": "done", "2018-04": "due",
    }  # fmt: skip
    assert states(plan, cast.land.village2)["2018-01"] == "missed"
    assert Occasion.objects.filter(plan=plan).count() == 5 * 4
    entry = Entry.objects.get(action="schedules.begin")
    assert '"occasions":20' in entry.data


def test_nothing_to_come_is_owed(cast: SimpleNamespace) -> None:
    plan = begin(cast, begins_on=dt.date(2018, 5, 1))
    assert not plan.occasions.exists()


def test_only_places_below_and_of_the_kind_owe_it(cast: SimpleNamespace) -> None:
    plan = begin(cast, by="town_office", place=cast.land.town)
    assert {row.place for row in plan.occasions.select_related("place")} == {
        cast.land.village, cast.land.village2, cast.land.village3,
    }  # fmt: skip


def test_a_village_owes_what_began_after_it_was_opened(cast: SimpleNamespace) -> None:
    new = places.open_place(
        by=cast.administrator, kind="village", code="410871203209", name="新村村民委员会", parent=cast.land.town,
        opened_on=dt.date(2018, 2, 10),
    )  # fmt: skip
    assert list(states(begin(cast), new)) == ["2018-03", "2018-04"]


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"name": " "}, "value.required"),
        ({"name": "长" * 81}, "value.too_long"),
        ({"place_kinds": ()}, "value.required"),
        ({"place_kinds": ("township",)}, "schedule.place_kind"),
        ({"of": "hubs.nothing"}, "schedule.unknown"),
        ({"section": "indicators"}, "schedule.unknown"),
        ({"rule": "FREQ=MONTHLY;BYMONTHDAY=31"}, "schedule.rule_skips"),
        ({"rule": "每月"}, "schedule.rule"),
        ({"times": 0}, "schedule.times"),
        ({"times": 32}, "schedule.times"),
        ({"grace_days": 367}, "schedule.grace"),
        ({"until": JANUARY}, "schedule.dates"),
        ({"until": dt.date(2018, 1, 20)}, "schedule.never_due"),
        ({"begins_on": dt.date(2001, 1, 1)}, "schedule.too_early"),
        ({"begins_on": dt.date(9999, 1, 1)}, "schedule.too_late"),
    ],
)
def test_what_makes_no_sense_is_refused(cast: SimpleNamespace, changed: dict[str, Any], code: str) -> None:
    with pytest.raises(Refusal) as refusal:
        begin(cast, **changed)
    assert [problem.code for problem in refusal.value.problems] == [code]
    assert not Plan.objects.exists()


@pytest.mark.parametrize("by", ["secretary", "auditor", "stranger", "other_town_office"])
def test_an_office_over_the_place_begins_it(cast: SimpleNamespace, by: str) -> None:
    with pytest.raises(Refusal) as refusal:
        begin(cast, by=by, place=cast.land.town)
    assert refusal.value.code == "access.denied"


def test_the_same_is_not_asked_twice_of_a_village(cast: SimpleNamespace, plan: Plan) -> None:
    with pytest.raises(Refusal) as refusal:
        begin(cast, by="town_office", place=cast.land.town, name="乡里也要")
    assert refusal.value.code == "schedule.twice"


def test_it_may_begin_again_after_its_end(cast: SimpleNamespace) -> None:
    begin(cast, until=dt.date(2018, 3, 1))
    assert begin(cast, begins_on=dt.date(2018, 3, 1)).occasions.exists()


def test_at_noon_of_a_later_day_more_is_due(cast: SimpleNamespace) -> None:
    with clock.set_to(clock.local_moment(dt.date(2018, 6, 1), 12)):
        assert list(states(begin(cast), cast.land.village))[-1] == "2018-06"


def test_only_places_with_the_attribute_owe_it(cast: SimpleNamespace) -> None:
    by, parent = system_account(), cast.land.village
    key, other = (
        places.open_place(by=by, kind="enterprise", code=f"qy-{n}", name=f"示范企业{n}号", parent=parent)
        for n in (1, 2)
    )
    places.amend_attributes(by=by, place=key, attributes={"third_party": True}, since=dt.date(2018, 2, 10))
    asked = declared("safety.monthly_third_party")
    plan = begin_plan(by=by, place=cast.land.district, wanted=asked, begins_on=JANUARY)
    assert list(states(plan, key)) == ["2018-02", "2018-03", "2018-04"]  # not of January, when it was not supervised
    assert states(plan, other) == {}
    assert [row.asked for row in plans_of(cast.district_office) if row.pk == plan.pk] == [1]
