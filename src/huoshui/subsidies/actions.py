"""Allocating a pot, applying, approving and ending a claim.

Locks are taken in one order (matter, claim, pot), so that two at once wait for each other and never for ever.
"""

from __future__ import annotations

from typing import Any

from django.db.models import Sum

from huoshui.kernel import clock, journal
from huoshui.kernel.access import require
from huoshui.kernel.actions import action
from huoshui.kernel.errors import Refusal
from huoshui.kernel.wording import listed
from huoshui.matters.actions.common import locked
from huoshui.matters.models import Matter
from huoshui.matters.money import permits as line_permits
from huoshui.matters.money.actions import AMOUNT, DAY, MOST, NOTE, add_line, add_reversal, require_come, stated
from huoshui.matters.money.models import MoneyLine
from huoshui.matters.money.sums import yuan_text
from huoshui.packs.queries import all_current
from huoshui.packs.schema import FieldDef, Text
from huoshui.packs.values import clean_values, require_within
from huoshui.places.models import Place
from huoshui.subsidies import permits
from huoshui.subsidies.models import Allocation, Claim, Pot
from huoshui.subsidies.queries import standing_claim
from huoshui.subsidies.reckoning import entitlement, require_accepted, require_pot, require_scheme

DOCUMENT = FieldDef(code="document", name=Text(zh="文号", en="Document"), type="text", max_length=60, required=True)
YEAR = FieldDef(code="year", name=Text(zh="年度", en="Year"), type="integer", minimum=2000, maximum=2100, required=True)
ALLOCATION_FIELDS = [AMOUNT, DAY, DOCUMENT, NOTE]
"""What is written in an allocation; a negative amount takes back."""
OPTIONAL_AMOUNT = AMOUNT.model_copy(update={"required": False})
BASIS = ("tier", "measure", "cost", "entitled")
"""What a claim is reckoned from, and comes to."""
STATES_AFTER = {
    "decline": Claim.State.DECLINED,
    "withdraw": Claim.State.WITHDRAWN,
    "revoke": Claim.State.REVOKED,
}


@action("subsidies.allocate")
def allocate(
    *, by: Any, scheme: str, place: Place, year: Any, amount: Any, day: Any, document: str, note: str = ""
) -> Pot:
    """Add a sum to the pot of a scheme, a place and a year (or take it back, negative), by a document.

    Raises access.denied, subsidy.scheme_unknown, the value.* errors, money.future,
    subsidy.allocated_already, or subsidy.pot_below.
    """
    pack = scheme.partition(".")[0]
    require(by, "fund.allocate", path=place.path, pack=pack)
    known = all_current("subsidies")
    if scheme not in known:
        raise Refusal("subsidy.scheme_unknown", field="scheme", scheme=scheme or "—", known=listed(known) or "—")
    given = {"year": year, "amount": amount, "day": day, "document": document, "note": note}
    values = {"note": ""} | clean_values([YEAR, *ALLOCATION_FIELDS], given)
    least = 1 if values["amount"] >= 0 else -MOST
    require_within(values["amount"], least, MOST, 100, field="amount", label=AMOUNT.name, unit="元")
    require_come(values["day"])
    number = values.pop("year")
    pot, _made = Pot.objects.get_or_create(scheme=scheme, place=place, year=number, defaults={"pack": pack})
    pot = Pot.objects.select_for_update().get(pk=pot.pk)
    before = pot.amount
    same = {name: values[name] for name in ("amount", "day", "document")}
    if pot.allocations.filter(**same).exists():
        texts = _told(amount=values["amount"]) | {"document": values["document"], "day": values["day"]}
        raise Refusal("subsidy.allocated_already", field="document", **texts)
    if before + values["amount"] < pot.approved:
        texts = _told(after=before + values["amount"], approved=pot.approved, left=pot.left)
        raise Refusal("subsidy.pot_below", field="amount", **texts)
    Allocation.objects.create(pot=pot, by=by, **values)
    pot.amount = _sum(pot.allocations, "amount")
    pot.save_next_version("amount")
    told = {"scheme": scheme, "year": number, "pot_amount": pot.amount, "document": values["document"]}
    journal.record(by=by, subject=pot, place=place, before={"pot_amount": before}, after=told, note=values["note"])
    return pot


@action("subsidies.apply")
def apply(*, by: Any, matter: Matter, amount: Any = None, note: str = "", seen_version: int | None = None) -> Claim:
    """Apply for the subsidy of an accepted matter; without an amount, for all that the tiers give.

    Raises record.stale, subsidy.not_covered, subsidy.role_needed, subsidy.not_accepted, subsidy.already,
    subsidy.no_measure, subsidy.no_award, subsidy.above_entitled, subsidy.no_pot, or the value.* errors.
    """
    matter = locked(matter, seen_version, {})
    scheme = require_scheme(matter)
    refusal = permits.apply_refusal(matter, scheme.rules, by)
    if refusal:
        raise refusal
    require_accepted(matter, scheme.rules)
    standing = standing_claim(matter)
    if standing:
        raise Refusal("subsidy.already", field="matter", state=permits.STATES[standing.state])
    rights = entitlement(matter, scheme.rules)
    asked, note = _asked(amount, note, rights.amount)
    if asked > rights.amount:
        texts = _told(wanted=asked, entitled=rights.amount)
        raise Refusal("subsidy.above_entitled", field="amount", **texts)
    today = clock.today()
    claim = Claim.objects.create(
        matter=matter,
        pot=require_pot(matter.place, scheme, today.year),
        pack_version=scheme.version,
        tier=rights.tier,
        measure=rights.measure,
        cost=rights.cost,
        entitled=rights.amount,
        applied=asked,
        applied_by=by,
        applied_on=today,
    )
    kind = line_permits.line_type(matter, scheme.rules.applied)
    add_line(by, matter, kind, amount=asked, day=today, note=note)
    return claim


@action("subsidies.approve")
def approve(*, by: Any, claim: Claim, amount: Any = None, note: str = "", seen_version: int | None = None) -> Claim:
    """Approve a claim, or a part of it, out of its pot; never above what is left there.

    It is reckoned anew, as the matter stands now: what was accepted may have been corrected since the application.
    Raises record.stale, subsidy.claim_state, subsidy.role_needed, subsidy.own_claim, subsidy.not_accepted,
    subsidy.no_measure, subsidy.no_award, subsidy.entitled_less, subsidy.above_applied,
    subsidy.pot_short, or the value.* errors.
    """
    claim = _locked(claim, seen_version)
    refusal = permits.step_refusal(claim, "approve", by)
    if refusal:
        raise refusal
    require_accepted(claim.matter, claim.rules)
    _reckon_anew(claim)
    wanted, note = _asked(amount, note, claim.applied)
    if wanted > claim.applied:
        texts = _told(wanted=wanted, applied=claim.applied)
        raise Refusal("subsidy.above_applied", field="amount", **texts)
    pot = Pot.objects.select_for_update().get(pk=claim.pot_id)
    if wanted > pot.left:
        texts = _told(amount=pot.amount, approved=pot.approved, left=pot.left, wanted=wanted)
        raise Refusal("subsidy.pot_short", field="amount", pot=pot, **texts)
    _decide(by, claim, Claim.State.APPROVED, wanted)
    _settle(pot)
    kind = line_permits.line_type(claim.matter, claim.rules.approved)
    add_line(by, claim.matter, kind, amount=wanted, day=clock.today(), payer=pot.scheme_name, note=note)
    return claim


@action("subsidies.end_claim")
def end_claim(*, by: Any, claim: Claim, step: str, reason: str, seen_version: int | None = None) -> Claim:
    """End a claim: ``decline`` or ``withdraw`` one that is not decided, ``revoke`` one that is approved but not paid.

    Its lines are reversed with the reason, and what was approved returns to the pot. Raises record.stale,
    value.choice, subsidy.claim_state, subsidy.role_needed, subsidy.own_claim, value.required, or money.below_used
    when it is paid or ordered to be.
    """
    if step not in STATES_AFTER:
        raise Refusal("value.choice", field="step", label="step", value=step or "—", choices=listed(STATES_AFTER))
    claim = _locked(claim, seen_version)
    refusal = permits.step_refusal(claim, step, by)
    if refusal:
        raise refusal
    reason = stated(reason)
    rules = claim.rules
    for code in (rules.approved, rules.applied):
        standing = MoneyLine.objects.filter(matter=claim.matter, type=code, reverses=None, reversed_by=None)
        for line in standing:
            add_reversal(by, claim.matter, line, reason)
    pot = Pot.objects.select_for_update().get(pk=claim.pot_id)
    _decide(by, claim, STATES_AFTER[step], 0)
    _settle(pot)
    return claim


def _locked(claim: Claim, seen_version: int | None) -> Claim:
    """The claim as it stands, with its matter locked; the version is the matter's."""
    matter = locked(claim.matter, seen_version, {})
    fresh = Claim.objects.select_for_update().get(pk=claim.pk)
    fresh.matter = matter
    return fresh


def _asked(amount: Any, note: str, otherwise: int) -> tuple[int, str]:
    """The amount that was given, in fen, or else the usual one; and the note."""
    values = clean_values([OPTIONAL_AMOUNT, NOTE], {"amount": amount, "note": note})
    asked: int = values.get("amount", otherwise)
    require_within(asked, 1, MOST, 100, field="amount", label=AMOUNT.name, unit="元")
    return asked, values.get("note", "")


def _reckon_anew(claim: Claim) -> None:
    """Let a claim rest on what its matter is entitled to now. Raises subsidy.entitled_less when that is below it."""
    rights = entitlement(claim.matter, claim.rules)
    if claim.applied > rights.amount:
        texts = _told(applied=claim.applied, entitled=rights.amount)
        raise Refusal("subsidy.entitled_less", field="claim", **texts)
    claim.tier, claim.measure, claim.cost, claim.entitled = rights.tier, rights.measure, rights.cost, rights.amount


def _decide(by: Any, claim: Claim, state: Claim.State, approved: int) -> None:
    claim.state, claim.approved = state, approved
    claim.decided_by, claim.decided_on = by, clock.today()
    claim.save_next_version("state", "approved", "decided_by", "decided_on", *BASIS)


def _settle(pot: Pot) -> None:
    """Bring a locked pot's approved sum to that of its claims; the database refuses one above its amount."""
    pot.approved = _sum(pot.claims, "approved")
    pot.save_next_version("approved")


def _told(**fen: int) -> dict[str, Any]:
    """Sums as a refusal tells them."""
    return {name: yuan_text(value) for name, value in fen.items()}


def _sum(rows: Any, column: str) -> int:
    return rows.aggregate(total=Sum(column))["total"] or 0
