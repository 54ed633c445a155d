"""The cells of a workbook, read as values; what is wrong with one is noted with sheet, row and column."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from huoshui.kernel.errors import Problem
from huoshui.kernel.numbers import LARGEST, scaled, shown
from huoshui.kernel.wording import listed
from huoshui.kernel.workbooks import place_in
from huoshui.packs.values import EXPECTED, day
from huoshui.visits.exchange.layout import HEAD, HEAD_ROWS, TABLES
from huoshui.visits.exchange.source import Node
from huoshui.visits.exchange.words import Vocabulary
from huoshui.visits.numerals import half_width


@dataclass
class Line:
    """One row of a table by the keys of its columns."""

    sheet: str
    number: int
    values: dict[str, str]

    def get(self, key: str) -> str:
        return self.values.get(key, "")


@dataclass
class Read:
    """What a workbook says."""

    definition: Node = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    lines: dict[str, Line] = field(default_factory=dict)
    """The row of each part, by its name: head, sections.all, items.floor, items.floor.options.good, adjustments.x."""
    columns: dict[str, dict[str, int]] = field(default_factory=dict)
    """By sheet: where each key stands, from 1."""

    def where(self, sheet: str, key: str) -> str:
        """Sheet and column of a key, for people."""
        if sheet == HEAD:
            return place_in(sheet, 2, next((c.heading for c in HEAD_ROWS if c.key == key), ""))
        heading = next((column.heading for column in TABLES.get(sheet, ()) if column.key == key), "")
        return place_in(sheet, self.columns.get(sheet, {}).get(key), heading)

    def refuse(self, line: Line, key: str, rule: str, /, **params: Any) -> None:
        """A problem at a cell."""
        column = next((c for c in (*TABLES.get(line.sheet, ()), *HEAD_ROWS) if c.key == key), None)
        named = {"label": column.heading if column else key, **params}
        number = self.head_rows.get(key) if line.sheet == HEAD else line.number
        self.problems.append(Problem(rule, "file", number, named, self.where(line.sheet, key)))

    head_rows: dict[str, int] = field(default_factory=dict)


class Cells:
    """Reads the cells of rows against the words of the version that the workbook came from."""

    def __init__(self, words: Vocabulary, read: Read) -> None:
        self.words, self.read = words, read

    def _text(self, line: Line, key: str) -> dict[str, str]:
        zh, en = line.get(f"{key}.zh"), line.get(f"{key}.en")
        if not zh:
            self.read.refuse(line, f"{key}.zh", "value.required")
        return {"zh": zh, "en": en or zh}

    def _some_text(self, line: Line, key: str) -> dict[str, str] | None:
        """A text that may be left out."""
        return self._text(line, key) if line.get(f"{key}.zh") or line.get(f"{key}.en") else None

    def _day(self, line: Line, key: str) -> str | None:
        text = line.get(key)
        found = day(text) if text else None
        if text and found is None:
            self.read.refuse(line, key, "value.type", value=text, expected=EXPECTED["date"])
        return found.isoformat() if found else None

    def _refuse_choice(self, line: Line, key: str, offered: str) -> None:
        if line.get(key):
            self.read.refuse(line, key, "value.choice", value=line.get(key), choices=offered)
        else:
            self.read.refuse(line, key, "value.required")

    def _choice(self, line: Line, key: str, of: str, *, required: bool = False) -> str | None:
        text = line.get(key)
        code = self.words[of].code(text) if text else None
        if code is None and (text or required):
            self._refuse_choice(line, key, listed(self.words[of].by_code.values()))
        return code

    def _points(self, line: Line, key: str, *, required: bool = False) -> str | None:
        return self._numeral(line, key, 3, required=required)

    def _whole(self, line: Line, key: str, low: int, high: int, *, required: bool = False) -> int | None:
        text = self._numeral(line, key, 0, required=required)
        if text is None:
            return None
        if not low <= int(text) <= high:
            self.read.refuse(line, key, "value.range", value=text, low=low, high=high)
            return None
        return int(text)

    def _numeral(
        self, line: Line, key: str, decimals: int, *, required: bool = False, below_zero: bool = False
    ) -> str | None:
        text = half_width(line.get(key))
        if not text:
            if required:
                self.read.refuse(line, key, "value.required")
            return None
        try:
            value = scaled(text, 10**decimals)
        except ValueError:
            value = LARGEST
        if not (-(LARGEST // 1000) if below_zero else 0) <= value <= LARGEST // 1000:
            expected = _("不多于 %(count)s 位小数的数字") % {"count": decimals} if decimals else _("整数")
            self.read.refuse(line, key, "value.type", value=line.get(key), expected=expected)
            return None
        return shown(value, 10**decimals) if decimals else str(value)
