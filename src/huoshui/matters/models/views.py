"""Saved views of the ledger: a name for filters, sort and columns."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from huoshui.duties.models import Unit
from huoshui.kernel.access import Actor, Scope, Scoped, ScopedQuerySet
from huoshui.kernel.models import Record
from huoshui.kernel.reading import read_once


class SavedViewQuerySet(ScopedQuerySet["SavedView"]):
    """One's own, and those shared with one's unit. What a view shows, each reader's duties decide."""

    def visibility(self, actor: Actor) -> Q:
        unit = getattr(actor, "unit_id", None)
        return Q(account_id=actor.pk) | (Q(unit_id=unit) if unit else Q(pk__in=[]))


class SavedView(Scoped, Record):
    """A ledger under a name. It holds an address and no rows, so it never shows more than its reader may see."""

    scope: ClassVar[Scope] = Scope(permission="view.share", path="")

    account = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="ledger_views")
    unit = models.ForeignKey(Unit, on_delete=models.CASCADE, null=True, related_name="ledger_views")
    """The unit it is shared with; null: its owner's alone."""
    name = models.CharField(max_length=40)
    query = models.CharField(max_length=2000, blank=True)
    """The query string of the ledger: filters, sort and columns; "" for the whole ledger."""

    objects: ClassVar = SavedViewQuerySet.as_manager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["account", "name"], name="saved_view_name_once")
        ]

    def __str__(self) -> str:
        return self.name


class DefaultView(models.Model):
    """The view with which the ledger opens for somebody: at most one."""

    account = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="default_view")
    view = models.ForeignKey(SavedView, on_delete=models.CASCADE, related_name="default_of")

    def __str__(self) -> str:
        return str(self.view)


@read_once
def views_seen(actor: Any) -> list[SavedView]:
    """The views that somebody can use, their own first, by name; ``is_default`` marks the one of their ledger."""
    own = DefaultView.objects.filter(account_id=actor.pk, view=OuterRef("pk"))
    views = SavedView.objects.visible_to(actor).annotate(is_default=Exists(own))
    return list(views.order_by(F("unit_id").asc(nulls_first=True), "name"))


def default_of(actor: Any) -> SavedView | None:
    """The default view of somebody who can still see it."""
    return next((view for view in views_seen(actor) if view.is_default), None)  # type: ignore[attr-defined]
