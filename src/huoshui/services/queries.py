"""Reading what is offered, requests and ratings."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F, Q, QuerySet

from huoshui.kernel import clock
from huoshui.kernel.access import Actor, path_condition
from huoshui.packs.queries import all_current
from huoshui.places.models import Place
from huoshui.services.models import CLOSED, Offer, RatedAspect, Rating, Request
from huoshui.services.schema import ServiceBundle, ServiceGroup, ServiceItem

FEWEST = 5
"""Cells of a published count that are fewer than this, and not none, are told to nobody outside."""


@dataclass(frozen=True)
class RequestFilter:
    """What a list of requests is narrowed to; "" and None: nothing. ``state`` is a phase, or ``late``."""

    place: str = ""
    item: str = ""
    state: str = ""
    since: dt.date | None = None
    until: dt.date | None = None


def items() -> dict[str, ServiceItem]:
    """Every item of the current packs, by qualified code."""
    found: dict[str, ServiceItem] = all_current("services")
    return found


def groups() -> dict[str, ServiceGroup]:
    """Every group of the current packs, by qualified code."""
    found: dict[str, ServiceGroup] = all_current("service_groups")
    return found


def bundles() -> dict[str, ServiceBundle]:
    """Every bundle of the current packs, by qualified code."""
    found: dict[str, ServiceBundle] = all_current("service_bundles")
    return found


def in_force(day: dt.date | None = None) -> Q:
    """Offers that stand on a day (default: today)."""
    on = day or clock.today()
    return Q(since__lte=on) & (Q(until__isnull=True) | Q(until__gte=on))


def offers(actor: Actor, *, place: str = "", item: str = "") -> QuerySet[Offer]:
    """Visible offers that stand today or will, at or below a place (by its path), of an item; by place and item."""
    today = clock.today()
    found = Offer.objects.visible_to(actor).filter(Q(until__isnull=True) | Q(until__gte=today))
    return _narrowed(found, place, item).select_related("place__parent").order_by("place__path", "item")


def public_offers(*, place: str = "", item: str = "") -> QuerySet[Offer]:
    """What is offered today, to everybody: it is published. By place and item."""
    found = Offer.objects.filter(in_force(), place__closed_on__isnull=True)
    return _narrowed(found, place, item).select_related("place__parent").order_by("place__path", "item")


def _narrowed(found: QuerySet[Offer], place: str, item: str) -> QuerySet[Offer]:
    found = found.filter(path_condition("place__path", place)) if place else found
    return found.filter(item=item) if item else found


def offered_at(place: Place) -> list[Offer]:
    """What stands at a place itself, the items in their order."""
    order = {code: at for at, code in enumerate(items())}
    found = Offer.objects.filter(in_force(), place=place).select_related("place")
    return sorted(found, key=lambda offer: (order.get(offer.item, len(order)), offer.item))


def requests(actor: Actor, wanted: RequestFilter) -> QuerySet[Request]:
    """Visible requests: those that run first, by their promised day, then what ended, the latest first."""
    found = Request.objects.visible_to(actor)
    found = found.filter(path_condition("place__path", wanted.place)) if wanted.place else found
    found = found.filter(item=wanted.item) if wanted.item else found
    found = found.filter(taken_on__gte=wanted.since) if wanted.since else found
    found = found.filter(taken_on__lte=wanted.until) if wanted.until else found
    if wanted.state == "late":
        found = found.filter(done_on__isnull=True, promised_on__lt=clock.today())
    elif wanted.state:
        found = found.filter(phase=wanted.state)
    related = ("place__parent", "pack_version", "whole")
    return found.select_related(*related).order_by(F("closed_on").desc(nulls_first=True), "promised_on", "id")


def going_counts(actor: Actor, place: str = "") -> dict[str, int]:
    """How many requests that the actor sees: all, running, and late of those. Wholes of bundles are not counted."""
    found = Request.objects.visible_to(actor).exclude(item="")
    found = found.filter(path_condition("place__path", place)) if place else found
    late = Q(done_on__isnull=True, promised_on__lt=clock.today())
    told = found.aggregate(all=Count("id"), going=Count("id", filter=~Q(phase=CLOSED)), late=Count("id", filter=late))
    return {name: int(count) for name, count in told.items()}


def ratings(
    actor: Actor, *, place: str = "", item: str = "", low: bool = False, since: dt.date | None = None
) -> QuerySet[Rating]:
    """Visible ratings, the latest first; ``low``: only those with a correction."""
    found = Rating.objects.visible_to(actor)
    found = found.filter(path_condition("request__place__path", place)) if place else found
    found = found.filter(request__item=item) if item else found
    found = found.filter(correction_id__isnull=False) if low else found
    found = found.filter(rated_on__gte=since) if since else found
    related = ("request__place__parent", "request__pack_version")
    return found.select_related(*related).order_by("-rated_on", "-id")


@dataclass(frozen=True)
class Tally:
    """How some ratings are spread: by level and, of each aspect, by level; codes with their counts."""

    count: int
    satisfied: int
    levels: dict[str, int]
    aspects: dict[str, dict[str, int]]


def tally(found: QuerySet[Rating]) -> Tally:
    """The spread of ratings; never by persons."""
    levels = Counter(dict(found.order_by().values_list("level").annotate(n=Count("id"))))
    aspects: dict[str, dict[str, int]] = {}
    rows = RatedAspect.objects.filter(rating__in=found.order_by().values("pk")).order_by()
    for aspect, level, count in rows.values_list("aspect", "level").annotate(n=Count("id")):
        aspects.setdefault(aspect, {})[level] = count
    satisfied = found.order_by().filter(satisfied=True).count()
    return Tally(sum(levels.values()), satisfied, dict(levels), aspects)


def public_tally(place: Place) -> tuple[int, int] | None:
    """Ratings at a place and how many were satisfied, as they may be published; None where a cell would be small."""
    return _told_tally(Rating.objects.filter(request__place=place))


def shared_tally(actor: Actor, place: str = "") -> tuple[int, int] | None:
    """The same of the requests that the actor sees, for those who do not see each rating."""
    seen = Request.objects.visible_to(actor)
    seen = seen.filter(path_condition("place__path", place)) if place else seen
    return _told_tally(Rating.objects.filter(request__in=seen.order_by().values("pk")))


def _told_tally(found: QuerySet[Rating]) -> tuple[int, int] | None:
    told = found.order_by().aggregate(count=Count("id"), satisfied=Count("id", filter=Q(satisfied=True)))
    count, satisfied = int(told["count"]), int(told["satisfied"])
    small = any(0 < cell < FEWEST for cell in (satisfied, count - satisfied))
    return None if small or count < FEWEST else (count, satisfied)


def sites_with_offers() -> list[tuple[Place, int]]:
    """The places where something is offered today, each with how many items, by path."""
    rows = Offer.objects.filter(in_force(), place__closed_on__isnull=True)
    counts = dict(rows.order_by().values_list("place").annotate(n=Count("id")))
    known = Place.objects.filter(pk__in=counts).select_related("parent__parent").order_by("path")
    return [(place, counts[place.pk]) for place in known]


def matrix(found: Iterable[Offer]) -> tuple[list[str], dict[Any, dict[str, Offer]]]:
    """Offers as a table: the items in their order, and for each place (by id) its offers by item."""
    table: dict[Any, dict[str, Offer]] = {}
    for offer in found:
        table.setdefault(offer.place_id, {})[offer.item] = offer
    seen = {code for row in table.values() for code in row}
    known = list(items())
    return [code for code in known if code in seen] + sorted(seen - set(known)), table
