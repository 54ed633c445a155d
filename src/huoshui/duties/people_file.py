"""The workbook by which many accounts are opened: its columns, a template, and its rows as they are read."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext, gettext_noop

from huoshui.kernel.errors import Problem, Refusal
from huoshui.kernel.fill_in import rows_filled_in, workbook_to_fill_in
from huoshui.kernel.tables import Cell, Row, column_at
from huoshui.kernel.trials import MOST_AT_ONCE
from huoshui.kernel.wording import listed

COLUMNS: dict[str, str] = {
    "username": gettext_noop("用户名"),
    "title": gettext_noop("职务称谓"),
    "unit": gettext_noop("单位"),
    "unit_place": gettext_noop("单位所在地"),
    "role": gettext_noop("角色"),
    "place": gettext_noop("地点"),
    "pack": gettext_noop("机制"),
    "since": gettext_noop("开始日期"),
    "until": gettext_noop("结束日期"),
}
"""Headings by code; a file may use either. Of a date of the end, the day is the first on which the duty holds no more,
as everywhere."""
REQUIRED = ("username", "title", "unit", "unit_place")
HINTS = {
    "username": gettext_noop("登录用，不含空格"),
    "title": gettext_noop("如：寨卜昌村文书"),
    "unit": gettext_noop("如：村委会"),
    "unit_place": gettext_noop("地点名称或代码"),
    "role": gettext_noop("角色名称；只开账号就空着"),
    "place": gettext_noop("地点名称或代码"),
    "pack": gettext_noop("空着表示全部机制"),
    "since": gettext_noop("如 2018-04-02；空着为今天"),
    "until": gettext_noop("空着为长期；这一天起不再有效"),
}
HEADER_WITHIN = 10
WIDTH = 22


@dataclass(frozen=True)
class PersonLine:
    """One row as it was read: texts by column, days as dates."""

    number: int
    texts: dict[str, str]
    since: dt.date | None = None
    until: dt.date | None = None


@dataclass
class PeopleFile:
    """A file that was read; with problems some rows, or all of them, are missing from ``lines``."""

    lines: list[PersonLine] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    columns: dict[str, str] = field(default_factory=dict)
    """Where each column stands, by heading and letter."""


def template() -> bytes:
    """An empty workbook with the columns, and a line that says what belongs into each."""
    columns = ((gettext(heading), gettext(HINTS[code])) for code, heading in COLUMNS.items())
    return workbook_to_fill_in(gettext("账号"), columns, width=WIDTH, text_rows=500)


def read_people(data: bytes, name: str) -> PeopleFile:
    """The rows of a file. What is wrong with it stands in ``problems``.

    Raises people.too_many_rows above ``MOST_AT_ONCE``, and what ``read_rows`` raises; file.too_large and
    file.unreadable above the bounds of a workbook that somebody wrote by hand.
    """
    rows = rows_filled_in(data, name, HEADER_WITHIN + MOST_AT_ONCE + 1)
    at = next((n for n, row in enumerate(rows[:HEADER_WITHIN]) if _codes(row.cells)), None)
    found = PeopleFile()
    if at is None:
        names = listed(gettext(COLUMNS[code]) for code in REQUIRED)
        found.problems.append(Problem("import.no_header", row=1, params={"names": names}))
        return found
    header = rows[at]
    codes = _codes(header.cells)
    found.columns = {code: column_at(header.cells, position) for position, code in codes.items()}
    below = rows[at + 1 :]
    if len(below) > MOST_AT_ONCE:
        raise Refusal("people.too_many_rows", field="file", name=name, limit=MOST_AT_ONCE)
    if not below:
        found.problems.append(Problem("import.no_rows", row=header.number, params={"header": header.number}))
    for row in below:
        _read_row(row, codes, found)
    return found


def _codes(cells: Sequence[Cell]) -> dict[int, str]:
    """The columns of a header by position; empty when the required ones are not all there."""
    by_name = {name: code for code, heading in COLUMNS.items() for name in (code, heading, gettext(heading))}
    codes = {at: by_name[str(cell)] for at, cell in enumerate(cells) if str(cell) in by_name}
    return codes if set(REQUIRED) <= set(codes.values()) else {}


def _read_row(row: Row, codes: dict[int, str], found: PeopleFile) -> None:
    cells = {code: row.cells[at] if at < len(row.cells) else "" for at, code in codes.items()}
    texts = {code: str(cells.get(code, "")).strip() for code in COLUMNS}
    problems = [
        Problem("value.required", code, row=row.number, params={"label": gettext(COLUMNS[code])})
        for code in REQUIRED
        if not texts[code]
    ]
    days: dict[str, dt.date | None] = {}
    for code in ("since", "until"):
        try:
            days[code] = _day(cells.get(code, ""))
        except (ValueError, OverflowError):
            problems.append(Problem("people.date", code, row=row.number, params={"value": texts[code]}))
    if bool(texts["role"]) != bool(texts["place"]):
        missing = "place" if texts["role"] else "role"
        problems.append(Problem("people.incomplete", missing, row=row.number))
    if problems:
        found.problems += [located(problem, found.columns) for problem in problems]
    else:
        found.lines.append(PersonLine(row.number, texts, days["since"], days["until"]))


def _day(cell: Cell) -> dt.date | None:
    if isinstance(cell, dt.date):
        return cell
    text = cell.strip().replace("/", "-").replace(".", "-")
    if not text:
        return None
    year, month, day = (int(part) for part in text.split("-"))
    return dt.date(year, month, day)


def located(problem: Problem, columns: dict[str, str]) -> Problem:
    """The problem, with the file's own name of its column."""
    heading = COLUMNS.get(problem.field)
    problem.column = columns.get(problem.field) or (gettext(heading) if heading else "")
    return problem
