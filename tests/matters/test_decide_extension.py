"""Granting or refusing more time: by another, of another unit."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace
from typing import Any

import pytest

from huoshui.duties.actions import grant_duty
from huoshui.duties.queries import system_account
from huoshui.kernel.errors import Refusal
from huoshui.kernel.models import Entry
from huoshui.matters.actions import ask_extension, assign, climb_ladder, decide_extension, recompute_due
from huoshui.matters.models import Matter
from huoshui.matters.queries import matter_values, waiting_for
from huoshui.notices.queries import unread_for
from tests.matters.conftest import at, claim

UNTIL = dt.date(2018, 5, 4)


@pytest.fixture
def asked(item: Matter, cast: SimpleNamespace) -> Matter:
    """A claimed matter (due 20 April, limit 24 April) for which 4 May was asked."""
    matter = claim(item, cast.secretary)
    ask_extension(by=cast.secretary, matter=matter, until=UNTIL, reason="材料晚到")
    return matter


def code_of(**options: Any) -> str:
    with pytest.raises(Refusal) as refused:
        decide_extension(**({"granted": True} | options))
    return refused.value.problems[0].code


def test_granted_it_moves_the_deadline_and_keeps_the_old_one(asked: Matter, cast: SimpleNamespace) -> None:
    matter = decide_extension(by=cast.town_office, matter=asked, granted=True)
    assert (matter.due_on, matter.limit_on, matter.extension_until) == (UNTIL, UNTIL, None)
    assert {row.field.code: row.shown for row in matter_values(matter)}["deadline"] == str(UNTIL)
    entry = Entry.objects.get(action="matters.decide_extension")
    assert '"before":{"deadline":"2018-04-20","due_on":"2018-04-20","extension_until":"2018-05-04"}' in entry.data
    assert unread_for(cast.secretary).filter(code="matter.extension_granted").exists()
    assert not unread_for(cast.town_office).filter(code="matter.extension_asked").exists()
    assert recompute_due(by=system_account(), matter=matter) is False


def test_refused_it_changes_nothing_and_says_why(asked: Matter, cast: SimpleNamespace) -> None:
    assert code_of(by=cast.town_office, matter=asked, granted=False) == "value.required"
    matter = decide_extension(by=cast.town_office, matter=asked, granted=False, reason="材料早已到位")
    assert (matter.due_on, matter.extension_until) == (dt.date(2018, 4, 20), None)
    assert "材料早已到位" in unread_for(cast.secretary).get(code="matter.extension_refused").text
    assert code_of(by=cast.town_office, matter=matter) == "matter.extension_nothing"


def test_what_was_asked_in_time_can_be_granted_late(asked: Matter, cast: SimpleNamespace) -> None:
    with at("2018-04-26"):
        climb_ladder(by=system_account(), matter=asked, today=dt.date(2018, 4, 26))
        assert decide_extension(by=cast.district_office, matter=asked, granted=True).due_on == UNTIL


def test_nobody_grants_himself_more_time(asked: Matter, cast: SimpleNamespace) -> None:
    """Neither who asked, nor who answers for the matter, nor the unit of either; nor who has no such duty."""
    assert code_of(by=cast.verifier, matter=asked) == "matter.extension_decider"
    grant_duty(by=system_account(), account=cast.secretary, role="town_office", place=cast.land.town)
    grant_duty(by=system_account(), account=cast.village_lead, role="town_office", place=cast.land.town)
    assert code_of(by=cast.secretary, matter=asked) == "matter.extension_own"
    assign(by=cast.town_office, matter=asked, owner=cast.village_lead)
    assert code_of(by=cast.village_lead, matter=asked) == "matter.extension_own"
    assign(by=cast.district_office, matter=asked, unit=cast.town_office.unit)
    assert code_of(by=cast.town_office, matter=asked) == "matter.extension_unit"
    for person in (cast.secretary, cast.village_lead, cast.town_office):
        assert "extend" not in {group.code for group in waiting_for(person)}
    assert decide_extension(by=cast.district_office, matter=asked, granted=True).due_on == UNTIL
