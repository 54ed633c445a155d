"""duties.open_unit"""

from __future__ import annotations

from types import SimpleNamespace

from huoshui.duties.actions import open_unit
from tests.places.helpers import last_entry, refused


def test_opens_a_unit_at_a_place(cast: SimpleNamespace) -> None:
    unit = open_unit(by=cast.administrator, place=cast.land.town, name=" 乡农业办 ")
    assert (str(unit), unit.place) == ("乡农业办", cast.land.town)
    assert last_entry() == ("duties.open_unit", {"after": {"name": "乡农业办"}})


def test_refusals(cast: SimpleNamespace) -> None:
    with refused("access.denied"):
        open_unit(by=cast.district_office, place=cast.land.town, name="乡农业办")
    with refused("value.required"):
        open_unit(by=cast.administrator, place=cast.land.town, name=" ")
    with refused("unit.taken"):
        open_unit(by=cast.administrator, place=cast.land.town, name="乡党建办")
    assert open_unit(by=cast.administrator, place=cast.land.other_town, name="乡党建办").pk
