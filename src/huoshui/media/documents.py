"""Proving that bytes are a document that is kept as it is: a PDF, a Word document or a workbook, and nothing beside it.

A document is never changed (an invoice is signed), never opened here but to be looked through, and never served to be
shown by a browser: what people look at is the picture or the text that ``previews`` makes of it.
"""

from __future__ import annotations

import hashlib
import io
import zipfile
from dataclasses import dataclass

from django.conf import settings

from huoshui.kernel.errors import Refusal
from huoshui.kernel.office_files import FAULTS, Limits, is_zip_alone, opened, refuse_old
from huoshui.kernel.pdf_files import HEAD, MARK, is_pdf_alone, opened_pdf, require_passive
from huoshui.kernel.tables import ZIP_MARK, require_size
from huoshui.media.images import FORMATS_BEGIN, is_heic
from huoshui.media.models import TYPES

OFD_PART = "OFD.xml"
"""The entry of an OFD package (GB/T 33190-2016, 7.2)."""


@dataclass(frozen=True)
class Document:
    """A document ready to be stored, exactly as it was sent; ``pages`` of a PDF."""

    data: bytes
    content_type: str
    pages: int | None = None

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.data).hexdigest()


def is_picture(data: bytes) -> bool:
    """Whether bytes begin as a photo does; whether they are one is for ``images.prepare`` to say."""
    return data.startswith(FORMATS_BEGIN) or is_heic(data)


def prepare(data: bytes, name: str) -> Document:
    """Check by content that ``data`` is a PDF, .docx or .xlsx without programs, passwords and other files inside.

    Raises file.too_large, file.empty, file.kind_refused, file.ofd, file.two_in_one, what ``opened_pdf`` and
    ``require_passive`` raise of a PDF, and what ``office_files.opened`` raises of an office file.
    """
    limit = settings.CONFIG.document_max_mb * 2**20
    require_size(data, name, limit)
    if not data.strip():
        raise Refusal("file.empty", field="file", name=name)
    refuse_old(data, name)
    if MARK in data[:HEAD]:
        return _pdf(data, name)
    if data.startswith(ZIP_MARK):
        return _office(data, name, limit)
    raise Refusal("file.kind_refused", field="file", name=name)


def _pdf(data: bytes, name: str) -> Document:
    if not data.startswith(MARK) or zipfile.is_zipfile(io.BytesIO(data)):
        raise Refusal("file.two_in_one", field="file", name=name)
    reader = opened_pdf(data, name)
    if not is_pdf_alone(data):
        raise Refusal("file.two_in_one", field="file", name=name)
    require_passive(reader, name)
    return Document(data, TYPES["pdf"], pages=len(reader.pages))


def _office(data: bytes, name: str, limit: int) -> Document:
    if _is_ofd(data):
        raise Refusal("file.ofd", field="file", name=name)
    package = opened(data, name, Limits(bytes=limit, unpacked=3 * limit))
    if not is_zip_alone(data):
        raise Refusal("file.two_in_one", field="file", name=name)
    return Document(data, TYPES[package.kind])


def _is_ofd(data: bytes) -> bool:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return OFD_PART in archive.namelist()
    except FAULTS:
        return False  # ``opened`` says what is wrong
