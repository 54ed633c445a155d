"""Who may apply and who may decide, and who else can when somebody may not."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext_lazy as _

from huoshui.duties import by_role
from huoshui.duties.standing import Hand, standing_of
from huoshui.kernel import clock
from huoshui.kernel.errors import Refusal
from huoshui.matters import permits
from huoshui.matters.models import Matter
from huoshui.matters.money.models import MoneyLine
from huoshui.matters.schema import OWNER
from huoshui.subsidies.models import Claim
from huoshui.subsidies.schema import Scheme

STEPS = {
    "apply": _("申请补助"),
    "approve": _("核定补助"),
    "decline": _("不予补助"),
    "withdraw": _("撤回申请"),
    "revoke": _("撤销核定"),
}
"""Names of the steps of a claim."""
STATES = {
    "applied": _("待核定"),
    "approved": _("已核定"),
    "declined": _("未获补助"),
    "withdrawn": _("已撤回"),
    "revoked": _("核定已撤销"),
}
"""Names of the states of a claim."""
OPEN_TO = {"approve": "applied", "decline": "applied", "withdraw": "applied", "revoke": "approved"}
"""In which state each step can be taken."""


def apply_refusal(matter: Matter, rules: Scheme, actor: Any) -> Refusal | None:
    """Why the actor may not apply for a matter; None when they may. subsidy.role_needed."""
    if permits.acts_as(matter, actor, rules.applied_by):
        return None
    return _role_needed(matter, "apply", rules.applied_by)


def step_refusal(claim: Claim, step: str, actor: Any) -> Refusal | None:
    """Why the actor may not take a step of a claim; None when they may.

    subsidy.claim_state, subsidy.role_needed or subsidy.own_claim.
    """
    matter, rules = claim.matter, claim.rules
    if claim.state != OPEN_TO[step]:
        return Refusal("subsidy.claim_state", field="claim", state=STATES[claim.state], step=STEPS[step])
    if step == "withdraw":
        return apply_refusal(matter, rules, actor)
    if not permits.acts_as(matter, actor, rules.approved_by):
        return _role_needed(matter, step, rules.approved_by)
    hands = {Hand(claim.applied_by_id, day=claim.applied_on), Hand(matter.owner_id)}
    if step == "approve":
        hands |= hands_in(matter, rules)
    if standing_of(actor).had_a_hand(hands, matter.place.path, matter.pack):
        who = _who(matter, rules.approved_by, (hand.account for hand in hands))
        return Refusal("subsidy.own_claim", field="claim", step=STEPS[step], who=who)
    return None


def hands_in(matter: Matter, rules: Scheme) -> set[Hand]:
    """Who approves no subsidy of a matter: whoever may not accept the work, and whoever wrote its cost.

    Who worked on it, corrected it, pictured it done or answered for it, as from the steps that verify into a state
    that counts as accepted; and the writers of standing lines of the accepted cost.
    """
    accepting = [step for step in matter.definition.transitions if step.verifies and step.to in rules.accepted_in]
    worked = {hand for step in accepting for hand in permits.hands_in(matter, step)}
    costs = MoneyLine.objects.filter(matter=matter, type=rules.cost, reverses=None, reversed_by=None)
    return worked | {Hand(by, day=clock.local_date(at)) for by, at in costs.values_list("by_id", "created_at")}


def _role_needed(matter: Matter, step: str, roles: Iterable[str]) -> Refusal:
    return Refusal("subsidy.role_needed", field="claim", step=STEPS[step], who=_who(matter, roles, ()))


def _who(matter: Matter, roles: Iterable[str], barred: Iterable[Any]) -> str:
    wanted = [role for role in roles if role != OWNER]
    hands = [pk for pk in barred if pk is not None]
    duties = by_role.duties_over(matter.place, matter.pack).filter(role__in=wanted).exclude(account_id__in=hands)
    return by_role.titles_of(duties) or by_role.roles_named(wanted) or "—"
