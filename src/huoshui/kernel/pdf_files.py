"""What is taken as a PDF: whole, openable without a password, of a bounded number of pages, and running nothing."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from typing import Any

from django.utils.translation import gettext as _
from pypdf import PdfReader
from pypdf.generic import ArrayObject, DictionaryObject

from huoshui.kernel.errors import Refusal
from huoshui.kernel.tables import unreadable

MARK, END = b"%PDF-", b"%%EOF"
"""How a PDF begins and ends (ISO 32000-2, 7.5.2 and 7.5.5)."""
MOST_PAGES = 500
HEAD = 1024
"""Bytes within which readers look for the mark, and for the end (ISO 32000-2, annex C of the first edition)."""
EXPECTED = "PDF"
RUNNING = {"/JavaScript": "JavaScript", "/Launch": "Launch", "/ImportData": "ImportData", "/SubmitForm": "SubmitForm"}
"""Types of actions that run something, or send what was filled in (ISO 32000-2, table 201)."""
DEEPEST = 20
"""Nodes of a tree of names that stand above each other, and actions in a row."""


def opened_pdf(data: bytes, name: str) -> PdfReader:
    """A PDF that opens without a password; one with restrictions alone (an owner's password) does.

    Raises file.encrypted, file.too_many_pages or file.unreadable.
    """
    try:
        reader = PdfReader(io.BytesIO(data))
        if reader.is_encrypted and not reader.decrypt(""):
            raise Refusal("file.encrypted", field="file", name=name)
        count = len(reader.pages)
    except Refusal:
        raise
    except Exception as error:  # pypdf meets broken files with exceptions of many kinds, its own and Python's
        raise broken(name, error) from None
    if count > MOST_PAGES:
        raise Refusal("file.too_many_pages", field="file", name=name, count=count, most=MOST_PAGES)
    return reader


def broken(name: str, error: Exception) -> Refusal:
    """A PDF that cannot be read."""
    return unreadable(name, _("不是完好的 PDF（%(fault)s）") % {"fault": type(error).__name__}, EXPECTED)


def require_passive(reader: PdfReader, name: str) -> None:
    """Raise file.active for what a reader's program would run: on opening, on a page, behind a field or a link."""
    try:
        found = next((RUNNING[kind] for kind in _actions(reader) if kind in RUNNING), "")
    except Exception as error:  # as in ``opened_pdf``
        raise broken(name, error) from None
    if found:
        raise Refusal("file.active", field="file", name=name, what=found)


def _actions(reader: PdfReader) -> Iterator[str]:
    """The types of all actions that a reader's program comes across."""
    root = _dictionary(reader.trailer["/Root"])
    names = _dictionary(root.get("/Names"))
    if "/JavaScript" in names:
        yield "/JavaScript"
    yield from _types(root.get("/OpenAction"))
    yield from _triggered(root)
    for field in _fields(_dictionary(root.get("/AcroForm")).get("/Fields")):
        yield from _triggered(field)
    for page in reader.pages:
        yield from _triggered(page)
        for annotation in _array(page.get("/Annots")):
            held = _dictionary(annotation)
            yield from _types(held.get("/A"))
            yield from _triggered(held)


def _fields(kids: Any, depth: int = 0) -> Iterator[DictionaryObject]:
    for kid in _array(kids) if depth < DEEPEST else ():
        field = _dictionary(kid)
        yield field
        yield from _fields(field.get("/Kids"), depth + 1)


def _triggered(holder: DictionaryObject) -> Iterator[str]:
    """Types of the actions that stand with events of a document, a page, a field (ISO 32000-2, 12.6.3)."""
    for action in _dictionary(holder.get("/AA")).values():
        yield from _types(action)


def _types(action: Any, depth: int = 0) -> Iterator[str]:
    """The type of an action, and of those that follow it."""
    held = _dictionary(action)
    if "/S" in held:
        yield str(held["/S"])
    following = held.get("/Next")
    if following is not None and depth < DEEPEST:
        for one in _array(following) or [following]:
            yield from _types(one, depth + 1)


def _dictionary(value: Any) -> DictionaryObject:
    found = value.get_object() if hasattr(value, "get_object") else value
    return found if isinstance(found, DictionaryObject) else DictionaryObject()


def _array(value: Any) -> Iterable[Any]:
    found = value.get_object() if hasattr(value, "get_object") else value
    return found if isinstance(found, ArrayObject) else ()


def is_pdf_alone(data: bytes) -> bool:
    """Whether a PDF begins with its first byte and ends with its last: nothing stands before it or behind.

    Some programs leave line ends or zeros behind the end.
    """
    return data.startswith(MARK) and not data[data.rfind(END) + len(END) :].strip(b"\r\n \t\0\x1a") and END in data
