"""The planned tour of a round, and the table of distances it may rest on."""

from __future__ import annotations

import datetime as dt
from typing import Any, ClassVar

from django.db import models

from huoshui.kernel import clock
from huoshui.kernel.access import Scope, Scoped, ScopedQuerySet
from huoshui.kernel.models import Record
from huoshui.visits.models.rounds import Round


class TourDistances(Scoped, Record):
    """A table of distances or times between places, as it was uploaded for a round."""

    scope: ClassVar[Scope] = Scope(permission="round.plan", path="round__place__path", pack="round__pack_version__pack")

    round = models.OneToOneField(Round, on_delete=models.CASCADE, related_name="distances")
    digest = models.CharField(max_length=64)
    """SHA-256 of ``content``, hex."""
    content = models.JSONField()
    """As ``tour.table.Distances.kept`` gives it."""

    objects: ClassVar[Any] = ScopedQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.round} · {self.content['name']}"


class TourPlan(Scoped, Record):
    """A plan of the tour: computed when asked for, changed by hand, and valid for the round once it is adopted."""

    scope: ClassVar[Scope] = Scope(permission="round.plan", path="round__place__path", pack="round__pack_version__pack")

    round = models.OneToOneField(Round, on_delete=models.CASCADE, related_name="tour")
    terms = models.JSONField()
    """As ``tour.terms.Terms.kept`` gives them."""
    digest = models.CharField(max_length=64)
    """Of all it rests on (see ``tour.inputs.Inputs``): another digest, another plan."""
    asked_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    by_hand = models.BooleanField(default=False)
    """Whether a stop was moved since it was computed."""
    routes = models.JSONField(default=list)
    """[{"day": from 1, "team": from 1, "stops": [codes in their order]}]"""
    left_out = models.JSONField(default=dict)
    """Why a place is not visited, by its code."""

    PATIENCE: ClassVar[dt.timedelta] = dt.timedelta(minutes=3)

    objects: ClassVar[Any] = ScopedQuerySet.as_manager()

    def __str__(self) -> str:
        return str(self.round)

    @property
    def lost(self) -> bool:
        """Whether it was asked for so long ago that nobody can be at it any more."""
        return self.done_at is None and self.asked_at < clock.now() - self.PATIENCE
