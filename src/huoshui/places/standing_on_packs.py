"""What keeps a pack from dropping a kind of place: places of it."""

from __future__ import annotations

from django.db.models import Count

from huoshui.kernel.errors import Problem
from huoshui.packs.contract import Dropped
from huoshui.places.models import Place


def places_of_kinds(pack: str, dropped: Dropped) -> list[Problem]:
    """pack.places_stand for each kind that would be dropped and that a place is of, closed ones too."""
    kinds = sorted(dropped.get("place_kinds", ()))
    counts = dict(Place.objects.filter(kind__in=kinds).values_list("kind").annotate(Count("pk")).order_by("kind"))
    return [
        Problem("pack.places_stand", f"place_kinds.{kind}", params={"kind": kind, "count": counts[kind]})
        for kind in kinds
        if kind in counts
    ]
