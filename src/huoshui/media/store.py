"""Blobs in Django's default storage (a folder, or a bucket), by the hash of their bytes."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction

from huoshui.kernel import clock
from huoshui.kernel.disk import sync_folder
from huoshui.kernel.errors import Refusal
from huoshui.media.buckets import reaching, stored_names
from huoshui.media.models import Blob

if TYPE_CHECKING:
    from huoshui.media.documents import Document
    from huoshui.media.images import Photo

KEPT_UNUSED = dt.timedelta(days=1)


def keep(file: Photo | Document) -> Blob:
    """The blob of a file, written unless it is there. Runs in the caller's transaction.

    The row comes first: it is locked while the files are looked at, so that ``sweep`` cannot delete them. The preview
    of a document is the worker's to make. Raises file.storage_unreachable.
    """
    from huoshui.media.images import Photo

    blob = Blob(sha256=file.sha256, size=len(file.data), used_at=clock.now())
    if isinstance(file, Photo):
        blob.width, blob.height, blob.has_thumbnail = file.width, file.height, True
    else:
        blob.content_type, blob.pages, blob.preview = file.content_type, file.pages, Blob.Preview.WAITING
    Blob.objects.bulk_create([blob], update_conflicts=True, unique_fields=["sha256"], update_fields=["used_at"])
    blob = Blob.objects.get(pk=blob.pk)  # known before, its preview may have been made
    with reaching():
        _write(blob.path, file.data)
        if isinstance(file, Photo):
            _write(blob.thumbnail_path, file.thumbnail)
    if blob.preview == Blob.Preview.WAITING:
        from huoshui.media.tasks import preview

        preview.enqueue(blob.pk)
    return blob


def write_preview(blob: Blob, page: bytes, thumbnail: bytes) -> None:
    """Store the picture of a document's first page, and that small. Raises file.storage_unreachable."""
    with reaching():
        _write(blob.page_path, page)
        _write(blob.thumbnail_path, thumbnail)


@contextmanager
def held(sha256: str) -> Iterator[Blob | None]:
    """A blob, locked so that ``sweep`` leaves it alone; None when it is gone."""
    with transaction.atomic():
        yield Blob.objects.select_for_update().filter(pk=sha256).first()


def _write(path: str, data: bytes) -> None:
    if default_storage.exists(path):
        if default_storage.size(path) == len(data):
            return
        default_storage.delete(path)  # a crash left it half-written
    try:
        saved = default_storage.save(path, ContentFile(data))
        _to_disk(saved)
    except OSError:  # a full disk: what fitted in is of no use
        default_storage.delete(path)
        raise
    if saved != path:  # another request wrote the same bytes a moment ago
        default_storage.delete(saved)


def _to_disk(path: str) -> None:
    """Before its row is committed: a phone forgets a photo once it was told that we have it."""
    try:
        file = Path(default_storage.path(path))
    except NotImplementedError:  # not a disk of ours
        return
    with file.open("r+b") as written:
        os.fsync(written.fileno())
    sync_folder(file.parent)


def open_blob(blob: Blob, *, thumbnail: bool = False) -> IO[bytes]:
    """The stored file, open for reading. Raises photo.file_missing when the storage lost it."""
    return _open(blob.thumbnail_path if thumbnail and blob.has_thumbnail else blob.path)


def open_preview(blob: Blob, *, thumbnail: bool) -> IO[bytes]:
    """The picture of a document's first page, open for reading. Raises photo.file_missing."""
    return _open(blob.thumbnail_path if thumbnail else blob.page_path)


def _open(path: str) -> IO[bytes]:
    try:
        with reaching():
            file: IO[bytes] = default_storage.open(path)
            _ = file.file  # type: ignore[attr-defined]  # fetched from a bucket now, where a failure can still be told
    except FileNotFoundError:
        raise Refusal("photo.file_missing", name=path) from None
    return file


def lost() -> int:
    """How many blobs the storage lacks the file of. Raises file.storage_unreachable."""
    there = stored_names()
    return sum(1 for blob in Blob.objects.iterator() if blob.path not in there)


def forget_all() -> None:
    """Delete every file that we know of from the storage. Raises file.storage_unreachable."""
    with reaching():
        for blob in Blob.objects.iterator():
            for path in blob.paths:
                default_storage.delete(path)


def sweep() -> int:
    """Delete the blobs that no attachment has shown for a day; returns how many. Run daily by the timer."""
    swept = 0
    old = Blob.objects.filter(attachments__isnull=True, used_at__lt=clock.now() - KEPT_UNUSED)
    for sha256 in list(old.values_list("pk", flat=True)):
        with held(sha256) as blob:
            if blob is None or blob.used_at >= clock.now() - KEPT_UNUSED or blob.attachments.exists():
                continue
            with reaching():
                for path in blob.paths:
                    default_storage.delete(path)
            blob.delete()
            swept += 1
    return swept
