"""What is indexed, what changed since, and what the index was made by."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from huoshui.kernel.fields import BinaryCharField

RUNNING_BITS, ORDER_BITS = 24, 22
"""Of a number: kind (7 bits), order (a day's ordinal, or a rank), running number."""


class Indexed(models.Model):
    """A record as it is found and shown in results; its words stand in the engine's own index, under its number."""

    id = models.BigIntegerField(primary_key=True)
    """Kind, order and running number (``keeping.number``): the newest of a kind are read first by walking it."""
    kind = models.CharField(max_length=20)
    record = models.CharField(max_length=90)
    """What leads to its page, such as a matter's number."""
    source = models.UUIDField()
    """The row that it was told of, which says who sees it."""
    title = models.CharField(max_length=300)
    title_en = models.CharField(max_length=300, blank=True)
    second = models.CharField(max_length=300, blank=True)
    day = models.DateField(null=True)
    path = BinaryCharField(max_length=200, blank=True)
    """Path of its place; "" for none."""
    pack = models.CharField(max_length=40, blank=True)
    keys = models.TextField(blank=True)
    """Codes, numbers and other names, one a line."""
    text = models.TextField(blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["kind", "record"], name="indexed_once")
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["source", "kind"], name="indexed_source")]

    def __str__(self) -> str:
        return f"{self.kind} {self.title}"


class Touched(models.Model):
    """A mark: a row that something is told of was written. Written by triggers, taken away once it is indexed."""

    kind = models.CharField(max_length=20)
    source = models.UUIDField()

    def __str__(self) -> str:
        return f"{self.kind} {self.source}"


class IndexState(models.Model):
    """One row: what the index was made by, and how far it is being made; whoever writes the index locks it."""

    made_by = models.CharField(max_length=32)
    """Digest of what is indexed and how; with another the index is made anew. "": it is not whole."""
    making = models.CharField(max_length=32, blank=True)
    """The digest that it is being made by; "": it is not."""
    kind = models.CharField(max_length=20, blank=True)
    """The kind whose records are next."""
    after = models.UUIDField(null=True)
    """The last source of that kind that was done; null: none yet."""
    written = models.PositiveBigIntegerField(default=0)
    """How many rows were ever written."""

    def __str__(self) -> str:
        return self.made_by
