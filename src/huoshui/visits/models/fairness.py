"""The kept analysis of a round's fairness."""

from __future__ import annotations

import datetime as dt
from typing import Any, ClassVar

from django.db import models

from huoshui.kernel import clock
from huoshui.kernel.access import Scope, Scoped
from huoshui.kernel.models import Record
from huoshui.visits import visibility as seen
from huoshui.visits.models.rounds import Round


class FairnessAnalysis(Scoped, Record):
    """How fair a round's scoring was: computed once when asked for, kept, and no part of the official result."""

    scope: ClassVar[Scope] = Scope(
        permission="round.fairness", path="round__place__path", pack="round__pack_version__pack"
    )

    round = models.OneToOneField(Round, on_delete=models.CASCADE, related_name="fairness")
    digest = models.CharField(max_length=64)
    """Of what it rests on (see ``fairness.findings.inputs_digest``): another digest, another analysis."""
    asked_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    findings = models.JSONField(null=True)
    """As ``fairness.findings.findings_of`` gives them; null until they are computed."""

    PATIENCE: ClassVar[dt.timedelta] = dt.timedelta(minutes=2)

    objects: ClassVar[Any] = seen.FairnessQuerySet.as_manager()

    def __str__(self) -> str:
        return str(self.round)

    @property
    def lost(self) -> bool:
        """Whether it was asked for so long ago that nobody can be at it any more."""
        return self.done_at is None and self.asked_at < clock.now() - self.PATIENCE
