"""What somebody asks for: a rename, a move, a merge or a split, and on which day it takes effect."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field

from huoshui.kernel.errors import Refusal
from huoshui.places.models import Place, PlaceChange, PlaceQuerySet
from huoshui.places.names import short_name_of

RENAME, MOVE, MERGE, SPLIT = PlaceChange.Kind.values
WITHDRAWING = (MERGE, SPLIT)
"""The kinds by which a place may end, so that what rests on it goes to successors."""
EVERYTHING = "*"
"""The key of a choice that holds for whatever has none of its own."""


@dataclass(frozen=True)
class NewPlace:
    """A place that the change opens, of the kind and under the parent of the first source."""

    code: str
    name: str
    """Official name."""

    @property
    def short_name(self) -> str:
        """The name as spoken."""
        return short_name_of(self.name)


@dataclass
class Operation:
    """One operation.

    A rename takes one source and ``name``; a move one source and ``parent``; a merge any number of sources and one
    successor, which may be one of them; a split one source, which may go on as one of its successors, of which there
    are two or more. ``choices``: to which successor (by code) what rests on a source goes, by the item's key, by the
    part it belongs to ("duty"), or EVERYTHING.
    """

    kind: str
    since: dt.date
    sources: list[Place]
    name: str = ""
    parent: Place | None = None
    into: list[Place] = field(default_factory=list)
    new: list[NewPlace] = field(default_factory=list)
    basis: str = ""
    choices: dict[str, str] = field(default_factory=dict)

    @property
    def ending(self) -> list[Place]:
        """The sources that are closed by it."""
        kept = {place.pk for place in self.into}
        return [place for place in self.sources if place.pk not in kept] if self.kind in WITHDRAWING else []

    @property
    def giving(self) -> list[Place]:
        """The sources that give what rests on them to successors: of a split also one that goes on."""
        return self.sources if self.kind == SPLIT else self.ending

    @property
    def successors(self) -> dict[str, str]:
        """Names of the successors by code, existing ones first."""
        return {place.code: place.short_name for place in self.into} | {new.code: new.short_name for new in self.new}

    def chosen(self, key: str, source: Place) -> str:
        """The code of the successor that takes an item of a source; "" where nobody has decided it.

        One successor takes all. What stays with a source that goes on, need not be chosen.
        """
        if len(self.successors) == 1:
            return next(iter(self.successors))
        part = key.partition(":")[0]
        for name in (key, part, EVERYTHING):
            if self.choices.get(name):
                return self.choices[name]
        return source.code if source.code in self.successors else ""


def asked_operation(
    places: PlaceQuerySet,
    kind: str,
    since: dt.date,
    sources: Sequence[str],
    *,
    name: str = "",
    parent: str = "",
    into: Sequence[str] = (),
    new: Sequence[NewPlace] = (),
    basis: str = "",
    choices: dict[str, str] | None = None,
) -> Operation:
    """An operation from codes of places, of those that the asker may see.

    Raises access.not_found for a code that is none of theirs.
    """
    wanted = {*sources, *into, *([parent] if parent else [])}
    found = {place.code: place for place in places.select_related("parent").filter(code__in=wanted)}
    if wanted - found.keys():
        raise Refusal("access.not_found")
    return Operation(
        kind, since, [found[code] for code in sources], name=name.strip(), parent=found.get(parent),
        into=[found[code] for code in dict.fromkeys(into)], new=list(new), basis=basis.strip(), choices=choices or {},
    )  # fmt: skip
