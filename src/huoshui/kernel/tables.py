"""Reading a table out of an .xlsx or .csv file, with the row numbers that people see in it."""

from __future__ import annotations

import codecs
import csv
import datetime as dt
import io
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from openpyxl import load_workbook
from openpyxl.utils import get_column_letter

from huoshui.kernel.errors import Refusal

Cell = str | dt.date
"""A cell as read: trimmed text (numbers included), or a date that the workbook typed as one."""

MAX_BYTES = 200 * 1024 * 1024
MAX_UNPACKED_BYTES = 2 * 1024 * 1024 * 1024
EXPECTED = ".xlsx / .csv"
CONTENT_TYPES = "[Content_Types].xml"
MAX_RATIO = 200
"""How many times a part may unpack to its size in the file, beyond a megabyte: no office file comes near."""
ZIP_MARK, OLE_MARK = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
"""How a .xlsx file begins; and how an old .xls does, or a workbook with a password."""
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
"""What no workbook can hold."""


@dataclass(frozen=True)
class Row:
    """One row: its 1-based number in the file, and its cells."""

    number: int
    cells: Sequence[Cell]


def read_rows(data: bytes, name: str) -> Iterator[Row]:
    """Every row of the first sheet that is not blank; ``name`` is the file's name, for messages.

    The content decides, not the name's ending: a zip is a workbook, anything else is CSV text in UTF-8, UTF-16
    with its mark, or GB18030 (of which GBK, as Excel saves CSV in China, is a part). Raises file.too_large,
    file.empty, file.old_excel, file.web_page, file.macros, file.zip_bomb or file.unreadable.
    """
    require_size(data, name, MAX_BYTES)
    refuse_other_kinds(data, name)
    records = _workbook_records(data, name) if data.startswith(ZIP_MARK) else _csv_records(data, name)
    for number, record in enumerate(records, start=1):
        cells = [cell_of(value) for value in record]
        if any(cells):
            yield Row(number, cells)


def column_at(headings: Sequence[Cell], position: int) -> str:
    """The column at a position by its heading and its letter, as it is found again in Excel."""
    heading = str(headings[position]) if position < len(headings) else ""
    names = {"heading": heading, "letter": get_column_letter(position + 1)}
    return _("%(heading)s（%(letter)s 列）") % names if heading else _("%(letter)s 列") % names


def require_size(data: bytes, name: str, most: int) -> None:
    """Raise file.too_large above ``most`` bytes."""
    if len(data) > most:
        size, limit = f"{len(data) // 2**20} MB", f"{most // 2**20} MB"
        raise Refusal("file.too_large", field="file", name=name, size=size, limit=limit)


def refuse_other_kinds(data: bytes, name: str) -> None:
    """What offices send in place of a workbook, by its true kind: the name's ending is often wrong.

    Raises file.empty, file.old_excel or file.web_page.
    """
    start = data[:64].lstrip(codecs.BOM_UTF8).lstrip().lower()
    if not data.strip():
        raise Refusal("file.empty", field="file", name=name)
    if data.startswith(OLE_MARK):
        raise Refusal("file.old_excel", field="file", name=name)
    if start.startswith((b"<html", b"<!doctype", b"<table", b"<?xml")):
        raise Refusal("file.web_page", field="file", name=name)


def unreadable(name: str, reason: str, expected: str = EXPECTED) -> Refusal:
    """A file that cannot be read, and why."""
    return Refusal("file.unreadable", field="file", name=name, reason=reason, expected=expected)


def require_unpacked(data: bytes, name: str, most: int) -> None:
    """Look through a workbook before anything of it is read, by what it declares of its parts.

    Raises file.macros; file.zip_bomb for a part that swells beyond measure; file.unreadable for a zip that would unpack
    to more than ``most`` bytes, or that is none.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = archive.infolist()
            small = next((part for part in parts if part.filename == CONTENT_TYPES and part.file_size <= 2**20), None)
            types = archive.read(small) if small else b""
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, RuntimeError, EOFError, zlib.error) as error:
        raise unreadable(name, _("不是完好的工作簿（%(fault)s）") % {"fault": type(error).__name__}) from None
    unpacked = sum(part.file_size for part in parts)
    size = {"size": unpacked // 2**20, "limit": most // 2**20}
    if any(map(is_swollen, parts)):
        raise Refusal("file.zip_bomb", field="file", name=name, parts=len(parts), ratio=MAX_RATIO, **size)
    if unpacked > most:
        raise unreadable(name, _("解开后有 %(size)s MB，上限 %(limit)s MB") % size)
    require_no_macros((part.filename for part in parts), name, types)


def is_swollen(part: zipfile.ZipInfo) -> bool:
    """Whether a part would unpack to far more than any office program packs so small."""
    return part.file_size > 2**20 and part.file_size > MAX_RATIO * max(part.compress_size, 1)


def require_no_macros(parts: Iterable[str], name: str, types: bytes = b"") -> None:
    """Raise file.macros for a .xlsm or .docm, for one that was only renamed, and for controls that run (ActiveX)."""
    marks = ("vbaproject", "macrosheets/", "/activex/")
    if b"macroenabled" in types.lower() or any(mark in part.lower() for part in parts for mark in marks):
        raise Refusal("file.macros", field="file", name=name)


def _workbook_records(data: bytes, name: str) -> Iterator[Sequence[object]]:
    """Rows of the first sheet; of a formula the value it last had, as its reader sees it."""
    try:
        require_unpacked(data, name, MAX_UNPACKED_BYTES)
        workbook = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        sheet = workbook.worksheets[0]
        sheet.reset_dimensions()  # some writers declare one cell only
        yield from sheet.iter_rows(values_only=True)
    except Refusal:
        raise
    except Exception as error:  # the parser's errors for broken files have no common base
        raise unreadable(name, _("不是完好的工作簿（%(fault)s）") % {"fault": type(error).__name__}) from None


def _csv_records(data: bytes, name: str) -> Iterable[Sequence[object]]:
    text = _decoded(data, name)
    first = text.partition("\n")[0]
    delimiter = max(",\t;", key=first.count)
    try:
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    except csv.Error as error:
        raise unreadable(name, _("不是完好的 CSV（%(fault)s）") % {"fault": error}) from None


def _decoded(data: bytes, name: str) -> str:
    marked = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    for encoding in ["utf-16"] if marked else ["utf-8-sig", "gb18030"]:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text
    raise unreadable(name, _("文字编码既不是 UTF-8，也不是 GB18030"))


def cell_of(value: object) -> Cell:
    """Text of a cell. A whole number that the workbook holds as a fraction loses its ".0"."""
    if value is None:
        return ""
    if isinstance(value, dt.datetime):
        return value.date()
    if isinstance(value, dt.date):
        return value
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return CONTROL.sub("", str(value)).strip()
