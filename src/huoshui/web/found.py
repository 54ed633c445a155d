"""Hits of the search as pages and the API show them: their addresses, and the words in them that were looked for."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import get_language

from huoshui.places.directory import places_at
from huoshui.places.queries import names_apart
from huoshui.search.finding import Group
from huoshui.search.models import Indexed
from huoshui.search.tokens import Word

AROUND = 24
"""Characters of a text that are shown before and after a word in it."""
ENOUGH = 90


def _in_pack(page: str) -> Callable[[str], str]:
    return lambda record: reverse(page, args=record.split(".", 1))


def _named(page: str) -> Callable[[str], str]:
    return lambda record: reverse(page, args=[record])


LINKS: dict[str, Callable[[str], str]] = {
    "places": _named("place"),
    "matters": _named("matter"),
    "activities": _named("activity"),
    "letters": _named("letter"),
    "rounds": _named("round"),
    "indicators": _named("figure"),
    "people": _named("person"),
    "documents": _named("document"),
    "forms": _named("form"),
    "publications": _named("publication"),
    "packs": _named("pack"),
    "checklists": _in_pack("checklist"),
    "matter_kinds": _in_pack("matter_kind"),
}
"""The page of a record, by its kind."""


@dataclass(frozen=True)
class Piece:
    """A part of a text; ``found``: it is what was looked for."""

    text: str
    found: bool


@dataclass(frozen=True)
class Hit:
    """One line of results."""

    kind: str
    label: str
    """What the kind is called."""
    record: str
    title: str
    second: str
    place: str
    """Name of its place; "" of a place itself, and where there is none."""
    day: dt.date | None
    url: str
    pieces: list[Piece]
    """The title."""
    text: list[Piece]
    """Where the words stand in the text, when the title has none of them; else nothing."""

    @property
    def beside(self) -> str:
        """Place and second line, as the command bar shows them."""
        return " ".join(part for part in (self.place, self.second) if part)


def told(groups: Iterable[Group], words: Sequence[Word]) -> dict[str, list[Hit]]:
    """The hits of groups by kind, for people to read."""
    shown = list(groups)
    places = places_at({row.path for group in shown for row in group.hits if row.path})
    apart = names_apart(places.values())
    names = {path: apart[place.pk] for path, place in places.items()}
    return {
        group.searchable.kind: [_hit(group, row, words, names.get(row.path, "")) for row in group.hits]
        for group in shown
    }


def _hit(group: Group, row: Indexed, words: Sequence[Word], place: str) -> Hit:
    english = (get_language() or "").startswith("en")
    title = row.title_en if english and row.title_en else row.title
    marked = pieces(title, words)
    in_title = any(piece.found for piece in marked)
    return Hit(
        row.kind,
        str(group.searchable.label),
        row.record,
        title,
        row.second,
        "" if row.kind == "places" else place,
        row.day,
        LINKS[row.kind](row.record),
        marked,
        [] if in_title else excerpt(row.text, words),
    )


def pieces(text: str, words: Sequence[Word]) -> list[Piece]:
    """The text in parts, those that are one of the words told apart."""
    ways = [r"[\W_]*".join(map(re.escape, word.text.replace(" ", ""))) for word in words]
    if not ways:
        return [Piece(text, False)]
    longest_first = sorted(ways, key=len, reverse=True)
    parts = re.split(f"({'|'.join(longest_first)})", text, flags=re.IGNORECASE)
    return [Piece(part, bool(at % 2)) for at, part in enumerate(parts) if part]


def excerpt(text: str, words: Sequence[Word]) -> list[Piece]:
    """The surroundings of the first of the words in a text, the words told apart; nothing where there is none."""
    flat = " ".join(text.split())
    before, found = "", False
    for piece in pieces(flat, words):
        if piece.found:
            found = True
            break
        before += piece.text
    if not found:
        return []
    start = max(0, len(before) - AROUND)
    cut = flat[start : start + ENOUGH]
    whole = f"{'…' if start else ''}{cut}{'…' if start + ENOUGH < len(flat) else ''}"
    return pieces(whole, words)
