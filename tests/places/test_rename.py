"""places.rename"""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace

from huoshui.places import actions
from huoshui.places.queries import place_on
from tests.places.helpers import last_entry, refused


def test_the_former_name_stays_readable(cast: SimpleNamespace) -> None:
    day = dt.date(2018, 3, 1)
    place = actions.rename_place(by=cast.district_office, place=cast.land.village, name="卜昌新村村民委员会", since=day)
    assert (place.short_name, place.initials) == ("卜昌新村", "bcxc")
    then = place_on(place, dt.date(2018, 2, 28))
    assert (then.short_name, then.kind, then.parent) == ("寨卜昌村", "village", cast.land.town)
    assert place_on(place, day).short_name == "卜昌新村"
    action, data = last_entry()
    assert action == "places.rename"
    assert data["before"]["short_name"] == "寨卜昌村"


def test_refusals(cast: SimpleNamespace) -> None:
    village = cast.land.village
    with refused("access.denied"):
        actions.rename_place(by=cast.village_lead, place=village, name="新名")
    with refused("value.required"):
        actions.rename_place(by=cast.district_office, place=village, name=" ")
    actions.rename_place(by=cast.district_office, place=village, name="新名", since=dt.date(2018, 3, 1))
    with refused("record.stale"):
        actions.rename_place(by=cast.district_office, place=village, name="旧名", seen_version=1)
    with refused("place.change_conflict"):
        actions.rename_place(by=cast.district_office, place=village, name="旧名", since=dt.date(2018, 2, 1))
