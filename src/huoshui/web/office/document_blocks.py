"""What a document says, as a page shows it: each figure leads to its sheet, and a chart is a table with bars."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from huoshui.documents.blocks import Block

NOT_ON_A_PAGE = ("picture",)
"""Pictures of a template, such as an emblem, and the code that leads to this very page."""


def sheet_of(indicator: str, place: str, period: str) -> str:
    """The address of a figure's sheet."""
    return f"{reverse('figure', args=[indicator])}?{urlencode({'place': place, 'period': period})}"


def shown_blocks(blocks: list[Block], sheets: Mapping[int, str]) -> list[dict[str, Any]]:
    """The blocks with the address of each figure's sheet."""
    return [_shown(block, sheets) for block in blocks if block["kind"] not in NOT_ON_A_PAGE]


def _shown(block: Block, sheets: Mapping[int, str]) -> dict[str, Any]:
    found = dict(block)
    if "pieces" in block:
        found["pieces"] = _pieces(block["pieces"], sheets)
    if block["kind"] == "table":
        rows = [[{**cell, "pieces": _pieces(cell["pieces"], sheets)} for cell in row] for row in block["rows"]]
        found["heads"], found["rows"] = rows[: block["heads"]], rows[block["heads"] :]
    return found


def _pieces(pieces: list[Block], sheets: Mapping[int, str]) -> list[Block]:
    return [{**piece, "url": sheets.get(piece["figure"], "") if piece["figure"] else ""} for piece in pieces]
