"""What a subsidy asks of the money of its matter."""

from __future__ import annotations

from typing import Any

from huoshui.kernel.errors import Refusal
from huoshui.kernel.events import MoneyMoves
from huoshui.matters.models import Matter
from huoshui.matters.money.sums import yuan_text
from huoshui.subsidies.models import Claim
from huoshui.subsidies.queries import standing_claim
from huoshui.subsidies.reckoning import entitled_sum, require_accepted, scheme_of
from huoshui.subsidies.schema import Scheme


def hold_to_the_claim(event: MoneyMoves) -> None:
    """Refuse a payment that no approved claim bears now, and a reversal of the cost that an approved claim rests on.

    Raises subsidy.not_accepted, subsidy.not_approved or subsidy.approved_above.
    """
    matter: Matter = event.matter
    claim = standing_claim(matter)
    rules = claim.rules if claim else _rules_of(matter)
    if rules is None:
        return
    if event.step != "reverse" and event.line_type == rules.paid:
        require_accepted(matter, rules)
        if claim is None or claim.state != Claim.State.APPROVED:
            raise Refusal("subsidy.not_approved", field="type", scheme=rules.name)
        _require_borne(claim, 0)
    if event.step == "reverse" and event.line_type == rules.cost and claim and claim.state == Claim.State.APPROVED:
        _require_borne(claim, event.amount)


def _rules_of(matter: Matter) -> Scheme | None:
    covering = scheme_of(matter)
    return covering.rules if covering else None


def _require_borne(claim: Claim, less: int) -> None:
    """Raise subsidy.approved_above when the rules, with so much less accepted cost, give less than is approved."""
    entitled = entitled_sum(claim.matter, claim.rules, less)
    if claim.approved > entitled:
        told: dict[str, Any] = {"approved": yuan_text(claim.approved), "entitled": yuan_text(entitled)}
        raise Refusal("subsidy.approved_above", field="amount", **told)
