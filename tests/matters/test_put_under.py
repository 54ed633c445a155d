"""Parts of a matter: opened under it or put under it, and the whole ends after them."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace
from typing import Any

import pytest

from huoshui.duties.actions import grant_duty
from huoshui.duties.queries import system_account
from huoshui.kernel.errors import Refusal
from huoshui.matters.actions import advance, put_under
from huoshui.matters.family import progress_of
from huoshui.matters.models import Matter
from huoshui.notices.queries import unread_for
from tests.matters.conftest import Opener, at, close, submit

DECLINE = {"transition": "decline", "values": {"where_else": "区水利局"}, "note": "已核实"}


def code_of(action: Any, **options: Any) -> str:
    with pytest.raises(Refusal) as refused:
        action(**options)
    return refused.value.problems[0].code


def test_a_part_has_its_own_owner_and_deadline(item: Matter, open_item: Opener, cast: SimpleNamespace) -> None:
    values = {"responsible_person": cast.village_lead.username, "deadline": "2018-04-10"}
    part = open_item(parent=item, values=values)
    assert (part.parent, part.owner, part.due_on) == (item, cast.village_lead, dt.date(2018, 4, 10))
    assert (item.owner, progress_of(item).open) == (cast.secretary, 1)


def test_the_whole_ends_after_its_parts(item: Matter, open_item: Opener, cast: SimpleNamespace) -> None:
    part, other = open_item(parent=item), open_item(parent=item)
    whole = submit(item, cast.secretary)
    assert code_of(advance, by=cast.verifier, matter=whole, transition="verify") == "matter.parts_open"
    close(part, cast.secretary, cast.verifier)
    assert not unread_for(cast.secretary).filter(code="matter.parts_ended").exists()
    advance(by=cast.town_office, matter=other, **DECLINE)
    assert unread_for(cast.secretary).filter(code="matter.parts_ended", subject_id=item.pk).count() == 1
    whole = advance(by=cast.verifier, matter=whole, transition="verify")
    assert whole.phase == "closed"
    reopen = {"by": cast.verifier, "transition": "reopen", "note": "又坏了"}
    assert code_of(advance, matter=part, **reopen) == "matter.parent_ended"
    assert code_of(open_item, parent=whole) == "matter.is_closed"
    advance(matter=whole, **reopen)
    assert advance(matter=part, **reopen).phase == "open"


def test_a_family_is_bounded_and_has_no_cycle(item: Matter, open_item: Opener, cast: SimpleNamespace) -> None:
    part = open_item(parent=item)
    lowest = open_item(parent=part)
    assert code_of(open_item, parent=lowest) == "matter.part_depth"
    upper = open_item()
    assert code_of(put_under, by=cast.town_office, matter=item, parent=upper) == "matter.part_depth"
    for below in (item, part, lowest):
        assert code_of(put_under, by=cast.town_office, matter=item, parent=below) == "matter.part_cycle"
    put_under(by=cast.town_office, matter=part, parent=None)
    put_under(by=cast.town_office, matter=part, parent=upper)
    part.refresh_from_db()
    assert (part.parent, progress_of(item).parts) == (upper, 0)


def test_who_may_divide_a_matter(item: Matter, open_item: Opener, cast: SimpleNamespace) -> None:
    """Whoever assigns there or answers for it; a part lies within the place of the whole."""
    other = open_item()
    assert code_of(put_under, by=cast.secretary, matter=other, parent=item) == "access.denied"
    far = open_item(cast.land.other_village)
    assert code_of(put_under, by=cast.district_office, matter=far, parent=item) == "matter.part_place"
    assert code_of(put_under, by=cast.town_office, matter=other, parent=item, seen_version=7) == "record.stale"
    with at("2018-04-03"):
        assert put_under(by=cast.town_office, matter=other, parent=item).parent == item


def test_a_part_that_is_not_seen_is_counted_and_not_named(
    item: Matter, open_item: Opener, cast: SimpleNamespace
) -> None:
    """The stranger verifies for one pack alone, and sees nothing of another."""
    grant_duty(by=system_account(), account=cast.stranger, role="verifier", place=cast.land.town, pack="rectification")
    part = open_item(kind="hubs.construction", parent=item)
    whole = submit(item, cast.secretary)
    for person, named in ((cast.stranger, False), (cast.verifier, True)):
        with pytest.raises(Refusal) as refused:
            advance(by=person, matter=whole, transition="verify")
        assert (part.number in refused.value.problems[0].message()) is named
