"""Reading checks that were kept."""

from __future__ import annotations

from django.db.models import Count

from huoshui.places.models import Place


def usual_place() -> Place | None:
    """The uppermost place that has more than one below it: the district or county that the register is for."""
    rows = Place.objects.annotate(below=Count("children")).filter(below__gt=1)
    return min(rows, key=lambda place: len(place.path), default=None) or Place.objects.order_by("path").first()
