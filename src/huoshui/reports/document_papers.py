"""The typed data of documents 文书, as their layouts take them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal


@dataclass(frozen=True)
class DocumentPage:
    """One document: its blocks (see ``documents.blocks``), each piece of a figure with ``link`` and ``note``."""

    blocks: list[dict[str, Any]]
    foot: str
    """What stands at the foot of each of its pages."""


@dataclass(frozen=True)
class DocumentPaper:
    """Layouts ``document`` and ``official``: one document, or several, each on pages of its own.

    ``fitted``: each on one page, set smaller where it would not fit.
    """

    pages: list[DocumentPage]
    layout: Literal["report", "page", "official"]
    fitted: bool = False
