"""Files in a bucket: a backup says that it holds none of them, a restore where they are and how many are missing."""

from __future__ import annotations

import shutil
import tarfile
from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest

from huoshui.setting_addresses import Bucket, bucket_of
from tests.commands.conftest import MakeInstallation
from tests.commands.test_backup import manifest_of
from tests.media.bucket import object_storage

KEEP = """
import io
from PIL import Image
from django.db import transaction
from huoshui.media import store
from huoshui.media.images import prepare
made = io.BytesIO()
Image.new("RGB", (40, 30), "#3a7").save(made, "JPEG")
with transaction.atomic():
    print(store.keep(prepare(made.getvalue(), "a.jpg")).path)
"""


@pytest.fixture
def url() -> Iterator[str]:
    with object_storage() as url:
        yield url


def emptied(bucket: Bucket) -> None:
    s3 = boto3.resource(
        "s3", endpoint_url=bucket.endpoint, region_name="us-east-1", aws_access_key_id="a", aws_secret_access_key="b"
    )
    s3.Bucket(bucket.name).objects.delete()


def test_a_backup_and_its_restore(url: str, installation: MakeInstallation, template: Path, tmp_path: Path) -> None:
    ours = installation("data", files_url=url)
    shutil.copytree(template, ours.folder)
    assert ours.script(KEEP).startswith("photos/")
    assert not (ours.folder / "files").exists()
    archive = tmp_path / "a.tar.gz"
    said = ours.done("backup", archive)
    assert "照片和文件在 s3://huoshui-files/office/one，不在此备份中" in said
    assert "s3cr" not in said
    assert manifest_of(archive)["files"] == "s3://huoshui-files/office/one"
    with tarfile.open(archive) as tar:
        assert not [name for name in tar.getnames() if name.startswith("files/")]

    whole = installation("whole", files_url=url).done("restore", archive)
    assert ("日志完整" in whole, "份照片或文件不在" in whole) == (True, False)
    on_disk = installation("disk").done("restore", archive)
    assert "此备份的照片和文件在 s3://huoshui-files/office/one；这里设的是 数据文件夹" in on_disk
    assert "有 1 份照片或文件不在" in on_disk
    emptied(bucket_of(url))
    lacking = installation("lacking", files_url=url).done("restore", archive)
    assert "有 1 份照片或文件不在 s3://huoshui-files/office/one 里" in lacking
    nowhere = installation("nowhere", files_url=url.replace("huoshui-files", "elsewhere")).run("restore", archive)
    assert (nowhere.returncode, "file.storage_unreachable" in nowhere.stderr) == (0, True)


def test_the_start_is_refused_while_the_bucket_is_not_there(
    url: str, installation: MakeInstallation, template: Path, free_port: int
) -> None:
    lost = installation("data", files_url=url.replace("huoshui-files", "elsewhere"), port=free_port)
    shutil.copytree(template, lost.folder)
    said = lost.refused("serve")
    assert "file.storage_unreachable" in said
    assert "s3cr" not in said
