"""The PDF of filled documents, set from the same blocks as the page shows."""

from __future__ import annotations

import base64
from collections.abc import Callable, Sequence
from typing import Any

from huoshui.documents.blocks import Block
from huoshui.documents.filling import Filled
from huoshui.documents.schema import DocumentKind
from huoshui.kernel.access import Actor
from huoshui.reports.document_papers import DocumentPage, DocumentPaper
from huoshui.reports.typesetting import typeset


def page_of(filled: Filled, foot: str, address_of: Callable[[int], str]) -> DocumentPage:
    """One document as its layout takes it."""
    return DocumentPage([_block(one, address_of, filled.notes) for one in filled.blocks], foot)


def pages_pdf(kind: DocumentKind, pages: Sequence[DocumentPage], title: str, by: Actor) -> bytes:
    """One document, or several one after the other, as PDF. Raises report.fonts_missing."""
    layout = "official" if kind.layout == "official" else "document"
    paper = DocumentPaper([*pages], kind.layout, fitted=kind.layout == "page")
    return typeset(layout, paper, title=title, by=by)


def _block(block: Block, address_of: Callable[[int], str], notes: dict[int, int]) -> Block:
    found: dict[str, Any] = dict(block)
    if "pieces" in block:
        found["pieces"] = _pieces(block["pieces"], address_of, notes)
    if block["kind"] == "table":
        found["rows"] = [
            [{**cell, "pieces": _pieces(cell["pieces"], address_of, {})} for cell in row] for row in block["rows"]
        ]
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
