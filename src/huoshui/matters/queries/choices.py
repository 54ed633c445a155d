"""What a reader's ledger can be filtered by, and what is found in it by a word."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet

from huoshui.duties.models import Account
from huoshui.kernel.access import Actor, grants_condition
from huoshui.matters.models import Matter
from huoshui.matters.queries.filtering import reached
from huoshui.places.models import Place


def sources_seen(actor: Actor) -> list[tuple[UUID, str]]:
    """The sources (sealed rounds) that opened matters which the actor sees, with their labels, the last label first.


    Whoever sees the matters of every place is not asked matter by matter: the sources are one walk over an index.
    """
    opened = Matter.objects.filter(source_id__isnull=False)
    if not _sees_everything(actor):
        opened = opened.filter(reached(actor))
    found = opened.order_by("source_id").values_list("source_id", "source_label").distinct()
    named = [(source, label) for source, label in found if source]
    return sorted(named, key=lambda source: source[1], reverse=True)


def owners_seen(actor: Actor) -> QuerySet[Account]:
    """The accounts that are responsible for matters which the actor sees."""
    seen = Matter.objects.filter(reached(actor), owner=OuterRef("pk"))
    return Account.objects.get_queryset().filter(Exists(seen))


def _sees_everything(actor: Actor) -> bool:
    """Whether no place with a matter lies beyond the actor's grants, and none of these is for one pack."""
    grants = actor.grants(Matter.scope.permission)
    beyond = Place.objects.exclude(grants_condition(grants, Place.scope))
    with_matters = beyond.filter(Exists(Matter.objects.filter(place=OuterRef("pk"))))
    return not any(grant.pack for grant in grants) and not with_matters.exists()
