"""The typefaces that papers are set in: ours alone, so that a paper is the same on every machine.

The frontend's build copies them from their npm packages (see docs/dependencies.md). What no typeface has is found
out beforehand: Typst would print an empty box for it, and PDF/A refuses such a box.
"""

from __future__ import annotations

import struct
import unicodedata
from functools import cache
from pathlib import Path
from typing import Any

from huoshui.kernel.errors import Refusal

FOLDER = Path(__file__).parent / "fonts"
REGULAR = ("NotoSansSC_400Regular.ttf", "NotoSerifSC_400Regular.ttf")
"""Each stands in for the other where it lacks a character; the bold ones have the same characters."""
FILES = (*REGULAR, "NotoSansSC_700Bold.ttf", "NotoSerifSC_700Bold.ttf")
UNICODE_FULL = (3, 10, 12)
"""Platform, encoding and format of the character map that reaches beyond the basic plane."""
INVISIBLE = ("Cc", "Cf", "Cs")
"""Controls, format characters (joiners, marks of direction) and lone surrogates: nothing to print."""
VARIATIONS = range(0xFE00, 0xFE10)
"""Selectors of how the character before looks."""


def require_built() -> None:
    """Raise report.fonts_missing, naming the files, while the typefaces are not built."""
    missing = [name for name in FILES if not (FOLDER / name).is_file()]
    if missing:
        raise Refusal("report.fonts_missing", files=", ".join(missing))


@cache
def typefaces() -> Any:
    """The typefaces as Typst takes them, read once; those of the system and of Typst itself are left out."""
    from typst import Fonts

    require_built()
    return Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[FOLDER])


@cache
def _printable() -> frozenset[int]:
    """The code points that at least one of the two families has."""
    require_built()
    return frozenset().union(*(_characters((FOLDER / name).read_bytes()) for name in REGULAR))


def _characters(font: bytes) -> set[int]:
    """The code points of a TrueType font's full Unicode character map (OpenType, table ``cmap``, format 12)."""
    count: int = struct.unpack_from(">H", font, 4)[0]
    tables = {font[at : at + 4]: struct.unpack_from(">I", font, at + 8)[0] for at in range(12, 12 + 16 * count, 16)}
    cmap: int = tables[b"cmap"]
    for n in range(struct.unpack_from(">H", font, cmap + 2)[0]):
        platform, encoding, offset = struct.unpack_from(">HHI", font, cmap + 4 + 8 * n)
        start = cmap + offset
        if (platform, encoding, struct.unpack_from(">H", font, start)[0]) == UNICODE_FULL:
            groups = struct.iter_unpack(">III", font[start + 16 : start + 16 + 12 * _groups(font, start)])
            return {code for first, last, _glyph in groups for code in range(first, last + 1)}
    raise ValueError("the font has no full Unicode character map")


def _groups(font: bytes, start: int) -> int:
    count: int = struct.unpack_from(">I", font, start + 12)[0]
    return count


def printable(text: str, missing: set[str]) -> str:
    """``text`` as it can be printed: what no typeface has becomes its number 〔U+20BB7〕 and is added to ``missing``.

    Line ends stay, other invisible characters go.
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(_one(character, missing) for character in text)


def _one(character: str, missing: set[str]) -> str:
    if character in "\n\t":
        return character
    if unicodedata.category(character) in INVISIBLE or ord(character) in VARIATIONS:
        return ""
    if ord(character) in _printable():
        return character
    number = f"U+{ord(character):04X}"
    missing.add(number)
    return f"〔{number}〕"
