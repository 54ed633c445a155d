"""Codes of other systems for our indicators and places."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from huoshui.kernel.access import Scope, Scoped
from huoshui.kernel.models import Record


class OtherCode(Scoped, Record):
    """What one system calls one of our indicators or places; what is not listed it calls as we do."""

    class Kind(models.TextChoices):
        INDICATOR = "indicator", _("指标")
        PLACE = "place", _("地点")

    scope: ClassVar[Scope] = Scope(permission="exchange.map", path="")

    system = models.CharField(max_length=40)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    ours = models.CharField(max_length=120)
    theirs = models.CharField(max_length=120)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["system", "kind", "ours"], name="other_code_ours"),
            models.UniqueConstraint(fields=["system", "kind", "theirs"], name="other_code_theirs"),
        ]

    def __str__(self) -> str:
        return " = ".join(part for part in (self.ours, self.theirs) if part)
