"""Where a round stands, its one obvious next step, and who takes it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from huoshui.kernel.access import allows, who_can
from huoshui.kernel.errors import Refusal
from huoshui.kernel.wording import clauses, listed, separator
from huoshui.visits import actions
from huoshui.visits.models import Round, Signature
from huoshui.visits.teams import opening_gaps


@dataclass(frozen=True)
class NextStep:
    """What comes next in a round: the verb on the button, what it does, who takes it."""

    code: str
    verb: str
    what: str
    may: bool
    who: str
    warning: str = ""
    """What must be said before it is done; such a step asks once more."""
    url: str = ""
    """The page on which it is taken, where that is not the round's own."""


@dataclass(frozen=True)
class Stage:
    """One stage of the way from planning to the seal."""

    label: str
    done: bool
    now: bool


STAGES = ("planned", "open", "locked", "computed", "signed", "sealed")


def stages(round: Round) -> list[Stage]:
    """筹备 → 进行中 → 锁定 → 计算 → 签字 → 封存, with what is done and where the round stands."""
    labels = [
        *(_("筹备"), _("进行中"), pgettext("done", "锁定"), pgettext("done", "计算")),
        *(pgettext("done", "签字"), pgettext("done", "封存")),
    ]
    at = STAGES.index(round.state)
    if round.state == Round.State.COMPUTED:
        at = STAGES.index("signed")
    return [Stage(label, n < at, n == at) for n, label in enumerate(labels)]


def standing_signatures(round: Round) -> dict[str, Signature]:
    """The signatures that hold, by role."""
    return {s.role: s for s in round.signatures.filter(voided_at__isnull=True).select_related("account")}


def next_step(user: Any, round: Round) -> NextStep | None:
    """The next step, with whether this person takes it; None once the round is sealed."""
    match round.state:
        case Round.State.PLANNED:
            return _opening(user, round)
        case Round.State.OPEN:
            warning = _("锁定后不再收评分表；迟交的会保留并标明，经组长说明理由准入后才计分。")
            return _step(user, round, "lock", _("锁定"), _("评分表收齐后锁定"), ["round.plan"], warning)
        case Round.State.LOCKED:
            what = _("登记加减分后计算成绩")
            return _step(user, round, "compute", _("计算"), what, ["round.plan", "round.adjust"])
        case Round.State.COMPUTED:
            return _signing(user, round)
    return None


def _opening(user: Any, round: Round) -> NextStep:
    """Go on planning, while something is missing; then begin, on the page that says what begins."""
    if gaps := opening_gaps(round):
        what, address = clauses(gap.message() for gap in gaps), reverse("round_plan", args=[round.pk])
        return replace(_step(user, round, "plan", _("继续筹备"), what, ["round.plan"]), url=address)
    step = _step(user, round, "open", _("开始"), _("都齐了，可以开始；开始后评委即可打分"), ["round.plan"])
    return replace(step, url=reverse("round_begin", args=[round.pk]))


def _signing(user: Any, round: Round) -> NextStep:
    """Sign, while a signature is missing; seal once all three stand."""
    signed = standing_signatures(round)
    missing = [role for role in Signature.Role if role not in signed]
    if not missing:
        warning = _("封存后成绩不再改动；不合格项随即转入整改台账，更正须写明理由并留痕。")
        return _step(user, round, "seal", _("封存"), _("三方签字齐全，可以封存"), ["round.plan"], warning)
    labels = listed(role.label for role in missing)
    permissions = [f"round.sign_{role}" for role in missing]
    already = any(signature.account_id == user.pk for signature in signed.values())
    step = _step(user, round, "sign", _("核对并签字"), _("还差签字：%(roles)s") % {"roles": labels}, permissions)
    address = reverse("round", args=[round.pk]) + "?tab=signatures"
    return replace(step, may=step.may and not already, url=address)


def _step(
    user: Any, round: Round, code: str, verb: str, what: str, permissions: list[str], warning: str = ""
) -> NextStep:
    at: dict[str, Any] = {"path": round.place.path, "pack": round.pack}
    may = any(allows(user, permission, **at) for permission in permissions)
    holders = [name for permission in permissions for name in who_can(permission, **at).split(separator()) if name]
    return NextStep(code, verb, what, may, listed(dict.fromkeys(holders)) or "—", warning)


TAKEN: dict[str, Callable[..., Any]] = {
    "open": actions.open_round,
    "lock": actions.lock_round,
    "compute": actions.compute_round,
    "seal": actions.seal_round,
}


def take(*, by: Any, round: Round, step: str, values: dict[str, Any]) -> Any:
    """Take a step by its code. Raises access.not_found for an unknown one, and what the action raises."""
    if step == "sign":
        return actions.sign_round(by=by, round=round, role=values.get("role", ""), seen_digest=values.get("digest", ""))
    if step == "withdraw":
        return actions.withdraw_results(by=by, round=round, reason=values.get("reason", ""))
    if step not in TAKEN:
        raise Refusal("access.not_found")
    return TAKEN[step](by=by, round=round)
