"""Photos made in the test, stored in a folder of the test; places stand in as subjects of photos."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from PIL import ExifTags, Image

from huoshui.media.actions import attach_file
from huoshui.media.models import Attachment
from huoshui.places.models import Place

MakePhoto = Callable[..., bytes]


@pytest.fixture(autouse=True)
def files(settings: Any, tmp_path: Path) -> Path:
    """The folder that the default storage writes to in this test."""
    folder = tmp_path / "files"
    storage = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": folder}}
    settings.STORAGES = {**settings.STORAGES, "default": storage}
    return folder


def make_photo(
    size: tuple[int, int] = (640, 400),
    kind: str = "JPEG",
    colour: str = "#3a7",
    *,
    orientation: int = 1,
    position: bool = False,
    mode: str = "RGB",
) -> bytes:
    """A photo with EXIF data: camera, orientation and, if wanted, where it was taken."""
    image = Image.new(mode, size, colour)
    exif = Image.Exif()
    exif[ExifTags.Base.Make] = "Camera of somebody"
    exif[ExifTags.Base.Orientation] = orientation
    if position:
        gps = exif.get_ifd(ExifTags.IFD.GPSInfo)
        gps[ExifTags.GPS.GPSLatitudeRef] = "N"
        gps[ExifTags.GPS.GPSLatitude] = (35.0, 12.0, 30.0)
        gps[ExifTags.GPS.GPSLongitudeRef] = "E"
        gps[ExifTags.GPS.GPSLongitude] = (113.0, 14.0, 0.0)
    file = io.BytesIO()
    image.save(file, kind, exif=exif)
    return file.getvalue()


@pytest.fixture
def photo() -> MakePhoto:
    """The maker of photos."""
    return make_photo


@pytest.fixture
def open_slots(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """Slots that places open to whoever sees them; a test changes the set."""
    slots = {"before", "after"}
    monkeypatch.setattr(Place, "slots_open_to", lambda self, actor: slots, raising=False)
    monkeypatch.setattr(Place, "slot_name", lambda self, slot: {"before": "整改前"}.get(slot, slot), raising=False)
    return slots


@pytest.fixture
def attach(cast: SimpleNamespace, open_slots: set[str], monkeypatch: pytest.MonkeyPatch) -> Callable[..., Attachment]:
    """Attaches a file to the village, whose slots take documents."""
    monkeypatch.setattr(Place, "document_slots", {"before", "after"}, raising=False)
    village = cast.land.village

    def attached(data: bytes, slot: str = "before", name: str = "文件", caption: str = "") -> Attachment:
        return attach_file(
            by=cast.secretary, subject=village, place=village, slot=slot, data=data, name=name, caption=caption
        )

    return attached
