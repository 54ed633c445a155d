"""A long table as a workbook, written row by row with XlsxWriter, which is three times as fast at it as openpyxl and
holds one row in memory. Workbooks with more than a table, and all reading, remain with openpyxl."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from xlsxwriter import Workbook

from huoshui.kernel.spreadsheets import FORMULA_STARTS, cell_text

LONGEST = 32_767
"""Characters that a cell of Excel can hold."""
A4 = 9
"""Excel's number for the paper size."""
LINED = {"border": 1, "border_color": "#999999", "text_wrap": True, "valign": "top"}
HEAD = LINED | {"bold": True, "bg_color": "#EDEDED"}
TITLE = {"bold": True, "font_size": 14}
DATE_FORMAT, MONEY_FORMAT = "yyyy-mm-dd", "#,##0.00"


@dataclass(frozen=True)
class Numeral:
    """A number that is shown with so many decimals."""

    value: Decimal
    decimals: int


@dataclass(frozen=True)
class Linked:
    """A number that leads to an address when it is clicked."""

    value: Numeral
    address: str


class StreamedTable:
    """A landscape sheet with a title, a frozen head that repeats on every printed page, and typed rows under it.

    ``heads``: text and width in characters of each column; ``unseen``: texts heading as many hidden columns behind.
    """

    def __init__(self, sheet: str, title: str, heads: Sequence[tuple[str, int]], unseen: Sequence[str] = ()) -> None:
        self._stream = io.BytesIO()
        self._book = Workbook(self._stream, {"constant_memory": True})
        self._sheet = self._book.add_worksheet(sheet)
        self._plain, self._quoted, self._date, self._money = (
            self._book.add_format(LINED | look)
            for look in ({}, {"quote_prefix": True}, {"num_format": DATE_FORMAT}, {"num_format": MONEY_FORMAT})
        )
        self._looks: dict[tuple[int, bool], Any] = {}
        self._sheet.set_landscape()
        self._sheet.set_paper(A4)
        self._sheet.fit_to_pages(1, 0)
        self._sheet.repeat_rows(0, 1)
        self._sheet.freeze_panes(2, 0)
        for at, (_text, width) in enumerate(heads):
            self._sheet.set_column(at, at, width)
        for at in range(len(heads), len(heads) + len(unseen)):
            self._sheet.set_column(at, at, None, None, {"hidden": True})
        self._sheet.write_string(0, 0, title, self._book.add_format(TITLE))
        head = self._book.add_format(HEAD)
        for at, (text, _width) in enumerate(heads):
            self._sheet.write_string(1, at, text, head)
        for at, text in enumerate(unseen, start=len(heads)):
            self._sheet.write_string(1, at, text)
        self._next = 2

    def row(self, values: Sequence[Any], unseen: Sequence[str] = ()) -> None:
        """A row: dates as dates, numbers as numbers, and text always as text, never as a formula; None is empty."""
        for column, value in enumerate(values):
            self._put(column, value)
        for column, text in enumerate(unseen, start=len(values)):
            self._sheet.write_string(self._next, column, text)
        self._next += 1

    def _put(self, column: int, value: Any) -> None:
        if isinstance(value, dt.date):
            self._sheet.write_datetime(self._next, column, value, self._date)
        elif isinstance(value, Linked):
            look = self._numeral(value.value.decimals, linked=True)
            self._sheet.write_url(self._next, column, value.address, look)
            self._sheet.write_number(self._next, column, value.value.value, look)  # stands in place of the address
        elif isinstance(value, Numeral):
            self._sheet.write_number(self._next, column, value.value, self._numeral(value.decimals))
        elif isinstance(value, Decimal | int) and not isinstance(value, bool):
            self._sheet.write_number(
                self._next, column, value, self._money if isinstance(value, Decimal) else self._plain
            )
        elif text := "" if value is None else cell_text(str(value))[:LONGEST]:
            look = self._quoted if str(value).startswith(FORMULA_STARTS) else self._plain
            self._sheet.write_string(self._next, column, text, look)
        else:
            self._sheet.write_blank(self._next, column, None, self._plain)

    def _numeral(self, decimals: int, linked: bool = False) -> Any:
        """The look of numbers with so many decimals."""
        if (decimals, linked) not in self._looks:
            form = f"0.{'0' * decimals}" if decimals else "0"
            line = {"underline": 1} if linked else {}
            self._looks[decimals, linked] = self._book.add_format(LINED | line | {"num_format": form})
        return self._looks[decimals, linked]

    def file(self) -> bytes:
        """The workbook; nothing can be added after it."""
        self._book.close()
        return self._stream.getvalue()
