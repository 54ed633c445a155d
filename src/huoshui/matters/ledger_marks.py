"""The marks in an exported ledger by which its changes are found again: hidden behind the last column.

Each row carries its number and version, and a keyed digest of each cell as it was exported. What Excel or WPS saves of
an untouched cell gives the same digest, so a changed cell is told apart without keeping what was exported; a row whose
parts were torn apart by sorting, or whose marks were written by hand, is known as such.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.crypto import salted_hmac

from huoshui.kernel.spreadsheets import cell_text
from huoshui.kernel.tables import Cell, Row
from huoshui.matters.schema import LedgerColumn

MARK = "huoshui:1:"
"""Begins the heading of the marks; behind it the codes and headings of the columns, as JSON."""
DIGITS = 8
"""Hexadecimal digits of a cell's digest."""


@dataclass(frozen=True)
class MarkedColumns:
    """The columns of an exported ledger: codes and headings in their order, and where the file's heading stands."""

    codes: list[str]
    headings: list[str]
    header: Row

    @property
    def at(self) -> int:
        """Position of the marks where no column was moved; before them stand number and version."""
        return len(self.codes) + 1


def heading(columns: Sequence[LedgerColumn]) -> str:
    """The heading of the marks."""
    return MARK + json.dumps([[column.column, str(column.name)] for column in columns], ensure_ascii=False)


def marked_columns(header: Row) -> MarkedColumns | None:
    """What the heading of the marks says; None for a row without it, or with one that cannot be read."""
    text = next((str(cell) for cell in header.cells if str(cell).startswith(MARK)), "")
    if not text:
        return None
    try:
        pairs = json.loads(text.removeprefix(MARK))
        return MarkedColumns([str(code) for code, _name in pairs], [str(name) for _code, name in pairs], header)
    except (ValueError, TypeError):
        return None


class Marker:
    """Makes the marks of rows."""

    def __init__(self, codes: Sequence[str]) -> None:
        self._codes = [code.encode() for code in codes]
        self._key = salted_hmac("huoshui.ledger_marks", "", algorithm="sha256").digest()

    def of(self, key: str, cells: Sequence[Any]) -> list[str]:
        """The digest of each cell of a row with this key (``row_key``)."""
        row = f"{key}\0".encode()
        return [
            self._digest(row + code + b"\0" + plain(cell).encode())
            for code, cell in zip(self._codes, cells, strict=True)
        ]

    def _digest(self, said: bytes) -> str:
        return hashlib.blake2b(said, key=self._key, digest_size=DIGITS // 2).hexdigest()


def row_key(number: str, version: int) -> str:
    """Number and version of a row, as the file carries them."""
    return f"{number}:{version}"


def plain(value: Any) -> str:
    """A value as both the export and the saved file say it: dates as ISO, numbers without trailing zeros."""
    if value is None:
        return ""
    if isinstance(value, dt.date):
        return value.isoformat()[:10]
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return cell_text(str(value)).strip()


def cell_of(row: Row, position: int) -> Cell:
    """The cell of a row at a position; "" beyond its end."""
    return row.cells[position] if position < len(row.cells) else ""
