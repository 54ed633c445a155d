"""Checks of publications that were kept, with the values compared, and explanations of differences."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.db import models

from huoshui.kernel.access import Scope, Scoped
from huoshui.kernel.models import Record
from huoshui.places.models import Place

LONGEST_PERIOD, LONGEST_PRINTED, LONGEST_HELD = 60, 80, 80
"""Letters of what an explanation is told by."""


def _account(**options: Any) -> models.ForeignKey[Any, Any]:
    return models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", **options)


class Explanation(Scoped, Record):
    """Why a printed number rightly differs from the register's value: for just these two, and no others.

    Triggers refuse to change or delete it.
    """

    scope: ClassVar[Scope] = Scope(permission="publication.check", path="place__path")

    term_kind = models.CharField(max_length=12)
    term = models.CharField(max_length=160)
    term_name = models.CharField(max_length=200)
    place = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="+")
    period = models.CharField(max_length=LONGEST_PERIOD)
    printed = models.CharField(max_length=LONGEST_PRINTED)
    """As it is printed, with its unit and bound."""
    held = models.CharField(max_length=LONGEST_HELD)
    """The register's value as it is shown; another value needs another explanation."""
    reason = models.TextField()
    by = _account()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["term", "place", "period", "printed", "held"], name="explanation_once")
        ]

    def __str__(self) -> str:
        return f"{self.term_name} {self.period} {self.printed}"


class PublicationCheck(Scoped, Record):
    """A publication that was checked, as it was read, with what was found then.

    Triggers refuse to change or delete it.
    """

    scope: ClassVar[Scope] = Scope(permission="publication.check", path="place__path")

    name = models.CharField(max_length=200)
    """Name of the file."""
    digest = models.CharField(max_length=64)
    """SHA-256 of the file."""
    kind = models.CharField(max_length=8)
    place = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="publication_checks")
    day = models.DateField()
    """Day of the publication, from which 去年 and 目前 were told."""
    blocks = models.JSONField(default=list)
    """The text, block by block: {kind, text}, with where (``blocks.Where``) and pages where known; of facts none."""
    counts = models.JSONField(default=dict)
    """How many statistics of each status, and how many numbers that are none (``asides``)."""
    by = _account()

    class Meta:
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["place", "-created_at"], name="check_of_place")]

    def __str__(self) -> str:
        return self.name


class CheckedNumber(models.Model):
    """A number of a checked publication, with the value it was compared with then.

    Triggers refuse to change or delete it.
    """

    check_of = models.ForeignKey(PublicationCheck, on_delete=models.CASCADE, related_name="numbers")
    position = models.PositiveIntegerField()
    """In the order of the text, from 1."""
    block = models.PositiveIntegerField()
    """Of a text the block, from 0; of a table of facts the row of the file."""
    start = models.PositiveIntegerField()
    end = models.PositiveIntegerField()
    label = models.CharField(max_length=60, blank=True)
    printed = models.CharField(max_length=200)
    words = models.CharField(max_length=300)
    kind = models.CharField(max_length=12)
    status = models.CharField(max_length=10, blank=True)
    """"": no statistic."""
    term_kind = models.CharField(max_length=12, blank=True)
    term = models.CharField(max_length=160, blank=True)
    term_name = models.CharField(max_length=200, blank=True)
    place = models.ForeignKey(Place, on_delete=models.PROTECT, null=True, related_name="+")
    place_name = models.CharField(max_length=120, blank=True)
    period = models.CharField(max_length=60, blank=True)
    planned = models.BooleanField(default=False)
    score = models.PositiveSmallIntegerField(default=0)
    """Thousandths."""
    held = models.CharField(max_length=80, blank=True)
    held_unit = models.CharField(max_length=20, blank=True)
    held_period = models.CharField(max_length=12, blank=True)
    numerator = models.BigIntegerField(null=True)
    denominator = models.BigIntegerField(null=True)
    records = models.PositiveIntegerField(default=0)
    why = models.CharField(max_length=20, blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["check_of", "position"], name="checked_number_once")
        ]

    def __str__(self) -> str:
        return self.printed
