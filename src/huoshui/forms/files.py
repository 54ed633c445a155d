"""Files of forms, kept by the hash of their bytes; and forms as they were read."""

from __future__ import annotations

import hashlib
from functools import lru_cache

from huoshui.forms.document_grid import read_document
from huoshui.forms.grid import Book
from huoshui.forms.models import FormFile
from huoshui.forms.workbook_grid import read_workbook, require_bounded
from huoshui.kernel.errors import Refusal
from huoshui.kernel.office_files import Package, opened


def keep(data: bytes) -> FormFile:
    """The stored file of these bytes, written unless it is there. Runs in the caller's transaction."""
    digest = hashlib.sha256(data).hexdigest()
    known, _made = FormFile.objects.get_or_create(sha256=digest, defaults={"size": len(data), "data": data})
    return known


def data_of(file: FormFile) -> bytes:
    """The bytes of a stored file. Raises form.file_changed when they are not those that were stored."""
    data = bytes(file.data)
    if hashlib.sha256(data).hexdigest() != file.pk:
        raise Refusal("form.file_changed", sha256=file.pk[:16])
    return data


def read(data: bytes, name: str) -> tuple[Package, Book]:
    """A form looked through and read. Raises what ``office_files.opened`` and the readers raise."""
    package = opened(data, name)
    return package, _book(package, data, name)


def _book(package: Package, data: bytes, name: str) -> Book:
    if package.kind == "xlsx":
        require_bounded(package.parts, name)
        return read_workbook(data, name)
    return read_document(package.parts["word/document.xml"], name)


def book_of(file: FormFile) -> Book:
    """A stored form as it looks. Nobody may change it."""
    return _kept_book(file.pk)


@lru_cache(maxsize=256)
def _kept_book(digest: str) -> Book:
    """Named by its content, a file never changes: what was read of it stays good."""
    return read(data_of(FormFile.objects.get(pk=digest)), digest[:12])[1]
