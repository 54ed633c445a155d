"""Files in a bucket by HUOSHUI_FILES_URL: kept, read, shown, swept, and said plainly when it cannot be reached."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.files.storage import default_storage

from huoshui.kernel.errors import Refusal
from huoshui.media.actions import remove_attachment
from huoshui.media.buckets import require_bucket, shown_bucket, stored_names
from huoshui.media.models import Attachment, Blob
from huoshui.media.previews import OVERDUE, make_preview
from huoshui.media.queries import open_file, open_preview
from huoshui.media.store import forget_all, lost, sweep
from huoshui.setting_addresses import bucket_of, bucket_options
from tests.media import papers
from tests.media.bucket import BUCKET, KEY, SECRET, object_storage
from tests.media.conftest import MakePhoto
from tests.media.test_attach_document import Attach


def use(settings: Any, url: str) -> None:
    settings.CONFIG = settings.CONFIG.model_copy(update={"files_url": url})
    backend = {"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": bucket_options(url)}
    settings.STORAGES = {**settings.STORAGES, "default": backend}


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with object_storage() as url:
        yield url


@pytest.fixture
def bucket(url: str, settings: Any, files: Path) -> Iterator[Any]:
    """The bucket, empty again afterwards."""
    use(settings, url)
    yield default_storage.bucket  # type: ignore[attr-defined]
    default_storage.bucket.objects.delete()  # type: ignore[attr-defined]


def test_photos_and_documents_lie_in_the_bucket_alone(
    bucket: Any, attach: Attach, photo: MakePhoto, files: Path
) -> None:
    paper, picture = attach(papers.pdf()).blob, attach(photo()).blob
    keys = {one.key for one in bucket.objects.all()}
    assert keys == {f"office/one/{name}" for name in (paper.path, picture.path, picture.thumbnail_path)}
    assert stored_names() == {paper.path, picture.path, picture.thumbnail_path}
    assert not files.exists()


def test_read_back_and_shown(bucket: Any, attach: Attach) -> None:
    attachment = attach(papers.pdf())
    with open_file(attachment)[0] as file:
        assert file.read() == papers.pdf()
    make_preview(attachment.blob_id)
    attachment = Attachment.objects.select_related("blob").get()
    with open_preview(attachment, thumbnail=True)[0] as file:
        assert file.read(4) == b"RIFF"


def test_a_half_written_object_is_made_good(bucket: Any, attach: Attach) -> None:
    blob = attach(papers.pdf()).blob
    bucket.put_object(Key=f"office/one/{blob.path}", Body=b"half")
    attachment = attach(papers.pdf(), slot="after")
    with open_file(attachment)[0] as file:
        assert file.read() == papers.pdf()


def test_what_is_lost_is_named_and_counted(bucket: Any, attach: Attach) -> None:
    attachment = attach(papers.pdf())
    attach(papers.word())
    assert lost() == 0
    default_storage.delete(attachment.blob.path)
    assert lost() == 1
    with pytest.raises(Refusal, match=r"photo\.file_missing"):
        open_file(attachment)


def test_swept_and_forgotten(cast: SimpleNamespace, bucket: Any, attach: Attach) -> None:
    attachment = attach(papers.pdf())
    make_preview(attachment.blob_id)
    assert len(stored_names()) == 3
    remove_attachment(by=cast.secretary, attachment=attachment)
    Blob.objects.update(used_at=attachment.created_at - OVERDUE * 1000)
    assert (sweep(), stored_names()) == (1, set())
    attach(papers.word())
    forget_all()
    assert stored_names() == set()


def test_one_that_is_not_there_is_said(url: str, settings: Any, attach: Attach) -> None:
    use(settings, url.replace(BUCKET, "elsewhere"))
    for ask in (require_bucket, lambda: attach(papers.pdf()), lost):
        with pytest.raises(Refusal) as refused:
            ask()
        assert refused.value.code == "file.storage_unreachable"
        assert "s3://elsewhere/office/one" in str(refused.value)
        assert SECRET not in str(refused.value)
    assert not Blob.objects.exists()


def test_one_that_does_not_answer_is_said(settings: Any, attach: Attach) -> None:
    use(settings, "s3://k:s@huoshui-files?endpoint=http://127.0.0.1:9&style=path")
    with pytest.raises(Refusal, match=r"file\.storage_unreachable.*EndpointConnectionError"):
        attach(papers.pdf())
    assert not Attachment.objects.exists()


def test_the_bucket_is_written_to_at_the_start_and_left_as_it_was(bucket: Any) -> None:
    require_bucket()
    assert list(bucket.objects.all()) == []


def test_the_address(url: str, settings: Any) -> None:
    held = bucket_of(url)
    assert (held.name, held.prefix, held.key, held.secret, held.style) == (BUCKET, "office/one", KEY, SECRET, "path")
    assert held.shown == f"s3://{BUCKET}/office/one"
    assert bucket_of("s3://files").shown == "s3://files"
    assert shown_bucket() == ""
    use(settings, url)
    assert shown_bucket() == held.shown


@pytest.mark.parametrize(
    "wrong",
    [
        "https://files",
        "s3://",
        "s3://UPPER",
        "s3://key@files",
        "s3://files?endpoint=ftp://x",
        "s3://files?endpoint=https://u:p@x",
        "s3://files?style=other",
        "s3://files?colour=red",
        "s3://files/../up",
        "s3://files/a//b",
    ],
)
def test_what_is_no_address(wrong: str) -> None:
    with pytest.raises(ValueError, match=r"no|half"):
        bucket_of(wrong)
