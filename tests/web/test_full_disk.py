"""The server's disk is full: whoever sent something is told so, nothing is written, and it can be sent again."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.test import Client
from django.urls import reverse

from huoshui.duties.models import Account
from huoshui.matters.actions import open_matter
from huoshui.matters.models import Matter
from huoshui.media.models import Blob
from huoshui.media.queries import count_attachments
from tests.limits import files_up_to
from tests.web.api_client import codes, picture, send_photo
from tests.web.api_client import signed_in as with_token
from tests.web.test_matters import photo

pytestmark = pytest.mark.usefixtures("files")
LITTLE = 500
"""Bytes: less than a photo."""


@pytest.fixture
def matter(cast: SimpleNamespace) -> Matter:
    """Something to be put right."""
    return open_matter(by=cast.town_office, kind="rectification.item", place=cast.land.village, title="记录本缺签到")


def nothing_is_left(matter: Matter, folder: Path) -> bool:
    files = [path for path in (folder / "files").rglob("*") if path.is_file()]
    return not count_attachments(matter) and not Blob.objects.exists() and not files


def test_a_page_says_so_and_the_photo_is_sent_again(
    cast: SimpleNamespace, matter: Matter, signed_in: Callable[[Account], Client], tmp_path: Path
) -> None:
    office, url = signed_in(cast.town_office), reverse("matter_photo_add", args=[matter.number, "before"])
    with files_up_to(LITTLE):
        refused = office.post(url, {"photo_before": photo()})
    assert refused.status_code == 503
    assert "服务器的磁盘已满，这次什么都没有写入。" in refused.content.decode()
    assert "腾出空间" in refused.content.decode()
    assert nothing_is_left(matter, tmp_path)
    assert office.post(url, {"photo_before": photo()}).status_code == 302
    assert count_attachments(matter) == 1


def test_so_does_the_api(
    cast: SimpleNamespace, matter: Matter, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    client, path = with_token(cast.town_office), f"/matters/{matter.number}"
    with files_up_to(LITTLE):
        refused = send_photo(client, path, picture(), slot="before", key="once")
    assert (refused.status_code, codes(refused)) == (503, ["request.no_room"])
    assert "the disk is full: POST /api/v1/matters/" in caplog.text
    assert nothing_is_left(matter, tmp_path)
    assert send_photo(client, path, picture(), slot="before", key="once").status_code == 200
