"""How many matters there are, by what most ledgers are filtered by."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from huoshui.kernel.access import Scope, Scoped
from huoshui.places.models import Place


class MatterCount(Scoped):
    """So many matters more, or fewer, with these codes at a place: the sum over all rows is how many there are.

    Triggers add a row with every change (``matters.counting``), in its transaction and without waiting for another's;
    from time to time the rows of the same codes are made one.
    """

    scope: ClassVar[Scope] = Scope(permission="matter.view", path="place__path", pack="pack")

    place = models.ForeignKey(Place, on_delete=models.CASCADE, related_name="+", db_index=False)
    """A place goes only once its matters have left, and its counts, which come to nothing, go with it."""
    pack = models.CharField(max_length=40)
    kind = models.CharField(max_length=81)
    severity = models.CharField(max_length=40)
    state = models.CharField(max_length=40)
    phase = models.CharField(max_length=10)
    close_reason = models.CharField(max_length=20, blank=True)
    verified = models.BooleanField()
    """Whether somebody confirmed the work."""
    matters = models.IntegerField()

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            # All that is asked of a row, so that the sum is read from this index alone.
            models.Index(
                fields=[
                    "place", "kind", "state", "phase", "severity", "pack", "close_reason", "verified", "matters",
                ],
                name="matter_count",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.kind} {self.state} {self.matters}"
