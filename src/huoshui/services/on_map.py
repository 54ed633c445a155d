"""Where services are offered, on a map: how many items each place offers."""

from __future__ import annotations

from collections import Counter

from django.db.models import Count

from huoshui.kernel.access import Actor
from huoshui.places.on_map import CountedOnMap, counted_on_map
from huoshui.services.queries import offers


def offers_on_map(actor: Actor, *, place: str = "", item: str = "") -> CountedOnMap:
    """Visible offers that stand today or will, at or below a place (by its path), of an item; no mark is urgent."""
    rows = offers(actor, place=place, item=item).select_related(None).order_by()
    by_place = rows.values("place_id").annotate(many=Count("pk")).values_list("place_id", "many")
    return counted_on_map(actor, {pk: Counter(none=many) for pk, many in by_place})
