"""Where and when a number of a text is of: the nearest in segment, sentence, paragraph, article, heading."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from huoshui.kernel.periods import Period, period
from huoshui.places.models import Place
from huoshui.publications.blocks import Block, BlockKind
from huoshui.publications.matching import Match, Matcher
from huoshui.publications.nearness import (
    SEGMENT,
    Span,
    clause_of,
    segment_of,
    sentence_of,
    shares_bound,
    spans,
    surroundings,
)
from huoshui.publications.spotting import Bound, Kind, Mention, in_unit, mentions, shifted
from huoshui.publications.units import PERCENT, UNITS, parted
from huoshui.publications.whens import When, whens
from huoshui.publications.wheres import Gazetteer, Where

_PLANNED = re.compile(
    r"(?<![动作庭度期训])计划(?!生育|[书表中内，。；、”—-])|力争|(?<![人名])拟(?!人)|争取|确保|目标(?:是|为|达)|预计|预期"
    r"|(?<![即必])将(?!近|军|来)|还要|要(?:达到|完成|实现|建成)"
)
_DONE = re.compile(r"[了过]|已经?|完成了")
_IN_BRACKETS = re.compile(r"[（(](?:单位[：:]\s?)?([^（）()]{1,8})[)）]")
HEADINGS_BEFORE = 2


@dataclass(frozen=True)
class Attributed:
    """A number with where and when it is of. ``place`` None: a place that the register does not have.

    ``stated``: the text says the period somewhere; otherwise it is the year of the publication. ``planned``: it tells
    what is meant to be, not what was.
    """

    block: int
    mention: Mention
    place: Place | None
    when: Period
    stated: bool
    planned: bool
    matches: tuple[Match, ...] = ()


@dataclass
class Told:
    """A text with what was found in it, block by block."""

    blocks: Sequence[Block]
    gazetteer: Gazetteer
    day: dt.date
    mentions: list[list[Mention]] = field(default_factory=list)
    whens: list[list[When]] = field(default_factory=list)
    wheres: list[list[Where]] = field(default_factory=list)
    articles: dict[int, list[int]] = field(default_factory=dict)
    """The numbers of each article's blocks."""
    topics: dict[int, Place | None] = field(default_factory=dict)
    """The place that an article is about, as far as it was asked for."""

    def __post_init__(self) -> None:
        last, article = None, -1
        for at, block in enumerate(self.blocks):
            self.articles.setdefault(block.article, []).append(at)
            if block.article != article:
                last, article = None, block.article
            found = self.gazetteer.wheres(block.text, last)
            last = next((where.place for where in reversed(found) if where.place), last)
            self.wheres.append(found)
            self.whens.append(whens(block.text, self.day))
            self.mentions.append([_with_unit(block, one) for one in mentions(block.text)])

    def statistics(self, at: int) -> list[Mention]:
        """The statistics of a block."""
        return [one for one in self.mentions[at] if one.kind == Kind.STATISTIC]


def _with_unit(block: Block, mention: Mention) -> Mention:
    """A number in a table with the unit that its column's heading, or the row's column of units, says."""
    if block.kind != BlockKind.ROW or mention.kind != Kind.STATISTIC or mention.unit:
        return mention
    own = next((cell for cell in block.cells if cell.start <= mention.start < cell.end), None)
    said = [block.text[cell.start : cell.end] for cell in block.cells if "单位" in cell.heading]
    said += _IN_BRACKETS.findall(own.heading if own else "")
    unit = next((word for word in said if parted(word)[1] in UNITS or word == PERCENT), "")
    return in_unit(mention, unit) if unit else mention


def attribute(told: Told, matcher: Matcher) -> list[Attributed]:
    """Every statistic of a text with its place, its period and the terms that it may be of."""
    found = []
    for at, block in enumerate(told.blocks):
        statistics = told.statistics(at)
        headings = _headings(told.blocks, at)
        here = []
        for mention in statistics:
            last = shares_bound(block.text, mention, statistics)
            shared = shifted(mention, last.bound) if last and mention.bound == Bound.EXACT else mention
            sentence = sentence_of(block.text, mention.at)
            around = surroundings(block, mention, [one for one in statistics if sentence.holds(one.at)], headings)
            when, stated = _when(told, at, mention)
            here.append(
                Attributed(
                    at, shared, _where(told, at, mention), when, stated, _planned(block.text, mention),
                    tuple(matcher.matches(mention, around)),
                )
            )  # fmt: skip
        found += _each_its_own(here, block)
    return found


def _each_its_own(numbers: list[Attributed], block: Block) -> list[Attributed]:
    """In one sentence two numbers are hardly of one term, place and period: the weaker takes its next, or none."""
    taken: set[tuple[object, ...]] = set()
    kept = list(numbers)
    order = sorted(range(len(numbers)), key=lambda at: -numbers[at].matches[0].score if numbers[at].matches else 0)
    for at in order:
        one = numbers[at]
        start = one.mention.start if block.kind == BlockKind.ROW else sentence_of(block.text, one.mention.at).start
        here = (start, one.place and one.place.pk, one.when.code)
        left = tuple(match for match in one.matches if (*here, match.term.code) not in taken)
        if left:
            taken.add((*here, left[0].term.code))
        kept[at] = replace(one, matches=left)
    return kept


def _headings(blocks: Sequence[Block], at: int) -> list[str]:
    """The headings that a block stands under, the nearest first."""
    found: list[str] = []
    for before in range(at - 1, -1, -1):
        block = blocks[before]
        if block.article != blocks[at].article or len(found) == HEADINGS_BEFORE:
            break
        if block.kind == BlockKind.HEADING:
            found.append(block.text)
    return found


def _planned(text: str, mention: Mention) -> bool:
    """Whether its segment says, before the number, that it is meant to be."""
    segment = segment_of(text, mention.at)
    signs = list(_PLANNED.finditer(text, segment.start, mention.start))
    return bool(signs) and not _DONE.search(text, signs[-1].end(), mention.start)


def _where(told: Told, at: int, mention: Mention) -> Place | None:
    """The place that a number is of; None for one that is not in the register."""
    text, here = told.blocks[at].text, told.wheres[at]
    if told.blocks[at].kind == BlockKind.ROW:
        return here[0].place if here else _place_above(told, at)
    segment, sentence, clause = (of(text, mention.at) for of in (segment_of, sentence_of, clause_of))
    here = [one for one in here if not _is_above(told, one) or clause.holds(one.start)]
    in_segment = [one for one in here if segment.start <= one.start < mention.start]
    if in_segment:
        return in_segment[-1].place
    subject = [one for one in here if one.start in range(sentence.start, _first_end(text, sentence))]
    if subject and subject[0].start < mention.start:
        return subject[0].place
    if behind := [one for one in here if mention.end <= one.start < clause.end]:
        return behind[0].place
    before = [one for one in here if one.start < sentence.start and _is_subject(text, one)]
    return before[-1].place if before else _place_above(told, at)


def _is_above(told: Told, where: Where) -> bool:
    """我市 and 全省 are spoken of beside the place that a text is about; no later number is theirs."""
    return where.place in told.gazetteer.above


def _first_end(text: str, sentence: Span) -> int:
    parts = spans(text, SEGMENT, sentence)
    return parts[0].end if parts else 0


def _is_subject(text: str, where: Where) -> bool:
    """Whether a place stands in the first segment of its sentence, whose subject it then is likely."""
    sentence = sentence_of(text, where.start)
    return where.start < _first_end(text, sentence)


def _place_above(told: Told, at: int) -> Place | None:
    """The place that the article is about: the first subject that it names; the context's without one."""
    article = told.blocks[at].article
    if article not in told.topics:
        named = (
            one.place
            for number in told.articles[article]
            for one in told.wheres[number]
            if one.place and _is_subject(told.blocks[number].text, one) and not _is_above(told, one)
        )
        told.topics[article] = next(named, told.gazetteer.context)
    return told.topics[article]


def _when(told: Told, at: int, mention: Mention) -> tuple[Period, bool]:
    """The period that a number is of, and whether the text says it."""
    text, here = told.blocks[at].text, told.whens[at]
    if told.blocks[at].kind == BlockKind.ROW:
        return _of_cell(told, at, mention)
    segment, sentence = segment_of(text, mention.at), sentence_of(text, mention.at)
    clause = clause_of(text, mention.at)
    for start in (segment.start, sentence.start):
        if before := [one for one in here if start <= one.start < mention.start]:
            return before[-1].period, True
    if behind := [one for one in here if mention.end <= one.start < clause.end]:
        return behind[0].period, True
    if _planned(text, mention):
        return _own_year(told), False
    if earlier := [one for one in here if one.start < sentence.start]:
        return earlier[-1].period, True
    return _when_above(told, at)


def _of_cell(told: Told, at: int, mention: Mention) -> tuple[Period, bool]:
    """Of a table: the heading of the column, the row itself, what stands above."""
    cell = next(
        (one for one in told.blocks[at].cells if one.start <= mention.start < max(one.end, one.start + 1)), None
    )
    if cell and (said := whens(cell.heading, told.day)):
        return said[-1].period, True
    if told.whens[at]:
        return told.whens[at][0].period, True
    return _when_above(told, at)


def _when_above(told: Told, at: int) -> tuple[Period, bool]:
    """What the article's titles say; then the paragraphs before, up to the section's heading; then its first word."""
    of_article = told.articles[told.blocks[at].article]
    for number in of_article:
        if told.blocks[number].kind == BlockKind.HEADING and told.whens[number]:
            return told.whens[number][0].period, True
    for before in range(at - 1, of_article[0] - 1, -1):
        if told.blocks[before].kind == BlockKind.HEADING:
            break
        if told.whens[before]:
            return told.whens[before][-1].period, True
    said = next((told.whens[number][0].period for number in of_article if told.whens[number]), None)
    return (said, True) if said else (_own_year(told), False)


def _own_year(told: Told) -> Period:
    return period(str(told.day.year))
