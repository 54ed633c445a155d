"""Pictures for the demo: plain coloured cards that say DEMO; what each stands for is in its caption.

The words are not drawn in Chinese: that would need a font from outside.
"""

from __future__ import annotations

import io
from functools import cache
from typing import Any

from PIL import Image, ImageDraw, ImageFont

from huoshui.media.actions import attach_accepted
from huoshui.media.images import Photo, prepare
from huoshui.places.models import Place

SIZE = (240, 180)
COLOURS = [
    ("#2f6f8f", "#e8f1f5"),
    ("#8f5a2f", "#f6ede4"),
    ("#3f7a4f", "#e9f3ec"),
    ("#7a3f6b", "#f4e9f1"),
    ("#8a7a1f", "#f5f2dd"),
    ("#4a4f8a", "#ebecf6"),
]
SHAPES = ("house", "square", "path")
CARDS = len(COLOURS) * len(SHAPES)


@cache
def card(number: int) -> bytes:
    """One of the cards as JPEG: the same number always gives the same picture."""
    ink, paper = COLOURS[number % len(COLOURS)]
    image = Image.new("RGB", SIZE, paper)
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 140, *SIZE), fill=ink)
    _draw_shape(draw, SHAPES[number // len(COLOURS) % len(SHAPES)], ink)
    draw.text((12, 144), f"DEMO {number + 1:02d}", fill=paper, font=ImageFont.load_default(26))
    stored = io.BytesIO()
    image.save(stored, "JPEG", quality=80)
    return stored.getvalue()


@cache
def photo(number: int) -> Photo:
    """The same card as a photo ready to be attached: made ready once, however often it is shown."""
    return prepare(card(number), _file_name(number))


def _file_name(number: int) -> str:
    return f"demo-{number + 1:02d}.jpg"


def _draw_shape(draw: ImageDraw.ImageDraw, shape: str, ink: str) -> None:
    if shape == "house":
        draw.polygon([(70, 70), (120, 28), (170, 70)], fill=ink)
        draw.rectangle((82, 70, 158, 124), outline=ink, width=4)
    elif shape == "square":
        draw.rectangle((64, 32, 176, 120), outline=ink, width=4)
        draw.ellipse((100, 58, 140, 98), fill=ink)
    else:
        draw.polygon([(88, 132), (152, 132), (130, 34), (110, 34)], fill=ink)


def show(*, by: Any, subject: Any, place: Place, slot: str, about: str, number: int, count: int = 1) -> None:
    """Attach ``count`` different cards to a slot; the caption says that they are demonstration, and of what."""
    for more in range(count):
        drawn = (number + more) % CARDS
        attach_accepted(
            by=by,
            subject=subject,
            place=place,
            slot=slot,
            file=photo(drawn),
            name=_file_name(drawn),
            caption=f"示范照片：{place.short_name}，{about}",
        )
