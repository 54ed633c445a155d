"""places.undo_change"""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace

from huoshui.places.actions import amend_attributes, open_site, rename_place
from huoshui.places.changes.actions import undo_change
from huoshui.places.models import Place, PlaceChange
from tests.matters.conftest import claim
from tests.places.changing import NEW, OTHER_NEW, divided, matter_at, merged, state
from tests.places.helpers import last_entry, refused

WHY = "文件撤销"


def test_the_state_is_what_it_was(cast: SimpleNamespace) -> None:
    land, by = cast.land, cast.district_office
    open_site(by=by, kind="hub", name="寨卜昌村党群服务中心", parent=land.village)
    matter_at(cast, land.village)
    before = state()
    first = merged(by, [land.village, land.village2], NEW)
    assert state() != before
    undone = undo_change(by=by, change=first, reason=WHY)
    assert state() == before
    assert (undone.undone_why, undone.undone_by_label) == (WHY, by.label)
    assert {part.name for part in undone.parts.filter(place__isnull=True)} == {"和新村"}
    assert last_entry()[0] == "places.undo_change"
    second = divided(by, land.village, NEW, OTHER_NEW, everything=NEW.code)
    undo_change(by=by, change=second, reason=WHY)
    assert state() == before


def test_refusals(cast: SimpleNamespace) -> None:
    land, by = cast.land, cast.district_office
    change = merged(by, [land.village, land.village2], NEW)
    with refused("access.denied"):
        undo_change(by=cast.town_office, change=change, reason=WHY)
    with refused("value.required"):
        undo_change(by=by, change=change, reason=" ")
    undo_change(by=by, change=change, reason=WHY)
    with refused("place.undone"):
        undo_change(by=by, change=change, reason=WHY)


def test_what_depends_on_it_is_named(cast: SimpleNamespace) -> None:
    land, by = cast.land, cast.district_office
    matter = matter_at(cast, land.village)
    change = merged(by, [land.village, land.village2], NEW)
    new = Place.objects.get(code=NEW.code)
    rename_place(by=by, place=new, name="和美村", since=dt.date(2018, 3, 2))
    with refused("place.undo_depends"):
        undo_change(by=by, change=change, reason=WHY)
    undo_change(by=by, change=PlaceChange.objects.get(kind="rename"), reason=WHY)
    matter.refresh_from_db()
    claim(matter, cast.secretary)
    with refused("place.undo_depends"):
        undo_change(by=by, change=change, reason=WHY)


def test_what_was_written_of_the_new_place_depends_on_it(cast: SimpleNamespace) -> None:
    land, by = cast.land, cast.district_office
    change = merged(by, [land.village, land.village2], NEW)
    amend_attributes(by=by, place=Place.objects.get(code=NEW.code), attributes={"households": 500})
    with refused("place.undo_depends"):
        undo_change(by=by, change=change, reason=WHY)


def test_a_new_matter_of_the_new_place_depends_on_it(cast: SimpleNamespace) -> None:
    land, by = cast.land, cast.district_office
    change = merged(by, [land.village, land.village2], NEW)
    matter = matter_at(cast, Place.objects.get(code=NEW.code))
    with refused("place.undo_depends"):
        undo_change(by=by, change=change, reason=WHY)
    assert matter.place.code == NEW.code
