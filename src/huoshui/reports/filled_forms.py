"""The typed data of a filled form that is set as a paper: sheets of cells as they look, and paragraphs."""

from __future__ import annotations

from dataclasses import dataclass, field

from huoshui.kernel.access import Actor
from huoshui.reports.typesetting import typeset


@dataclass(frozen=True)
class FormCell:
    """A cell: where it stands (from 0), how far it reaches, its text and its look."""

    x: int
    y: int
    wide: int
    tall: int
    text: str
    align: str
    valign: str
    bold: bool
    borders: str
    fill: str
    size: float


@dataclass(frozen=True)
class FormBlock:
    """A sheet or table (``widths`` in characters, ``heights`` in points, 0: as high as needed), or a paragraph."""

    kind: str
    widths: list[float] = field(default_factory=list)
    heights: list[float] = field(default_factory=list)
    cells: list[FormCell] = field(default_factory=list)
    text: str = ""
    align: str = ""
    bold: bool = False
    size: float = 0
    landscape: bool = False
    """Of a sheet on a page of its own: that the page lies across."""


@dataclass(frozen=True)
class FormPaper:
    """Layout ``form``; ``page_each``: every sheet begins on a page of its own. ``notes`` stand small at the end."""

    blocks: list[FormBlock]
    page_each: bool
    notes: list[str]


def form_pdf(paper: FormPaper, *, title: str, by: Actor, landscape: bool) -> bytes:
    """The form as a PDF, as it looks. Raises report.fonts_missing."""
    return typeset("form", paper, title=title, by=by, landscape=landscape)
