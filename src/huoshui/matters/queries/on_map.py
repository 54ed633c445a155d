"""Matters on a map: how many of each light there are at each place. Counted by the database, never sent one by one."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from django.db.models import Count, Q

from huoshui.kernel import clock
from huoshui.kernel.access import Actor
from huoshui.kernel.walking import walked
from huoshui.matters.lights import LIGHTS, URGENCY, MatterQuerySet, light_condition
from huoshui.matters.models import CLOSED, Matter
from huoshui.matters.queries.filtering import NO_LIGHT, LedgerFilter, condition, reached
from huoshui.matters.queries.ledger import ledger
from huoshui.matters.schema import Light
from huoshui.places.models import Place
from huoshui.places.on_map import MOST_SPOTS, Spot, spots_above

SHOWN_LIGHTS = tuple(light or NO_LIGHT for light in LIGHTS)
"""Keys of the counts: red, yellow, blue, green, none."""


@dataclass(frozen=True)
class LitSpot:
    """A point with the matters of its place, and of what lies within it and has no point of its own."""

    spot: Spot
    counts: dict[str, int]
    """How many show each of SHOWN_LIGHTS."""

    @property
    def total(self) -> int:
        return sum(self.counts.values())


@dataclass(frozen=True)
class MattersOnMap:
    """The points, those with the most urgent matters first; ``nowhere``: matters whose place has no point at all."""

    rows: list[LitSpot]
    nowhere: int
    cut: bool

    @property
    def total(self) -> int:
        """How many matters there are, those that no point shows as well."""
        return sum(row.total for row in self.rows) + self.nowhere


def matters_on_map(actor: Actor, filters: LedgerFilter | None = None) -> MattersOnMap:
    """Visible matters that pass the ledger's filter, counted by place and light in one query.

    Without a state, a phase or a light asked for, only those that have not ended. Raises as ``ledger``.
    """
    wanted = filters or LedgerFilter()
    found = ledger(actor, wanted)
    if not (wanted.state or wanted.phase or wanted.light):
        found = found.going()
    elif wanted.light not in URGENCY:
        # Of the many that have ended an index is read through from place to place, instead of each put in its group.
        found = walked(Matter.objects.all(), _passing(wanted) & reached(actor))
    # What has ended shows no light but the green one.
    counted = _counted(found, ["green"] if wanted.phase == CLOSED else [light for light in LIGHTS if light])
    above = spots_above(actor, counted)
    by_spot: dict[Spot, Counter[str]] = {}
    nowhere = 0
    for path, counts in counted.items():
        if path in above:
            by_spot.setdefault(above[path], Counter()).update(counts)
        else:
            nowhere += counts.total()
    rows = [LitSpot(spot, {light: counts[light] for light in SHOWN_LIGHTS}) for spot, counts in by_spot.items()]
    rows.sort(key=lambda row: (*(-row.counts[light] for light in SHOWN_LIGHTS), row.spot.path))
    return MattersOnMap(rows[:MOST_SPOTS], nowhere, len(rows) > MOST_SPOTS)


def _passing(wanted: LedgerFilter) -> Q:
    """What a ledger's filter asks of a matter, its light as well."""
    if not wanted.light:
        return condition(wanted)
    light = "" if wanted.light == NO_LIGHT else wanted.light
    return condition(wanted) & light_condition(light, clock.today())


def _counted(matters: MatterQuerySet, lights: list[Light]) -> dict[str, Counter[str]]:
    """How many of some matters show each of the lights, or none of them, by the path of their place."""
    today = clock.today()
    lit = {light: Count("place", filter=light_condition(light, today)) for light in lights}
    by_place = matters.order_by().values("place_id").annotate(all=Count("place"), **lit)
    rows = list(by_place.values_list("place_id", "all", *lit))
    paths = dict(Place.objects.filter(pk__in=[pk for pk, *_counts in rows]).values_list("pk", "path"))
    found = {}
    for pk, everything, *counts in rows:
        found[paths[pk]] = Counter(dict(zip(lit, counts, strict=True)) | {NO_LIGHT: everything - sum(counts)})
    return found
