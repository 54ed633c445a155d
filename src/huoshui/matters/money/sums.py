"""Sums of money lines: always added up from the lines, never kept beside them."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from uuid import UUID

from django.db.models import Sum

from huoshui.kernel.numbers import shown
from huoshui.matters.models import Matter
from huoshui.matters.money.models import MoneyLine, PaymentOrder


def sums_of(matter: Matter) -> dict[str, int]:
    """Fen by type, of those that have a line."""
    rows = MoneyLine.objects.filter(matter=matter).order_by().values_list("type").annotate(Sum("amount"))
    return dict(rows)


def sums_of_all(matters: Iterable[UUID]) -> dict[tuple[UUID, str], int]:
    """The same for many matters: fen by matter and type."""
    lines = MoneyLine.objects.filter(matter_id__in=list(matters)).order_by()
    rows = lines.values_list("matter_id", "type").annotate(Sum("amount"))
    return {(matter, code): total for matter, code, total in rows}


def ordered_of(matter: Matter) -> dict[str, int]:
    """Fen by type that are ordered and wait for their confirmation."""
    waiting = PaymentOrder.objects.filter(matter=matter, state=PaymentOrder.State.ORDERED).order_by()
    return dict(waiting.values_list("type").annotate(Sum("amount")))


def holds_money(matter: Matter) -> bool:
    """Whether money stands on a matter: lines that were not all reversed, or an order that waits."""
    return any(sums_of(matter).values()) or bool(ordered_of(matter))


def yuan(fen: int) -> Decimal:
    """Fen as yuan, exact."""
    return Decimal(fen).scaleb(-2)


def yuan_text(fen: int) -> str:
    """Fen as they are shown: 120,000.00."""
    whole, _point, cents = shown(abs(fen), 100, 2).partition(".")
    return f"{'-' if fen < 0 else ''}{int(whole):,}.{cents}"


def wan_text(fen: int) -> str:
    """Fen in 万元, without trailing zeros: 1.2."""
    return shown(fen, 1_000_000)
