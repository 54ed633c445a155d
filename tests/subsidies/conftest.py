"""An accepted hub, and the pot of its year."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from huoshui.matters.actions import advance, open_matter
from huoshui.matters.models import Matter
from huoshui.matters.money.actions import write_line
from huoshui.media.actions import attach_file
from huoshui.subsidies.actions import allocate
from huoshui.subsidies.models import Pot
from tests.matters.conftest import photo

SCHEME = "hubs.hub_award"
TODAY = "2018-04-02"


def begun(cast: SimpleNamespace, secretary: Any = None) -> Matter:
    """A new hub that is being built."""
    by = secretary or cast.secretary
    place = by.duties.get(role="village_secretary").place
    office = cast.town_office if place.path.startswith(cast.land.town.path) else cast.other_town_office
    matter = open_matter(by=office, kind="hubs.construction", place=place, title="新建阵地")
    matter = advance(by=cast.district_office, matter=matter, transition="approve")
    return advance(by=by, matter=matter, transition="start", values={"planned_end": "2018-08-01"})


def accepted(cast: SimpleNamespace, secretary: Any = None, *, area: str = "320", cost: str = "100000") -> Matter:
    """A new hub that is built and accepted, with its accepted cost in yuan."""
    by = secretary or cast.secretary
    return finished(cast, by, begun(cast, by), area=area, cost=cost)


def finished(cast: SimpleNamespace, by: Any, matter: Matter, *, area: str = "320", cost: str = "100000") -> Matter:
    """The same of a hub that is being built."""
    attach_file(by=by, subject=matter, place=matter.place, slot="after", data=photo(), name="a.jpg", caption="")
    values = {"floor_area": area, "cost": cost, "completed_on": TODAY}
    matter = advance(by=by, matter=matter, transition="submit", values=values)
    matter = advance(by=cast.verifier, matter=matter, transition="accept")
    write_line(by=cast.verifier, matter=matter, type="accepted", amount=cost, day=TODAY)
    return Matter.objects.get(pk=matter.pk)


def fund(cast: SimpleNamespace, amount: str = "500万", year: int = 2018) -> Pot:
    """The district's pot."""
    return allocate(
        by=cast.finance, scheme=SCHEME, place=cast.land.district, year=year, amount=amount, day=TODAY,
        document="财预〔2018〕12号",
    )  # fmt: skip


@pytest.fixture
def pot(cast: SimpleNamespace) -> Pot:
    """Five million yuan for 2018."""
    return fund(cast)


@pytest.fixture
def hub(cast: SimpleNamespace) -> Matter:
    """An accepted hub of 320 m² for 100,000 yuan: half of it, 50,000, is what the tiers give."""
    return accepted(cast)
