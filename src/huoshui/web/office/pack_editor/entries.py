"""One entry of a definition's lists, by its address: ``transitions`` and 3, ``sections.0.items`` and 2."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import QueryDict

from huoshui.kernel.errors import Refusal
from huoshui.web.office.pack_editor.cells import Cell, Part, free_code, title_of
from huoshui.web.office.pack_editor.offers import Offers
from huoshui.web.office.pack_editor.parts import Sheet

NEW = "new"


@dataclass(frozen=True)
class Listed:
    """One entry as its list shows it."""

    at: int
    name: str
    said: str
    inner: tuple[ListOf, ...]


@dataclass(frozen=True)
class ListOf:
    """A list of a definition as its page shows it; ``address``: where it stands."""

    part: Part
    address: str
    entries: tuple[Listed, ...]


def lists_of(sheet: Sheet, offers: Offers) -> list[ListOf]:
    """Every list of a definition, with the lists inside its entries."""
    return [_list_of(part, part.path, offers.definition) for part in sheet.parts(offers)]


def _list_of(part: Part, address: str, within: dict[str, Any]) -> ListOf:
    entries = within.get(part.path)
    listed = [
        Listed(
            at,
            title_of(entry),
            part.said(entry),
            tuple(_list_of(inner, f"{address}.{at}.{inner.path}", entry) for inner in part.inner),
        )
        for at, entry in enumerate(entries if isinstance(entries, list) else [])
        if isinstance(entry, dict)
    ]
    return ListOf(part, address, tuple(listed))


@dataclass
class Entry:
    """An entry that a form has open; ``at`` is None for one that is new."""

    part: Part
    siblings: list[Any]
    """The list as it stands in the definition: what is written into it, is written there."""
    at: int | None

    @property
    def value(self) -> dict[str, Any]:
        """What stands in it; what a new one begins with."""
        if self.at is None:
            return {}
        found = self.siblings[self.at]
        return found if isinstance(found, dict) else {}

    def cells(self) -> list[Cell]:
        """Its inputs."""
        return self.part.cells(self.value)

    def write(self, sent: QueryDict) -> None:
        """Take over what was typed; a new one goes behind the others, with a code of its own."""
        entry = dict(self.value)
        for cell in self.cells():
            cell.write(entry, sent)
        if self.part.coded and "code" not in entry:
            taken = {str(one.get("code")) for one in self.siblings if isinstance(one, dict)}
            entry = {"code": free_code(title_of(entry), taken), **entry}
        if self.at is None:
            self.at = len(self.siblings)
            self.siblings.append(entry)
        else:
            self.siblings[self.at] = entry

    def move(self, by: int) -> None:
        """Change places with the one before or behind it."""
        to = (self.at or 0) + by
        if self.at is not None and 0 <= to < len(self.siblings):
            here = self.siblings
            here[self.at], here[to] = here[to], here[self.at]

    def remove(self) -> None:
        """Take it out."""
        if self.at is not None:
            del self.siblings[self.at]


def entry_at(sheet: Sheet, offers: Offers, address: str, at: str) -> Entry:
    """The entry at an address of the open definition. Raises access.not_found."""
    steps = address.split(".")
    parts, node = {part.path: part for part in sheet.parts(offers)}, offers.definition
    while True:
        part = parts.get(steps[0])
        if part is None:
            raise Refusal("access.not_found")
        siblings = node.setdefault(part.path, [])
        if not isinstance(siblings, list):
            raise Refusal("access.not_found")
        if len(steps) == 1:
            return Entry(part, siblings, _position(at, siblings))
        if len(steps) < 3 or (inner := _position(steps[1], siblings)) is None:
            raise Refusal("access.not_found")
        node, parts, steps = siblings[inner], {one.path: one for one in part.inner}, steps[2:]


def _position(at: str, siblings: list[Any]) -> int | None:
    """Which of the entries; None for a new one. Raises access.not_found."""
    if at == NEW:
        return None
    if not at.isdecimal() or int(at) >= len(siblings) or not isinstance(siblings[int(at)], dict):
        raise Refusal("access.not_found")
    return int(at)
