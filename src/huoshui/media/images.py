"""Proving that bytes are a photo, and making the copies that are kept: upright, without metadata."""

from __future__ import annotations

import hashlib
import io
import threading
import warnings
from dataclasses import dataclass

from django.conf import settings
from PIL import ExifTags, Image, ImageOps

from huoshui.kernel.errors import Refusal

FORMATS = ("JPEG", "PNG", "WEBP")
FORMATS_BEGIN = (b"\xff\xd8\xff", b"\x89PNG\r\n", b"RIFF")
"""How files of these formats begin."""
THUMBNAIL_PIXELS = 480
"""Longer side of a thumbnail."""
JPEG_QUALITY, WEBP_QUALITY = 88, 76
MEGA = 1_000_000
HEIC_BRANDS = {b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"mif1", b"msf1"}
# A 50-megapixel photo is 150 MB when decoded: two at a time, however many requests come in.
_decoding = threading.BoundedSemaphore(2)


@dataclass(frozen=True)
class Photo:
    """A photo ready to be stored: a JPEG, its thumbnail (WebP), and the JPEG's size in pixels."""

    data: bytes
    thumbnail: bytes
    width: int
    height: int
    position_kept: bool

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.data).hexdigest()


def prepare(data: bytes, name: str, *, keep_location: bool = False) -> Photo:
    """Check by content that ``data`` is a JPEG, PNG or WebP photo, and re-encode it without its metadata.

    Limits come from the settings: file size first, then pixels (read from the header, before anything is
    decoded). ``keep_location`` keeps the GPS part of the EXIF data alone. Raises file.too_large,
    photo.not_an_image, photo.heic, photo.too_many_pixels or photo.truncated.
    """
    _refuse_large_file(data, name)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # our own limit is stricter
        image = _opened(data, name)
        _refuse_many_pixels(image, name)
        with _decoding:
            return _reencoded(image, name, keep_location)


def is_heic(data: bytes) -> bool:
    """Whether bytes begin as a photo of an iPhone does that was told to save room."""
    return data[4:8] == b"ftyp" and data[8:12] in HEIC_BRANDS


def thumbnail_of(image: Image.Image) -> bytes:
    """A picture small, as WebP. The image is changed."""
    image.thumbnail((THUMBNAIL_PIXELS, THUMBNAIL_PIXELS), reducing_gap=2.0)
    small = io.BytesIO()
    image.save(small, "WEBP", quality=WEBP_QUALITY)
    return small.getvalue()


def _refuse_large_file(data: bytes, name: str) -> None:
    limit = settings.CONFIG.photo_max_mb
    if len(data) > limit * MEGA:
        size = f"{len(data) / MEGA:.1f} MB"
        raise Refusal("file.too_large", field="photo", name=name, size=size, limit=f"{limit} MB")


def _opened(data: bytes, name: str) -> Image.Image:
    """The image with its header read and nothing decoded."""
    if is_heic(data):
        raise Refusal("photo.heic", field="photo", name=name)
    try:
        return Image.open(io.BytesIO(data), formats=FORMATS)
    except Image.DecompressionBombError:
        raise _too_many_pixels(name, None) from None
    except Exception:
        raise Refusal("photo.not_an_image", field="photo", name=name) from None


def _too_many_pixels(name: str, pixels: int | None) -> Refusal:
    limit = settings.CONFIG.photo_max_megapixels
    shown = f"{pixels / MEGA:.0f}" if pixels else f"> {limit}"
    return Refusal("photo.too_many_pixels", field="photo", name=name, megapixels=shown, limit=limit)


def _refuse_many_pixels(image: Image.Image, name: str) -> None:
    pixels = image.width * image.height
    if pixels > settings.CONFIG.photo_max_megapixels * MEGA:
        raise _too_many_pixels(name, pixels)


def _reencoded(image: Image.Image, name: str, keep_location: bool) -> Photo:
    try:
        position = _position(image) if keep_location else None
        image.load()
        upright = _flat(ImageOps.exif_transpose(image))
    except Exception:
        raise Refusal("photo.truncated", field="photo", name=name) from None
    stored = io.BytesIO()
    upright.save(stored, "JPEG", quality=JPEG_QUALITY, **({"exif": position} if position else {}))
    width, height = upright.size
    return Photo(stored.getvalue(), thumbnail_of(upright), width, height, position is not None)


def _flat(image: Image.Image) -> Image.Image:
    """The image as RGB, what was transparent on white; carries no metadata over."""
    if image.has_transparency_data:
        image = image.convert("RGBA")
        flat = Image.new("RGB", image.size, "white")
        flat.paste(image, mask=image.getchannel("A"))
        return flat
    flat = image.convert("RGB")
    flat.info = {}
    return flat


def _position(image: Image.Image) -> Image.Exif | None:
    """EXIF data that holds the GPS part and nothing else; None when there is none."""
    gps = image.getexif().get_ifd(ExifTags.IFD.GPSInfo)
    if not gps:
        return None
    kept = Image.Exif()
    kept._ifds[ExifTags.IFD.GPSInfo] = gps
    kept[ExifTags.IFD.GPSInfo] = 0  # a placeholder: Pillow writes the offset of the part above
    return kept
