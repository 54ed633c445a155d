"""The workbook by which many activities of one kind are brought in: its columns, a template, and its rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext, gettext_noop

from huoshui.activities.schema import ActivityKind
from huoshui.kernel.errors import Problem, Refusal
from huoshui.kernel.fill_in import rows_filled_in, workbook_to_fill_in
from huoshui.kernel.tables import Cell, Row, column_at
from huoshui.kernel.trials import MOST_AT_ONCE
from huoshui.kernel.wording import listed

COLUMNS: dict[str, str] = {
    "key": gettext_noop("编号"),
    "place": gettext_noop("地点"),
    "held_on": gettext_noop("日期"),
    "title": gettext_noop("名称"),
    "venue": gettext_noop("地点说明"),
    "minutes": gettext_noop("时长（分钟）"),
    "headcount": gettext_noop("参加人数"),
    "outcome": gettext_noop("成效"),
}
"""Headings by code of what every activity has; a file may use either."""
REQUIRED = ("key", "place", "held_on")
HINTS = {
    "key": gettext_noop("自己的编号，不能重复；同一编号再传一次不会重复登记"),
    "place": gettext_noop("地点名称或代码"),
    "held_on": gettext_noop("如 2018-04-02"),
    "title": gettext_noop("空着用活动种类的名称"),
}
"""Begins each cell of the template's line of hints, which is not read as a row."""
HEADER_WITHIN = 10
WIDTH = 20


@dataclass(frozen=True)
class ActivityLine:
    """One row as it was read: cells by column code, also of the kind's fields."""

    number: int
    cells: dict[str, Cell]

    def text(self, code: str) -> str:
        """A cell as text; "" where the file has no such column."""
        return str(self.cells.get(code, "")).strip()


@dataclass
class ActivityFile:
    """A file that was read; with problems some rows, or all of them, are missing from ``lines``."""

    lines: list[ActivityLine] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    columns: dict[str, str] = field(default_factory=dict)
    """Where each column stands, by heading and letter."""

    def located(self, problem: Problem, number: int) -> Problem:
        """A problem with its row and the file's own name of its column."""
        problem.row, problem.column = number, self.columns.get(problem.field, "")
        return problem


def headings(kind: ActivityKind) -> dict[str, str]:
    """Headings by code: those of every activity that the kind asks for, and its fields. Names are not brought in."""
    left = {code for code in ("minutes", "headcount") if getattr(kind, code) == "none"}
    own = {code: gettext(heading) for code, heading in COLUMNS.items() if code not in left}
    return own | {known.code: str(known.name) for known in kind.fields if not known.personal}


def needed(kind: ActivityKind) -> list[str]:
    """Columns without which no row can be recorded."""
    asked = [code for code in ("minutes", "headcount") if getattr(kind, code) == "required"]
    outcome = ["outcome"] if kind.outcome_required else []
    return [*REQUIRED, *asked, *outcome, *(known.code for known in kind.fields if known.required)]


def template(kind: ActivityKind) -> bytes:
    """An empty workbook with the columns of a kind, and a line that says what belongs into each."""
    must = needed(kind)
    columns = (
        (heading, gettext(HINTS[code]) if code in HINTS else gettext("必填") if code in must else gettext("选填"))
        for code, heading in headings(kind).items()
    )
    return workbook_to_fill_in(gettext("活动"), columns, width=WIDTH)


def read_file(kind: ActivityKind, data: bytes, name: str) -> ActivityFile:
    """The rows of a file. What is wrong with it stands in ``problems``.

    Raises activity_import.too_many above MOST_AT_ONCE, and what ``read_rows`` raises.
    """
    rows = rows_filled_in(data, name, HEADER_WITHIN + MOST_AT_ONCE + 1)
    found, must = ActivityFile(), needed(kind)
    at = next((n for n, row in enumerate(rows[:HEADER_WITHIN]) if set(must) <= set(_codes(kind, row).values())), None)
    if at is None:
        names = listed(headings(kind)[code] for code in must)
        found.problems.append(Problem("import.no_header", row=1, params={"names": names}))
        return found
    header, below = rows[at], rows[at + 1 :]
    codes = _codes(kind, header)
    found.columns = {code: column_at(header.cells, position) for position, code in codes.items()}
    if len(below) > MOST_AT_ONCE:
        raise Refusal("activity_import.too_many", field="file", count=len(below), limit=MOST_AT_ONCE)
    if not below:
        found.problems.append(Problem("import.no_rows", row=header.number, params={"header": header.number}))
    _strange_columns(header, codes, found)
    _read_lines(below, codes, found, headings(kind))
    return found


def _codes(kind: ActivityKind, row: Row) -> dict[int, str]:
    """The columns of a heading by position; what is no column of the kind is left out."""
    labels = {known.code: (known.name.zh, known.name.en) for known in kind.fields}
    by_name = {
        word: code
        for code, heading in headings(kind).items()
        for word in (code, heading, COLUMNS.get(code, ""), *labels.get(code, ()))
        if word
    }
    return {at: by_name[str(cell)] for at, cell in enumerate(row.cells) if str(cell) in by_name}


def _strange_columns(header: Row, codes: dict[int, str], found: ActivityFile) -> None:
    strange = [at for at, cell in enumerate(header.cells) if str(cell) and at not in codes]
    for at in strange:
        names, column = str(header.cells[at]), column_at(header.cells, at)
        params = {"names": names, "label": names}
        found.problems.append(Problem("import.columns_unknown", names, header.number, params, column=column))


def _read_lines(rows: Sequence[Row], codes: dict[int, str], found: ActivityFile, names: dict[str, str]) -> None:
    first: dict[str, int] = {}
    for row in rows:
        cells = {code: row.cells[at] if at < len(row.cells) else "" for at, code in codes.items()}
        line = ActivityLine(row.number, cells)
        problems = [
            Problem("value.required", code, params={"label": names[code]}) for code in REQUIRED if not line.text(code)
        ]
        key = line.text("key")
        if key and key in first:
            problems.append(Problem("activity_import.twice", "key", params={"key": key, "first": first[key]}))
        first.setdefault(key, row.number)
        if problems:
            found.problems += [found.located(problem, row.number) for problem in problems]
        else:
            found.lines.append(line)
