"""Whether two editions say the same in words, and where not: their blocks without what every edition says otherwise."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from difflib import SequenceMatcher
from itertools import zip_longest

from huoshui.documents.blocks import Block
from huoshui.documents.standard import CHANGES, CHANGES_HEADING, SOURCES
from huoshui.documents.wording import day_words

WRITTEN = ("title", "organ", "number", "addressee", "body", "item", "heading", "center", "imprint")
"""Kinds of paragraphs whose words people write; a figure in them is told as a figure that changed."""
MOST_TOLD = 100
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


def reworded(
    before: list[Block], then: tuple[str, dt.date], now: list[Block], today: tuple[str, dt.date]
) -> list[tuple[str, str]]:
    """Paragraphs and rows that are worded otherwise than in the edition before, then and now; "": it is new or gone.

    ``then`` and ``today``: the code and the day of either, which differ anyway.
    """
    old, new = _written(before, *then), _written(now, *today)
    found: list[tuple[str, str]] = []
    matcher = SequenceMatcher(None, [key for key, _said in old], [key for key, _said in new], autojunk=False)
    for kind, a, b, c, d in matcher.get_opcodes():
        if kind != "equal":
            found += zip_longest((said for _key, said in old[a:b]), (said for _key, said in new[c:d]), fillvalue="")
    return found[:MOST_TOLD]


def _written(blocks: list[Block], code: str, day: dt.date) -> list[tuple[str, str]]:
    """Each paragraph and each row of a table as it is compared, its figures left out, and as it reads."""
    found, beneath = [], ""
    for block in blocks:
        beneath = _said(block.get("pieces", [])) if block["kind"] == "heading" else beneath
        if block["kind"] == "table" and beneath != CHANGES_HEADING and not _is_apparatus(block):
            lines = [[cell["pieces"] for cell in row if cell["pieces"]] for row in block["rows"][block["heads"] :]]
        else:
            lines = [[block["pieces"]]] if block["kind"] in WRITTEN else []
        for cells in lines:
            said = "　".join(_said(pieces) for pieces in cells)
            if said != CHANGES_HEADING and not (code and code in said):
                plain = "　".join(_said(pieces, figures=False) for pieces in cells)
                found.append((plain.replace(day_words(day), ""), said))
    return found


def _said(pieces: list[Block], *, figures: bool = True) -> str:
    return "".join(piece["text"] if figures or piece["figure"] is None else "◇" for piece in pieces)


def _is_apparatus(table: Block) -> bool:
    return [_said(cell["pieces"]) for cell in table["rows"][0]] in APPARATUS if table["rows"] else True
