"""Photos for the tests: real JPEG files, each different from every other."""

from __future__ import annotations

import io
import itertools

from PIL import Image, ImageDraw
from playwright.sync_api import FilePayload

_count = itertools.count(1)


def jpeg(name: str = "photo.jpg") -> FilePayload:
    """A picture of a wall and a floor, as a browser's file input takes it."""
    number = next(_count)
    image = Image.new("RGB", (960, 720), (214, 205, 188))
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 520, 960, 720), fill=(120, 104, 86))
    draw.rectangle((60 + 12 * number, 120, 420 + 12 * number, 420), fill=(160, 40 + number * 7 % 200, 38))
    draw.text((80, 600), f"test {number}", fill=(240, 240, 240))
    out = io.BytesIO()
    image.save(out, "JPEG", quality=85)
    return {"name": name, "mimeType": "image/jpeg", "buffer": out.getvalue()}


def text_called_jpeg(name: str = "photo.jpg") -> FilePayload:
    """A text that calls itself a JPEG."""
    return {"name": name, "mimeType": "image/jpeg", "buffer": "这不是照片，是一段文字。".encode() * 40}
