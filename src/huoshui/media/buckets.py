"""Files in a bucket of an object storage that speaks S3, by HUOSHUI_FILES_URL; on a disk where that is empty."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings

from huoshui.kernel.errors import Refusal
from huoshui.setting_addresses import bucket_of


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


def shown_bucket() -> str:
    """Where the files lie, without the keys: s3://bucket/prefix; "" on a disk."""
    return bucket_of(settings.CONFIG.files_url).shown if settings.CONFIG.files_url else ""
