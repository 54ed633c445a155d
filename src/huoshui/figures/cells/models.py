"""Cells, the measures and periods they are kept for, and the marks of what changed since."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class Touch(models.Model):
    """A mark: rows of a fact view changed at a place. Written by triggers, taken away once the cells are counted."""

    source = models.CharField(max_length=40)
    """Name of the fact view; "*": every one, because what lies below the place is another than before."""
    place_id = models.UUIDField()
    """No reference: the place may be gone."""
    first = models.DateField()
    last = models.DateField()
    """The earliest and the latest day in the date columns of the rows; reversed where all are empty."""

    def __str__(self) -> str:
        return f"{self.source} {self.place_id} {self.first} {self.last}"


class Kept(models.Model):
    """A measure that was counted in a period at every place; where it has no cell, no row was counted."""

    measure = models.CharField(max_length=32)
    """Digest of the measure."""
    source = models.CharField(max_length=40)
    """Name of its fact view."""
    period = models.CharField(max_length=20)
    first = models.DateField()
    last = models.DateField()
    times = models.PositiveIntegerField(default=0)
    """How often some of its cells were counted anew: what else was read of their rows before is read again."""

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["measure", "period", "first"], name="kept_once")
        ]

    def __str__(self) -> str:
        return f"{self.measure} {self.period}"


class Cell(models.Model):
    """What a measure came to at a place and below it in a period."""

    kept = models.ForeignKey(Kept, on_delete=models.CASCADE, related_name="cells", db_index=False)
    place_id = models.UUIDField()
    """No reference: the place may be gone."""
    value = models.BigIntegerField(null=True)
    """None: rows, of which none had anything to sum up."""
    rows = models.PositiveIntegerField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["kept", "place_id"], name="cell_once")
        ]

    def __str__(self) -> str:
        return f"{self.kept_id} {self.place_id} {self.value}"
