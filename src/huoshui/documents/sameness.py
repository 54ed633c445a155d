"""Whether two editions say the same in words: their blocks without what every edition says otherwise."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from huoshui.documents.blocks import Block
from huoshui.documents.standard import CHANGES, CHANGES_HEADING, SOURCES
from huoshui.documents.wording import day_words

PARAGRAPHS = ("body", "item", "heading", "center")
APPARATUS = [[column.head for column in part.columns] for part in (CHANGES, SOURCES)]
"""Heads of the tables that tell what changed and where figures are from: figures are compared as such."""


def words_of(blocks: list[Block], code: str, day: dt.date) -> list[str]:
    """What an edition of this code and day says: paragraphs, cells of tables, and the words of charts.

    A centred line may be its day. Its number, status and code stand in other kinds of paragraphs, or are left out.
    """
    return [said.replace(code, "") if code else said for said in _told(blocks, day_words(day))]


def _told(blocks: list[Block], day: str) -> Iterator[str]:
    beneath = ""
    for block in blocks:
        kind = block["kind"]
        said = "".join(piece["text"] for piece in block.get("pieces", []))
        beneath = said if kind == "heading" else beneath
        if kind == "table":
            rows = [["".join(piece["text"] for piece in cell["pieces"]) for cell in row] for row in block["rows"]]
            if beneath != CHANGES_HEADING and not any(rows[:1] == [heads] for heads in APPARATUS):
                yield from (cell for row in rows for cell in row)
        elif kind == "chart":
            yield block["says"]
        elif kind in PARAGRAPHS and (kind, said) != ("heading", CHANGES_HEADING):
            yield said.replace(day, "") if kind == "center" else said
