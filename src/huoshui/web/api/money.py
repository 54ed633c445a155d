"""Money over the API: lines, payments by two people, funds and claims. Sums are in fen; amounts are given in yuan."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any
from uuid import UUID

from ninja import Field, Query, Schema

from huoshui.kernel.choices import named
from huoshui.matters.models import Matter, MoneyLine, PaymentOrder
from huoshui.matters.money import actions
from huoshui.matters.money.queries import LineFilter, lines, sums_by_kind
from huoshui.matters.money.sums import ordered_of, sums_of
from huoshui.places.models import Place
from huoshui.web.api.core import REFUSED, REFUSED_WRITE, ReadableRouter
from huoshui.web.api.lists import Paged, PageOut, page_of
from huoshui.web.api.writes import Numeral, ReasonIn, idempotent
from huoshui.web.requests import SignedInRequest

router = ReadableRouter("money")


class MoneyLineOut(Schema):
    """A money line; ``amount`` in fen, negative in a reversal, whose ``reverses`` names the line it undoes."""

    id: UUID
    matter: str
    type: str
    amount: int
    day: dt.date
    payer: str
    voucher: str
    note: str
    by: str
    reverses: UUID | None


class LinePage(PageOut):
    """A page of lines."""

    items: list[MoneyLineOut]


class OrderOut(Schema):
    """A line that was ordered; ``amount`` in fen."""

    id: UUID
    matter: str
    type: str
    amount: int
    payer: str
    note: str
    state: str
    ordered_by: str
    ordered_on: dt.date


class SumOut(Schema):
    """The sum of a type for a kind of matter, in fen, and of how many lines it is."""

    kind: str
    type: str
    name: str
    fen: int
    lines: int


class SumsOut(Schema):
    """Sums by kind and type."""

    items: list[SumOut]


class MatterMoneyOut(Schema):
    """A matter's money: sums by type and what is ordered, in fen; its lines and the orders that wait."""

    matter: str
    version: int
    sums: dict[str, int]
    ordered: dict[str, int]
    lines: list[MoneyLineOut]
    orders: list[OrderOut]


class LineQuery(Schema):
    """Filters of lines and sums: a place by its code, a kind, a type, the year of the line's day."""

    place: str = ""
    kind: str = ""
    type: str = ""
    year: int = Field(0, ge=0, le=9999, description="0: every year.")


class LinesQuery(Paged, LineQuery):
    """Filters of lines, and which page."""


class LineIn(Schema):
    """A line to write: the amount in yuan (or as a text such as "1.2万元"), and the matter's version that was read."""

    type: str
    amount: Numeral
    day: dt.date
    payer: str = ""
    voucher: str = ""
    note: str = ""
    seen_version: int


class OrderIn(Schema):
    """A payment to order, and the matter's version that was read."""

    type: str
    amount: Numeral
    payer: str = ""
    note: str = ""
    seen_version: int


class ConfirmIn(Schema):
    """The day and the voucher of a payment, and the matter's version that was read."""

    day: dt.date
    voucher: str = ""
    seen_version: int


class ReasonedIn(ReasonIn):
    """Why, and the matter's version that was read."""

    seen_version: int


def line_out(line: MoneyLine) -> dict[str, Any]:
    """A line."""
    columns = ("id", "type", "amount", "day", "payer", "voucher", "note")
    row = {name: getattr(line, name) for name in columns}
    return row | {"matter": line.matter.number, "by": line.by.username, "reverses": line.reverses_id}


def order_out(order: PaymentOrder) -> dict[str, Any]:
    """An order."""
    columns = ("id", "type", "amount", "payer", "note", "state", "ordered_on")
    row = {name: getattr(order, name) for name in columns}
    return row | {"matter": order.matter.number, "ordered_by": order.ordered_by.username}


def money_out(matter: Matter) -> dict[str, Any]:
    """A matter's money, as it stands."""
    fresh = Matter.objects.get(pk=matter.pk)
    written = fresh.money_lines.select_related("matter", "by").order_by("day", "id")
    waiting = fresh.payment_orders.filter(state=PaymentOrder.State.ORDERED).select_related("matter", "ordered_by")
    found = {
        "matter": fresh.number,
        "version": fresh.version,
        "sums": sums_of(fresh),
        "ordered": ordered_of(fresh),
        "lines": [line_out(line) for line in written],
        "orders": [order_out(order) for order in waiting.order_by("id")],
    }
    return MatterMoneyOut(**found).model_dump(mode="json")


def _filter(request: SignedInRequest, query: LineQuery) -> LineFilter:
    visible = Place.objects.visible_to(request.user)
    path = named(visible, "place", code=query.place).path if query.place else ""
    return LineFilter(place=path, kind=query.kind, type=query.type, year=query.year)


@router.get("/money/lines", response={200: LinePage, **REFUSED})
def list_lines(request: SignedInRequest, query: Query[LinesQuery]) -> Any:
    """Visible money lines, the newest first."""
    return page_of(lines(request.user, _filter(request, query)), query, line_out)


@router.get("/money/sums", response={200: SumsOut, **REFUSED})
def list_sums(request: SignedInRequest, query: Query[LineQuery]) -> Any:
    """Sums of the same lines by kind of matter and type."""
    kinds = sums_by_kind(request.user, _filter(request, query))
    items = [
        {"kind": kind.code, "type": part.code, "name": part.name, "fen": part.fen, "lines": part.lines}
        for kind in kinds
        for part in kind.sums
    ]
    return {"items": items}


def _written(request: SignedInRequest, act: Callable[..., Any], body: Schema, **subject: Any) -> Any:
    """The answer of an action on one ``subject`` (a matter, or what belongs to one): the matter's money after it."""
    (one,) = subject.values()

    def write() -> dict[str, Any]:
        act(by=request.user, **subject, **body.model_dump())
        return money_out(one if isinstance(one, Matter) else one.matter)

    return idempotent(request, f"matters.{act.__name__}", body, write)


@router.get("/matters/{number}/money", response={200: MatterMoneyOut, **REFUSED})
def read_money(request: SignedInRequest, number: str) -> Any:
    """The money of a visible matter."""
    return money_out(Matter.objects.get_visible(request.user, number=number))


@router.post("/matters/{number}/money/lines", response={200: MatterMoneyOut, **REFUSED_WRITE})
def write_line(request: SignedInRequest, number: str, body: LineIn) -> Any:
    """Write a line."""
    matter = Matter.objects.get_visible(request.user, number=number)
    return _written(request, actions.write_line, body, matter=matter)


@router.post("/money/lines/{line_id}/reverse", response={200: MatterMoneyOut, **REFUSED_WRITE})
def reverse_line(request: SignedInRequest, line_id: UUID, body: ReasonedIn) -> Any:
    """Reverse a line."""
    line = MoneyLine.objects.get_visible(request.user, pk=line_id)
    return _written(request, actions.reverse_line, body, line=line)


@router.post("/matters/{number}/money/orders", response={200: MatterMoneyOut, **REFUSED_WRITE})
def order_payment(request: SignedInRequest, number: str, body: OrderIn) -> Any:
    """Order a payment, which another confirms."""
    matter = Matter.objects.get_visible(request.user, number=number)
    return _written(request, actions.order_payment, body, matter=matter)


@router.post("/money/orders/{order_id}/confirm", response={200: MatterMoneyOut, **REFUSED_WRITE})
def confirm_payment(request: SignedInRequest, order_id: UUID, body: ConfirmIn) -> Any:
    """Confirm a payment that another ordered."""
    order = PaymentOrder.objects.get_visible(request.user, pk=order_id)
    return _written(request, actions.confirm_payment, body, order=order)


@router.post("/money/orders/{order_id}/withdraw", response={200: MatterMoneyOut, **REFUSED_WRITE})
def withdraw_order(request: SignedInRequest, order_id: UUID, body: ReasonedIn) -> Any:
    """Take an order back before it is confirmed."""
    order = PaymentOrder.objects.get_visible(request.user, pk=order_id)
    return _written(request, actions.withdraw_order, body, order=order)
