"""What is shown of a document, made by the worker's task; a broken one breaks nothing."""

from __future__ import annotations

import io
import subprocess
import zipfile
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django_tasks_db.models import DBTaskResult
from PIL import Image

from huoshui.kernel.errors import Refusal
from huoshui.media import previews
from huoshui.media.actions import attach_file, remove_attachment
from huoshui.media.images import THUMBNAIL_PIXELS
from huoshui.media.models import Attachment, Blob
from huoshui.media.queries import open_preview
from huoshui.media.store import sweep
from tests.media import papers
from tests.media.test_attach_document import Attach


def waiting(data: bytes, attach: Attach) -> Attachment:
    attachment = attach(data)
    assert attachment.blob.preview == Blob.Preview.WAITING
    assert DBTaskResult.objects.filter(task_path="huoshui.media.tasks.preview").count() == 1
    return attachment


def made(attachment: Attachment) -> Blob:
    previews.make_preview(attachment.blob_id)
    attachment.blob.refresh_from_db()
    return attachment.blob


def test_the_first_page_of_a_pdf(attach: Attach) -> None:
    attachment = waiting(papers.pdf(), attach)
    blob = made(attachment)
    assert (blob.preview, blob.has_thumbnail, blob.pages) == ("made", True, 2)
    with open_preview(attachment, thumbnail=False)[0] as file:
        page = Image.open(file)
        assert (page.format, page.size) == ("WEBP", (1132, 1600))  # A4
        assert page.convert("L").getextrema()[0] < 80  # something is written on it
    with open_preview(attachment, thumbnail=True)[0] as file:
        assert max(Image.open(file).size) == THUMBNAIL_PIXELS


def test_the_beginning_of_a_word_document(attach: Attach) -> None:
    assert made(waiting(papers.word(), attach)).outline == [
        {"text": "施工合同"},
        {"text": "甲方：村民委员会。 工期三十天。"},
        {"name": "", "rows": [["项目", "金额"], ["路面", "12,000"]]},
    ]


def test_the_sheets_of_a_workbook_that_hold_something(attach: Attach) -> None:
    rows = [["项目", "数量", "金额"], ["水泥", "20", "8000.5"], ["<b>人工</b>", "3", ""]]
    blob = made(waiting(papers.workbook(), attach))
    assert (blob.outline, blob.has_thumbnail) == ([{"name": "预算", "rows": rows}], False)


def test_what_pdfium_cannot_read_has_no_preview(attach: Attach, files: Path) -> None:
    attachment = waiting(papers.pdf(), attach)
    (files / attachment.blob.path).write_bytes(b"%PDF-1.7 broken")
    assert made(attachment).preview == "none"
    with pytest.raises(Refusal, match=r"file\.no_preview"):
        open_preview(attachment, thumbnail=False)


def test_one_that_takes_too_long_is_given_up(attach: Attach, monkeypatch: pytest.MonkeyPatch) -> None:
    def slow(*args: Any, **options: Any) -> None:
        raise subprocess.TimeoutExpired("first_page", options["timeout"])

    monkeypatch.setattr(previews.subprocess, "run", slow)
    assert made(waiting(papers.pdf(), attach)).preview == "none"


def test_a_cell_that_spans_a_million_columns_is_not_followed(attach: Attach) -> None:
    with zipfile.ZipFile(io.BytesIO(papers.word())) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    wide = parts["word/document.xml"].replace(b"<w:tcPr>", b'<w:tcPr><w:gridSpan w:val="1000000"/>')
    assert wide != parts["word/document.xml"]
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in (parts | {"word/document.xml": wide}).items():
            archive.writestr(name, content)
    assert made(waiting(file.getvalue(), attach)).preview == "none"


def test_made_once_for_each_content(attach: Attach, monkeypatch: pytest.MonkeyPatch) -> None:
    attachment = waiting(papers.pdf(), attach)
    made(attachment)
    again = attach(papers.pdf(), slot="after")
    assert (again.blob_id, again.blob.preview) == (attachment.blob_id, "made")
    assert DBTaskResult.objects.filter(task_path="huoshui.media.tasks.preview").count() == 1
    monkeypatch.setattr(previews, "first_page", None)
    made(again)  # asked again, nothing is done


def test_what_a_stopped_worker_left_is_made_up_for(attach: Attach, monkeypatch: pytest.MonkeyPatch) -> None:
    attachment = waiting(papers.word(), attach)
    assert previews.make_overdue() == 0  # the worker may be at it
    Blob.objects.update(used_at=attachment.created_at - previews.OVERDUE * 2)
    assert previews.make_overdue() == 1
    attachment.blob.refresh_from_db()
    assert attachment.blob.preview == "made"


def test_the_sweep_takes_the_pictures_too(cast: SimpleNamespace, attach: Attach, files: Path) -> None:
    attachment = waiting(papers.pdf(), attach)
    blob = made(attachment)
    assert all(default_storage.exists(path) for path in blob.paths)
    remove_attachment(by=cast.secretary, attachment=attachment)
    Blob.objects.update(used_at=attachment.created_at - previews.OVERDUE * 1000)
    assert sweep() == 1
    assert not any(path.is_file() for path in files.rglob("*"))


@pytest.mark.usefixtures("open_slots")
def test_a_photo_needs_none(cast: SimpleNamespace, photo: Any) -> None:
    village = cast.land.village
    attach_file(by=cast.secretary, subject=village, place=village, slot="before", data=photo(), name="x.jpg")
    assert not DBTaskResult.objects.exists()
