"""Writing money lines, reversing them, paying by two people: each in one transaction, under the lock of its matter."""

from __future__ import annotations

import datetime as dt
from typing import Any

from huoshui.kernel import clock, journal
from huoshui.kernel.actions import action
from huoshui.kernel.errors import Problem, Refusal
from huoshui.kernel.events import MoneyMoves, publish
from huoshui.matters.actions.common import locked
from huoshui.matters.models import Matter
from huoshui.matters.money import permits
from huoshui.matters.money.models import MoneyLine, PaymentOrder
from huoshui.matters.money.sums import ordered_of, sums_of, yuan_text
from huoshui.matters.schema import LineType
from huoshui.packs.schema import FieldDef, Text
from huoshui.packs.values import clean_values, require_within

MOST = 10**13
"""Fen; no line is larger (100,000,000,000 yuan), so that no sum outgrows its column."""
AMOUNT = FieldDef(code="amount", name=Text(zh="金额", en="Amount"), type="money", unit="元", required=True)
DAY = FieldDef(code="day", name=Text(zh="日期", en="Date"), type="date", required=True)
PAYER = FieldDef(code="payer", name=Text(zh="付款方", en="Payer"), type="text", max_length=100)
VOUCHER_NUMBER = FieldDef(code="voucher", name=Text(zh="凭证号", en="Voucher"), type="text", max_length=60)
NOTE = FieldDef(code="note", name=Text(zh="说明", en="Note"), type="long_text", max_length=500)
REASON = FieldDef(code="reason", name=Text(zh="理由", en="Reason"), type="long_text", max_length=500, required=True)
LINE_FIELDS = [AMOUNT, DAY, PAYER, VOUCHER_NUMBER, NOTE]
"""What is written in a line, beside its type."""
ORDER_FIELDS = [AMOUNT, PAYER, NOTE]
"""What is written in an order to pay."""
CONFIRM_FIELDS = [DAY, VOUCHER_NUMBER]
"""What whoever confirms adds."""


@action("matters.write_line")
def write_line(
    *,
    by: Any,
    matter: Matter,
    type: str,
    amount: Any,
    day: Any,
    payer: str = "",
    voucher: str = "",
    note: str = "",
    seen_version: int | None = None,
) -> MoneyLine:
    """Add a line to a matter; the amount in yuan ("1,200.50") or 万元 ("1.2万").

    Raises record.stale, money.not_kept, money.type_unknown, money.two_people, what ``permits.write_refusal`` gives,
    the value.* errors, money.future and money.above_limit.
    """
    matter = locked(matter, seen_version, {})
    kind = permits.line_type(matter, type)
    if kind.confirmed_by:
        raise Refusal("money.two_people", field="type", type=kind.name)
    refusal = permits.write_refusal(matter, kind, by)
    if refusal:
        raise refusal
    given = {"amount": amount, "day": day, "payer": payer, "voucher": voucher, "note": note}
    values = cleaned(LINE_FIELDS, given, kind)
    require_room(matter, kind, values["amount"])
    return add_line(by, matter, kind, **values)


@action("matters.reverse_line")
def reverse_line(*, by: Any, line: MoneyLine, reason: str, seen_version: int | None = None) -> MoneyLine:
    """Reverse a line by another of the opposite amount, with the reason; both stay to be seen.

    Raises record.stale, money.reversed, money.is_reversal, what ``permits.reverse_refusal`` gives, value.required,
    money.below_used, and what holds it to a subsidy's claim (subsidy.approved_above).
    """
    matter = locked(line.matter, seen_version, {})
    refusal = permits.reverse_refusal(line, by)
    if refusal:
        raise refusal
    return add_reversal(by, matter, line, reason)


@action("matters.order_payment")
def order_payment(
    *,
    by: Any,
    matter: Matter,
    type: str,
    amount: Any,
    payer: str = "",
    note: str = "",
    seen_version: int | None = None,
) -> PaymentOrder:
    """Order a line that another has to confirm. Raises as ``write_line`` does, money.one_person, and what
    ``subsidies.reactions`` asks of a payment of a subsidy.
    """
    matter = locked(matter, seen_version, {})
    kind = permits.line_type(matter, type)
    if not kind.confirmed_by:
        raise Refusal("money.one_person", field="type", type=kind.name)
    refusal = permits.write_refusal(matter, kind, by)
    if refusal:
        raise refusal
    values = cleaned(ORDER_FIELDS, {"amount": amount, "payer": payer, "note": note}, kind)
    require_room(matter, kind, values["amount"])
    publish(MoneyMoves(by, matter, "order", kind.code, values["amount"]))
    order = PaymentOrder.objects.create(
        matter=matter, type=kind.code, ordered_by=by, ordered_on=clock.today(), **values
    )
    matter.save_next_version()
    told = {"line_type": kind.code, "line_amount": order.amount, "line_payer": order.payer}
    journal.record(by=by, subject=matter, place=matter.place, after=told, note=order.note)
    return order


@action("matters.confirm_payment")
def confirm_payment(
    *, by: Any, order: PaymentOrder, day: Any, voucher: str = "", seen_version: int | None = None
) -> MoneyLine:
    """Confirm an order of another: its line is written. Its amount was kept free for it when it was ordered.

    Raises record.stale, money.order_ended, what ``permits.confirm_refusal`` gives, the value.* errors,
    money.future, and what ``subsidies.reactions`` asks of a payment of a subsidy.
    """
    order = _standing(order, seen_version)
    matter, kind = order.matter, permits.line_type(order.matter, order.type)
    refusal = permits.confirm_refusal(order, by)
    if refusal:
        raise refusal
    values = cleaned(CONFIRM_FIELDS, {"day": day, "voucher": voucher}, kind)
    publish(MoneyMoves(by, matter, "confirm", kind.code, order.amount))
    line = add_line(by, matter, kind, amount=order.amount, payer=order.payer, note=order.note, **values)
    order.state, order.ended_by, order.line = PaymentOrder.State.CONFIRMED, by, line
    order.save_next_version("state", "ended_by", "line")
    return line


@action("matters.withdraw_order")
def withdraw_order(*, by: Any, order: PaymentOrder, reason: str, seen_version: int | None = None) -> PaymentOrder:
    """Take an order back before it is confirmed: by whoever may order it, or whoever is asked to confirm it.

    Raises record.stale, money.order_ended, money.role_needed and value.required.
    """
    order = _standing(order, seen_version)
    matter, kind = order.matter, permits.line_type(order.matter, order.type)
    refusal = permits.writer_refusal(matter, kind, by)
    if refusal and permits.confirmer_refusal(order, by):
        raise refusal
    reason = stated(reason)
    order.state, order.ended_by = PaymentOrder.State.WITHDRAWN, by
    order.save_next_version("state", "ended_by")
    matter.save_next_version()
    told = {"line_type": kind.code, "line_amount": order.amount}
    journal.record(by=by, subject=matter, place=matter.place, before=told, note=reason)
    return order


def cleaned(fields: list[FieldDef], given: dict[str, Any], kind: LineType | None = None) -> dict[str, Any]:
    """What was given for a line, typed; texts that are not given are empty.

    Raises every value.* error at once, or money.future: nothing is written before its day.
    """
    asked = [
        field.model_copy(update={"required": True})
        if kind and field is VOUCHER_NUMBER and kind.voucher_required
        else field
        for field in fields
    ]
    values = {field.code: "" for field in asked if field.type in ("text", "long_text")} | clean_values(asked, given)
    if "amount" in values:
        require_within(values["amount"], 1, MOST, 100, field="amount", label=AMOUNT.name, unit="元")
    if "day" in values:
        require_come(values["day"])
    return values


def require_come(day: dt.date) -> None:
    """Raise money.future for a day after today."""
    if day > clock.today():
        params = {"label": DAY.name, "day": day, "today": clock.today()}
        raise Refusal.of([Problem("money.future", "day", params=params)])


def stated(reason: str) -> str:
    """The reason that was given. Raises value.required or value.too_long."""
    text: str = clean_values([REASON], {"reason": reason.strip()})["reason"]
    return text


def add_line(
    by: Any,
    matter: Matter,
    kind: LineType,
    *,
    amount: int,
    day: dt.date,
    payer: str = "",
    voucher: str = "",
    note: str = "",
) -> MoneyLine:
    """Write a line on a locked matter, and its entry, in the running action; the caller has checked all."""
    line = MoneyLine.objects.create(
        matter=matter, type=kind.code, amount=amount, day=day, payer=payer, voucher=voucher, note=note, by=by
    )
    matter.save_next_version()
    journal.record(by=by, subject=matter, place=matter.place, after=_told(line), note=note)
    return line


def add_reversal(by: Any, matter: Matter, line: MoneyLine, reason: str) -> MoneyLine:
    """Reverse a line of a locked matter in the running action.

    Raises value.required without a reason, money.is_reversal, money.reversed, money.below_used, or what a reaction
    refuses.
    """
    reason = stated(reason)
    kind = permits.line_type(matter, line.type)
    if line.reverses_id:
        raise Refusal("money.is_reversal", field="line")
    done = MoneyLine.objects.filter(reverses=line).first()
    if done:
        raise Refusal("money.reversed", field="line", day=done.day)
    _require_kept(matter, kind, line.amount)
    publish(MoneyMoves(by, matter, "reverse", kind.code, line.amount))
    reversal = MoneyLine.objects.create(
        matter=matter,
        type=line.type,
        amount=-line.amount,
        day=clock.today(),
        payer=line.payer,
        voucher=line.voucher,
        note=reason,
        by=by,
        reverses=line,
    )
    matter.save_next_version()
    journal.record(by=by, subject=matter, place=matter.place, before=_told(line), note=reason)
    return reversal


def require_room(matter: Matter, kind: LineType, amount: int) -> None:
    """Raise money.above_limit when the type's sum, with what is ordered and this, would exceed that of its limit."""
    limit = matter.definition.line_type(kind.at_most) if kind.at_most else None
    if limit is None:
        return
    sums = sums_of(matter)
    used = sums.get(kind.code, 0) + ordered_of(matter).get(kind.code, 0)
    most = sums.get(limit.code, 0)
    if used + amount > most:
        texts: dict[str, Any] = {
            "most": yuan_text(most),
            "used": yuan_text(used),
            "left": yuan_text(max(most - used, 0)),
        }
        raise Refusal("money.above_limit", field="amount", type=kind.name, limit=limit.name, **texts)


def _require_kept(matter: Matter, kind: LineType, amount: int) -> None:
    """Raise money.below_used when another type's sum rests on what would be taken away."""
    sums, ordered = sums_of(matter), ordered_of(matter)
    left = sums.get(kind.code, 0) - amount
    for other in matter.definition.money:
        used = sums.get(other.code, 0) + ordered.get(other.code, 0)
        if other.at_most == kind.code and used > left:
            texts: dict[str, Any] = {"left": yuan_text(left), "used": yuan_text(used)}
            raise Refusal("money.below_used", field="line", type=kind.name, other=other.name, **texts)


def _standing(order: PaymentOrder, seen_version: int | None) -> PaymentOrder:
    """The order as it stands, with its matter locked. Raises record.stale or money.order_ended."""
    matter = locked(order.matter, seen_version, {})
    fresh = PaymentOrder.objects.select_for_update().get(pk=order.pk)
    fresh.matter = matter
    if fresh.state != PaymentOrder.State.ORDERED:
        state = str(STATE_NAMES[fresh.state])
        raise Refusal("money.order_ended", field="order", state=state)
    return fresh


STATE_NAMES = {
    "ordered": Text(zh="待确认", en="to be confirmed"),
    "confirmed": Text(zh="已确认", en="confirmed"),
    "withdrawn": Text(zh="已撤回", en="withdrawn"),
}


def _told(line: MoneyLine) -> dict[str, Any]:
    """What the journal keeps of a line."""
    return {
        "line_type": line.type,
        "line_amount": line.amount,
        "line_day": line.day,
        "line_payer": line.payer,
        "line_voucher": line.voucher,
    }
