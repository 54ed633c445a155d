"""Looking for something: the index is asked kind by kind, and what it answers is shown to those who may see it.

What a word stands in decides first: a key that was typed whole, then title and keys, then the text or the place. Within
that the newest come first. Each of these is a *lane*, read from its top until enough was found, in a few statements for
all kinds together.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from uuid import UUID

from huoshui.kernel.access import Actor
from huoshui.kernel.reading import read_until_changed
from huoshui.places.models import Place
from huoshui.search import engine
from huoshui.search.keeping import names_of, number
from huoshui.search.models import Indexed
from huoshui.search.registry import SEARCHABLES, Reach, Searchable, in_order
from huoshui.search.terms import But, Has, Term, every, some
from huoshui.search.tokens import Word, compact, mark, normal, words_of

EXACT, NAMED, TOLD = 0, 1, 2
"""The lanes, the best first."""
STEPS = (12, 100, 1_000, 4_000)
"""How many a lane asks for, step by step: as a rule all of the first are shown, and the reader may see few."""
MOST_PLACES = 5
"""Places that one word may stand for."""
HIGHEST = 1 << 22


@dataclass(frozen=True)
class Wanted:
    """What is looked for, and where."""

    words: tuple[Word, ...]
    whole: str
    """All of it as a key."""
    kinds: tuple[Searchable, ...]
    place: Place | None = None
    since: dt.date | None = None
    until: dt.date | None = None
    """The last day."""

    @property
    def by_day(self) -> bool:
        """Whether only what has a day is looked for."""
        return self.since is not None or self.until is not None


@dataclass(frozen=True)
class Group:
    """The best hits of a kind; ``more``: there are others."""

    searchable: Searchable
    hits: tuple[Indexed, ...]
    more: bool
    beyond: str = ""
    """Where the next page of the kind begins, to be given as ``after``."""


@dataclass
class _Lane:
    """One question to the index about one kind, read from its top down."""

    searchable: Searchable
    rung: int
    term: Term
    low: int
    high: int
    least: int
    """How many it asks for at the least."""
    step: int = 0
    ended: bool = False
    hits: list[Indexed] = field(default_factory=list)

    @property
    def size(self) -> int:
        """How many it asks for next."""
        return max(self.least, STEPS[self.step])

    def ask(self) -> engine.Ask:
        """The next question."""
        return engine.Ask(self.term, self.low, self.high, self.size)

    def took(self, rows: list[Indexed]) -> None:
        """Go on below what was answered."""
        self.ended = len(rows) < self.size or self.step + 1 == len(STEPS)
        self.step = min(self.step + 1, len(STEPS) - 1)
        if rows:
            self.high = rows[-1].pk


def wanted(
    typed: str,
    *,
    kinds: Collection[str] = (),
    place: Place | None = None,
    since: dt.date | None = None,
    until: dt.date | None = None,
) -> Wanted:
    """What was typed, of some kinds (none: of all), below a place, of a period (both days included)."""
    chosen = tuple(one for one in in_order() if not kinds or one.kind in kinds)
    dated = since is not None or until is not None
    return Wanted(
        tuple(words_of(typed)),
        compact(typed),
        tuple(one for one in chosen if one.dated or not dated),
        place,
        since,
        until,
    )


def find(actor: Actor, asked: Wanted, *, most: int = 8, after: str = "") -> list[Group]:
    """The hits by kind, at most ``most`` of each, in the order of kinds; kinds without any are left out.

    ``after`` is the ``beyond`` of a group, to go on with its kind alone.
    """
    if not asked.words:
        return []
    tops = _top_paths()
    places = _places_named(actor, asked, tops)
    lanes = [
        _Lane(one, rung, every([term, *within]), *_span(one, asked), least=most + 1)
        for one in asked.kinds
        if (within := _within(one.reaches_of(actor), asked.place, tops)) is not None
        for rung, term in _terms(asked, places)
    ]
    if after:
        lanes = _from(lanes, after)
    by_kind = {one.kind: [lane for lane in lanes if lane.searchable is one] for one in asked.kinds}
    while open_lanes := [lane for of_kind in by_kind.values() for lane in _next(of_kind, most)]:
        _read(actor, asked, places, open_lanes)
    found = (_group(SEARCHABLES[kind], of_kind, most) for kind, of_kind in by_kind.items() if of_kind)
    return [group for group in found if group.hits]


def _next(lanes: list[_Lane], most: int) -> list[_Lane]:
    """The lanes of a kind to be read next: keys and titles together, the text only where these were not enough."""
    count = 0
    for lane in lanes:
        count += len(lane.hits)
        if count > most:
            break
        if not lane.ended:
            return [one for one in lanes if not one.ended and (one is lane or one.rung == NAMED > lane.rung)]
    return []


def _read(actor: Actor, asked: Wanted, places: dict[Word, list[str]], lanes: list[_Lane]) -> None:
    answered = engine.answers([lane.ask() for lane in lanes])
    held = [
        (lane, row)
        for lane, rows in zip(lanes, answered, strict=True)
        for row in rows
        if _holds(row, lane.rung, asked, places)
    ]
    sources: dict[str, set[UUID]] = {}
    for lane, row in held:
        sources.setdefault(lane.searchable.kind, set()).add(row.source)
    seen = {kind: SEARCHABLES[kind].visible(actor, some) for kind, some in sources.items()}
    for lane, row in held:
        if row.source in seen[lane.searchable.kind]:
            lane.hits.append(row)
    for lane, rows in zip(lanes, answered, strict=True):
        lane.took(rows)


def _group(searchable: Searchable, lanes: list[_Lane], most: int) -> Group:
    hits = [(lane.rung, row) for lane in lanes for row in lane.hits]
    shown = hits[:most]
    more = len(hits) > most
    beyond = f"{shown[-1][0]}.{shown[-1][1].pk}" if more else ""
    return Group(searchable, tuple(row for _rung, row in shown), more, beyond)


def _from(lanes: list[_Lane], after: str) -> list[_Lane]:
    """The lanes from where a page ended; all of them for what was never written by a group."""
    rung, _dot, high = after.partition(".")
    if not (rung.isdecimal() and high.isdecimal()) or len(high) > 18:
        return lanes
    left = [lane for lane in lanes if lane.rung >= int(rung)]
    for lane in left:
        if lane.rung == int(rung):
            lane.high = min(lane.high, int(high))
    return left


def _span(searchable: Searchable, asked: Wanted) -> tuple[int, int]:
    """The numbers of a kind within the period: the first, and the first beyond."""
    first = asked.since.toordinal() if asked.since else int(asked.by_day)
    last = asked.until.toordinal() + 1 if asked.until else HIGHEST
    return number(searchable.number, first, 0), number(searchable.number, last, 0)


def _terms(asked: Wanted, places: dict[Word, list[str]]) -> list[tuple[int, Term]]:
    """What each lane asks. What the names say is told too; ``_holds`` leaves it to the better lane.

    An index that is asked for what is told and not named walks over all that is named, and finds nothing.
    """
    key = Has(f"={asked.whole}")
    named = every(Has(token) for word in asked.words for token in word.name_tokens)
    terms: list[tuple[int, Term]] = [(EXACT, key), (NAMED, But(named, key))]
    if all(word.tokens or places.get(word) for word in asked.words):
        terms.append((TOLD, every(_anywhere(word, places.get(word, [])) for word in asked.words)))
    return terms


def _anywhere(word: Word, paths: Iterable[str]) -> Term:
    """The word in the names, in the text, or as what the place is called."""
    ways: list[Term] = [every(Has(token) for token in word.name_tokens)]
    if word.tokens:
        ways.append(every(Has(token) for token in word.tokens))
    return some([*ways, *(Has(mark(path)) for path in paths)])


def _within(reaches: list[Reach] | None, place: Place | None, tops: Collection[str]) -> list[Term] | None:
    """Where the reader sees a kind, and where it is looked for; None: nowhere."""
    if reaches == []:
        return None
    terms: list[Term] = [Has(mark(place.path))] if place else []
    if reaches is not None and not any(reach.path in tops and not reach.pack for reach in reaches):
        terms.append(some(_reached(reach, tops) for reach in sorted(set(reaches), key=repr)))
    return terms


def _reached(reach: Reach, tops: Collection[str]) -> Term:
    pack = [Has(mark(f"pack {reach.pack}"))] if reach.pack else []
    if pack and reach.path in tops:
        return pack[0]
    return every([Has(mark(f"just {reach.path}" if reach.just_there else reach.path)), *pack])


@read_until_changed
def _top_paths() -> list[str]:
    """The paths below which everything lies, but for what stands at a place above: a province's, its only city's."""
    found, parent = ["/"], None
    while len(below := list(Place.objects.filter(parent=parent).values_list("pk", "path")[:2])) == 1:
        parent, path = below[0]
        found.append(path)
    return found


def _places_named(actor: Actor, asked: Wanted, tops: Collection[str]) -> dict[Word, list[str]]:
    """Paths of the visible places whose names hold a word: what lies there is found by it as well."""
    searchable = SEARCHABLES["places"]
    words = [word for word in asked.words if word.tokens]
    within = _within(searchable.reaches_of(actor), None, tops)
    if within is None or not words:
        return {}
    low, high = number(searchable.number, 0, 0), number(searchable.number, HIGHEST, 0)
    terms = [every([*(Has(token) for token in word.name_tokens), *within]) for word in words]
    answered = engine.answers([engine.Ask(term, low, high, MOST_PLACES) for term in terms])
    seen = searchable.visible(actor, {row.source for rows in answered for row in rows})
    return {
        word: [row.path for row in rows if row.source in seen and word.stands_in(names_of(row).lines)]
        for word, rows in zip(words, answered, strict=True)
    }


def _holds(row: Indexed, rung: int, asked: Wanted, places: dict[Word, list[str]]) -> bool:
    """Whether the row really says what was typed, its tokens may stand apart from each other; in no better lane."""
    if rung == EXACT:
        return True
    lines = names_of(row).lines
    named = all(word.stands_in(lines) for word in asked.words)
    if rung == NAMED:
        return named
    if named or asked.whole in map(compact, row.keys.split("\n")):
        return False
    text = (*lines, normal(row.text))
    return all(
        word.stands_in(text) or any(row.path.startswith(path) for path in places.get(word, [])) for word in asked.words
    )
