"""The part of a typeface that a document needs, as a TrueType font of its own (OpenType 1.9, glyf outlines).

Glyphs keep their numbers, so that composed ones still find their parts: the outlines of all others are empty, and a
character map names only what is used. What a word processor does not need to show Chinese is left out.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable
from functools import cache

from huoshui.reports.fonts import FOLDER, require_built

KEPT = ("OS/2", "cvt ", "fpgm", "gasp", "head", "hhea", "maxp", "name", "post", "prep")
"""Tables that are taken as they are."""
COMPOSED, MORE = -1, 0x0020
"""A composed glyph's number of contours, and the flag that another part follows."""
WORDS, SCALE, TWO_SCALES, FOUR_SCALES = 0x0001, 0x0008, 0x0040, 0x0080
"""How long a part's arguments are."""
CHECKSUM_OF_ALL = 0xB1B0AFBA


class _Font:
    """A font's tables, its outlines by glyph, its advances, and the glyph of each character."""

    def __init__(self, data: bytes) -> None:
        count = struct.unpack_from(">H", data, 4)[0]
        found = [struct.unpack_from(">4sIII", data, 12 + 16 * n) for n in range(count)]
        self.tables = {tag.decode(): data[start : start + length] for tag, _sum, start, length in found}
        self.glyphs = struct.unpack_from(">H", self.tables["maxp"], 4)[0]
        long = struct.unpack_from(">h", self.tables["head"], 50)[0]
        loca = self.tables["loca"]
        read = struct.unpack(
            f">{self.glyphs + 1}{'I' if long else 'H'}", loca[: (self.glyphs + 1) * (4 if long else 2)]
        )
        self.offsets = read if long else tuple(2 * at for at in read)
        self.characters = dict(_mapped(self.tables["cmap"]))

    def outline(self, glyph: int) -> bytes:
        """The outline of a glyph."""
        return self.tables["glyf"][self.offsets[glyph] : self.offsets[glyph + 1]]


@cache
def _font(name: str) -> _Font:
    require_built()
    return _Font((FOLDER / name).read_bytes())


def subset(name: str, text: str) -> bytes:
    """The font file ``name`` with the characters of a text alone. Raises report.fonts_missing."""
    font = _font(name)
    used = {ord(letter): font.characters[ord(letter)] for letter in {*text, " "} if ord(letter) in font.characters}
    kept = _with_parts(font, {0, *used.values()})
    outlines, offsets = bytearray(), []
    for glyph in range(font.glyphs):
        offsets.append(len(outlines))
        if glyph in kept:
            outline = font.outline(glyph)
            outlines += outline + b"\0" * (-len(outline) % 4)
    offsets.append(len(outlines))
    head = bytearray(font.tables["head"])
    struct.pack_into(">I", head, 8, 0)
    struct.pack_into(">h", head, 50, 1)
    tables = {tag: font.tables[tag] for tag in KEPT if tag in font.tables} | {
        "head": bytes(head),
        "post": struct.pack(">I", 0x00030000) + font.tables["post"][4:32],
        "hmtx": font.tables["hmtx"],
        "cmap": _character_map(used),
        "loca": struct.pack(f">{len(offsets)}I", *offsets),
        "glyf": bytes(outlines) or b"\0\0\0\0",
    }
    return _assembled(tables)


def _with_parts(font: _Font, glyphs: set[int]) -> set[int]:
    """The glyphs, and those that composed ones among them are made of."""
    found, asked = set(glyphs), list(glyphs)
    while asked:
        for part in _parts(font.outline(asked.pop())):
            if part not in found:
                found.add(part)
                asked.append(part)
    return found


def _parts(outline: bytes) -> Iterable[int]:
    if len(outline) < 10 or struct.unpack_from(">h", outline)[0] > COMPOSED:
        return
    at, flags = 10, MORE
    while flags & MORE:
        flags, glyph = struct.unpack_from(">HH", outline, at)
        yield glyph
        at += 8 if flags & WORDS else 6
        at += 2 if flags & SCALE else 4 if flags & TWO_SCALES else 8 if flags & FOUR_SCALES else 0


def _mapped(cmap: bytes) -> Iterable[tuple[int, int]]:
    """Character and glyph, of the full Unicode map (format 12)."""
    for n in range(struct.unpack_from(">H", cmap, 2)[0]):
        platform, encoding, start = struct.unpack_from(">HHI", cmap, 4 + 8 * n)
        if (platform, encoding) == (3, 10):
            groups = struct.unpack_from(">I", cmap, start + 12)[0]
            for first, last, glyph in struct.iter_unpack(">III", cmap[start + 16 : start + 16 + 12 * groups]):
                yield from ((code, glyph + code - first) for code in range(first, last + 1))


def _character_map(used: dict[int, int]) -> bytes:
    """A map of the basic plane (format 4) and the full one (format 12), a segment a character."""
    basic = sorted((code, glyph) for code, glyph in used.items() if code < 0xFFFF)
    ends = [code for code, _glyph in basic] + [0xFFFF]
    shifts = [(glyph - code) % 0x10000 for code, glyph in basic] + [1]
    count = len(ends)
    power = 1 << (count.bit_length() - 1)
    four = struct.pack(
        f">7H{count}HH{3 * count}H",
        4, 16 + 8 * count, 0, 2 * count, 2 * power, power.bit_length() - 1, 2 * (count - power),
        *ends, 0, *ends, *shifts, *([0] * count),
    )  # fmt: skip
    full = sorted(used.items())
    twelve = struct.pack(">HHIII", 12, 0, 16 + 12 * len(full), 0, len(full))
    twelve += b"".join(struct.pack(">III", code, code, glyph) for code, glyph in full)
    return struct.pack(">HHHHIHHI", 0, 2, 3, 1, 20, 3, 10, 20 + len(four)) + four + twelve


def _assembled(tables: dict[str, bytes]) -> bytes:
    """The tables as a font file, with their checksums."""
    count = len(tables)
    power = 1 << (count.bit_length() - 1)
    head = struct.pack(">IHHHH", 0x00010000, count, 16 * power, power.bit_length() - 1, 16 * (count - power))
    at, directory, body, head_at = 12 + 16 * count, b"", b"", 0
    for tag, data in sorted(tables.items()):
        if tag == "head":
            head_at = at + len(body)
        directory += struct.pack(">4sIII", tag.encode(), _sum(data), at + len(body), len(data))
        body += data + b"\0" * (-len(data) % 4)
    whole = bytearray(head + directory + body)
    struct.pack_into(">I", whole, head_at + 8, (CHECKSUM_OF_ALL - _sum(bytes(whole))) % 2**32)
    return bytes(whole)


def _sum(data: bytes) -> int:
    padded = data + b"\0" * (-len(data) % 4)
    total: int = sum(struct.unpack(f">{len(padded) // 4}I", padded))
    return total % 2**32
