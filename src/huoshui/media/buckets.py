"""Files in a bucket of an object storage that speaks S3, by HUOSHUI_FILES_URL; on a disk where that is empty."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from huoshui.kernel.errors import Refusal
from huoshui.setting_addresses import bucket_of

PROBE = "probe"


@contextmanager
def reaching() -> Iterator[None]:
    """Say file.storage_unreachable where the bucket does not answer, or refuses; on a disk nothing is changed."""
    if not settings.CONFIG.files_url:
        yield
        return
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        yield
    except (BotoCoreError, ClientError) as error:
        reason = error.response["Error"]["Code"] if isinstance(error, ClientError) else type(error).__name__
        raise Refusal("file.storage_unreachable", where=shown_bucket(), reason=reason) from None


def require_bucket() -> None:
    """Write to the bucket and delete it again, where there is one. Raises file.storage_unreachable."""
    if settings.CONFIG.files_url:
        with reaching():
            default_storage.save(PROBE, ContentFile(b"huoshui"))
            default_storage.delete(PROBE)


def stored_names() -> set[str]:
    """The name of everything that lies in the storage. Raises file.storage_unreachable."""
    if settings.CONFIG.files_url:
        prefix = f"{default_storage.location}/" if default_storage.location else ""  # type: ignore[attr-defined]
        with reaching():
            objects = default_storage.bucket.objects.filter(Prefix=prefix)  # type: ignore[attr-defined]
            return {one.key.removeprefix(prefix) for one in objects}
    root = Path(default_storage.path(""))
    return {path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file()}


def shown_bucket() -> str:
    """Where the files lie, without the keys: s3://bucket/prefix; "" on a disk."""
    return bucket_of(settings.CONFIG.files_url).shown if settings.CONFIG.files_url else ""
