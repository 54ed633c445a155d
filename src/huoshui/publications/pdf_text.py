"""The pages of a PDF as text: without the page numbers, heads and feet that run through a sentence across pages."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import accumulate

from huoshui.publications.blocks import Block, Where, paragraphs

EDGE = 2
"""Lines at the top and at the bottom of a page that may be its head or foot."""
LONGEST_HEAD = 60
NUMBERED = re.compile(r"(?:第|[-—–·•\s]*)\s*(\d{1,4})\s*(?:页|[-—–·•\s]*)(?:[,，/共\s]*\d{1,4}\s*页?)?")
MARKED = re.compile(r"第\s*\d+\s*页.*|[-—–·•]\s*\d+\s*[-—–·•]|\d+\s*/\s*\d+")
"""A page number that shows itself as one, also where there is one page alone."""


@dataclass(frozen=True)
class _Edge:
    """A line at the edge of a page: the page from 0, the line's number on it."""

    page: int
    line: int
    text: str


def pages_read(pages: Sequence[str]) -> list[Block]:
    """The blocks of a PDF's pages, each knowing on which pages its characters stand; repeated heads last, once."""
    lines = [page.replace("\r\n", "\n").split("\n") for page in pages]
    edges = [edge for at, page in enumerate(lines) for edge in _edges(at, page)]
    heads = _repeated(edges, len(pages))
    dropped = {(one.page, one.line) for one in [*heads, *_numbers(edges, len(pages))]}
    kept = ["\n".join(t for n, t in enumerate(page) if (at, n) not in dropped) for at, page in enumerate(lines)]
    blocks = _placed(paragraphs("\n\n".join(kept)), kept)
    last = max((block.article for block in blocks), default=0)
    once = dict.fromkeys(one.text.strip() for one in heads)
    return blocks + [replace(block, where=Where.HEAD, article=last) for text in once for block in paragraphs(text)]


def _edges(at: int, lines: Sequence[str]) -> list[_Edge]:
    full = [(n, line) for n, line in enumerate(lines) if line.strip()]
    near = dict([*full[:EDGE], *full[-EDGE:]])
    return [_Edge(at, n, line) for n, line in near.items() if len(line.strip()) <= LONGEST_HEAD]


def _repeated(edges: Sequence[_Edge], pages: int) -> list[_Edge]:
    """The lines that stand word by word at the edges of at least two pages, and of half of all."""
    on = {(one.page, one.text.strip()) for one in edges}
    counted = Counter(text for _page, text in on)
    return [one for one in edges if counted[one.text.strip()] >= max(2, (pages + 1) // 2)]


def _numbers(edges: Sequence[_Edge], pages: int) -> list[_Edge]:
    """The page numbers: alone on their lines, and one more on each page; or marked as what they are."""
    said = [(one, int(match[1])) for one in edges if (match := NUMBERED.fullmatch(one.text.strip()))]
    steps = Counter(number - one.page for one, number in said)
    return [
        one
        for one, number in said
        if steps[number - one.page] >= max(2, (pages + 1) // 2) or MARKED.fullmatch(one.text.strip())
    ]


def _placed(blocks: Sequence[Block], pages: Sequence[str]) -> list[Block]:
    """The blocks with the pages on which they stand: joining lines loses blanks alone, so that the rest is counted."""
    ends = [*accumulate(len("".join(page.split())) for page in pages)]
    found, at, page = [], 0, 0
    for block in blocks:
        begins: list[tuple[int, int]] = []
        for offset, character in enumerate(block.text):
            if character.isspace():
                continue
            while page < len(ends) - 1 and at >= ends[page]:
                page += 1
            if not begins or begins[-1][1] != page + 1:
                begins.append((0 if not begins else offset, page + 1))
            at += 1
        found.append(replace(block, pages=tuple(begins)))
    return found
