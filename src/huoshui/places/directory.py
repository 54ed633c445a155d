"""All places at once, kept by the process until one changes: pages tell names and lines of many of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import UUID

from huoshui.kernel.reading import lasting, read_until_changed
from huoshui.places.models import Place

Key = TypeVar("Key", str, UUID)


@dataclass(frozen=True)
class Directory:
    """Every place, without its outline. Nobody may change what stands here."""

    by_path: dict[str, Place]
    by_code: dict[str, Place]
    by_id: dict[UUID, Place]
    bearers: dict[str, set[UUID]]
    """The open places that have a short name, by that name."""


@read_until_changed
def directory() -> Directory:
    """All places of the register."""
    places = list(Place.objects.defer("outline"))
    bearers: dict[str, set[UUID]] = defaultdict(set)
    for place in places:
        if place.closed_on is None:
            bearers[place.short_name].add(place.pk)
    return Directory(
        {place.path: place for place in places},
        {place.code: place for place in places},
        {place.pk: place for place in places},
        dict(bearers),
    )


def places_at(paths: Iterable[str]) -> dict[str, Place]:
    """The places with these paths, by path: from the directory, where a page asks; else read."""
    return _picked(paths, "path", lambda known: known.by_path)


def places_coded(codes: Iterable[str]) -> dict[str, Place]:
    """The places with these codes, by code; as ``places_at``."""
    return _picked(codes, "code", lambda known: known.by_code)


def places_with_ids(ids: Iterable[UUID]) -> dict[UUID, Place]:
    """The places with these ids, by id; as ``places_at``."""
    return _picked(ids, "pk", lambda known: known.by_id)


def _picked(keys: Iterable[Key], field: str, column: Callable[[Directory], dict[Key, Place]]) -> dict[Key, Place]:
    wanted = set(keys)
    if lasting():
        known = column(directory())
        return {key: known[key] for key in wanted if key in known}
    return {getattr(place, field): place for place in _read(field, frozenset(wanted))}


@read_until_changed
def _read(field: str, keys: frozenset[Any]) -> list[Place]:
    return list(Place.objects.filter(**{f"{field}__in": keys}).defer("outline"))


def bearers_of(places: Iterable[Place]) -> dict[str, set[UUID]]:
    """The open places that share a short name with some of these, by that name."""
    shown = list(places)
    names = {place.short_name for place in shown}
    if lasting():
        known = directory().bearers
        return {name: known.get(name, set()) for name in names}
    return _bearers_read(frozenset(names), frozenset(place.initials for place in shown))


@read_until_changed
def _bearers_read(names: frozenset[str], initials: frozenset[str]) -> dict[str, set[UUID]]:
    """Looked up by the initials, which have an index; the names decide."""
    bearers: dict[str, set[UUID]] = {name: set() for name in names}
    spelt = Place.objects.filter(initials__in=initials, short_name__in=names, closed_on__isnull=True)
    for name, pk in spelt.values_list("short_name", "pk"):
        bearers[name].add(pk)
    return bearers
