"""The typed data of papers, as the layouts take them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal


@dataclass(frozen=True)
class Heading:
    """What stands above a paper: the office, the title, and a line of facts from left to right."""

    office: str
    title: str
    facts: list[str]


FITTED = 0.0
"""Width of a column of numbers or dates, which cannot be broken into lines: as wide as the widest of them."""


@dataclass(frozen=True)
class Column:
    """A column of a table; ``width`` is its share of what columns of FITTED leave of the page."""

    head: str
    width: float
    align: Literal["left", "center", "right"] = "left"


@dataclass(frozen=True)
class Cell:
    """A cell that is more than its text."""

    text: str
    struck: bool = False
    strong: bool = False


Row = list[str | Cell | list[Cell]]
"""A row of a table, cell by cell; a list of parts stands in one cell."""


@dataclass(frozen=True)
class Signer:
    """Who signs, as what; ``name`` and ``at`` are empty where the line is still to be signed by hand."""

    role: str
    name: str = ""
    at: str = ""


@dataclass(frozen=True)
class TablePaper:
    """Layout ``table``: rows under heads that stand on every page, notes and signatures right below the last rows."""

    heading: Heading
    columns: list[Column]
    rows: list[Row]
    notes: list[str] = field(default_factory=list)
    signers: list[Signer] = field(default_factory=list)


@dataclass(frozen=True)
class Fact:
    """A figure with its label above it and a note below."""

    label: str
    value: str
    note: str = ""


@dataclass(frozen=True)
class Part:
    """A part of a comment: its heading, and what is said, point by point."""

    title: str
    points: list[str]


@dataclass(frozen=True)
class CommentPage:
    """One village's page."""

    heading: Heading
    facts: list[Fact]
    remarks: list[Part]
    failing_title: str
    failing_columns: list[Column]
    failing: list[Row]
    nothing_failing: str
    change_title: str
    change: list[str]


@dataclass(frozen=True)
class CommentsPaper:
    """Layout ``comments``: a page a village, set smaller where it would not fit."""

    pages: list[CommentPage]


@dataclass(frozen=True)
class SheetStop:
    """A stop of a day sheet; ``times``: from when to when; ``facts``: address and whom to ask for, where known."""

    number: str
    times: str
    place: str
    facts: list[str]
    driven: str


@dataclass(frozen=True)
class DaySheet:
    """What one team takes along on one day. ``checks`` stand beside every stop, each with a box to tick."""

    heading: Heading
    begins: str
    heads: list[str]
    """Number, time, place, driving, to check, notes."""
    stops: list[SheetStop]
    checks: list[str]
    ends: str
    notes: str
    """The heading of the space for notes at the end."""


@dataclass(frozen=True)
class DaySheetsPaper:
    """Layout ``day_sheets``: each team's day begins on a page of its own."""

    sheets: list[DaySheet]


@dataclass(frozen=True)
class Slip:
    """What one person gets: who, label and value of each fact, and the link as a QR code (SVG) with what it says."""

    title: str
    unit: str
    facts: list[tuple[str, str]]
    qr: str
    qr_says: str


@dataclass(frozen=True)
class SlipsPaper:
    """Layout ``slips``: slips to be cut apart, eight a page; ``steps`` stand on each."""

    slips: list[Slip]
    steps: list[str]


@dataclass(frozen=True)
class RecordEntry:
    """One activity in a record book: when, what, its facts, and what came of it."""

    when: str
    title: str
    facts: list[Fact]
    outcome: str


@dataclass(frozen=True)
class RecordGroup:
    """A heading of a record book with its activities by day."""

    title: str
    entries: list[RecordEntry]


@dataclass(frozen=True)
class RecordBook:
    """Layout ``record_book``: how many of each group, then every activity; ``empty`` stands where there is none."""

    heading: Heading
    sums: list[Fact]
    groups: list[RecordGroup]
    empty: str
    signers: list[Signer]
