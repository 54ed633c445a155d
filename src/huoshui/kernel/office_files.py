"""What is taken as an .xlsx or .docx: whole, without macros, of a bounded size, and fetching nothing when opened.

The content decides, not the name's ending. Every part of the product that takes an office file looks through it here;
how large one may be is for the part to say.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from huoshui.kernel.errors import Refusal
from huoshui.kernel.office_parts import declares_types, is_relations, leading_outside
from huoshui.kernel.tables import MAX_RATIO, OLE_MARK, ZIP_MARK, is_swollen, require_no_macros, require_size, unreadable

EXPECTED = ".xlsx / .docx"
MAIN = {"xl/workbook.xml": "xlsx", "word/document.xml": "docx"}
ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
HARMLESS, LINKED = ("/hyperlink",), ("/externalLinkPath",)
"""Types of relationships that may lead out of a file: what a person clicks on, and of what is named the address."""
ZIP_END, ZIP_END_SIZE = b"PK\x05\x06", 22
"""The end of a zip's directory, and its bytes without a comment (APPNOTE.TXT, 4.3.16)."""
FAULTS = (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, EOFError, RuntimeError, zlib.error)
"""What zipfile says of a broken archive."""


@dataclass(frozen=True)
class Limits:
    """How large a file may be: bytes, bytes of all that it unpacks to, and parts."""

    bytes: int = 10 * 2**20
    unpacked: int = 60 * 2**20
    parts: int = 2_000


@dataclass(frozen=True)
class Package:
    """An office file as it was looked through: its kind (xlsx or docx), and its parts in their order."""

    kind: str
    parts: dict[str, bytes]

    @property
    def linked(self) -> list[str]:
        """Other workbooks that formulas refer to, by their addresses."""
        found = []
        for part in self.parts:
            if part.startswith("xl/externalLinks/") and part.endswith(".xml"):
                rels = self.parts.get(f"xl/externalLinks/_rels/{part.rpartition('/')[2]}.rels")
                targets = [target for _kind, target in leading_outside(rels)] if rels else []
                found.append(targets[0] if targets else part)
        return found


FORM = Limits()
"""What a form or a document of an office comes up to."""


def opened(data: bytes, name: str, limits: Limits = FORM) -> Package:
    """The parts of an office file; ``name`` stands in what is said.

    Raises file.too_large, file.empty, file.unreadable, file.encrypted, file.old_office, file.not_office,
    file.zip_bomb, file.macros or file.fetches.
    """
    require_size(data, name, limits.bytes)
    if not data.strip():
        raise Refusal("file.empty", field="file", name=name)
    refuse_old(data, name)
    if not data.startswith(ZIP_MARK):
        raise Refusal("file.not_office", field="file", name=name)
    parts = unpacked(data, name, limits)
    kind = next((kind for main, kind in MAIN.items() if main in parts), "")
    if not kind:
        raise Refusal("file.not_office", field="file", name=name)
    require_no_macros(parts, name, parts.get("[Content_Types].xml", b""))
    _require_plain_xml(parts, name)
    return Package(kind, parts)


def refuse_old(data: bytes, name: str) -> None:
    """Raise file.encrypted for a file with a password, file.old_office for .xls, .doc and whatever else is OLE."""
    if data.startswith(OLE_MARK):
        raise Refusal("file.encrypted" if ENCRYPTED in data else "file.old_office", field="file", name=name)


def unpacked(
    data: bytes, name: str, limits: Limits, wanted: Callable[[str], bool] = lambda part: True
) -> dict[str, bytes]:
    """The parts of a zip, by name; those that are not ``wanted`` without their content.

    Raises file.zip_bomb, file.encrypted or file.unreadable. Nothing is unpacked before its size was looked at.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            listed = archive.infolist()
            whole = sum(part.file_size for part in listed)
            if any(map(is_swollen, listed)) or whole > limits.unpacked or len(listed) > limits.parts:
                size = {"size": whole // 2**20, "limit": limits.unpacked // 2**20}
                raise Refusal("file.zip_bomb", field="file", name=name, parts=len(listed), ratio=MAX_RATIO, **size)
            if any(part.flag_bits & 1 for part in listed):
                raise Refusal("file.encrypted", field="file", name=name)
            return {
                part.filename: _read(archive, part) if wanted(part.filename) else b""
                for part in listed
                if not part.is_dir()
            }
    except FAULTS as error:
        fault = _("不是完好的文件（%(fault)s）") % {"fault": type(error).__name__}
        raise unreadable(name, fault, EXPECTED) from None


def _read(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> bytes:
    """A part, no further than the size that the file itself declares for it."""
    with archive.open(part) as stream:
        return stream.read(part.file_size)


def _require_plain_xml(parts: dict[str, bytes], name: str) -> None:
    """Raise file.fetches for entities, and for whatever an office program would fetch from elsewhere on opening."""
    for part, content in parts.items():
        if part.lower().endswith((".xml", ".rels", ".vml")) and declares_types(content):
            raise Refusal("file.fetches", field="file", name=name, what=part)
        if is_relations(part):
            _require_inside(part, content, name)
        if part.startswith("xl/externalLinks/") and (b"ddeLink" in content or b"oleLink" in content):
            raise Refusal("file.fetches", field="file", name=name, what="DDE")


def _require_inside(part: str, content: bytes, name: str) -> None:
    """Nothing but links, and workbooks that are named, may stand outside of the file."""
    try:
        leading = leading_outside(content)
    except ValueError as error:
        fault = _("不是完好的文件（%(fault)s）") % {"fault": f"{part}: {error}"[:120]}
        raise unreadable(name, fault, EXPECTED) from None
    allowed = HARMLESS + (LINKED if "/externallinks/" in part.lower() else ())
    for kind, _target in leading:
        if not kind.endswith(allowed):
            raise Refusal("file.fetches", field="file", name=name, what=kind.rpartition("/")[2] or part)


def is_zip_alone(data: bytes) -> bool:
    """Whether nothing stands before it, between directory and end, or behind: no second file hides in it."""
    end = data.rfind(ZIP_END)
    if end < 0 or len(data) != end + ZIP_END_SIZE:
        return False
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return min((part.header_offset for part in archive.infolist()), default=1) == 0
