"""The PDF of filled documents, set from the same blocks as the page shows."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Sequence
from typing import Any

from huoshui.documents.blocks import Block
from huoshui.documents.filling import Filled
from huoshui.documents.schema import DocumentKind
from huoshui.kernel.access import Actor
from huoshui.reports.document_papers import DocumentPage, DocumentPaper
from huoshui.reports.typesetting import typeset

ROOM = {"official": (442.2, 10.5), "report": (453.5, 9.2), "page": (493.2, 8.4)}
"""Width of the text area and size of a table's text in points, as the layouts in ``reports/layouts`` set them."""
PADDING = 7.0
"""Left and right of a cell's words, with the line, in points."""
SHORT = 4
"""Characters of a name or a state that is better not divided."""
UNDIVIDED = re.compile(r"[0-9A-Za-z.,:-]+")


def page_of(filled: Filled, foot: str, address_of: Callable[[int], str], layout: str) -> DocumentPage:
    """One document as its layout takes it."""
    return DocumentPage([_block(one, address_of, filled.notes, layout) for one in filled.blocks], foot)


def pages_pdf(kind: DocumentKind, pages: Sequence[DocumentPage], title: str, by: Actor) -> bytes:
    """One document, or several one after the other, as PDF. Raises report.fonts_missing."""
    layout = "official" if kind.layout == "official" else "document"
    paper = DocumentPaper([*pages], kind.layout, fitted=kind.layout == "page")
    return typeset(layout, paper, title=title, by=by)


def _block(block: Block, address_of: Callable[[int], str], notes: dict[int, int], layout: str) -> Block:
    found: dict[str, Any] = dict(block)
    if "pieces" in block:
        found["pieces"] = _pieces(block["pieces"], address_of, notes)
    if block["kind"] == "table":
        found["rows"] = [
            [{**cell, "pieces": _pieces(cell["pieces"], address_of, {})} for cell in row] for row in block["rows"]
        ]
        found["widths"] = _roomy(block, layout)
    if block["kind"] == "picture":
        # Typst takes bytes as numbers.
        found["source"] = [*base64.b64decode(found.pop("data"))]
    return found


def _pieces(pieces: list[Block], address_of: Callable[[int], str], notes: dict[int, int]) -> list[Block]:
    return [
        {
            "text": piece["text"],
            "strong": piece["strong"],
            "link": address_of(piece["figure"]) if piece["figure"] is not None else "",
            "note": str(notes.get(piece["figure"], "")),
        }
        for piece in pieces
    ]


def _roomy(table: Block, layout: str) -> list[int]:
    """The columns' widths, in ten thousandths of the text area, so that no number or date runs into the next column.

    Letters and digits are not divided at the end of a line. Columns that need more than they were given take it from
    the others.
    """
    room, points = ROOM[layout]
    least = [0.0] * len(table["widths"])
    for row in table["rows"]:
        at = 0
        for cell in row:
            if cell["span"] == 1 and at < len(least):
                text = "".join(piece["text"] for piece in cell["pieces"])
                whole = [text] if len(text) <= SHORT else []
                widest = max((_width(word) for word in [*UNDIVIDED.findall(text), *whole]), default=0)
                least[at] = max(least[at], (widest * points + PADDING) / room)
            at += cell["span"]
    shares = [max(width, 1) / sum(max(one, 1) for one in table["widths"]) for width in table["widths"]]
    fixed: set[int] = set()
    while tight := {at for at, share in enumerate(shares) if at not in fixed and share < least[at]}:
        fixed |= tight
        left, rest = 1 - sum(least[at] for at in fixed), sum(s for at, s in enumerate(shares) if at not in fixed)
        if left <= 0 or not rest:
            break  # more than the page holds: as they were
        shares = [least[at] if at in fixed else share * left / rest for at, share in enumerate(shares)]
    return [round(10_000 * share) for share in shares]


def _width(word: str) -> float:
    """In the serif that documents are set in, in em, never too little."""
    return sum(
        1 if not letter.isascii() else 0.7 if letter.isupper() else 0.4 if letter in "-.,:" else 0.57 for letter in word
    )
