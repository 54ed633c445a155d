"""The money of a matter as its pages show it: sums, what is left, lines and orders, the one next step."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from huoshui.kernel import clock
from huoshui.kernel.errors import Refusal
from huoshui.kernel.numbers import shown
from huoshui.matters import permits
from huoshui.matters.models import Matter, MoneyLine, PaymentOrder
from huoshui.matters.money import permits as line_permits
from huoshui.matters.money.sums import ordered_of, sums_of, yuan_text
from huoshui.matters.schema import LineType
from huoshui.media.queries import attachments_of_all
from huoshui.packs.units import unit_word
from huoshui.subsidies import permits as claim_permits
from huoshui.subsidies.actions import standing_claim
from huoshui.subsidies.models import Claim
from huoshui.subsidies.reckoning import SchemeOf, entitlement, require_accepted, require_pot, scheme_of
from huoshui.web.office.attached import shown_attachment


@dataclass(frozen=True)
class Do:
    """Something that can be done with the money: where its form is, or why it is not the reader's, and whose."""

    name: str
    url: str
    reason: str = ""
    who: str = ""

    @property
    def allowed(self) -> bool:
        """Whether the reader may."""
        return not self.reason


@dataclass(frozen=True)
class SumRow:
    """The sum of a type, in fen; ``ordered`` waits for its confirmation, ``left`` is what its limit still allows."""

    code: str
    name: str
    fen: int
    ordered: int
    left: int | None


@dataclass(frozen=True)
class LineRow:
    """A line with its pictures; ``reverse``: the form that reverses it, where the reader may."""

    line: MoneyLine
    reversed: bool
    pictures: list[dict[str, Any]]
    reverse: str
    picture: str


@dataclass
class Card:
    """Everything that is shown of a matter's money; ``next``: the obvious step, None when nothing waits."""

    sums: list[SumRow]
    lines: list[LineRow]
    orders: list[PaymentOrder]
    claim: Claim | None = None
    claim_state: str = ""
    basis: str = ""
    next: Do | None = None
    others: list[Do] = field(default_factory=list)

    @property
    def shown(self) -> bool:
        """Whether there is anything to show or to do."""
        return bool(self.lines or self.orders or self.next or self.others)


class _Facts:
    """What a card is put together from, each read once."""

    def __init__(self, matter: Matter, user: Any) -> None:
        self.matter, self.user, self.kind = matter, user, matter.definition
        self.held = permits.roles_in(matter, user)
        self.sums, self.ordered = sums_of(matter), ordered_of(matter)
        waiting = matter.payment_orders.filter(state=PaymentOrder.State.ORDERED)
        self.orders = list(waiting.select_related("ordered_by").order_by("id"))
        for order in self.orders:
            order.matter = matter
        self.scheme: SchemeOf | None = scheme_of(matter)
        self.claim = standing_claim(matter) if self.scheme else None
        if self.claim:
            self.claim.matter = matter

    def left(self, known: LineType) -> int | None:
        """What the limit of a type still allows, in fen; None without a limit."""
        if not known.at_most:
            return None
        return self.sums.get(known.at_most, 0) - self.sums.get(known.code, 0) - self.ordered.get(known.code, 0)

    def do(self, name: str, code: str, refusal: Refusal | None = None, **parts: Any) -> Do:
        """One thing to do, with why it is refused."""
        query = "".join(f"&{key}={value}" for key, value in parts.items())
        url = f"{reverse('matter_money', args=[self.matter.number])}?do={code}{query}"
        problem = refusal.problems[0] if refusal else None
        return Do(name, url, problem.message() if problem else "", problem.what_next() if problem else "")


def card_of(matter: Matter, user: Any) -> Card | None:
    """The card of a matter; None when its kind keeps no money."""
    if not matter.definition.money:
        return None
    facts = _Facts(matter, user)
    card = Card(_sums(facts), line_rows(facts), facts.orders, facts.claim)
    if facts.claim:
        card.claim_state = str(claim_permits.STATES[facts.claim.state])
        card.basis = basis_of(facts.claim)
    card.next = _next(facts)
    named = {card.next.name} if card.next else set()
    card.others = [do for do in _others(facts) if do.allowed and do.name not in named]
    settled = facts.claim is not None and facts.claim.state == Claim.State.APPROVED
    if card.next is None and card.others and not settled:
        card.next = card.others.pop(0)
    return card


def _sums(facts: _Facts) -> list[SumRow]:
    rows = []
    for known in facts.kind.money:
        fen, ordered = facts.sums.get(known.code, 0), facts.ordered.get(known.code, 0)
        if fen or ordered:
            rows.append(SumRow(known.code, str(known.name), fen, ordered, facts.left(known)))
    return rows


def line_rows(facts: _Facts) -> list[LineRow]:
    """The lines of a matter, the oldest first, each with the pictures of its voucher."""
    lines = list(facts.matter.money_lines.select_related("by").order_by("day", "id"))
    pictures: dict[UUID, list[dict[str, Any]]] = defaultdict(list)
    for photo in attachments_of_all(MoneyLine._meta.label_lower, [line.pk for line in lines]):
        pictures[photo.subject_id].append(shown_attachment(photo))
    undone = {line.reverses_id for line in lines if line.reverses_id}
    rows = []
    for line in lines:
        line.matter = facts.matter
        standing = line.pk not in undone and not line.reverses_id
        may_reverse, may_picture = _hands(facts, line) if standing else (False, False)
        reverse_url = facts.do("", "reverse", line=line.pk).url if may_reverse else ""
        picture_url = facts.do("", "picture", line=line.pk).url if may_picture else ""
        rows.append(LineRow(line, line.pk in undone, pictures[line.pk], reverse_url, picture_url))
    return rows


def _hands(facts: _Facts, line: MoneyLine) -> tuple[bool, bool]:
    """Whether links to reverse a standing line, and to picture its voucher, are worth showing; the actions decide."""
    known = facts.kind.line_type(line.type)
    if known is None:
        return False, False
    ends, writes = {*(known.confirmed_by or known.written_by)}, {*known.written_by, *known.confirmed_by}
    own = line.by_id == facts.user.pk
    return bool(known.written_by and facts.held & ends), own or bool(facts.held & writes)


def basis_of(claim: Claim) -> str:
    """How a claim was reckoned, in a sentence."""
    rules = claim.rules
    tier = rules.tiers[claim.tier - 1]
    if tier.fixed is not None:
        award = _("定额 %(yuan)s 元") % {"yuan": yuan_text(tier.fixed)}
    else:
        share = f"{(tier.share or Decimal()).normalize():f}"
        award = _("审定 %(cost)s 元的 %(share)s%%") % {"cost": yuan_text(claim.cost), "share": share}
        if tier.cap is not None:
            award += _("，至多 %(cap)s 元") % {"cap": yuan_text(tier.cap)}
    measured = f"{claim.measure} {unit_word(rules.measure.unit)}"
    return _("%(measured)s，第 %(tier)s 档：%(award)s，可补 %(entitled)s 元") % {
        "measured": measured,
        "tier": claim.tier,
        "award": award,
        "entitled": yuan_text(claim.entitled),
    }


def _next(facts: _Facts) -> Do | None:
    """The obvious next step, whoever it is for."""
    user, claim = facts.user, facts.claim
    if facts.orders:
        order = facts.orders[0]
        name = _("确认支付 %(yuan)s 元") % {"yuan": yuan_text(order.amount)}
        return facts.do(name, "confirm", line_permits.confirm_refusal(order, user), order=order.pk)
    if claim and claim.state == Claim.State.APPLIED:
        refusal = claim_permits.step_refusal(claim, "approve", user)
        return facts.do(str(claim_permits.STEPS["approve"]), "approve", refusal)
    if claim:
        paying = facts.kind.line_type(claim.rules.paid)
        return _order(facts, paying) if paying and (facts.left(paying) or 0) > 0 else None
    return _to_claim(facts)


def _to_claim(facts: _Facts) -> Do | None:
    """For a matter that can be subsidised, what leads to a claim: acceptance, the accepted cost, the application."""
    if facts.scheme is None:
        return None
    rules, name = facts.scheme.rules, str(claim_permits.STEPS["apply"])
    try:
        require_accepted(facts.matter, rules)
    except Refusal:
        return None  # the matter's own next step leads there
    try:
        entitlement(facts.matter, rules)
    except Refusal as refusal:
        cost = facts.kind.line_type(rules.cost)
        if refusal.code == "subsidy.no_measure" and cost and not facts.sums.get(rules.cost):
            return _write(facts, cost)
        return None
    barred = claim_permits.apply_refusal(facts.matter, rules, facts.user)
    if barred is None:
        try:
            require_pot(facts.matter.place, facts.scheme, clock.today().year)
        except Refusal as without_pot:
            barred = without_pot
    return facts.do(name, "apply", barred)


def _order(facts: _Facts, known: LineType) -> Do:
    refusal = line_permits.write_refusal(facts.matter, known, facts.user, facts.held)
    name = _("下达“%(type)s”") % {"type": known.name}
    return facts.do(name, "order", refusal, type=known.code)


def _write(facts: _Facts, known: LineType) -> Do:
    refusal = line_permits.write_refusal(facts.matter, known, facts.user, facts.held)
    return facts.do(_("记“%(type)s”") % {"type": known.name}, "line", refusal, type=known.code)


def _others(facts: _Facts) -> list[Do]:
    """All else that the reader may do now."""
    found: list[Do] = []
    for known in facts.kind.money:
        if not facts.held & set(known.written_by):
            continue
        left = facts.left(known)
        if left is None or left > 0:
            found.append(_order(facts, known) if known.confirmed_by else _write(facts, known))
    for order in facts.orders:
        orders = facts.kind.line_type(order.type)
        if orders and facts.held & {*orders.written_by, *orders.confirmed_by}:
            name = _("撤回待确认的 %(yuan)s 元") % {"yuan": yuan_text(order.amount)}
            found.append(facts.do(name, "unorder", order=order.pk))
    if facts.claim:
        for step in ("decline", "withdraw", "revoke"):
            if facts.claim.state == claim_permits.OPEN_TO[step]:
                refusal = claim_permits.step_refusal(facts.claim, step, facts.user)
                found.append(facts.do(str(claim_permits.STEPS[step]), step, refusal))
    return found


def amount_input(fen: int) -> str:
    """An amount as a form begins with it."""
    return shown(fen, 100, 2)
