"""What can be found: each app registers its kinds of records here."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from huoshui.kernel.access import Actor, Scope
from huoshui.places.models import prefixes


@dataclass(frozen=True)
class Told:
    """What the index is told of a record."""

    source: UUID
    """Key of the row that says who sees it."""
    record: str
    """What leads to its page; unique within its kind."""
    title: str
    second: str = ""
    """A second line of results, beside the place."""
    keys: tuple[str, ...] = ()
    """Codes, numbers and other names: looked for as the title is, and first of all where one was typed whole."""
    text: str = ""
    """Whatever else it is found by."""
    day: dt.date | None = None
    """Its day, the newest first and held against the period that is asked for."""
    rank: int = 0
    """In place of a day: higher ones first."""
    path: str = ""
    pack: str = ""
    title_en: str = ""


@dataclass(frozen=True)
class Watch:
    """A table of which the kind is told: a row that is written marks ``key``, found in ``rows`` where it is another's.

    ``{r}`` stands for the row before or after; of an update, one of the columns must have changed.
    """

    table: str
    columns: tuple[str, ...]
    key: str = "{r}.id"
    rows: str = ""


@dataclass(frozen=True)
class Reach:
    """Where a reader sees records of a kind: at a path and below it, or just there; of one pack, or of any ("")."""

    path: str
    pack: str = ""
    just_there: bool = False


@dataclass(frozen=True)
class Searchable:
    """A kind of what can be found."""

    kind: str
    number: int
    """1 to 127, its own: the order of groups in results, and the first part of the index's key."""
    label: object
    model: Any
    """The scoped model of its sources."""
    tell: Callable[[Collection[UUID]], Iterable[Told]]
    """Of some sources; those that are gone are left out."""
    watched: tuple[Watch, ...]
    reaches: Callable[[Actor], list[Reach] | None] | None = None
    """Where a reader sees them at the most, to be asked of the index; default: by the model's scope. None: anywhere.

    ``visible_to`` is asked of every hit besides.
    """
    permission: str = ""
    """What has no rows of its own, such as indicators, is seen by whoever has this somewhere; "": by ``visible_to``."""
    dated: bool = True

    def reaches_of(self, actor: Actor) -> list[Reach] | None:
        """Where the actor sees them at the most; None: anywhere."""
        if self.permission:
            return None if actor.grants(self.permission) else []
        if self.reaches is not None:
            return self.reaches(actor)
        scope: Scope = self.model.scope
        grants = actor.grants(scope.permission)
        if not scope.path:
            return None if grants else []
        return [Reach(grant.path, (grant.pack or "") if scope.pack else "") for grant in grants]

    def visible(self, actor: Actor, sources: Collection[UUID]) -> set[UUID]:
        """Those of the sources that the actor sees."""
        if self.permission:
            return set(sources) if actor.grants(self.permission) else set()
        return set(self.model.objects.visible_to(actor).filter(pk__in=list(sources)).values_list("pk", flat=True))


SEARCHABLES: dict[str, Searchable] = {}


def register(searchable: Searchable) -> None:
    """Let a kind be found (called from an app's ``ready``)."""
    taken = {one.number: one.kind for one in SEARCHABLES.values() if one.kind != searchable.kind}
    if searchable.number in taken or not 0 < searchable.number < 128:
        raise ValueError(f"{searchable.kind}: number {searchable.number} is {taken.get(searchable.number, 'none')}")
    SEARCHABLES[searchable.kind] = searchable


def in_order() -> list[Searchable]:
    """All kinds, in the order in which results show them."""
    return sorted(SEARCHABLES.values(), key=lambda one: one.number)


def here_and_above(permission: str) -> Callable[[Actor], list[Reach]]:
    """Reaches of what is seen at the places of a permission, below them and just at those above."""

    def reaches(actor: Actor) -> list[Reach]:
        grants = actor.grants(permission)
        above = {path for grant in grants for path in prefixes(grant.path)}
        return [Reach(grant.path) for grant in grants] + [Reach(path, just_there=True) for path in sorted(above)]

    return reaches


def anywhere(actor: Actor) -> None:
    """Reaches of few records that are seen for other reasons than places: ``visible_to`` alone decides."""
