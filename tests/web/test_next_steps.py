"""The button in a row: it is offered to exactly those whom the step itself would not refuse."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from huoshui.duties.actions import grant_duty, open_account
from huoshui.duties.models import Account
from huoshui.duties.queries import system_account
from huoshui.kernel.reading import reading
from huoshui.matters.actions import assign
from huoshui.matters.models import Matter
from huoshui.matters.permits import may_take
from huoshui.media.actions import attach_file
from huoshui.web.office.matter_pages.next_steps import next_steps
from tests.matters.conftest import Opener, at, claim, open_item, photo, submit
from tests.matters.test_standing_in import stand_in

__all__ = ["open_item"]


@pytest.fixture
def item(open_item: Opener) -> Matter:
    return open_item()


@pytest.fixture
def village3(cast: SimpleNamespace, open_item: Opener) -> Matter:
    """An item of village 3, whose secretary is a verifier as well."""
    return open_item(cast.land.village3)


def verifier(cast: SimpleNamespace, name: str, unit: Any) -> Account:
    """Another verifier of the district."""
    found = open_account(by=system_account(), username=name, title=name, unit=unit)
    grant_duty(by=system_account(), account=found, role="verifier", place=cast.land.district)
    return found


def offered(person: Account, *matters: Matter) -> set[str]:
    """The steps in the rows of some matters; each of them, and no other, is one that the step allows."""
    rows = list(Matter.objects.filter(pk__in=[matter.pk for matter in matters]).select_related("place"))
    with reading():
        found = next_steps(person, rows)
    for row in rows:
        step = next(step for step in row.definition.transitions_from(row.state) if step.primary)
        assert (row.pk in found) == may_take(row, step, person)
    return {step.code for step in found.values()}


def test_others_work_is_offered(cast: SimpleNamespace, item: Matter) -> None:
    assert offered(cast.secretary, item) == {"claim"}
    assert offered(cast.verifier, item) == set()
    matter = submit(item, cast.secretary)
    assert offered(cast.verifier, matter) == {"verify"}
    assert offered(cast.secretary, matter) == set()


def test_own_work_is_not_nor_that_of_the_unit(cast: SimpleNamespace, village3: Matter, item: Matter) -> None:
    own, others = submit(village3, cast.both), submit(item, cast.secretary)
    assert offered(cast.both, own) == set()
    assert offered(verifier(cast, "colleague", cast.both.unit), own) == set()
    assert offered(cast.both, own, others) == {"verify"}


def test_who_took_a_photo_of_the_work_is_not_offered_to_verify_it(cast: SimpleNamespace, village3: Matter) -> None:
    matter = claim(assign(by=cast.town_office, matter=village3, owner=cast.town_office), cast.town_office)
    attach_file(
        by=cast.both, subject=matter, place=matter.place, slot="after", data=photo(40), name="b.jpg", caption=""
    )
    assert offered(cast.both, submit(matter, cast.town_office)) == set()


def test_what_a_deputy_did_is_not_offered_to_whom_they_stood_in_for(cast: SimpleNamespace, village3: Matter) -> None:
    stand_in(cast.both, cast.stranger, "village_secretary")
    matter = submit(assign(by=cast.town_office, matter=village3, owner=cast.town_office), cast.stranger)
    with at("2018-04-06"):
        assert offered(cast.both, matter) == set()
        assert offered(verifier(cast, "colleague", cast.both.unit), matter) == set()
        assert offered(cast.verifier, matter) == {"verify"}
