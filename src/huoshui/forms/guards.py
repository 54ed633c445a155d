"""What may be handed in as a form: a whole .xlsx or .docx, without macros, of a bounded size, that fetches nothing.

The content decides, not the name's ending. What is refused says what to do; what is harmless but would surprise
(links to other workbooks) is named.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Set
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from huoshui.kernel.errors import Refusal
from huoshui.kernel.office_parts import declares_types, is_relations, leading_outside
from huoshui.kernel.tables import OLE_MARK, ZIP_MARK, require_size, unreadable

MAX_BYTES = 10 * 1024 * 1024
MAX_UNPACKED = 60 * 1024 * 1024
MAX_RATIO = 200
"""How many times a part may unpack to its size in the file, beyond a megabyte: no office file comes near."""
MAX_PARTS = 2_000
EXPECTED = ".xlsx / .docx"
MAIN = {"xl/workbook.xml": "xlsx", "word/document.xml": "docx"}
ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
HARMLESS, LINKED = ("/hyperlink",), ("/externalLinkPath",)
"""Types of relationships that may lead out of a file: what a person clicks on, and of what is named the address."""


@dataclass
class Package:
    """A form's file as it was looked through: its kind, its parts, and what is to be named."""

    kind: str
    parts: dict[str, bytes]
    order: list[str]
    notes: list[tuple[str, str]] = field(default_factory=list)


def opened(data: bytes, name: str) -> Package:
    """The parts of a form's file.

    Raises file.too_large, file.empty, file.unreadable, form.encrypted, form.old_format, form.not_office,
    form.zip_bomb, form.macros or form.fetches.
    """
    require_size(data, name, MAX_BYTES)
    if not data.strip():
        raise Refusal("file.empty", field="file", name=name)
    if data.startswith(OLE_MARK):
        raise Refusal("form.encrypted" if ENCRYPTED in data else "form.old_format", field="file", name=name)
    if not data.startswith(ZIP_MARK):
        raise Refusal("form.not_office", field="file", name=name)
    parts = _parts(data, name)
    kind = next((kind for main, kind in MAIN.items() if main in parts), "")
    if not kind:
        raise Refusal("form.not_office", field="file", name=name)
    _require_no_macros(parts, name)
    _require_plain_xml(parts, name)
    return Package(kind, parts, list(parts), _notes(parts, name))


def _parts(data: bytes, name: str) -> dict[str, bytes]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            listed = archive.infolist()
            swollen = any(p.file_size > 2**20 and p.file_size > MAX_RATIO * max(p.compress_size, 1) for p in listed)
            whole = sum(part.file_size for part in listed)
            if swollen or whole > MAX_UNPACKED or len(listed) > MAX_PARTS:
                size = {"size": whole // 2**20, "limit": MAX_UNPACKED // 2**20}
                raise Refusal("form.zip_bomb", field="file", name=name, parts=len(listed), **size)
            if any(part.flag_bits & 1 for part in listed):
                raise Refusal("form.encrypted", field="file", name=name)
            return {part.filename: _read(archive, part) for part in listed if not part.is_dir()}
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, EOFError, RuntimeError) as error:
        fault = _("不是完好的文件（%(fault)s）") % {"fault": type(error).__name__}
        raise unreadable(name, fault, EXPECTED) from None


def _read(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> bytes:
    """A part, no further than the size that the file itself declares for it."""
    with archive.open(part) as stream:
        return stream.read(part.file_size)


def _require_no_macros(parts: dict[str, bytes], name: str) -> None:
    """Raise form.macros for a .xlsm or .docm, and for one that was only renamed."""
    types = parts.get("[Content_Types].xml", b"").lower()
    if b"macroenabled" in types or any("vbaproject" in part.lower() or "macrosheets/" in part for part in parts):
        raise Refusal("form.macros", field="file", name=name)


def _require_plain_xml(parts: dict[str, bytes], name: str) -> None:
    """Raise form.fetches for entities, and for whatever an office program would fetch from elsewhere on opening."""
    for part, content in parts.items():
        if part.lower().endswith((".xml", ".rels", ".vml")) and declares_types(content):
            raise Refusal("form.fetches", field="file", name=name, what=part)
        if is_relations(part):
            _require_inside(part, content, name)


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
            raise Refusal("form.fetches", field="file", name=name, what=kind.rpartition("/")[2] or part)


def _notes(parts: dict[str, bytes], name: str) -> list[tuple[str, str]]:
    """What is named: workbooks that are linked to. Raises form.fetches for a DDE link."""
    found: list[tuple[str, str]] = []
    for part, content in parts.items():
        if part.startswith("xl/externalLinks/") and part.endswith(".xml"):
            if b"ddeLink" in content or b"oleLink" in content:
                raise Refusal("form.fetches", field="file", name=name, what="DDE")
            rels = parts.get(f"xl/externalLinks/_rels/{part.rpartition('/')[2]}.rels")
            targets = [target for _kind, target in leading_outside(rels)] if rels else []
            found.append(("linked", targets[0] if targets else part))
    return found


def packed(package: Package, changed: dict[str, bytes], dropped: Set[str] = frozenset()) -> bytes:
    """The file again, with some parts changed or dropped and all else as it was."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for part in (one for one in package.order if one not in dropped):
            entry = zipfile.ZipInfo(part, (1980, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, changed.get(part, package.parts[part]))
    return stream.getvalue()
