"""Reading places."""

from __future__ import annotations

from typing import Any

from django.db.models import Q

from huoshui.kernel.access import Actor
from huoshui.places.models import Place, PlaceQuerySet


def present_attributes(place: Place) -> dict[str, Any]:
    """The attributes that hold today, by code."""
    return {row.code: row.value for row in place.attributes.filter(until__isnull=True)}


def search_places(actor: Actor, text: str) -> PlaceQuerySet:
    """Visible places whose name holds ``text``, or whose pinyin initials or code begin with it."""
    text = text.strip()
    match = Q(name__contains=text) | Q(initials__startswith=text.lower()) | Q(code__startswith=text)
    return Place.objects.visible_to(actor).filter(match if text else Q(pk__in=[])).order_by("path")
