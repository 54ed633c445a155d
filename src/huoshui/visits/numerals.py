"""Numbers as people type them into the editor or a workbook."""

from __future__ import annotations

import unicodedata


def half_width(text: str) -> str:
    """What was typed with a Chinese keyboard (２．５, 1，000) as a plain numeral."""
    return unicodedata.normalize("NFKC", text).strip().replace(",", "").replace("。", ".")
