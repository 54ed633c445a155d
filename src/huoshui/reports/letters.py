"""Supervision letters 督办函 on paper: PDF after GB/T 9704-2012, 10.1 (信函格式), and Word by the district's template.

A letter is in Chinese, whoever prints it, and says what it said when it was issued.
"""

from __future__ import annotations

import datetime as dt
import io
from dataclasses import asdict, dataclass
from pathlib import Path

from huoshui.kernel.access import Actor
from huoshui.kernel.word_templates import opened, sandbox
from huoshui.matters.letters.models import Letter
from huoshui.reports.typesetting import typeset

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
TEMPLATE = Path(__file__).parent / "layouts" / "letter.docx"
OPENING = "经核查，以下事项由你单位负责办理，现予督办："


@dataclass(frozen=True)
class Line:
    """One matter of a letter."""

    at: int
    number: str
    title: str
    place: str
    owner: str
    due: str
    state: str


@dataclass(frozen=True)
class LetterPaper:
    """Layout ``letter``, and what the placeholders of a Word template stand for."""

    number: str
    organ: str
    addressee: str
    title: str
    opening: str
    lines: list[Line]
    demand: str
    closing: str
    until: str
    signer: str
    date: str
    copies: str


def day_words(day: dt.date) -> str:
    """A date as a document writes it: 2026年11月3日, without leading zeros (GB/T 9704-2012, 7.3.5.4)."""
    return f"{day.year}年{day.month}月{day.day}日"


def paper_of(letter: Letter) -> LetterPaper:
    """What a letter says."""
    until = day_words(letter.until)
    lines = [
        Line(at, **{**line, "due": day_words(dt.date.fromisoformat(line["due"])) if line["due"] else ""})
        for at, line in enumerate(letter.lines, 1)
    ]
    return LetterPaper(
        number=letter.number,
        organ=letter.organ,
        addressee=letter.addressee,
        title=letter.title,
        opening=OPENING,
        lines=lines,
        demand=letter.demand,
        closing=f"请于{until}前将办理情况函复。",
        until=until,
        signer=letter.signer,
        date=day_words(letter.issued_on),
        copies=letter.copies,
    )


def letter_pdf(letter: Letter, by: Actor) -> bytes:
    """A letter as PDF. Raises report.fonts_missing."""
    return typeset("letter", paper_of(letter), title=f"{letter.number} {letter.title}", by=by)


def letter_word(letter: Letter) -> bytes:
    """A letter as Word document, in the template that counted when it was issued."""
    data = bytes(letter.template.data) if letter.template else TEMPLATE.read_bytes()
    template = opened(data)
    template.render(asdict(paper_of(letter)), jinja_env=sandbox(), autoescape=True)
    stream = io.BytesIO()
    template.save(stream)
    return stream.getvalue()
