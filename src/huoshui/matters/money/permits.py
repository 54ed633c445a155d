"""Who may write, reverse, order or confirm a type of money line, and who else can when somebody may not."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from huoshui.duties import by_role
from huoshui.duties.standing import Hand, standing_of
from huoshui.kernel import clock
from huoshui.kernel.errors import Refusal
from huoshui.matters import permits
from huoshui.matters.models import CLOSED, Matter
from huoshui.matters.money.models import MoneyLine, PaymentOrder
from huoshui.matters.schema import OWNER, LineType

ELSEWHERE = ("duplicate", "split")
"""Reasons with which a matter ends and its work goes on in another: there its money stands."""
UNDONE = ("not_resolvable", "not_ours", "declined", "withdrawn")
"""Reasons with which a matter ends and its work is not done."""


def line_type(matter: Matter, code: str) -> LineType:
    """A type that the matter's kind declares. Raises money.not_kept or money.type_unknown."""
    kind = matter.definition
    if not kind.money:
        raise Refusal("money.not_kept", field="type", kind=kind.name)
    known = kind.line_type(code)
    if known is None:
        from huoshui.kernel.wording import listed

        names = listed(f"{item.name} ({item.code})" for item in kind.money)
        raise Refusal("money.type_unknown", field="type", kind=kind.name, type=code or "—", known=names)
    return known


def write_refusal(matter: Matter, kind: LineType, actor: Any, held: set[str] | None = None) -> Refusal | None:
    """Why the actor may not write (or, where two people are needed, order) a line of a type; None when they may.

    What ``writer_refusal`` gives, money.elsewhere or money.dropped.
    """
    return writer_refusal(matter, kind, actor, held) or ended_refusal(matter, kind)


def ended_refusal(matter: Matter, kind: LineType) -> Refusal | None:
    """Why a matter, as it ended, takes no more of a type; None when it does, or has not ended.

    money.elsewhere or money.dropped.
    """
    if matter.phase != CLOSED:
        return None
    if matter.close_reason in ELSEWHERE:
        return Refusal("money.elsewhere", field="type", state=matter.state_name)
    if matter.close_reason in UNDONE and kind.confirmed_by and not kind.paid_when_dropped:
        return Refusal("money.dropped", field="type", type=kind.name, state=matter.state_name)
    return None


def writer_refusal(matter: Matter, kind: LineType, actor: Any, held: set[str] | None = None) -> Refusal | None:
    """Why a type is not the actor's to write or order; None when it is.

    money.by_procedure, money.role_needed or money.applicant. ``held``: the actor's roles there, where they are known.
    """
    if not kind.written_by:
        return Refusal("money.by_procedure", field="type", type=kind.name)
    may = permits.acts_as(matter, actor, kind.written_by) if held is None else held & set(kind.written_by)
    if not may:
        return _role_needed(matter, kind, kind.written_by)
    return _barred(matter, kind, actor, kind.written_by)


def confirm_refusal(order: PaymentOrder, actor: Any) -> Refusal | None:
    """Why the actor may not confirm an order; None when they may.

    What ``confirmer_refusal`` gives, money.elsewhere or money.dropped.
    """
    return confirmer_refusal(order, actor) or ended_refusal(order.matter, line_type(order.matter, order.type))


def confirmer_refusal(order: PaymentOrder, actor: Any) -> Refusal | None:
    """Why an order is not the actor's to confirm; None when it is.

    money.role_needed, money.own_order or money.applicant.
    """
    matter = order.matter
    kind = line_type(matter, order.type)
    if not permits.acts_as(matter, actor, kind.confirmed_by):
        return _role_needed(matter, kind, kind.confirmed_by)
    ordered = Hand(order.ordered_by_id, day=clock.local_date(order.created_at))
    if standing_of(actor).had_a_hand([ordered], matter.place.path, matter.pack):
        who = _who(matter, kind.confirmed_by, [actor.pk])
        return Refusal("money.own_order", field="order", type=kind.name, who=who)
    return _barred(matter, kind, actor, kind.confirmed_by, besides=[order.ordered_by_id])


def reverse_refusal(line: MoneyLine, actor: Any) -> Refusal | None:
    """Why the actor may not reverse a line; None when they may: by whom a line of its type comes into force."""
    matter = line.matter
    kind = line_type(matter, line.type)
    if not kind.written_by:
        return Refusal("money.by_procedure", field="type", type=kind.name)
    allowed = kind.confirmed_by or kind.written_by
    if not permits.acts_as(matter, actor, allowed):
        return _role_needed(matter, kind, allowed)
    return _barred(matter, kind, actor, allowed)


def may_picture(line: MoneyLine, actor: Any) -> bool:
    """Whether the actor may add pictures of a line's voucher."""
    if line.reverses_id or hasattr(line, "reversed_by"):
        return False
    kind = line.matter.definition.line_type(line.type)
    roles = {*kind.written_by, *kind.confirmed_by} if kind else set()
    own = line.by_id == actor.pk or getattr(actor, "is_system", False)
    return own or bool(permits.roles_in(line.matter, actor) & roles)


def _role_needed(matter: Matter, kind: LineType, roles: Iterable[str]) -> Refusal:
    return Refusal("money.role_needed", field="type", type=kind.name, who=_who(matter, roles, []))


def _barred(
    matter: Matter, kind: LineType, actor: Any, roles: Iterable[str], besides: Iterable[Any] = ()
) -> Refusal | None:
    writers = MoneyLine.objects.filter(matter=matter, type__in=kind.not_by, reverses__isnull=True, reversed_by=None)
    written = writers.values_list("by_id", "created_at") if kind.not_by else []
    hands = [Hand(account, day=clock.local_date(at)) for account, at in written]
    if not standing_of(actor).had_a_hand(hands, matter.place.path, matter.pack):
        return None
    done = next(str(known.name) for known in matter.definition.money if known.code in kind.not_by)
    who = _who(matter, roles, [*(hand.account for hand in hands), *besides])
    return Refusal("money.applicant", field="type", type=kind.name, done=done, who=who)


def _who(matter: Matter, roles: Iterable[str], barred: Iterable[Any]) -> str:
    """Titles of those who can, with their places; of the roles alone where nobody holds one there."""
    wanted = [role for role in roles if role != OWNER]
    duties = by_role.duties_over(matter.place, matter.pack).filter(role__in=wanted).exclude(account_id__in=list(barred))
    return by_role.titles_of(duties) or by_role.roles_named(wanted) or "—"
