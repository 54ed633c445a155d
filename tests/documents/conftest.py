"""What the tests of documents use: matters of the cast, and Word files to hand in."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from docx import Document

from huoshui.kernel.errors import Refusal
from tests.matters.conftest import item, open_item

__all__ = ["item", "open_item", "refused", "rewritten", "word_of", "words"]

REVIEW, NOTICE, PROFILE = "documents.year_review", "documents.notice", "documents.village_profile"


def word_of(*paragraphs: str) -> bytes:
    """A Word file of these paragraphs."""
    document = Document()
    for text in paragraphs:
        document.add_paragraph(text)
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def rewritten(data: bytes, change: Callable[[dict[str, bytes]], None]) -> bytes:
    """The Word file with its parts changed."""
    with zipfile.ZipFile(io.BytesIO(data)) as parts:
        held = {name: parts.read(name) for name in parts.namelist()}
    change(held)
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as kept:
        for name, part in held.items():
            kept.writestr(name, part)
    return stream.getvalue()


def words(data: bytes) -> str:
    """All words of a Word file's body, links included, paragraph by paragraph."""
    from docx.oxml.ns import qn

    body = Document(io.BytesIO(data)).element.body
    return "\n".join("".join(part.text or "" for part in one.iter(qn("w:t"))) for one in body.iter(qn("w:p")))


def refused(action: Callable[..., Any], **given: Any) -> Refusal:
    """The refusal of an action."""
    with pytest.raises(Refusal) as caught:
        action(**given)
    return caught.value
