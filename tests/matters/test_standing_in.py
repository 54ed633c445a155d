"""Standing in for somebody in matters: the deputy acts for them, and nobody comes round a bar by it."""

from __future__ import annotations

import datetime as dt
import json
from types import SimpleNamespace
from typing import Any

import pytest

from huoshui.duties.actions import end_duty, grant_duty, open_account
from huoshui.duties.delegating import delegate
from huoshui.duties.models import Account, Duty
from huoshui.duties.queries import system_account
from huoshui.duties.terms import hand_over, tick
from huoshui.kernel import clock
from huoshui.kernel.errors import Refusal
from huoshui.kernel.models import Entry
from huoshui.matters.actions import advance, ask_extension, assign, decide_extension
from huoshui.matters.models import Matter
from huoshui.matters.money import actions as money
from huoshui.matters.queries import matter_story, waiting_for
from huoshui.notices.models import Notice
from huoshui.subsidies.actions import apply, approve
from tests.matters.conftest import Opener, at, claim, submit
from tests.places.helpers import refused
from tests.subsidies.conftest import accepted, fund

TODAY, BACK = dt.date(2018, 4, 2), dt.date(2018, 4, 5)


def stand_in(principal: Account, deputy: Account, role: str) -> None:
    """For three days."""
    duties = list(Duty.objects.filter(account=principal, role=role))
    delegate(by=principal, duties=duties, to=deputy, since=TODAY, until=BACK)


def code_of(action: Any, **given: Any) -> str:
    with pytest.raises(Refusal) as caught:
        action(**given)
    return caught.value.code


@pytest.fixture
def village3(cast: SimpleNamespace, open_item: Opener) -> Matter:
    """An item of village 3, whose secretary is a verifier as well."""
    return open_item(cast.land.village3)


def test_the_deputy_acts_as_the_responsible_person_and_it_is_said(cast: SimpleNamespace, village3: Matter) -> None:
    assert code_of(claim, matter=village3, by=cast.stranger) == "matter.role_needed"
    stand_in(cast.both, cast.stranger, "village_secretary")
    assert [group.code for group in waiting_for(cast.stranger)] == ["claim"]
    matter = claim(village3, cast.stranger)
    assert matter.owner == cast.both
    entry = Entry.objects.get(action="matters.advance")
    assert json.loads(entry.data)["for"] == cast.both.label
    assert matter_story(matter)[-1].behalf == cast.both.label


def test_what_is_done_by_ones_own_duty_names_nobody_else(cast: SimpleNamespace, village3: Matter) -> None:
    grant_duty(by=system_account(), account=cast.stranger, role="village_secretary", place=cast.land.village3)
    stand_in(cast.both, cast.stranger, "village_secretary")
    claim(village3, cast.stranger)
    assert "for" not in json.loads(Entry.objects.get(action="matters.advance").data)


def test_nobody_verifies_in_anothers_name_what_they_did_themselves(cast: SimpleNamespace, item: Matter) -> None:
    stand_in(cast.verifier, cast.secretary, "verifier")
    matter = submit(item, cast.secretary)
    assert code_of(advance, by=cast.secretary, matter=matter, transition="verify") == "matter.own_work"


def test_nor_what_the_other_did(cast: SimpleNamespace, village3: Matter) -> None:
    matter = submit(village3, cast.both)
    stand_in(cast.both, cast.stranger, "verifier")
    assert code_of(advance, by=cast.stranger, matter=matter, transition="verify") == "matter.own_work"
    assert not waiting_for(cast.stranger)


def test_whoever_is_back_does_not_verify_what_was_done_in_their_name(cast: SimpleNamespace, village3: Matter) -> None:
    stand_in(cast.both, cast.stranger, "village_secretary")
    matter = submit(assign(by=cast.town_office, matter=village3, owner=cast.town_office), cast.stranger)
    with at("2018-04-06"):
        assert code_of(advance, by=cast.both, matter=matter, transition="verify") == "matter.own_work"


def test_nor_does_their_unit(cast: SimpleNamespace, village3: Matter) -> None:
    colleague = open_account(by=system_account(), username="colleague", title="副支书", unit=cast.both.unit)
    grant_duty(by=system_account(), account=colleague, role="verifier", place=cast.land.district)
    stand_in(cast.both, cast.stranger, "village_secretary")
    matter = submit(assign(by=cast.town_office, matter=village3, owner=cast.town_office), cast.stranger)
    with at("2018-04-06"):
        assert code_of(advance, by=colleague, matter=matter, transition="verify") == "matter.same_unit"


def test_what_was_done_before_the_leave_does_not_bar(cast: SimpleNamespace, item: Matter) -> None:
    """The secretary's own work, before they stood in for the verifier, is not the verifier's."""
    with at("2018-04-01"):
        matter = submit(item, cast.secretary)
    stand_in(cast.verifier, cast.secretary, "verifier")
    with at("2018-04-06"):
        assert advance(by=cast.verifier, matter=matter, transition="verify").is_closed


def test_more_time_is_not_granted_to_oneself(cast: SimpleNamespace, item: Matter) -> None:
    matter = claim(item, cast.secretary)
    stand_in(cast.town_office, cast.secretary, "town_office")
    ask_extension(by=cast.secretary, matter=matter, until=dt.date(2018, 5, 4), reason="材料晚到")
    assert code_of(decide_extension, by=cast.secretary, matter=matter, granted=True) == "matter.extension_own"


def test_a_payment_is_confirmed_by_a_second_person(cast: SimpleNamespace) -> None:
    """Neither by the deputy who ordered it, nor by whoever is back, in whose name it was ordered."""
    hub = accepted(cast)
    for account in (cast.stranger, cast.district_office):
        grant_duty(by=system_account(), account=account, role="finance_office", place=cast.land.district)
    stand_in(cast.district_office, cast.stranger, "district_office")
    order = money.order_payment(by=cast.stranger, matter=hub, type="paid", amount="100")
    assert code_of(money.confirm_payment, by=cast.stranger, order=order, day="2018-04-02") == "money.own_order"
    with at("2018-04-06"):
        assert (
            code_of(money.confirm_payment, by=cast.district_office, order=order, day="2018-04-06") == "money.own_order"
        )


def test_a_subsidy_is_not_approved_for_what_one_worked_on(cast: SimpleNamespace) -> None:
    fund(cast)
    claimed = apply(by=cast.secretary, matter=accepted(cast))
    stand_in(cast.district_office, cast.secretary, "district_office")
    assert code_of(approve, by=cast.secretary, claim=claimed) == "subsidy.own_claim"


def test_notices_go_to_the_deputy_too(cast: SimpleNamespace, item: Matter) -> None:
    stand_in(cast.secretary, cast.secretary2, "village_secretary")
    Notice.objects.all().delete()
    assign(by=cast.town_office, matter=item, owner=cast.village_lead)
    assign(by=cast.town_office, matter=item, owner=cast.secretary)
    told = {notice.account: notice for notice in Notice.objects.exclude(account=cast.village_lead)}
    assert set(told) == {cast.secretary, cast.secretary2}
    assert told[cast.secretary2].behalf == cast.secretary
    assert told[cast.secretary2].text.startswith("代寨卜昌村支书：")


def test_but_not_of_what_their_duty_does_not_reach(cast: SimpleNamespace, item: Matter) -> None:
    """Of the duty of one mechanism, nothing of another's."""
    grant_duty(by=system_account(), account=cast.secretary, role="grid_worker", place=cast.land.village, pack="hubs")
    stand_in(cast.secretary, cast.secretary2, "grid_worker")
    assign(by=cast.town_office, matter=item, owner=cast.village_lead)
    Notice.objects.all().delete()
    assign(by=cast.town_office, matter=item, owner=cast.secretary)
    assert cast.secretary2 not in {notice.account for notice in Notice.objects.all()}


def test_nor_of_a_role_that_is_no_longer_passed_on(cast: SimpleNamespace, item: Matter) -> None:
    stand_in(cast.secretary, cast.secretary2, "village_secretary")
    cast.secretary.duties.update(role="judge")
    grant_duty(by=system_account(), account=cast.secretary, role="village_secretary", place=cast.land.village)
    assign(by=cast.town_office, matter=item, owner=cast.village_lead)
    Notice.objects.all().delete()
    assign(by=cast.town_office, matter=item, owner=cast.secretary)
    assert cast.secretary2 not in {notice.account for notice in Notice.objects.all()}


def test_a_term_that_ends_by_its_date_asks_once_for_what_rests(cast: SimpleNamespace, item: Matter) -> None:
    """Whoever stands in for the one who is asked, in another duty, could do nothing about it."""
    grant_duty(by=system_account(), account=cast.administrator, role="district_office", place=cast.land.district)
    delegate(
        by=cast.administrator,
        duties=list(cast.administrator.duties.filter(role="district_office")),
        to=cast.stranger,
        since=TODAY,
        until=dt.date(2018, 4, 12),
    )
    duty = cast.secretary.duties.get()
    Duty.objects.filter(pk=duty.pk).update(until=dt.date(2018, 4, 3))
    assert tick()["duties"] == 0
    with at("2018-04-07"):
        assert [tick()["duties"], tick()["duties"]] == [1, 0]
        (asked,) = Notice.objects.filter(code="duty.ended")
        assert asked.account == cast.administrator
        assert "名下还有 1 件未办结的事项" in asked.text
        assert json.loads(Entry.objects.get(action="duties.note_end").data)["after"]["resting"] == 1
        duty.refresh_from_db()
        assert code_of(hand_over, by=cast.administrator, duty=duty) == "duty.matters_rest"
        assert code_of(hand_over, by=cast.town_office, duty=duty) == "access.denied"
        hand_over(by=cast.administrator, duty=duty, successor=cast.village_lead)
        item.refresh_from_db()
        assert item.owner == cast.village_lead


def test_an_end_with_nothing_resting_asks_nobody(cast: SimpleNamespace) -> None:
    duty = end_duty(by=cast.administrator, duty=cast.secretary2.duties.get())
    with refused("duty.runs"):
        hand_over(by=cast.administrator, duty=duty)
    with at("2018-04-03"):
        entries = Entry.objects.count()
        assert tick()["duties"] == 1
        assert Entry.objects.count() == entries
        assert clock.today() == dt.date(2018, 4, 3)
