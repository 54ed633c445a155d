"""Reading places: as they are, as they were on a day, and by what people type."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Case, Exists, F, IntegerField, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Coalesce

from huoshui.kernel.access import Actor
from huoshui.kernel.choices import require_known
from huoshui.kernel.reading import read_until_changed
from huoshui.kernel.wording import bracketed
from huoshui.packs.queries import all_current
from huoshui.places.directory import bearers_of, places_at
from huoshui.places.models import Honour, Place, PlaceAttribute, PlaceFormer, PlaceParent, PlaceQuerySet, prefixes
from huoshui.places.names import initials_of


@dataclass(frozen=True)
class PlaceThen:
    """A place as it stood on a day."""

    place: Place
    day: dt.date
    name: str
    short_name: str
    kind: str
    parent: Place | None
    there: bool
    """Whether it was open on that day."""


def present_attributes(place: Place) -> dict[str, Any]:
    """The attributes that hold now, by code (typed columns: yes is 1, decimals are scaled)."""
    return {row.code: row.value for row in place.attributes.filter(until__isnull=True)}


def attributes_of_each(places: Iterable[Place]) -> dict[UUID, dict[str, Any]]:
    """``present_attributes`` of several places, by the place's id: one query for all. Nobody may change the answer."""
    return _attributes_of_each(frozenset(place.pk for place in places))


@read_until_changed
def _attributes_of_each(places: frozenset[UUID]) -> dict[UUID, dict[str, Any]]:
    found: dict[UUID, dict[str, Any]] = {pk: {} for pk in places}
    for row in PlaceAttribute.objects.filter(place__in=places, until__isnull=True):
        found[row.place_id][row.code] = row.value
    return found


def directly_below(place: Place) -> list[Place]:
    """The places and sites whose parent this is, by code, open or closed. Nobody may change them."""
    return _directly_below(place.pk)


@read_until_changed
def _directly_below(place: UUID) -> list[Place]:
    return list(Place.objects.get_queryset().filter(parent=place).defer("outline").order_by("code"))


def directly_below_on(place: Place, day: dt.date) -> list[Place]:
    """The places that lay directly below on a day, open or not, by path; as ``place_on`` tells their parents.

    Nobody may change them.
    """
    return _directly_below_on(place.pk, day)


@read_until_changed
def kinds_there() -> frozenset[str]:
    """The kinds of which there is a place, whoever sees it."""
    return frozenset(Place.objects.get_queryset().order_by().values_list("kind", flat=True).distinct())


@read_until_changed
def _directly_below_on(place: UUID, day: dt.date) -> list[Place]:
    earlier = PlaceParent.objects.filter(place=OuterRef("place"), since__lt=OuterRef("since"))
    undated = PlaceParent.objects.filter(place=OuterRef("place"), since__isnull=True)
    first = Q(since__isnull=False) & ~Exists(earlier) & ~Exists(undated)
    rows = PlaceParent.objects.filter(_held_on(day) | (first & Q(since__gt=day)), parent=place)
    return list(Place.objects.get_queryset().filter(pk__in=rows.values("place")).defer("outline").order_by("path"))


def honours_of(place: Place) -> list[Honour]:
    """The honours of a place, withdrawn ones too, the latest first. Nobody may change them."""
    return _honours_of(place.pk)


@read_until_changed
def _honours_of(place: UUID) -> list[Honour]:
    return list(Honour.objects.get_queryset().filter(place=place).order_by("-year", "level"))


def honours_named(place: Place, *, name: str, level: str, holder: str = "") -> list[Honour]:
    """The honours of this name and level that a place (or the unit ``holder`` there) holds or held, latest first."""
    found = [row for row in honours_of(place) if (row.name, row.level, row.holder) == (name, level, holder)]
    return sorted(found, key=lambda honour: honour.year, reverse=True)


def attributes_on(place: Place, day: dt.date) -> dict[str, Any]:
    """The attributes that held on a day, by code."""
    rows = PlaceAttribute.objects.filter(_held_on(day), place=place)
    return {row.code: row.value for row in rows}


def place_on(place: Place, day: dt.date) -> PlaceThen:
    """Name, kind and parent of a place as of a day.

    Before it was opened and once it is closed it is told as it was on its first or last day, and is not ``there``.
    """
    former = place.formerly.filter(until__gt=day).order_by("until").first()
    named = former or place
    rows = place.parents_over_time.select_related("parent")
    dated = rows.filter(_held_on(day)).first() or rows.order_by(F("since").asc(nulls_first=True)).first()
    opened = place.opened_on is None or place.opened_on <= day
    there = opened and (place.closed_on is None or day < place.closed_on)
    return PlaceThen(place, day, named.name, named.short_name, named.kind, dated.parent if dated else None, there)


def line_on(place: Place, day: dt.date) -> list[PlaceThen]:
    """The places above, from the root down, and the place itself, each as it was on a day."""
    line = [place_on(place, day)]
    while (above := line[0].parent) is not None:
        line.insert(0, place_on(above, day))
    return line


def _held_on(day: dt.date) -> Q:
    """Rows whose from-to dates hold a day; no ``since`` means from the beginning."""
    return (Q(since__isnull=True) | Q(since__lte=day)) & (Q(until__isnull=True) | Q(until__gt=day))


def ancestors(place: Place) -> list[Place]:
    """The places above, from the root down, without the place itself."""
    return sorted(places_at(prefixes(place.path)[:-1]).values(), key=lambda found: len(found.path))


def towns_of(places: Iterable[Place]) -> dict[UUID, Place | None]:
    """The township above each place, by the place's id, also where a management area lies between.

    A place that has none above it stands under its parent.
    """
    townships, above = _townships(), _places_above(places)
    return {pk: next((up for up in ups if up.kind in townships), ups[0] if ups else None) for pk, ups in above.items()}


def township_names(places: Iterable[Place]) -> dict[UUID, str]:
    """The name of the township that each place lies in, or is, by the place's id; "" above townships."""
    shown, townships = list(places), _townships()
    above = _places_above(shown)
    return {
        place.pk: next((up.short_name for up in (place, *above[place.pk]) if up.kind in townships), "")
        for place in shown
    }


def namesakes_towns(places: Iterable[Place]) -> dict[UUID, str]:
    """What tells apart those places whose name another open place has as well: their town's name, by the place's id.

    Places with a name of their own are left out.
    """
    shown = {place.pk: place for place in places}
    bearers = bearers_of(shown.values())
    shared = [place for place in shown.values() if bearers[place.short_name] - {place.pk}]
    return {pk: town.short_name for pk, town in towns_of(shared).items() if town}


def names_apart(places: Iterable[Place]) -> dict[UUID, str]:
    """The name by which each place is told apart in a line, by its id: 寨卜昌村, but 杨庄村（阳庙镇）."""
    shown = list(places)
    towns = namesakes_towns(shown)
    return {place.pk: place.short_name + (bracketed(towns[place.pk]) if place.pk in towns else "") for place in shown}


@read_until_changed
def counties_above(places: frozenset[UUID]) -> dict[UUID, UUID]:
    """The county (district) above each of some places, both by id; a place that has none above it is left out."""
    known = counties()
    above = _places_above(Place.objects.filter(pk__in=places))
    found = {pk: next((up.pk for up in ups if up.kind in known), None) for pk, ups in above.items()}
    return {pk: county for pk, county in found.items() if county is not None}


def counties() -> set[str]:
    """The kinds of place that are counties."""
    return {code for code, kind in all_current("place_kinds").items() if kind.level == "county"}


def _townships() -> set[str]:
    return {code for code, kind in all_current("place_kinds").items() if kind.level == "township"}


def _places_above(places: Iterable[Place]) -> dict[UUID, list[Place]]:
    """The places above each, the nearest first, by the place's id: one query for all."""
    paths = {place.pk: prefixes(place.path)[-2::-1] for place in places}
    found = places_at({path for above in paths.values() for path in above})
    return {pk: [found[path] for path in above] for pk, above in paths.items()}


def children(place: Place) -> PlaceQuerySet:
    """The administrative units directly below that are not closed, by code."""
    return _below(place, "unit")


def sites_of(place: Place) -> PlaceQuerySet:
    """The sites directly within a place (hubs, courtyards) that are not closed, by code."""
    return _below(place, "site")


def _below(place: Place, category: str) -> PlaceQuerySet:
    kinds = [code for code, kind in all_current("place_kinds").items() if kind.category == category]
    return Place.objects.filter(parent=place, kind__in=kinds, closed_on__isnull=True).order_by("code")


def next_site_code(parent: Place, kind: str) -> str:
    """The next free code of a site: the parent's code, "-", the kind's initials and a number.

    A hub (阵地, zd) in 410871203201 is 410871203201-zd1, the second one -zd2. Numbers are never given twice,
    not even after a site was closed.
    """
    label = all_current("place_kinds")[kind].name.zh
    stem = f"{parent.code}-{re.sub('[^a-z0-9]', '', initials_of(label))}"
    taken = Place.objects.filter(code__gte=stem, code__lt=f"{stem}:").values_list("code", flat=True)
    numbers = [int(code[len(stem) :]) for code in taken if code[len(stem) :].isdigit()]
    return f"{stem}{max(numbers, default=0) + 1}"


def places_of_kind(places: PlaceQuerySet, kind: str) -> PlaceQuerySet:
    """The places of one kind, all of them for "". Raises value.choice for a kind that no pack declares."""
    require_known(places, "kind", kind, all_current("place_kinds"))
    return places.filter(kind=kind) if kind else places


def search_places(actor: Actor, text: str, *, limit: int | None = None) -> PlaceQuerySet:
    """Visible places by what was typed: part of the name, pinyin initials, or the beginning of the code.

    The exact ones come first, then those that begin so, then those that hold it, then those that were called so
    (each place has ``formerly_called``, "" where its present name answers), closed places at the end; at most
    ``limit``.
    """
    text = text.strip()
    visible = Place.objects.visible_to(actor).select_related("parent")
    if not text:
        return visible.none()
    lower = text.lower()
    exact = Q(short_name=text) | Q(name=text) | Q(code=text)
    prefix = Q(short_name__startswith=text) | Q(code__startswith=text)
    within = Q(short_name__contains=text) | Q(name__contains=text)
    called = Q(short_name__contains=text) | Q(name__contains=text)
    if re.fullmatch(r"[a-z0-9]+", lower):
        exact |= Q(initials=lower)
        prefix |= Q(initials__startswith=lower)
        within |= Q(initials__contains=lower)
        called |= Q(initials__startswith=lower)
    former = PlaceFormer.objects.filter(called)
    last = former.filter(place=OuterRef("pk")).order_by("-until").values("short_name")[:1]
    now = exact | prefix | within
    rank = Case(
        When(closed_on__isnull=False, then=Value(4)),
        When(exact, then=Value(0)),
        When(prefix, then=Value(1)),
        When(within, then=Value(2)),
        default=Value(3),
        output_field=IntegerField(),
    )
    found: PlaceQuerySet = (
        visible.filter(now | Q(pk__in=former.values("place")))
        .annotate(
            rank=rank, formerly_called=Case(When(now, then=Value("")), default=Coalesce(Subquery(last), Value("")))
        )
        .order_by("rank", "path")
    )
    return found if limit is None else found[:limit]
