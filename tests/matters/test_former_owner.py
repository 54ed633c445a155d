"""Whoever answered for a matter while it was worked on never verifies it, even if they took no step."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from huoshui.duties import actions as duties
from huoshui.duties.queries import system_account
from huoshui.kernel.errors import Refusal
from huoshui.matters.actions import advance, assign
from huoshui.matters.models import Matter
from huoshui.matters.permits import barred_accounts, barred_units
from huoshui.matters.queries import waiting_for
from tests.matters.conftest import Opener, at, claim, submit


def waits_to_verify(actor: Any) -> bool:
    return "verify" in {group.code for group in waiting_for(actor)}


def for_a_while(matter: Matter, cast: SimpleNamespace) -> Matter:
    """``both`` answers for a matter for three days, and takes no step."""
    assign(by=cast.district_office, matter=matter, owner=cast.both)
    with at("2018-04-05"):
        return assign(by=cast.district_office, matter=matter, owner=cast.town_office)


@pytest.fixture
def claimed(open_item: Opener, cast: SimpleNamespace) -> Matter:
    """A matter of village 3 that the town's office works on; ``both`` could verify it."""
    return claim(open_item(cast.land.village3, owner=cast.town_office), cast.town_office)


def test_a_former_owner_verifies_as_little_as_the_present_one(claimed: Matter, cast: SimpleNamespace) -> None:
    matter = submit(for_a_while(claimed, cast), cast.town_office)
    assert not waits_to_verify(cast.both)
    with pytest.raises(Refusal) as refused:
        advance(by=cast.both, matter=matter, transition="verify")
    assert refused.value.code == "matter.own_work"
    verify = matter.definition.transition("verify")
    assert verify is not None
    assert cast.both.pk in barred_accounts(matter, verify)
    assert cast.both.unit_id in barred_units(matter, verify)
    assert waits_to_verify(cast.verifier)
    matter = advance(by=cast.verifier, matter=matter, transition="verify")
    # Opened again it is other work: what was answered for before bars nobody.
    with at("2018-06-01"):
        matter = advance(by=cast.district_office, matter=matter, transition="reopen", note="复查")
    assert cast.both.pk not in barred_accounts(matter, verify)


def test_a_former_unit_is_barred_too(claimed: Matter, cast: SimpleNamespace) -> None:
    matter = submit(for_a_while(claimed, cast), cast.town_office)
    colleague = duties.open_account(by=system_account(), username="colleague", title="同事", unit=cast.both.unit)
    duties.grant_duty(by=system_account(), account=colleague, role="verifier", place=cast.land.district)
    with pytest.raises(Refusal) as refused:
        advance(by=colleague, matter=matter, transition="verify")
    assert refused.value.code == "matter.same_unit"


def test_what_was_put_right_before_the_work_began_bars_nobody(open_item: Opener, cast: SimpleNamespace) -> None:
    item = open_item(cast.land.village3)
    assert item.owner == cast.both
    item = assign(by=cast.district_office, matter=item, owner=cast.town_office)
    matter = submit(claim(item, cast.town_office), cast.town_office)
    assert waits_to_verify(cast.both)
    assert advance(by=cast.both, matter=matter, transition="verify").state == "closed"
