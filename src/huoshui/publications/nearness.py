"""The words around a number, each with how much it says about it: the nearer, the more."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from huoshui.publications.blocks import Block, BlockKind
from huoshui.publications.spotting import Kind, Mention

_SENTENCE = re.compile(r"[。！？!?…\n]+")
SEGMENT = re.compile(r"[；;]")
_CLAUSE = re.compile(r"[，、：:（）()\t]|(?<!\d),|,(?!\d)")
_IDLE = re.compile(
    r"[，、\s]|(?:19|20)\d{2}\s?年|去年|今年|目前|其中|[全该我本](?:区|市|县|镇|乡|村|街道)|同时|又|共|已|从|的|了|为|达到?|占|投入|(?:增长|增加|提高|上升|减少|下降|达)到"
)
_NUMBERING = re.compile(r"(?:分别|依次)(?:为|是|在|达|达到|约|有)?")
_JOINING = re.compile(r"[、，]|和|与|及|以及")
OWN, HEAD_OF_COLUMN, ANOTHERS = 1.0, 1.0, 0.7
BEFORE = (0.6, 0.45, 0.3)
AFTER = (0.5, 0.25)
SEGMENT_BEFORE, SENTENCE_BEFORE, HEADING = 0.2, 0.12, 0.15
SEGMENT_OTHER = 0.15
BARE, LENT = 5, 0.9
"""A clause of so few words says nothing itself (投入 120 万元): the clauses beside it count almost as its own."""
CLAUSES, NEAR = 8, 300
"""What is more clauses or characters away is not looked at."""
HEAD_LENGTH = 10
"""So many characters on each side of a number are looked at for what else it could count."""


@dataclass(frozen=True)
class Span:
    """A stretch of a block's text."""

    start: int
    end: int

    def holds(self, at: int) -> bool:
        return self.start <= at < self.end


@dataclass(frozen=True)
class Surroundings:
    """Pieces of text with their weights; ``head``: the words that stand at the number itself."""

    pieces: tuple[tuple[str, float], ...]
    head: str


@lru_cache(maxsize=4096)
def spans(text: str, parting: re.Pattern[str], within: Span | None = None) -> tuple[Span, ...]:
    """What a pattern parts a text into, without empty stretches; asked again and again for each number of a block."""
    whole = within or Span(0, len(text))
    edges = [(one.start(), one.end()) for one in parting.finditer(text, whole.start, whole.end)]
    starts = [whole.start, *(end for _start, end in edges)]
    ends = [*(start for start, _end in edges), whole.end]
    return tuple(Span(start, end) for start, end in zip(starts, ends, strict=True) if end > start)


def sentence_of(text: str, at: int) -> Span:
    """The sentence in which a position lies."""
    return _holding(spans(text, _SENTENCE), at, text)


def segment_of(text: str, at: int) -> Span:
    """The part of the sentence between semicolons."""
    return _holding(spans(text, SEGMENT, sentence_of(text, at)), at, text)


def clause_of(text: str, at: int) -> Span:
    """The part of it between commas."""
    return _holding(spans(text, _CLAUSE, segment_of(text, at)), at, text)


def _holding(found: Sequence[Span], at: int, text: str) -> Span:
    return next((span for span in found if span.holds(at)), Span(0, len(text)))


def surroundings(block: Block, mention: Mention, others: Sequence[Mention], headings: Sequence[str]) -> Surroundings:
    """What stands around a number; ``others``: the statistics of its sentence, ``headings``: those it stands under."""
    above = tuple((text, HEADING) for text in headings)
    if block.kind == BlockKind.ROW:
        return _in_row(block, mention, above)
    text = block.text
    if numbered := _numbered(text, mention, others):
        return Surroundings((*numbered.pieces, *above), numbered.head)
    segment, sentence = segment_of(text, mention.at), sentence_of(text, mention.at)
    clauses = spans(text, _CLAUSE, segment)
    own = next((at for at, span in enumerate(clauses) if span.holds(mention.at)), 0)
    before, after = _without(text, clauses[own], mention, others)
    pieces = [(before, OWN), (after, OWN)]
    bare = len(_IDLE.sub("", before + after)) <= BARE
    # 从 2015 年的 439 万元增长到 2017 年的 5578 万元: what stands before the first number is said of the second too.
    earlier = text[clauses[own].start : mention.start - len(before)]
    pieces.append((earlier, LENT if bare else BEFORE[0] * ANOTHERS))
    near = [other for other in others if abs(other.start - mention.start) <= NEAR]
    for at in range(max(0, own - CLAUSES), min(len(clauses), own + CLAUSES + 1)):
        span = clauses[at]
        if at != own:
            lent = bare and abs(at - own) == 1 and not _same_unit(span, mention, near)
            pieces.append((text[span.start : span.end], LENT if lent else _weight(at - own, span, near)))
    pieces.append((text[max(sentence.start, segment.start - NEAR) : segment.start], SEGMENT_BEFORE))
    pieces.append((text[segment.end : min(sentence.end, segment.end + NEAR)], SEGMENT_OTHER / 2))
    pieces.append((text[max(0, sentence.start - 60) : sentence.start], SENTENCE_BEFORE))
    head = before[-HEAD_LENGTH:] + after[:HEAD_LENGTH]
    return Surroundings((*pieces, *above), head)


def _weight(away: int, span: Span, others: Sequence[Mention]) -> float:
    """Of a clause so many before (negative) or after; one with a number of its own says most about that."""
    scale = BEFORE if away < 0 else AFTER
    weight = scale[min(abs(away), len(scale)) - 1] if abs(away) <= len(scale) else SEGMENT_OTHER
    return weight * (ANOTHERS if any(span.holds(other.at) for other in others) else 1)


def _same_unit(span: Span, mention: Mention, others: Sequence[Mention]) -> bool:
    """Whether a clause has a number of its own that could be of the same indicator."""
    return any(span.holds(other.at) and other.unit == mention.unit for other in others)


def _without(text: str, clause: Span, mention: Mention, others: Sequence[Mention]) -> tuple[str, str]:
    """The words of its clause before and after it, each up to the next number."""
    start = max([clause.start, *(other.end for other in others if clause.start <= other.end <= mention.start)])
    end = min([clause.end, *(other.start for other in others if mention.end <= other.start < clause.end)])
    return text[start : mention.start], text[mention.end : max(end, mention.end)]


def _in_row(block: Block, mention: Mention, above: tuple[tuple[str, float], ...]) -> Surroundings:
    """A cell is told by the heading of its column and by the other cells of its row that are words."""
    own = next((cell for cell in block.cells if cell.start <= mention.start < max(cell.end, cell.start + 1)), None)
    words = [
        block.text[cell.start : cell.end]
        for cell in block.cells
        if cell is not own and not re.fullmatch(r"[\d.,%\s]*", block.text[cell.start : cell.end])
    ]
    heading = own.heading if own else ""
    inside = "" if own is None else block.text[own.start : mention.start] + block.text[mention.end : own.end]
    pieces = [
        (inside, OWN),
        (heading, HEAD_OF_COLUMN),
        *((word, OWN if not at else 0.5) for at, word in enumerate(words)),
    ]
    return Surroundings((*pieces, *above), inside + heading + (words[0] if words else ""))


def _numbered(text: str, mention: Mention, others: Sequence[Mention]) -> Surroundings | None:
    """甲、乙人均补差分别在250元、142元以上: the second number is 乙's."""
    segment = segment_of(text, mention.at)
    sign = _NUMBERING.search(text, segment.start, mention.start)
    if sign is None:
        return None
    numbers = [one for one in others if sign.end() <= one.start < segment.end and one.unit == mention.unit]
    clause_start = max((one.end() for one in re.finditer(r"[，：；]", text[segment.start : sign.start()])), default=0)
    subject = text[segment.start + clause_start : sign.start()]
    named = [part for part in _JOINING.split(subject) if part]
    if len(named) != len(numbers) or mention not in numbers or len(named) < 2:
        return None
    at = numbers.index(mention)
    # What is common to all stands with the last: its end that the others lack.
    return Surroundings(
        ((named[at], OWN), (named[-1], 0.6), (subject, 0.3)), named[at] + named[-1][-HEAD_LENGTH // 2 :]
    )


def shares_bound(text: str, mention: Mention, others: Sequence[Mention]) -> Mention | None:
    """The last number of its 分别, whose 以上 counts for all of them."""
    segment = segment_of(text, mention.at)
    if not _NUMBERING.search(text, segment.start, mention.start):
        return None
    after = [one for one in others if one.kind == Kind.STATISTIC and mention.start < one.start < segment.end]
    return after[-1] if after and after[-1].unit == mention.unit else None
