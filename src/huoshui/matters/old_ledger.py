"""The file of an older ledger: its columns, a template, its rows read and held against the register."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext, gettext_noop

from huoshui.kernel import clock
from huoshui.kernel.access import require
from huoshui.kernel.batching import batches
from huoshui.kernel.errors import Problem, Refusal
from huoshui.kernel.fill_in import rows_filled_in, workbook_to_fill_in
from huoshui.kernel.tables import Cell, Row, column_at
from huoshui.kernel.wording import listed
from huoshui.matters.actions.opening import kind_or_refuse, text_problems
from huoshui.matters.actions.taking_over import OLDER, OldMatter, closing_step, require_verifying, take_over
from huoshui.matters.models import Matter
from huoshui.matters.schema import MatterKind
from huoshui.packs.schema import FieldDef
from huoshui.packs.values import EXPECTED, clean_values, day
from huoshui.places.models import Place

COLUMNS: dict[str, str] = {
    "key": gettext_noop("原编号"),
    "place": gettext_noop("地点"),
    "title": gettext_noop("事项"),
    "detail": gettext_noop("详情"),
    "severity": gettext_noop("严重程度"),
    "opened_on": gettext_noop("登记日期"),
    "closed_on": gettext_noop("办结日期"),
}
"""Headings by code of what every matter has; a file may use either."""
REQUIRED = ("key", "place", "title", "opened_on", "closed_on")
HINTS = {
    "key": gettext_noop("旧台账里的编号，不能重复；同一编号再传一次不会重复登记"),
    "place": gettext_noop("地点名称或代码"),
    "severity": gettext_noop("空着按最轻的"),
    "opened_on": gettext_noop("如 2017-04-02"),
    "closed_on": gettext_noop("如 2017-04-20；只收已经办结的"),
}
HEADER_WITHIN, WIDTH, MOST_LINES, LONGEST_KEY = 10, 20, 2_000, 120
"""Lines of one file: they are written together."""


@dataclass
class OldLedger:
    """What a file would register, or did; with problems nothing was written."""

    lines: list[OldMatter] = field(default_factory=list)
    """Those that are new."""
    known: int = 0
    """Rows whose number was taken over before."""
    problems: list[Problem] = field(default_factory=list)
    written: bool = False


def fields_of(kind: MatterKind) -> list[FieldDef]:
    """The fields that an older ledger can fill in: neither persons nor personal data."""
    return [known for known in kind.fields if known.type != "account" and not known.personal]


def headings(kind: MatterKind) -> dict[str, str]:
    """Headings by code."""
    own = {code: gettext(heading) for code, heading in COLUMNS.items()}
    return own | {known.code: str(known.name) for known in fields_of(kind)}


def needed(kind: MatterKind) -> list[str]:
    """Columns without which no row can be registered."""
    return [*REQUIRED, *(known.code for known in fields_of(kind) if known.required)]


def template(kind: MatterKind) -> bytes:
    """An empty workbook with the columns of a kind, and a line that says what belongs into each."""
    must = needed(kind)
    columns = (
        (heading, gettext(HINTS[code]) if code in HINTS else gettext("必填") if code in must else gettext("选填"))
        for code, heading in headings(kind).items()
    )
    return workbook_to_fill_in(gettext("旧台账"), columns, width=WIDTH)


def import_old_ledger(*, by: Any, kind: str, data: bytes, name: str, dry_run: bool = False) -> OldLedger:
    """Take over the matters of a qualified kind that an .xlsx or .csv file lists as ended; all rows or none.

    A row is known by its number in the file, so that the same file again changes nothing. Raises access.denied,
    matter.kind, matter.not_taken_over, old_ledger.too_many, and what ``read_rows`` raises.
    """
    version, definition = kind_or_refuse(kind)
    require(by, "matter.open", pack=version.pack)
    if closing_step(definition) is None:
        raise Refusal("matter.not_taken_over", field="kind", kind=str(definition.name))
    found = _Reading(by, kind, definition).read(_rows(data, name))
    if found.problems or dry_run or not found.lines:
        return found
    take_over(by=by, kind=kind, lines=found.lines, source=name)
    found.written = True
    return found


def _rows(data: bytes, name: str) -> list[Row]:
    """Rows without hints. Raises old_ledger.too_many: of a file that is longer, the rest is not read."""
    read = rows_filled_in(data, name, HEADER_WITHIN + MOST_LINES + 1)
    if len(read) > HEADER_WITHIN + MOST_LINES:
        raise Refusal("old_ledger.too_many", field="file", limit=MOST_LINES)
    return read


class _Reading:
    """The rows of a file as lines, each held against the kind, the places, and the reader's duties."""

    def __init__(self, by: Any, qualified: str, kind: MatterKind) -> None:
        self.by, self.qualified, self.kind = by, qualified, kind
        self.names, self.found = headings(kind), OldLedger()
        self.columns: dict[int, str] = {}
        self.header: Row | None = None
        self.places: dict[str, Place | None] = {}
        self._may: dict[Any, Refusal | None] = {}

    def read(self, rows: Sequence[Row]) -> OldLedger:
        """The lines that are new, and what is wrong."""
        must = set(needed(self.kind))
        at = next((n for n, row in enumerate(rows[:HEADER_WITHIN]) if must <= set(self._codes(row).values())), None)
        if at is None:
            names = listed(self.names[code] for code in needed(self.kind))
            self.found.problems.append(Problem("import.no_header", row=1, params={"names": names}))
            return self.found
        self.header, self.columns = rows[at], self._codes(rows[at])
        if not rows[at + 1 :]:
            self.found.problems.append(
                Problem("import.no_rows", row=rows[at].number, params={"header": rows[at].number})
            )
        self._read_places()
        self._read_lines(rows[at + 1 :])
        return self.found

    def _codes(self, row: Row) -> dict[int, str]:
        labels = {known.code: (known.name.zh, known.name.en) for known in self.kind.fields}
        by_name = {
            word: code
            for code, heading in self.names.items()
            for word in (code, heading, COLUMNS.get(code, ""), *labels.get(code, ()))
            if word
        }
        return {at: by_name[str(cell)] for at, cell in enumerate(row.cells) if str(cell) in by_name}

    def _read_places(self) -> None:
        """Those that the reader sees, by code, name or short name; None for a name that several have."""
        seen = Place.objects.visible_to(self.by)
        for place in seen.filter(kind__in=self.kind.place_kinds) if self.kind.place_kinds else seen:
            for word in {place.code, place.name, place.short_name}:
                self.places[word] = None if word in self.places else place

    def _read_lines(self, rows: Sequence[Row]) -> None:
        cells = [
            {code: row.cells[at] if at < len(row.cells) else "" for at, code in self.columns.items()} for row in rows
        ]
        keys = [str(one.get("key", "")).strip() for one in cells]
        taken = set[str]()
        there = Matter.objects.filter(kind=self.qualified, source_kind=OLDER)
        for some in batches(keys):
            taken |= set(there.filter(source_item__in=some).values_list("source_item", flat=True))
        first: dict[str, int] = {}
        for row, given, key in zip(rows, cells, keys, strict=True):
            if key in first:
                self._tell(row, [Problem("old_ledger.twice", "key", params={"key": key, "first": first[key]})])
            elif key in taken:
                self.found.known += 1
            else:
                self._read_line(row, given)
            first.setdefault(key, row.number)

    def _read_line(self, row: Row, cells: dict[str, Cell]) -> None:
        try:
            self.found.lines.append(self._line(cells))
        except Refusal as refusal:
            self._tell(row, refusal.problems)

    def _tell(self, row: Row, problems: Sequence[Problem]) -> None:
        where = {code: at for at, code in self.columns.items()}
        for problem in problems:
            problem.row = row.number
            if problem.field in where and self.header is not None:
                problem.column = column_at(self.header.cells, where[problem.field])
            self.found.problems.append(problem)

    def _line(self, cells: dict[str, Cell]) -> OldMatter:
        """One row. Raises all that is wrong with it."""
        text = {code: str(cell).strip() for code, cell in cells.items()}
        problems = [
            Problem("value.required", code, params={"label": self.names[code]})
            for code in REQUIRED
            if not text.get(code)
        ]
        if problems:
            raise Refusal.of(problems)
        problems += text_problems(self.kind, text["title"], text.get("detail", ""))
        if len(text["key"]) > LONGEST_KEY:
            params = {"label": self.names["key"], "length": len(text["key"]), "limit": LONGEST_KEY}
            problems.append(Problem("value.too_long", "key", params=params))
        own = {known.code for known in fields_of(self.kind)}
        given = {code: cell for code, cell in cells.items() if code in own and cell != ""}
        if problems:
            raise Refusal.of(problems)
        opened, closed = self._days(cells)
        return OldMatter(
            text["key"], self._place(text["place"]), text["title"], text.get("detail", ""),
            self._severity(text.get("severity", "")), opened, closed, clean_values(fields_of(self.kind), given),
        )  # fmt: skip

    def _place(self, word: str) -> Place:
        place = self.places.get(word)
        if place is None:
            raise Refusal("old_ledger.place", field="place", value=word)
        if place.pk not in self._may:
            self._may[place.pk] = self._refusal_at(place)
        refusal = self._may[place.pk]
        if refusal is not None:
            raise Refusal.of([Problem(one.code, "place", params=dict(one.params)) for one in refusal.problems])
        return place

    def _refusal_at(self, place: Place) -> Refusal | None:
        version, kind = kind_or_refuse(self.qualified)
        step = closing_step(kind)
        try:
            if step is not None:
                require_verifying(self.by, version, kind, step, place)
        except Refusal as refusal:
            return refusal
        return None

    def _severity(self, word: str) -> str:
        severities = self.kind.severities
        names = {text: known.code for known in severities for text in (known.code, known.name.zh, known.name.en)}
        if word and word not in names:
            known = listed(severity.name for severity in severities)
            raise Refusal("matter.severity", field="severity", severity=word, known=known)
        return names[word] if word else severities[0].code

    def _days(self, cells: dict[str, Cell]) -> tuple[dt.date, dt.date]:
        """The first day and the last; of what ended before today."""
        days = {}
        for code in ("opened_on", "closed_on"):
            found = day(cells[code])
            if found is None:
                value: dict[str, Any] = {"label": self.names[code], "value": cells[code], "expected": EXPECTED["date"]}
                raise Refusal("value.type", field=code, **value)
            days[code] = found
        if not days["opened_on"] <= days["closed_on"] <= clock.today():
            raise Refusal("old_ledger.days", field="closed_on", opened=days["opened_on"], closed=days["closed_on"])
        return days["opened_on"], days["closed_on"]
