"""The part of a typeface that a document needs, as a TrueType font of its own."""

from __future__ import annotations

import io
from functools import lru_cache

from huoshui.reports.fonts import FOLDER, require_built

LEFT_OUT = ("GDEF", "GPOS", "GSUB", "BASE", "DSIG", "VORG", "vhea", "vmtx")
"""What no word processor needs to show Chinese in lines; with them each subset would take a second."""


@lru_cache(maxsize=32)
def subset(name: str, text: str) -> bytes:
    """The font file ``name`` with the characters of a text alone. Raises report.fonts_missing.

    A draft that is looked at again, or issued as it was looked at, says what it said before.
    """
    from fontTools.subset import Options, Subsetter
    from fontTools.ttLib import TTFont

    require_built()
    options = Options(drop_tables=[*Options._drop_tables_default, *LEFT_OUT], layout_features=[], name_IDs=["*"])
    with TTFont(FOLDER / name, lazy=True, recalcTimestamp=False) as font:
        # Before anything reads them, as the subsetter would; and names of glyphs, which no TrueType font of ours keeps,
        # are not worked out from 30,000 characters.
        for tag in LEFT_OUT:
            if tag in font:
                del font[tag]
        font.setGlyphOrder([f"glyph{number:05d}" for number in range(font["maxp"].numGlyphs)])
        subsetter = Subsetter(options)
        subsetter.populate(text=f"{text} ")
        subsetter.subset(font)
        written = io.BytesIO()
        font.save(written)
    return written.getvalue()
