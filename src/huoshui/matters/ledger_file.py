"""Reading an exported ledger that was edited in Excel or WPS: its columns, and which cells were changed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from huoshui.kernel.batching import batches
from huoshui.kernel.errors import Problem
from huoshui.kernel.tables import Row, column_at
from huoshui.kernel.wording import listed
from huoshui.matters.ledger_marks import DIGITS, MarkedColumns, Marker, cell_of, marked_columns, plain
from huoshui.matters.models import Matter

HEADER_WITHIN = 10
"""The heading is looked for in the first rows: a title stands above it."""


@dataclass(frozen=True)
class Changed:
    """A row of the file of which cells were changed since it was exported: their texts by column."""

    row: int
    number: str
    version: int
    cells: dict[str, str]


def columns_of_file(rows: Sequence[Row]) -> MarkedColumns | None:
    """The columns that the file's heading carries; None where it has no marks."""
    return next(filter(None, map(marked_columns, rows[:HEADER_WITHIN])), None)


def named(columns: MarkedColumns, code: str) -> str:
    return column_at(columns.header.cells, columns.codes.index(code))


def problem_at(columns: MarkedColumns, row: int, rule: str, code: str, **params: Any) -> Problem:
    label = columns.headings[columns.codes.index(code)]
    return Problem(rule, code, row, {"label": label, **params}, column=named(columns, code))


def column_problems(columns: MarkedColumns) -> Iterator[Problem]:
    """What is wrong with the headings: every one stands where it was exported, and none besides."""
    marks_at = next(at for at, cell in enumerate(columns.header.cells) if marked_columns(Row(0, [cell])))
    found = [str(cell) for cell in columns.header.cells[: marks_at - 1]] if marks_at else []
    if found == columns.headings and marks_at == columns.at:
        return
    twice = [name for name, count in (Counter(found) - Counter(columns.headings)).items() if name in columns.headings]
    missing = [name for name in columns.headings if name not in found]
    strange = [at for at, name in enumerate(found) if name and name not in columns.headings]
    for name in twice:
        yield _heading_problem(columns, "import.column_twice", name, found.index(name))
    if len(found) == len(columns.headings):
        for at in [at for at in strange if columns.headings[at] in missing]:
            strange.remove(at)
            missing.remove(columns.headings[at])
            was = columns.headings[at]
            yield _heading_problem(columns, "ledger_file.column_renamed", found[at], at, was=was)
    if missing:
        yield _heading_problem(columns, "import.columns_missing", listed(missing), None)
    if strange:
        yield _heading_problem(columns, "import.columns_unknown", listed(found[at] for at in strange), strange[0])
    if not (twice or missing or strange):
        for at, name in enumerate(found):
            if name in columns.headings and at < len(columns.headings) and columns.headings[at] != name:
                yield _heading_problem(columns, "ledger_file.column_moved", name, at, was=columns.headings[at])


def _heading_problem(columns: MarkedColumns, rule: str, names: str, at: int | None, **params: Any) -> Problem:
    column = column_at(columns.header.cells, at) if at is not None else ""
    return Problem(rule, names, columns.header.number, {"names": names, "label": names, **params}, column=column)


def changed_rows(by: Any, columns: MarkedColumns, rows: Sequence[Row]) -> tuple[list[Changed], list[Problem]]:
    """The rows of which a cell was changed; and what is wrong with marks and numbers."""
    marker, changed, problems, first = Marker(columns.codes), list[Changed](), list[Problem](), dict[str, int]()
    known = _visible_numbers(by, [_number_of(columns, row) for row in rows])
    for row in rows:
        number = _number_of(columns, row)
        found = _row_problem(columns, row, number, known, first) or _compared(columns, row, marker)
        first.setdefault(number, row.number)
        if isinstance(found, Problem):
            problems.append(found)
        elif found.cells:
            changed.append(found)
    return changed, problems


def _number_of(columns: MarkedColumns, row: Row) -> str:
    return str(cell_of(row, columns.at - 1)).partition(":")[0]


def _visible_numbers(by: Any, numbers: Sequence[str]) -> set[str]:
    visible = Matter.objects.visible_to(by)
    return {
        number
        for some in batches(numbers)
        for number in visible.filter(number__in=some).values_list("number", flat=True)
    }


def _row_problem(
    columns: MarkedColumns, row: Row, number: str, known: set[str], first: dict[str, int]
) -> Problem | None:
    key, digests = str(cell_of(row, columns.at - 1)), str(cell_of(row, columns.at))
    extra = next((at for at, cell in enumerate(row.cells) if at > columns.at and cell), None)
    if extra is not None:
        column = column_at(columns.header.cells, extra)
        return Problem("import.cells_extra", row=row.number, params={"value": row.cells[extra]}, column=column)
    if not key and not digests:
        return Problem("ledger_file.row_added", row=row.number)
    if not key.partition(":")[2].isdigit() or len(digests) != DIGITS * len(columns.codes):
        return Problem("ledger_file.marks_broken", row=row.number)
    if number in first:
        return Problem("ledger_file.number_twice", row=row.number, params={"number": number, "first": first[number]})
    if number not in known:
        return Problem("ledger_file.number_unknown", row=row.number, params={"number": number})
    return None


def _compared(columns: MarkedColumns, row: Row, marker: Marker) -> Changed | Problem:
    key, digests = str(cell_of(row, columns.at - 1)), str(cell_of(row, columns.at))
    cells = [plain(cell_of(row, at)) for at in range(len(columns.codes))]
    now = marker.of(key, cells)
    was = [digests[at : at + DIGITS] for at in range(0, len(digests), DIGITS)]
    differing = {code: text for code, text, a, b in zip(columns.codes, cells, now, was, strict=True) if a != b}
    number, _colon, version = key.partition(":")
    if "number" in differing:
        return problem_at(columns, row.number, "ledger_file.row_mixed", "number", number=number)
    return Changed(row.number, number, int(version), differing)
