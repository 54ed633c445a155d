"""places.record_honour"""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from huoshui.kernel.errors import Refusal
from huoshui.places.honours import record_honour
from tests.places.helpers import last_entry, refused

GIVEN = {"name": "文明村镇", "level": "municipal", "year": 2017}


def test_records(cast: SimpleNamespace) -> None:
    honour = record_honour(by=cast.district_office, place=cast.land.village, **GIVEN)
    assert str(honour) == "2017 文明村镇"
    assert last_entry() == ("places.record_honour", {"after": GIVEN})
    with refused("honour.twice"):
        record_honour(by=cast.district_office, place=cast.land.village, **GIVEN)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"name": " "}, "honour.name"),
        ({"level": "galactic"}, "honour.level"),
        ({"year": 2019}, "honour.year"),
        ({"year": 1900}, "honour.year"),
    ],
)
def test_refusals(cast: SimpleNamespace, changes: dict[str, object], code: str) -> None:
    with refused(code):
        record_honour(by=cast.district_office, place=cast.land.village, **(GIVEN | changes))


def test_levels_are_named_by_their_labels(cast: SimpleNamespace) -> None:
    with pytest.raises(Refusal) as caught:
        record_honour(by=cast.district_office, place=cast.land.village, **(GIVEN | {"level": "galactic"}))
    assert caught.value.problems[0].message().endswith("可用的有：国家级、省级、市级、区级。")


def test_needs_the_permission(cast: SimpleNamespace) -> None:
    with refused("access.denied"):
        record_honour(by=cast.secretary, place=cast.land.village, **GIVEN)
