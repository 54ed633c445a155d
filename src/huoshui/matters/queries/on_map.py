"""Matters on a map: how many of each light there are at each place. Counted by the database, never sent one by one."""

from __future__ import annotations

from collections import Counter
from uuid import UUID

from django.db.models import Count, Q

from huoshui.kernel import clock
from huoshui.kernel.access import Actor
from huoshui.kernel.walking import walked
from huoshui.matters.lights import LIGHTS, URGENCY, MatterQuerySet, light_condition
from huoshui.matters.models import CLOSED, Matter
from huoshui.matters.queries.filtering import NO_LIGHT, LedgerFilter, condition, reached
from huoshui.matters.queries.ledger import ledger
from huoshui.matters.schema import Light
from huoshui.places.on_map import CountedOnMap, counted_on_map


def matters_on_map(actor: Actor, filters: LedgerFilter | None = None) -> CountedOnMap:
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
    return counted_on_map(actor, counted)


def _passing(wanted: LedgerFilter) -> Q:
    """What a ledger's filter asks of a matter, its light as well."""
    if not wanted.light:
        return condition(wanted)
    light = "" if wanted.light == NO_LIGHT else wanted.light
    return condition(wanted) & light_condition(light, clock.today())


def _counted(matters: MatterQuerySet, lights: list[Light]) -> dict[UUID, Counter[str]]:
    """How many of some matters show each of the lights, or none of them, by the key of their place."""
    today = clock.today()
    lit = {light: Count("place", filter=light_condition(light, today)) for light in lights}
    by_place = matters.order_by().values("place_id").annotate(all=Count("place"), **lit)
    found = {}
    for pk, everything, *counts in by_place.values_list("place_id", "all", *lit):
        found[pk] = Counter(dict(zip(lit, counts, strict=True)) | {NO_LIGHT: everything - sum(counts)})
    return found
