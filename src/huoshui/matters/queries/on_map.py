"""Matters on a map: how many of each light there are at each place. Counted by the database, never sent one by one."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from django.db.models import Count

from huoshui.kernel import clock
from huoshui.kernel.access import Actor
from huoshui.matters.lights import LIGHTS, light_expression
from huoshui.matters.queries.ledger import NO_LIGHT, LedgerFilter, ledger
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
    lit = light_expression(clock.today())
    grouped = found.order_by().values("place__path").annotate(lit=lit, count=Count("pk"))
    counted = list(grouped.values_list("place__path", "lit", "count"))
    above = spots_above(actor, {path for path, _light, _count in counted})
    by_spot: dict[Spot, Counter[str]] = {}
    nowhere = 0
    for path, light, count in counted:
        if path in above:
            by_spot.setdefault(above[path], Counter())[light or NO_LIGHT] += count
        else:
            nowhere += count
    rows = [LitSpot(spot, {light: counts[light] for light in SHOWN_LIGHTS}) for spot, counts in by_spot.items()]
    rows.sort(key=lambda row: (*(-row.counts[light] for light in SHOWN_LIGHTS), row.spot.path))
    return MattersOnMap(rows[:MOST_SPOTS], nowhere, len(rows) > MOST_SPOTS)
