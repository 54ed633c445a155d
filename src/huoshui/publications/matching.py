"""Which term a number is of: the pairs of characters of its names, found near the number, and a unit that fits.

The score, 0 to 1, is three parts how much of the name stands near, weighted by how rare its pairs are among all terms
and how near they stand, and one part how much of the words at the number itself belongs to the name; all times the fit
of the unit. Single characters count a little too: 在农村放映电影 says 农村电影放映 in another order.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from huoshui.publications.nearness import Surroundings
from huoshui.publications.spotting import Bound, Mention
from huoshui.publications.terms import Term, TermKind, core
from huoshui.publications.units import fit

SURE, POSSIBLE = 0.62, 0.45
"""From SURE on a number is a term's; from POSSIBLE on it is shown as doubtful; below it is unknown."""
MARGIN = 0.06
"""A second term so close makes the first doubtful."""
COVERAGE, PRECISION = 0.75, 0.25
OF_PAIRS, OF_CHARACTERS = 0.7, 0.3
EQUAL_STANDARD = 0.15
"""What it adds that a threshold is the very number that is printed, in its unit."""
AT_ODDS = 0.6
"""Another level or kind than the name's: 省级 against 市级."""
CONTRARY: tuple[tuple[str, ...], ...] = (
    ("国家级", "省级", "市级", "县级", "区级", "乡镇", "村级"),
    ("城市", "农村"),
    ("公办", "民办"),
    ("新建", "改扩建", "提升", "新创建", "新增", "取缔"),
    ("参保率", "参保人数"),
)
"""Words of which a name has one where the number may stand at another."""
DOING = ("新建", "改扩建", "新创建", "新增")
"""What is told of what was made, not of what there is."""
PEOPLE_TAIL = re.compile(r"(?:人数|户数|人次|次数|场次|期数)$")
FAINT = 0.4
"""What the tail of 参保人数 counts beside 参保: the unit says it already."""
BOUND_OF_STANDARD, FAR = 0.7, 10
"""A number that is not printed as a bound, or so many times another, is less likely a threshold."""
_IDLE = re.compile(r"的|了|共|已|全部|全|新|其中|达到|达|为|有|是|约|等|各|该|近|在|将|与|和|及|以上|余|名|个|\s")


@dataclass(frozen=True)
class Match:
    """A term that a number may be of, with its score."""

    term: Term
    score: float


@dataclass(frozen=True)
class _Head:
    """The words at a number itself, and their pairs."""

    text: str
    pairs: Counter[str]


class Matcher:
    """All terms, prepared for comparing."""

    def __init__(self, terms: Sequence[Term]) -> None:
        self.terms = terms
        self._rarity = _rarity(terms)
        self._characters = {name: dict.fromkeys(name, 1.0) for term in terms for name in term.cores}
        self._known = {
            (term.code, name): {*_pairs_of(name + term.unit), *_pairs_of(term.about)}
            for term in terms
            for name in term.cores
        }
        self._named = [(term, name, self._pairs(name)) for term in terms for name in term.cores]

    def matches(self, mention: Mention, around: Surroundings) -> list[Match]:
        """Terms from POSSIBLE on, the best first."""
        near = _near(around)
        plain = _IDLE.sub("", around.head)
        head = _Head(plain, _pairs_of(plain))
        best: dict[str, Match] = {}
        for term, name, pairs in self._named:
            score = self._score(mention, near, head, term, name, pairs)
            if score >= POSSIBLE and (term.code not in best or best[term.code].score < score):
                best[term.code] = Match(term, score)
        return sorted(best.values(), key=lambda match: -match.score)

    def named(self, name: str, unit: str, value: Fraction | None) -> list[Match]:
        """Terms by a name alone, as a table of facts gives it: the very name scores 1. ``value``: a threshold's."""
        asked = core(name)
        pairs = _pairs_of(asked)
        found = []
        for term in self.terms:
            suits = fit(unit, term.unit)
            score = max((self._alike(asked, pairs, known) for known in term.cores), default=0.0) * (1 if suits else 0)
            score = min(1.0, score + (EQUAL_STANDARD if score and _is_threshold(term, value) else 0))
            if score >= POSSIBLE:
                found.append(Match(term, score))
        return sorted(found, key=lambda match: -match.score)

    def _alike(self, asked: str, pairs: Counter[str], known: str) -> float:
        """How alike two names are, both ways: what either says and the other does not counts against them."""
        if asked == known:
            return 1.0
        other = _pairs_of(known)
        both = sum(self._weight(pair) for pair in pairs.keys() & other.keys())
        each = sum(self._weight(pair) for held in (pairs, other) for pair in held)
        return (2 * both / each if each else 0.0) * _odds(asked, known) * _doing(asked, known) * _doing(known, asked)

    def _score(
        self, mention: Mention, near: dict[str, float], head: _Head, term: Term, name: str, pairs: dict[str, float]
    ) -> float:
        suits = fit(mention.unit, term.unit)
        if not suits:
            return 0.0
        coverage = OF_PAIRS * _share(pairs, near) + OF_CHARACTERS * _share(self._characters[name], near)
        if coverage * COVERAGE + PRECISION < POSSIBLE:
            return 0.0
        known = self._known[term.code, name]
        at_number = sum(head.pairs.values())
        precision = sum(count for pair, count in head.pairs.items() if pair in known) / at_number if at_number else 0.5
        score = (coverage * COVERAGE + precision * PRECISION) * suits * _odds(head.text, name) * _doing(head.text, name)
        if term.kind == TermKind.STANDARD:
            score *= BOUND_OF_STANDARD if mention.bound == Bound.EXACT or _far_off(term, mention.low) else 1
            score += EQUAL_STANDARD if score and _is_threshold(term, mention.low) else 0
        return min(score, 1.0)

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
    own = [term for term in terms if not term.counted_as]  # a name that two have tells as much as that of one
    counts = Counter(pair for term in own for pair in {pair for name in term.cores for pair in _pairs_of(name)})
    many = len(own) + 1
    rarity = {pair: math.log(1 + many / count) for pair, count in counts.items()}
    return rarity | {"": math.log(1 + many)}


def _pairs_of(text: str) -> Counter[str]:
    return Counter(text[at : at + 2] for at in range(len(text) - 1))


def _near(around: Surroundings) -> dict[str, float]:
    """Each pair, and each character, near the number with the best weight it stands at."""
    near: dict[str, float] = {}
    for text, weight in around.pieces:
        plain = re.sub(r"[\s的了“”\"]", "", text)
        for said in (*_pairs_of(plain), *plain):
            if near.get(said, 0.0) < weight:
                near[said] = weight
    return near


def _share(wanted: dict[str, float], near: dict[str, float]) -> float:
    """How much of what is wanted stands near."""
    all_of = sum(wanted.values())
    return sum(weight * near.get(said, 0.0) for said, weight in wanted.items()) / all_of if all_of else 0.0


def _odds(said: str, name: str) -> float:
    """AT_ODDS where the words say another level or kind than the name does."""
    for words in CONTRARY:
        mine = {word for word in words if word in name}
        theirs = {word for word in words if word in said}
        if mine and theirs and not mine & theirs:
            return AT_ODDS
    return 1.0


def _doing(said: str, name: str) -> float:
    """AT_ODDS for what was made, where the name is of what there is."""
    return AT_ODDS if any(word in said for word in DOING) and not any(word[:2] in name for word in DOING) else 1.0


def _far_off(term: Term, value: Fraction) -> bool:
    held = term.least or term.most
    return held is not None and value > 0 and not held / FAR <= value <= held * FAR


def _is_threshold(term: Term, value: Fraction | None) -> bool:
    return value is not None and value in (term.least, term.most)
