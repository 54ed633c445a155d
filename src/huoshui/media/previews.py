"""What is shown of a document without opening it: the first page of a PDF as a picture, the beginning of a Word
document as text and of a workbook as a table.

Made once for each content, by the worker; what cannot be read has none.
"""

from __future__ import annotations

import datetime as dt
import io
import logging
import os
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from PIL import Image

import huoshui
from huoshui.kernel import clock
from huoshui.kernel.office_parts import MOST_SPANNED, widest
from huoshui.kernel.workbooks import text_of
from huoshui.media import store
from huoshui.media.images import thumbnail_of
from huoshui.media.models import TYPES, Blob

logger = logging.getLogger("huoshui.media")
PAGE_PIXELS = 1600
"""Longer side of the picture of a page: an A4 invoice can be read on it."""
PATIENCE = 60
"""Seconds for the picture of one page."""
MOST_BLOCKS, MOST_ROWS, MOST_COLUMNS, MOST_LETTERS = 40, 30, 12, 300
"""Paragraphs and tables of a Word document; rows and columns of a table; characters of a paragraph or cell."""
KEPT = ("PATH", "LD_LIBRARY_PATH", "SYSTEMROOT", "TMPDIR", "TEMP")
OVERDUE = dt.timedelta(minutes=10)
Outline = list[dict[str, Any]]
"""Parts one after another: ``{"text": str}`` a paragraph, ``{"name": str, "rows": [[str]]}`` a table or sheet."""


def make_preview(sha256: str) -> None:
    """Make the preview of a blob that waits for it, and keep it. Whatever the file is, it waits no longer."""
    blob = Blob.objects.filter(pk=sha256, preview=Blob.Preview.WAITING).first()
    if blob is None:
        return
    try:
        page, outline = _made(blob)
    except Exception as error:  # the libraries' errors for broken files have no common base
        logger.info("no preview of %s: %s", blob, type(error).__name__)
        page, outline = b"", []
    with store.held(sha256) as held:
        if held is None:  # nobody shows it any more
            return
        if page:
            store.write_preview(held, page, thumbnail_of(Image.open(io.BytesIO(page))))
        held.has_thumbnail, held.outline = bool(page), outline
        held.preview = Blob.Preview.MADE if page or outline else Blob.Preview.NONE
        held.save(update_fields=["has_thumbnail", "outline", "preview"])


def make_overdue() -> int:
    """Make the previews that a worker left behind when it was stopped; returns how many. Run daily by the timer."""
    waiting = Blob.objects.filter(preview=Blob.Preview.WAITING, used_at__lt=clock.now() - OVERDUE)
    left = list(waiting.values_list("pk", flat=True))
    for sha256 in left:
        make_preview(sha256)
    return len(left)


def _made(blob: Blob) -> tuple[bytes, Outline]:
    with store.open_blob(blob) as file:
        data = file.read()
    if blob.content_type == TYPES["pdf"]:
        return first_page(data), []
    return b"", outline_of(data, blob.kind)


def first_page(data: bytes) -> bytes:
    """The first page of a PDF as WebP. Raises CalledProcessError, or TimeoutExpired after a minute."""
    command = [sys.executable, "-m", "huoshui.media.first_page", str(PAGE_PIXELS)]
    # Of our own environment what Python needs to start: neither the database's address nor a secret.
    home = {name: os.environ[name] for name in KEPT if name in os.environ}
    home["PYTHONPATH"] = str(Path(huoshui.__file__).parent.parent)
    done = subprocess.run(  # noqa: S603 - fixed arguments
        command, input=data, capture_output=True, check=True, timeout=PATIENCE, env=home
    )
    return done.stdout


def outline_of(data: bytes, kind: str) -> Outline:
    """The beginning of a .docx or .xlsx. Raises whatever python-docx and openpyxl say of a broken file."""
    parts = _word(data) if kind == "docx" else _sheets(data)
    return list(islice(parts, MOST_BLOCKS))


def _word(data: bytes) -> Iterator[dict[str, Any]]:
    from docx import Document
    from docx.table import Table

    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        # python-docx yields a cell once for each column that it spans.
        if widest(archive.read("word/document.xml")) > MOST_SPANNED:
            return
    for part in Document(io.BytesIO(data)).iter_inner_content():
        if isinstance(part, Table):
            rows = [[_short(cell.text) for cell in row.cells[:MOST_COLUMNS]] for row in part.rows[:MOST_ROWS]]
            yield {"name": "", "rows": rows}
        elif text := _short(part.text):
            yield {"text": text}


def _sheets(data: bytes) -> Iterator[dict[str, Any]]:
    from openpyxl import load_workbook

    for sheet in load_workbook(io.BytesIO(data), read_only=True, data_only=True).worksheets:
        sheet.reset_dimensions()  # some writers declare one cell only
        seen = sheet.iter_rows(max_row=MOST_ROWS, max_col=MOST_COLUMNS, values_only=True)
        rows = [[_short(text_of(value)) for value in row] for row in seen]
        while rows and not any(rows[-1]):
            rows.pop()
        if rows:
            width = max(at + 1 for row in rows for at, cell in enumerate(row) if cell)
            yield {"name": sheet.title, "rows": [row[:width] for row in rows]}


def _short(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= MOST_LETTERS else f"{flat[:MOST_LETTERS]}…"
