"""The first page of a PDF as a picture: a program of its own, so that a file that breaks PDFium breaks nothing else.

``python -m huoshui.media.first_page PIXELS``: the PDF comes in, a WebP no larger than PIXELS either way goes out.
PDFium is C++ that reads what strangers wrote; here it has a process, with an end to its time and its memory, that holds
neither the database nor the keys.
"""

from __future__ import annotations

import io
import sys

SECONDS = 20
"""Of computing time."""
MEMORY = 1 << 30
"""Bytes of addresses."""
QUALITY = 84
MOST_SCALE = 4.0
"""How many times a page of 72 dots an inch is enlarged at most: a stamp-sized page stays sharp, not huge."""


def limit() -> None:
    """Bound this process, where the system can."""
    try:
        import resource
    except ImportError:  # Windows
        return
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def picture(data: bytes, pixels: int) -> bytes:
    """The first page as WebP, its longer side ``pixels`` long. Raises pypdfium2.PdfiumError for what it cannot read."""
    import pypdfium2

    page = pypdfium2.PdfDocument(data)[0]
    longer = max(page.get_size())
    image = page.render(scale=min(pixels / longer, MOST_SCALE), may_draw_forms=False).to_pil().convert("RGB")
    image.thumbnail((pixels, pixels))
    stored = io.BytesIO()
    image.save(stored, "WEBP", quality=QUALITY)
    return stored.getvalue()


def main() -> None:
    """Read, draw, write."""
    limit()
    data = sys.stdin.buffer.read()
    sys.stdout.buffer.write(picture(data, int(sys.argv[1])))


if __name__ == "__main__":
    main()
