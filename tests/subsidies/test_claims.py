"""Applying, approving and ending a claim; the pot that bounds it; paying it by two people."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from huoshui.duties.actions import grant_duty
from huoshui.duties.queries import system_account
from huoshui.kernel.errors import Refusal
from huoshui.kernel.models import Entry
from huoshui.matters.actions import advance, assign
from huoshui.matters.models import Matter, MoneyLine, PaymentOrder
from huoshui.matters.money.actions import confirm_payment, order_payment, reverse_line, withdraw_order, write_line
from huoshui.matters.money.sums import sums_of
from huoshui.media.actions import attach_file
from huoshui.subsidies.actions import allocate, apply, approve, end_claim
from huoshui.subsidies.models import Claim, Pot
from tests.matters.conftest import at, photo
from tests.subsidies.conftest import SCHEME, TODAY, accepted, begun, finished, fund


def refused(code: str, action: Any, **given: Any) -> Refusal:
    """The refusal of an action, which writes nothing."""
    before = Entry.objects.count(), MoneyLine.objects.count(), PaymentOrder.objects.count(), Claim.objects.count()
    with pytest.raises(Refusal) as caught:
        action(**given)
    assert caught.value.code == code, str(caught.value)
    assert caught.value.problems[0].what_next()
    assert "—" not in caught.value.problems[0].message(), caught.value.problems[0].message()
    after = Entry.objects.count(), MoneyLine.objects.count(), PaymentOrder.objects.count(), Claim.objects.count()
    assert before == after
    return caught.value


def test_from_application_to_payment(cast: SimpleNamespace, pot: Pot, hub: Matter) -> None:
    claim = apply(by=cast.secretary, matter=hub)
    assert (claim.tier, claim.measure, claim.cost, claim.entitled, claim.applied) == (
        1, "320", 10_000_000, 5_000_000, 5_000_000,
    )  # fmt: skip
    claim = approve(by=cast.district_office, claim=claim, amount="4.5万元")
    order = order_payment(by=cast.district_office, matter=hub, type="subsidy_paid", amount="45000", payer="区财政局")
    line = confirm_payment(by=cast.finance, order=order, day=TODAY, voucher="支-018")
    assert sums_of(hub) == {
        "accepted": 10_000_000, "applied": 5_000_000, "approved": 4_500_000, "subsidy_paid": 4_500_000,
    }  # fmt: skip
    assert (line.payer, line.voucher, line.payment_order.ended_by) == ("区财政局", "支-018", cast.finance)
    pot.refresh_from_db()
    assert (pot.amount, pot.approved, pot.left) == (500_000_000, 4_500_000, 495_500_000)
    told = list(Entry.objects.filter(subject_id=hub.pk).order_by("seq").values_list("action", flat=True))[-4:]
    assert told == ["subsidies.apply", "subsidies.approve", "matters.order_payment", "matters.confirm_payment"]


def test_it_comes_after_acceptance(cast: SimpleNamespace, pot: Pot) -> None:
    refused("subsidy.not_accepted", apply, by=cast.secretary, matter=begun(cast))


def test_an_approval_too(cast: SimpleNamespace, pot: Pot, hub: Matter) -> None:
    claim = apply(by=cast.secretary, matter=hub)
    advance(by=cast.verifier, matter=hub, transition="reopen", note="屋顶漏水")
    refused("subsidy.not_accepted", approve, by=cast.district_office, claim=claim)


def accepted_again(cast: SimpleNamespace, hub: Matter, area: str) -> Matter:
    """A reopened hub corrected to another area and accepted again."""
    attach_file(
        by=cast.secretary, subject=hub, place=hub.place, slot="after", data=photo(150), name="b.jpg", caption=""
    )
    values = {"floor_area": area, "cost": "100000", "completed_on": TODAY}
    hub = advance(by=cast.secretary, matter=hub, transition="submit", values=values)
    return advance(by=cast.verifier, matter=hub, transition="accept")


def test_an_approval_goes_by_what_is_accepted_now(cast: SimpleNamespace, pot: Pot, hub: Matter) -> None:
    claim = apply(by=cast.secretary, matter=hub)
    reverse_line(by=cast.district_office, line=MoneyLine.objects.get(type="accepted"), reason="多算")
    refused("subsidy.no_measure", approve, by=cast.district_office, claim=claim)
    write_line(by=cast.verifier, matter=hub, type="accepted", amount="60000", day=TODAY)
    refusal = refused("subsidy.entitled_less", approve, by=cast.district_office, claim=claim, amount="1万")
    assert all(told in refusal.problems[0].message() for told in ("50,000.00", "30,000.00"))
    write_line(by=cast.verifier, matter=hub, type="accepted", amount="60000", day=TODAY)
    claim = approve(by=cast.district_office, claim=claim)
    claim.refresh_from_db()
    assert (claim.cost, claim.entitled, claim.approved) == (12_000_000, 6_000_000, 5_000_000)


def test_nor_by_the_tier_of_an_area_corrected_since(cast: SimpleNamespace, pot: Pot, hub: Matter) -> None:
    claim = apply(by=cast.secretary, matter=hub)
    accepted_again(cast, advance(by=cast.verifier, matter=hub, transition="reopen", note="面积不实"), area="200")
    refused("subsidy.entitled_less", approve, by=cast.district_office, claim=claim)
    end_claim(by=cast.district_office, claim=claim, step="decline", reason="面积不实")
    claim = approve(by=cast.district_office, claim=apply(by=cast.secretary, matter=hub))
    assert (claim.tier, claim.approved) == (2, 4_000_000)


def test_nothing_is_paid_once_acceptance_is_taken_back(cast: SimpleNamespace, pot: Pot, hub: Matter) -> None:
    claim = approve(by=cast.district_office, claim=apply(by=cast.secretary, matter=hub))
    paying = {"by": cast.district_office, "matter": hub, "type": "subsidy_paid", "amount": "1万"}
    order = order_payment(**paying)
    confirming = {"by": cast.finance, "order": order, "day": TODAY, "voucher": "1"}
    back = advance(by=cast.verifier, matter=hub, transition="reopen", note="屋顶漏水")
    refused("subsidy.not_accepted", order_payment, **paying)
    refused("subsidy.not_accepted", confirm_payment, **confirming)
    accepted_again(cast, back, area="200")
    refusal = refused("subsidy.approved_above", confirm_payment, **confirming)  # a smaller tier than was approved
    assert all(told in refusal.problems[0].message() for told in ("50,000.00", "40,000.00"))
    withdraw_order(by=cast.district_office, order=order, reason="面积不实")
    end_claim(by=cast.district_office, claim=claim, step="revoke", reason="面积不实")
    approve(by=cast.district_office, claim=apply(by=cast.secretary, matter=hub))
    order = order_payment(**paying)
    confirm_payment(**confirming | {"order": order})
    Claim.objects.filter(state="approved").update(state="revoked", approved=0)
    refused("subsidy.not_approved", order_payment, **paying)


def test_what_an_approval_rests_on_is_not_reversed(cast: SimpleNamespace, pot: Pot, hub: Matter) -> None:
    more = write_line(by=cast.verifier, matter=hub, type="accepted", amount="20000", day=TODAY)
    claim = approve(by=cast.district_office, claim=apply(by=cast.secretary, matter=hub), amount="55000")
    reversing = {"by": cast.district_office, "line": more, "reason": "多算"}
    refusal = refused("subsidy.approved_above", reverse_line, **reversing)
    assert all(told in refusal.problems[0].message() for told in ("55,000.00", "50,000.00"))
    end_claim(by=cast.district_office, claim=claim, step="revoke", reason="多算")
    approve(by=cast.district_office, claim=apply(by=cast.secretary, matter=hub), amount="45000")
    reverse_line(**reversing)  # 50,000 is still given


def test_who_may_apply(cast: SimpleNamespace, pot: Pot, hub: Matter) -> None:
    refused("subsidy.role_needed", apply, by=cast.finance, matter=hub)
    refused("subsidy.role_needed", apply, by=cast.other_town_office, matter=hub)
    apply(by=cast.secretary, matter=hub)
    refused("subsidy.already", apply, by=cast.secretary, matter=hub)


@pytest.mark.parametrize(
    ("area", "cost", "gives"),
    [("300", "100000", 5_000_000), ("300", "2000000", 6_000_000), ("299.99", "100000", 4_000_000),
     ("160", "10.05", 402), ("159.99", "100000", 1_000_000), ("0", "10.09", 201)],
)  # fmt: skip
def test_tiers(cast: SimpleNamespace, pot: Pot, area: str, cost: str, gives: int) -> None:
    assert apply(by=cast.secretary, matter=accepted(cast, area=area, cost=cost)).entitled == gives


def test_no_more_than_the_tiers_give(cast: SimpleNamespace, pot: Pot, hub: Matter) -> None:
    refusal = refused("subsidy.above_entitled", apply, by=cast.secretary, matter=hub, amount="50000.01")
    assert "50,000.00" in refusal.problems[0].message()
    claim = apply(by=cast.secretary, matter=hub, amount="3万")
    refused("subsidy.above_applied", approve, by=cast.district_office, claim=claim, amount="30000.01")


def test_no_accepted_cost_no_subsidy(cast: SimpleNamespace, pot: Pot, hub: Matter) -> None:
    reverse_line(by=cast.district_office, line=MoneyLine.objects.get(), reason="重新审定")
    refused("subsidy.no_measure", apply, by=cast.secretary, matter=hub)


def test_no_pot_of_the_year(cast: SimpleNamespace, hub: Matter) -> None:
    fund(cast, year=2017)
    assert "2018" in refused("subsidy.no_pot", apply, by=cast.secretary, matter=hub).problems[0].message()


def test_who_applied_never_approves(cast: SimpleNamespace, pot: Pot, hub: Matter) -> None:
    claim = apply(by=cast.secretary, matter=hub)
    Claim.objects.filter(pk=claim.pk).update(applied_by=cast.district_office)
    refused("subsidy.own_claim", approve, by=cast.district_office, claim=claim)
    refused("subsidy.role_needed", approve, by=cast.town_office, claim=claim)
    with pytest.raises(IntegrityError), transaction.atomic():  # and the database holds it too
        Claim.objects.filter(pk=claim.pk).update(state="approved", approved=1, decided_by=cast.district_office)


def test_who_worked_on_it_or_wrote_its_cost_never_approves(cast: SimpleNamespace, pot: Pot) -> None:
    for who in (cast.secretary, cast.town_office):
        grant_duty(by=system_account(), account=who, role="district_office", place=cast.land.district)
    built = accepted(cast)  # started and handed in by the secretary
    claim = apply(by=cast.town_office, matter=built)
    Matter.objects.filter(pk=built.pk).update(owner=None)
    refused("subsidy.own_claim", approve, by=cast.secretary, claim=claim)
    line = write_line(by=cast.district_office, matter=built, type="accepted", amount="1", day=TODAY)
    refused("subsidy.own_claim", approve, by=cast.district_office, claim=claim)
    reverse_line(by=cast.verifier, line=line, reason="多算")
    assert approve(by=cast.district_office, claim=claim).state == "approved"


def test_nor_who_answered_for_it_before(cast: SimpleNamespace, pot: Pot) -> None:
    former, work = cast.town_office, begun(cast)
    with at(TODAY, 15):
        assign(by=cast.district_office, matter=work, owner=former)
        assign(by=cast.district_office, matter=work, owner=cast.secretary)
    claim = apply(by=cast.secretary, matter=finished(cast, cast.secretary, work))
    grant_duty(by=system_account(), account=former, role="district_office", place=cast.land.district)
    refused("subsidy.own_claim", approve, by=former, claim=claim)
    assert approve(by=cast.district_office, claim=claim).state == "approved"


def test_never_above_the_pot(cast: SimpleNamespace, hub: Matter) -> None:
    fund(cast, "70000")
    first = approve(by=cast.district_office, claim=apply(by=cast.secretary, matter=hub))
    second = apply(by=cast.secretary2, matter=accepted(cast, cast.secretary2))
    refusal = refused("subsidy.pot_short", approve, by=cast.district_office, claim=second)
    assert "只剩 20,000.00 元" in refusal.problems[0].message()
    approve(by=cast.district_office, claim=second, amount="20000")
    with pytest.raises(IntegrityError), transaction.atomic():
        Pot.objects.filter(pk=first.pot_id).update(approved=7_000_001)


def test_a_pot_is_raised_and_taken_back(cast: SimpleNamespace, pot: Pot, hub: Matter) -> None:
    approve(by=cast.district_office, claim=apply(by=cast.secretary, matter=hub))
    pot = fund(cast, "-10万")
    assert (pot.amount, [row.amount for row in pot.allocations.order_by("id")]) == (
        490_000_000, [500_000_000, -10_000_000],
    )  # fmt: skip
    given = {"scheme": SCHEME, "place": cast.land.district, "year": 2018, "day": TODAY, "document": "财预〔2018〕30号"}
    refused("subsidy.pot_below", allocate, by=cast.finance, amount="-485.0001万", **given)
    refused("access.denied", allocate, by=cast.district_office, amount="1万", **given)
    refused("subsidy.scheme_unknown", allocate, by=cast.finance, amount="1万", **given | {"scheme": "hubs.none"})


def test_a_sum_is_allocated_once_and_not_before_its_day(cast: SimpleNamespace, pot: Pot) -> None:
    given = {
        "by": cast.finance, "scheme": SCHEME, "place": cast.land.district, "year": 2018, "amount": "500万",
        "day": TODAY, "document": "财预〔2018〕12号",
    }  # fmt: skip
    refusal = refused("subsidy.allocated_already", allocate, **given)
    assert "5,000,000.00" in refusal.problems[0].message()
    refused("money.future", allocate, **given | {"day": "2018-04-03"})
    for other in ({"amount": "1万"}, {"day": "2018-04-01"}, {"document": "财预〔2018〕13号"}, {"year": 2017}):
        allocate(**given | other)


def test_a_payment_needs_two_people(cast: SimpleNamespace, pot: Pot, hub: Matter) -> None:
    approve(by=cast.district_office, claim=apply(by=cast.secretary, matter=hub))
    given = {"matter": hub, "type": "subsidy_paid"}
    refused("money.two_people", write_line, by=cast.district_office, amount="1", day=TODAY, **given)
    refused("money.role_needed", order_payment, by=cast.secretary, amount="1", **given)
    order = order_payment(by=cast.district_office, amount="50000", **given)
    refused("money.role_needed", confirm_payment, by=cast.district_office, order=order, day=TODAY, voucher="1")
    PaymentOrder.objects.filter(pk=order.pk).update(ordered_by=cast.finance)
    refused("money.own_order", confirm_payment, by=cast.finance, order=order, day=TODAY, voucher="1")
    with pytest.raises(IntegrityError), transaction.atomic():
        PaymentOrder.objects.filter(pk=order.pk).update(state="confirmed", ended_by=cast.finance)


def test_whoever_applied_neither_orders_nor_confirms(cast: SimpleNamespace, pot: Pot, hub: Matter) -> None:
    claim = apply(by=cast.secretary, matter=hub)
    approve(by=cast.district_office, claim=claim)
    order = order_payment(by=cast.district_office, matter=hub, type="subsidy_paid", amount="1")
    for role in ("finance_office", "district_office"):
        grant_duty(by=system_account(), account=cast.secretary, role=role, place=cast.land.district)
    refused("money.applicant", confirm_payment, by=cast.secretary, order=order, day=TODAY, voucher="1")
    refused("money.applicant", order_payment, by=cast.secretary, matter=hub, type="subsidy_paid", amount="1")


def test_never_paid_above_what_is_approved(cast: SimpleNamespace, pot: Pot, hub: Matter) -> None:
    given = {"by": cast.district_office, "matter": hub, "type": "subsidy_paid"}
    refused("money.above_limit", order_payment, amount="0.01", **given)
    approve(by=cast.district_office, claim=apply(by=cast.secretary, matter=hub))
    order = order_payment(amount="30000", **given)
    refusal = refused("money.above_limit", order_payment, amount="20000.01", **given)
    assert "20,000.00" in refusal.problems[0].message()
    withdraw_order(by=cast.finance, order=order, reason="账号有误")
    refused("money.order_ended", confirm_payment, by=cast.finance, order=order, day=TODAY, voucher="1")
    order = order_payment(amount="50000", **given)
    confirm_payment(by=cast.finance, order=order, day=TODAY, voucher="1")
    refused("money.order_ended", confirm_payment, by=cast.finance, order=order, day=TODAY, voucher="1")


def test_ending_a_claim(cast: SimpleNamespace, pot: Pot, hub: Matter) -> None:
    claim = apply(by=cast.secretary, matter=hub)
    refused("subsidy.claim_state", end_claim, by=cast.district_office, claim=claim, step="revoke", reason="x")
    refused("value.required", end_claim, by=cast.secretary, claim=claim, step="withdraw", reason=" ")
    end_claim(by=cast.secretary, claim=claim, step="withdraw", reason="金额要重算")
    claim = apply(by=cast.secretary, matter=hub)
    end_claim(by=cast.district_office, claim=claim, step="decline", reason="不在年度计划内")
    claim = approve(by=cast.district_office, claim=apply(by=cast.secretary, matter=hub))
    order = order_payment(by=cast.district_office, matter=hub, type="subsidy_paid", amount="50000")
    ending = {"by": cast.district_office, "claim": claim, "step": "revoke", "reason": "复查不实"}
    refused("money.below_used", end_claim, **ending)
    withdraw_order(by=cast.district_office, order=order, reason="复查")
    assert end_claim(**ending).state == "revoked"
    assert sums_of(hub) == {"accepted": 10_000_000, "applied": 0, "approved": 0}
    pot.refresh_from_db()
    assert pot.approved == 0


def test_lines_of_a_subsidy_are_not_written_or_reversed_by_hand(cast: SimpleNamespace, pot: Pot, hub: Matter) -> None:
    apply(by=cast.secretary, matter=hub)
    given = {"by": cast.district_office, "matter": hub, "amount": "1", "day": TODAY}
    refused("money.by_procedure", write_line, type="approved", **given)
    line = MoneyLine.objects.get(type="applied")
    refused("money.by_procedure", reverse_line, by=cast.district_office, line=line, reason="x")


def test_two_offices_on_one_matter(cast: SimpleNamespace, pot: Pot, hub: Matter) -> None:
    claim = apply(by=cast.secretary, matter=hub, seen_version=hub.version)
    refused("record.stale", approve, by=cast.district_office, claim=claim, seen_version=hub.version)
