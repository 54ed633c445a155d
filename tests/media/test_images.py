"""What is accepted as a photo, and what is kept of it."""

from __future__ import annotations

import io
import struct
import zlib
from typing import Any

import pytest
from PIL import ExifTags, Image

from huoshui.kernel.errors import Refusal
from huoshui.media.images import THUMBNAIL_PIXELS, prepare
from tests.media.conftest import MakePhoto


def read(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data))


def png_header(width: int, height: int, body: bytes = b"") -> bytes:
    """A PNG that claims a size and holds only ``body`` as its pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_each_kind_becomes_a_jpeg_with_a_webp_thumbnail(photo: MakePhoto, kind: str) -> None:
    kept = prepare(photo((1600, 900), kind), "村口")
    assert (kept.width, kept.height) == (1600, 900)
    assert read(kept.data).format == "JPEG"
    thumbnail = read(kept.thumbnail)
    assert (thumbnail.format, thumbnail.size) == ("WEBP", (THUMBNAIL_PIXELS, 270))


def test_a_small_photo_is_not_enlarged(photo: MakePhoto) -> None:
    assert read(prepare(photo((100, 60)), "小图.jpg").thumbnail).size == (100, 60)


def test_the_same_bytes_give_the_same_hash(photo: MakePhoto) -> None:
    assert prepare(photo(), "a.jpg").sha256 == prepare(photo(), "b.jpg").sha256


def test_metadata_is_gone_and_the_photo_stands_upright(photo: MakePhoto) -> None:
    sent = photo((300, 200), orientation=6, position=True)
    assert b"Camera of somebody" in sent
    kept = prepare(sent, "x.jpg")
    assert (kept.width, kept.height) == (200, 300)
    assert not kept.position_kept
    assert not read(kept.data).getexif()
    assert b"Camera of somebody" not in kept.data + kept.thumbnail


def test_only_the_position_stays_when_a_pack_says_so(photo: MakePhoto) -> None:
    kept = prepare(photo(position=True, orientation=3), "x.jpg", keep_location=True)
    assert kept.position_kept
    exif = read(kept.data).getexif()
    assert set(exif) == {ExifTags.IFD.GPSInfo}
    gps = exif.get_ifd(ExifTags.IFD.GPSInfo)
    assert gps[ExifTags.GPS.GPSLatitude] == (35.0, 12.0, 30.0)
    assert not read(kept.thumbnail).getexif()


def test_without_a_position_none_is_claimed(photo: MakePhoto) -> None:
    assert not prepare(photo(), "x.jpg", keep_location=True).position_kept


def test_transparency_turns_white(photo: MakePhoto) -> None:
    clear = photo((10, 10), "PNG", "#00000000", mode="RGBA")
    assert read(prepare(clear, "x.png").data).getpixel((5, 5)) == (255, 255, 255)


def test_type_goes_by_content_not_by_name(photo: MakePhoto) -> None:
    assert prepare(photo(kind="PNG"), "其实是PNG.jpg").width == 640
    for fake in (b"", b"<html><script>alert(1)</script>", b"%PDF-1.7 ...", b"MZ" + bytes(400)):
        with pytest.raises(Refusal) as refused:
            prepare(fake, "照片.jpg")
        assert refused.value.code == "photo.not_an_image"


@pytest.mark.parametrize("kind", ["GIF", "TIFF", "BMP", "AVIF"])
def test_other_kinds_of_picture_are_refused(kind: str) -> None:
    file = io.BytesIO()
    Image.new("RGB", (64, 64)).save(file, kind)
    with pytest.raises(Refusal, match=r"photo\.not_an_image"):
        prepare(file.getvalue(), "x.jpg")


def test_heic_is_refused_with_advice() -> None:
    with pytest.raises(Refusal) as refused:
        prepare(b"\x00\x00\x00\x18ftypheic" + bytes(200), "IMG_0001.HEIC")
    assert refused.value.code == "photo.heic"
    assert "兼容性最佳" in refused.value.problems[0].what_next()


def test_sixty_megapixels_are_refused_from_the_header(monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*args: Any, **kwargs: Any) -> None:
        raise AssertionError("decoded")

    monkeypatch.setattr(Image.Image, "load", never)
    monkeypatch.setattr("PIL.ImageFile.ImageFile.load", never)
    file = png_header(10_000, 6_000, zlib.compress(bytes(1000)))
    with pytest.raises(Refusal) as refused:
        prepare(file, "全景.png")
    assert refused.value.code == "photo.too_many_pixels"
    assert "60 百万像素" in str(refused.value)


def test_just_under_the_limit_is_accepted(photo: MakePhoto, settings: Any) -> None:
    settings.CONFIG = settings.CONFIG.model_copy(update={"photo_max_megapixels": 1})
    assert prepare(photo((1000, 1000)), "x.jpg").width == 1000
    with pytest.raises(Refusal, match=r"photo\.too_many_pixels"):
        prepare(photo((1001, 1000)), "x.jpg")


def test_a_decompression_bomb_is_refused() -> None:
    with pytest.raises(Refusal, match=r"photo\.too_many_pixels"):
        prepare(png_header(60_000, 60_000), "bomb.png")


def test_a_bomb_in_a_text_chunk_is_refused() -> None:
    text = b"comment\x00\x00" + zlib.compress(bytes(80_000_000))
    chunk = struct.pack(">I", len(text)) + b"zTXt" + text + struct.pack(">I", zlib.crc32(b"zTXt" + text))
    file = png_header(10, 10, zlib.compress(bytes(310)))
    with pytest.raises(Refusal):
        prepare(file[:33] + chunk + file[33:], "bomb.png")


def test_too_many_bytes_are_refused_unread(settings: Any) -> None:
    settings.CONFIG = settings.CONFIG.model_copy(update={"photo_max_mb": 1})
    with pytest.raises(Refusal) as refused:
        prepare(bytes(1_000_001), "大图.jpg")
    assert refused.value.code == "file.too_large"


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_truncated_photo_is_refused(kind: str) -> None:
    file = io.BytesIO()
    Image.effect_noise((400, 400), 90).convert("RGB").save(file, kind)
    whole = file.getvalue()
    with pytest.raises(Refusal) as refused:
        prepare(whole[: len(whole) // 2], "半张")
    assert refused.value.code in ("photo.truncated", "photo.not_an_image")
