"""Money lines, which are only ever added to, and orders to pay that wait for a second person."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from huoshui.kernel.access import Actor
from huoshui.kernel.models import Record
from huoshui.matters.models.matter import Matter, MatterPart
from huoshui.media.models import Attachment

VOUCHER = "voucher"
"""The slot for a line's voucher: pictures of it, or the invoice itself."""


def _account(**options: Any) -> models.ForeignKey[Any, Any]:
    return models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", **options)


class MoneyLine(MatterPart, Record):
    """One sum of one type on a matter. Triggers refuse UPDATE and DELETE: a mistake is reversed by another line."""

    matter = models.ForeignKey(Matter, on_delete=models.PROTECT, related_name="money_lines")
    type = models.CharField(max_length=40)
    """Code of a type that the matter's kind declares."""
    amount = models.BigIntegerField()
    """Fen; negative in a line that reverses another."""
    day = models.DateField()
    """When it was planned, signed, approved or paid."""
    payer = models.CharField(max_length=100, blank=True)
    voucher = models.CharField(max_length=60, blank=True)
    """Number of the voucher, contract or document 凭证号."""
    note = models.TextField(blank=True)
    """What it is for; of a reversal the reason."""
    by = _account()
    reverses = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="reversed_by")

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["matter", "type"], name="money_line_matter"),
            models.Index(fields=["type", "day"], name="money_line_day"),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(reverses__isnull=True, amount__gt=0) | Q(reverses__isnull=False, amount__lt=0),
                name="money_line_sign",
            )
        ]

    def __str__(self) -> str:
        return f"{self.matter.number} {self.type_name} {self.day}"

    @property
    def type_name(self) -> str:
        """Label of its type; the code of one that the kind has no more."""
        known = self.matter.definition.line_type(self.type)
        return str(known.name) if known else self.type

    document_slots: ClassVar[frozenset[str]] = frozenset({VOUCHER})

    def slots_open_to(self, actor: Actor) -> set[str]:
        """Its voucher may be added by who wrote it, and by those who may write its type, unless it was reversed."""
        from huoshui.matters.money.permits import may_picture

        return {VOUCHER} if may_picture(self, actor) else set()

    def slot_name(self, slot: str) -> str:
        """The label of its slot."""
        from django.utils.translation import gettext as _

        return _("凭证") if slot == VOUCHER else slot

    def keeps_attachment(self, attachment: Attachment) -> bool:
        """A voucher is evidence like its line, and stays."""
        return True


class PaymentOrder(MatterPart, Record):
    """A line that was ordered by one person and is written when another confirms it."""

    class State(models.TextChoices):
        """Where it stands."""

        ORDERED = "ordered"
        CONFIRMED = "confirmed"
        WITHDRAWN = "withdrawn"

    matter = models.ForeignKey(Matter, on_delete=models.PROTECT, related_name="payment_orders")
    type = models.CharField(max_length=40)
    amount = models.BigIntegerField()
    """Fen."""
    payer = models.CharField(max_length=100, blank=True)
    note = models.TextField(blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.ORDERED)
    ordered_by = _account()
    ordered_on = models.DateField()
    ended_by = _account(null=True)
    """Who confirmed or withdrew it."""
    line = models.OneToOneField(MoneyLine, on_delete=models.PROTECT, null=True, related_name="payment_order")

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["state", "type"], name="payment_order_state"),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="payment_order_amount"),
            models.CheckConstraint(
                condition=~Q(state="confirmed")
                | Q(ended_by__isnull=False, line__isnull=False) & ~Q(ended_by=F("ordered_by")),
                name="payment_order_two_people",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.matter.number} {self.type} {self.ordered_on}"

    @property
    def type_name(self) -> str:
        """Label of its type."""
        known = self.matter.definition.line_type(self.type)
        return str(known.name) if known else self.type
