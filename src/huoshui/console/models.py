"""Questions that analysts keep: their own, and those that they share with the others of the console."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from huoshui.kernel.access import Actor, Scope, Scoped, ScopedQuerySet
from huoshui.kernel.models import Record


class SavedQueryQuerySet(ScopedQuerySet["SavedQuery"]):
    """One's own, and what others share; each is asked within the duties of whoever asks it."""

    def visibility(self, actor: Actor) -> Q:
        if not actor.grants("console.use"):
            return Q(pk__in=[])
        return Q(account_id=actor.pk) | Q(shared=True)

    def standing(self) -> SavedQueryQuerySet:
        """Those that were not removed."""
        return self.filter(removed_at__isnull=True)


class SavedQuery(Scoped, Record):
    """A question with its name."""

    scope: ClassVar[Scope] = Scope(permission="console.use", path="")

    account = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="saved_queries")
    name = models.CharField(max_length=60)
    sql = models.TextField()
    shared = models.BooleanField(default=False)
    removed_at = models.DateTimeField(null=True)

    objects: ClassVar = SavedQueryQuerySet.as_manager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["account", "name"], condition=Q(removed_at__isnull=True), name="saved_query_name"
            )
        ]

    def __str__(self) -> str:
        return self.name
