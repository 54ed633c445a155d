"""places.amend"""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace

from huoshui.kernel import clock
from huoshui.kernel.models import Entry
from huoshui.places import actions
from huoshui.places.queries import attributes_on, present_attributes
from tests.places.helpers import last_entry, refused


def test_old_values_stay_readable_as_of_a_day(cast: SimpleNamespace) -> None:
    village, by = cast.land.village, cast.district_office
    actions.amend_attributes(by=by, place=village, attributes={"households": 300}, since=dt.date(2016, 1, 1))
    actions.amend_attributes(by=by, place=village, attributes={"households": 310}, since=dt.date(2018, 1, 1))
    assert attributes_on(village, dt.date(2015, 12, 31)) == {}
    assert attributes_on(village, dt.date(2017, 6, 30)) == {"households": 300}
    assert attributes_on(village, dt.date(2018, 1, 1)) == present_attributes(village) == {"households": 310}
    assert last_entry() == ("places.amend", {"before": {"households": 300}, "after": {"households": 310}})


def test_a_second_value_on_the_same_day_replaces_the_first(cast: SimpleNamespace) -> None:
    village, by = cast.land.village, cast.district_office
    for households in (300, 301):
        actions.amend_attributes(by=by, place=village, attributes={"households": households})
    assert village.attributes.get().value == 301
    assert attributes_on(village, clock.today()) == {"households": 301}


def test_an_empty_value_ends_the_attribute(cast: SimpleNamespace) -> None:
    village, by = cast.land.village, cast.district_office
    actions.amend_attributes(by=by, place=village, attributes={"brand": "红色"}, since=dt.date(2017, 1, 1))
    actions.amend_attributes(by=by, place=village, attributes={"brand": ""})
    assert present_attributes(village) == {}
    assert attributes_on(village, dt.date(2017, 1, 1)) == {"brand": "红色"}


def test_the_same_values_again_write_nothing(cast: SimpleNamespace) -> None:
    village, by = cast.land.village, cast.district_office
    place = actions.amend_attributes(by=by, place=village, attributes={"households": 300})
    before = Entry.objects.count()
    again = actions.amend_attributes(by=by, place=village, attributes={"households": "300"}, seen_version=2)
    assert again.version == place.version == 2
    assert Entry.objects.count() == before


def test_refusals(cast: SimpleNamespace) -> None:
    village, by = cast.land.village, cast.district_office
    with refused("access.denied"):
        actions.amend_attributes(by=cast.secretary, place=village, attributes={"households": 1})
    with refused("value.at_least"):
        actions.amend_attributes(by=by, place=village, attributes={"households": -1})
    with refused("value.unknown"):
        actions.amend_attributes(by=by, place=village, attributes={"towers": 1})
    actions.amend_attributes(by=by, place=village, attributes={"households": 300}, since=dt.date(2018, 1, 1))
    with refused("record.stale"):
        actions.amend_attributes(by=by, place=village, attributes={"households": 2}, seen_version=1)
    with refused("place.since"):
        actions.amend_attributes(by=by, place=village, attributes={"households": 2}, since=dt.date(2017, 1, 1))
