"""The choices of questions with several, one row each, so that they can be counted; an answer keeps them as it shows
them."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models

from huoshui.kernel.access import Scope, Scoped
from huoshui.kernel.models import Record
from huoshui.visits import visibility as seen
from huoshui.visits.models.rounds import Visit


class Chosen(Scoped, Record):
    """One choice of an answer that counts; written with the answer, by the same action."""

    scope: ClassVar[Scope] = Scope(permission="visit.view", path="visit__place__path", pack="visit__pack_version__pack")

    visit = models.ForeignKey(Visit, on_delete=models.CASCADE, related_name="+")
    item = models.CharField(max_length=40)
    option = models.CharField(max_length=40)

    objects: ClassVar[Any] = seen.OfVisitQuerySet.as_manager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["visit", "item", "option"], name="chosen_once")
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["item", "option"], name="chosen_option")]

    def __str__(self) -> str:
        return f"{self.item} {self.option}"
