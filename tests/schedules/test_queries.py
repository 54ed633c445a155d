"""What a calendar is told of what comes round, and what is still to come."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace

from huoshui.places import actions as places
from huoshui.schedules.actions import begin_plan
from huoshui.schedules.models import Plan
from huoshui.schedules.queries import OccasionFilter, calendar_entries, occasions, tally
from tests.schedules.conftest import JANUARY, survey_on, wanted

YEAR = (dt.date(2018, 1, 1), dt.date(2018, 12, 31))


def test_a_district_gets_one_entry_a_day_and_plan(cast: SimpleNamespace, plan: Plan) -> None:
    survey_on(cast, dt.date(2018, 3, 5))
    found = calendar_entries(cast.district_office, *YEAR)
    assert [entry.due_on.month for entry in found] == list(range(1, 13))
    march, may = found[2], found[4]
    assert (march.places, march.done, march.occasion) == (5, 1, None)
    assert (may.places, may.done) == (5, 0), "what is to come is counted by who will owe it"


def test_a_village_gets_its_own_to_be_opened(cast: SimpleNamespace, plan: Plan) -> None:
    found = calendar_entries(cast.secretary, dt.date(2018, 4, 1), dt.date(2018, 5, 31))
    own = plan.occasions.get(place=cast.land.village, due_on=dt.date(2018, 4, 30))
    assert [(entry.places, entry.occasion) for entry in found] == [(1, own.pk), (1, None)]


def test_no_more_than_asked_for(cast: SimpleNamespace, plan: Plan) -> None:
    assert len(calendar_entries(cast.district_office, *YEAR, most=3)) == 3
    assert calendar_entries(cast.stranger, *YEAR) == []


def test_a_closed_village_owes_nothing_of_later(cast: SimpleNamespace) -> None:
    new = places.open_place(
        by=cast.administrator, kind="village", code="410871203209", name="新村村民委员会", parent=cast.land.town,
        opened_on=dt.date(2018, 1, 1),
    )  # fmt: skip
    begin_plan(by=cast.district_office, place=cast.land.district, wanted=wanted(), begins_on=JANUARY)
    before = tally(cast.district_office, OccasionFilter())
    places.close_place(by=cast.administrator, place=new)
    after = tally(cast.district_office, OccasionFilter())
    assert before["due"] - after["due"] == 1, "April's is due after its end"
    assert occasions(cast.district_office).filter(place=new).count() == 3
