"""The answers of a sheet, each in the columns of its kind."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models

from huoshui.kernel.access import Scope, Scoped
from huoshui.kernel.models import Record
from huoshui.visits import visibility as seen
from huoshui.visits.models.rounds import Visit


class Answer(Scoped, Record):
    """The answer to one item. ``points`` is null until the judge has confirmed it (a prefilled value is not yet)."""

    scope: ClassVar[Scope] = Scope(permission="visit.view", path="visit__place__path", pack="visit__pack_version__pack")

    visit = models.ForeignKey(Visit, on_delete=models.CASCADE, related_name="answers")
    item = models.CharField(max_length=40)
    choice = models.CharField(max_length=40, blank=True)
    """Code of the picked grade."""
    value = models.BigIntegerField(null=True)
    """A measured value, scaled by the item's decimals; or freely given points in thousandths."""
    findings = models.PositiveIntegerField(null=True)
    text = models.TextField(blank=True, default="")
    """Words; of a question with several choices the codes of the chosen ones, in its order, with blanks between."""
    day = models.DateField(null=True)
    yes = models.BooleanField(null=True)
    points = models.IntegerField(null=True)
    fails = models.BooleanField(default=False)
    note = models.TextField(blank=True)
    prefilled = models.BooleanField(default=False)
    """True: the register filled the value in."""

    objects: ClassVar[Any] = seen.OfVisitQuerySet.as_manager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["visit", "item"], name="answer_once")
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["item", "fails"], name="answer_item")]

    def __str__(self) -> str:
        return self.item
