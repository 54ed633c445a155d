"""Which term a number is of: the pairs of characters of its names, found near the number, and a unit that fits.

The score, 0 to 1, is three parts how much of the name stands near, weighted by how rare its pairs are among all terms and how near they
stand, and one part how much of the words at the number itself belongs to the name; all times the fit of the unit.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from huoshui.publications.nearness import Surroundings
from huoshui.publications.spotting import Bound, Mention
from huoshui.publications.terms import Term, TermKind, core
from huoshui.publications.units import fit

SURE, POSSIBLE = 0.62, 0.45
"""From SURE on a number is a term's; from POSSIBLE on it is shown as doubtful; below it is unknown."""
MARGIN = 0.06
"""A second term so close makes the first doubtful."""
COVERAGE, PRECISION = 0.75, 0.25
PEOPLE_TAIL = re.compile(r"(?:人数|户数|人次|次数|场次|期数)$")
FAINT = 0.4
"""What the tail of 参保人数 counts beside 参保: the unit says it already."""
BOUND_OF_STANDARD = 0.85
"""A threshold that is not printed as a bound is less likely one."""
_IDLE = re.compile(r"的|了|共|已|全部|全|新|其中|达到|达|为|有|是|约|等|各|该|近|在|将|与|和|及|以上|余|名|个|\s")


@dataclass(frozen=True)
class Match:
    """A term that a number may be of, with its score."""

    term: Term
    score: float


class Matcher:
    """All terms, prepared for comparing."""

    def __init__(self, terms: Sequence[Term]) -> None:
        self.terms = terms
        self._rarity = _rarity(terms)
        self._named = [(term, name, self._pairs(name)) for term in terms for name in term.cores]

    def matches(self, mention: Mention, around: Surroundings) -> list[Match]:
        """Terms from POSSIBLE on, the best first."""
        near = _near(around)
        head = _pairs_of(_IDLE.sub("", around.head))
        best: dict[str, Match] = {}
        for term, name, pairs in self._named:
            score = self._score(mention, near, head, term, name, pairs)
            if score >= POSSIBLE and (term.code not in best or best[term.code].score < score):
                best[term.code] = Match(term, score)
        return sorted(best.values(), key=lambda match: -match.score)

    def named(self, name: str, unit: str) -> list[Match]:
        """Terms by a name alone, as a table of facts gives it: the very name scores 1."""
        asked = core(name)
        pairs = _pairs_of(asked)
        found = []
        for term in self.terms:
            suits = fit(unit, term.unit)
            score = max((self._alike(asked, pairs, known) for known in term.cores), default=0.0) * (1 if suits else 0)
            if score >= POSSIBLE:
                found.append(Match(term, score))
        return sorted(found, key=lambda match: -match.score)

    def _alike(self, asked: str, pairs: Counter[str], known: str) -> float:
        """How alike two names are, both ways: what either says and the other does not counts against them."""
        if asked == known:
            return 1.0
        other = _pairs_of(known)
        both = sum(self._weight(pair) for pair in pairs.keys() & other.keys())
        all_of = sum(self._weight(pair) for pair in pairs.keys() | other.keys())
        return both / all_of if all_of else 0.0

    def _score(
        self, mention: Mention, near: dict[str, float], head: Counter[str], term: Term, name: str, pairs: dict[str, float]
    ) -> float:
        suits = fit(mention.unit, term.unit)
        if not suits:
            return 0.0
        said = sum(weight * near.get(pair, 0.0) for pair, weight in pairs.items())
        coverage = said / (sum(pairs.values()) or 1)
        if coverage * COVERAGE + PRECISION < POSSIBLE:
            return 0.0
        known = _pairs_of(name + term.unit) | _pairs_of(term.about)
        at_number = sum(head.values())
        precision = sum(count for pair, count in head.items() if pair in known) / at_number if at_number else 0.5
        score = (coverage * COVERAGE + precision * PRECISION) * suits
        bare = term.kind == TermKind.STANDARD and mention.bound == Bound.EXACT
        return score * BOUND_OF_STANDARD if bare else score

    def _pairs(self, name: str) -> dict[str, float]:
        """The pairs of a name with their weights."""
        tail = PEOPLE_TAIL.search(name)
        kept = name[: tail.start() + 1] if tail and tail.start() > 1 else name
        strong = _pairs_of(kept)
        return {pair: self._weight(pair) * (1 if pair in strong else FAINT) for pair in _pairs_of(name)}

    def _weight(self, pair: str) -> float:
        return self._rarity.get(pair, self._rarity[""])


def _rarity(terms: Sequence[Term]) -> dict[str, float]:
    """How much a pair tells: the fewer terms have it, the more. "" : one that none has."""
    counts = Counter(pair for term in terms for pair in {pair for name in term.cores for pair in _pairs_of(name)})
    many = len(terms) + 1
    rarity = {pair: math.log(1 + many / count) for pair, count in counts.items()}
    return rarity | {"": math.log(1 + many)}


def _pairs_of(text: str) -> Counter[str]:
    return Counter(text[at : at + 2] for at in range(len(text) - 1))


def _near(around: Surroundings) -> dict[str, float]:
    """Each pair near the number with the best weight it stands at."""
    near: dict[str, float] = {}
    for text, weight in around.pieces:
        for pair in _pairs_of(re.sub(r"[\s的了]", "", text)):
            if near.get(pair, 0.0) < weight:
                near[pair] = weight
    return near
