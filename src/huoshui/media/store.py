"""Blobs in Django's default storage, by the hash of their bytes."""

from __future__ import annotations

import datetime as dt
import os
from pathlib import Path
from typing import IO, TYPE_CHECKING

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction

from huoshui.kernel import clock
from huoshui.kernel.disk import sync_folder
from huoshui.kernel.errors import Refusal
from huoshui.media.models import Blob

if TYPE_CHECKING:
    from huoshui.media.images import Photo

KEPT_UNUSED = dt.timedelta(days=1)


def keep(photo: Photo) -> Blob:
    """The blob of a photo, its files written unless they are there. Runs in the caller's transaction.

    The row comes first: it is locked while the files are looked at, so that ``sweep`` cannot delete them.
    """
    blob = Blob(
        sha256=photo.sha256,
        size=len(photo.data),
        width=photo.width,
        height=photo.height,
        has_thumbnail=True,
        used_at=clock.now(),
    )
    Blob.objects.bulk_create([blob], update_conflicts=True, unique_fields=["sha256"], update_fields=["used_at"])
    _write(blob.path, photo.data)
    _write(blob.thumbnail_path, photo.thumbnail)
    return blob


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
    path = blob.thumbnail_path if thumbnail and blob.has_thumbnail else blob.path
    try:
        file: IO[bytes] = default_storage.open(path)
    except FileNotFoundError:
        raise Refusal("photo.file_missing", name=path) from None
    return file


def sweep() -> int:
    """Delete the blobs that no attachment has shown for a day; returns how many. Run daily by the timer."""
    swept = 0
    old = Blob.objects.filter(attachments__isnull=True, used_at__lt=clock.now() - KEPT_UNUSED)
    for sha256 in list(old.values_list("pk", flat=True)):
        with transaction.atomic():
            blob = Blob.objects.select_for_update().filter(pk=sha256).first()
            if blob is None or blob.used_at >= clock.now() - KEPT_UNUSED or blob.attachments.exists():
                continue
            default_storage.delete(blob.path)
            default_storage.delete(blob.thumbnail_path)
            blob.delete()
            swept += 1
    return swept
