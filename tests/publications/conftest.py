"""A small district with three hubs accepted in 2017, and files of our own making."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from collections.abc import Callable
from types import SimpleNamespace

import pytest
from docx import Document
from pypdf import PdfReader, PdfWriter

from huoshui.publications.checks import Finding, Outcome, check_publication
from huoshui.publications.comparing import Status

DAY = dt.date(2018, 4, 2)
TEXT = """\
阵地建设情况

去年，全区共有5个行政村，新建村级党建阵地12个。宁安镇也有3个村在建。
今年安排阵地建设以奖代补专项资金600万元。村部建筑面积不少于300平方米，文化广场面积不少于1200平方米。
苏家作乡共有3个行政村。咨询电话0391-3568888，见区发〔2018〕1号文件。
"""

Check = Callable[..., Outcome]


@pytest.fixture
def check(cast: SimpleNamespace) -> Check:
    """Check a text, or a file, as the leader of the district."""

    def run(content: str | bytes, name: str = "稿.txt", **how: object) -> Outcome:
        data = content.encode() if isinstance(content, str) else content
        given = {"by": cast.leader, "place": cast.land.district, "day": DAY} | how
        return check_publication(data=data, name=name, **given)  # type: ignore[arg-type]

    return run


def by_number(outcome: Outcome) -> dict[str, Finding]:
    """The statistics by what is printed."""
    return {one.printed: one for one in outcome.findings if one.status}


def statuses(outcome: Outcome) -> dict[str, Status]:
    """What came of each statistic."""
    return {printed: one.status for printed, one in by_number(outcome).items() if one.status}


def word(paragraphs: list[str], table: list[list[str]] | None = None) -> bytes:
    """A Word document."""
    document = Document()
    document.add_heading(paragraphs[0], 1)
    for text in paragraphs[1:]:
        document.add_paragraph(text)
    if table:
        made = document.add_table(rows=len(table), cols=len(table[0]))
        for row, cells in enumerate(table):
            for column, text in enumerate(cells):
                made.cell(row, column).text = text
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def with_part(data: bytes, name: str, content: bytes) -> bytes:
    """The same zip with another part in it."""
    file = io.BytesIO(data)
    with zipfile.ZipFile(file, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return file.getvalue()


def encrypted(data: bytes) -> bytes:
    """The same PDF with a password."""
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(data)))
    writer.encrypt("secret", algorithm="RC4-128")
    file = io.BytesIO()
    writer.write(file)
    return file.getvalue()
