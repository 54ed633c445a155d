"""Figures out of a file with its source: tried first, all rows or none, and the same file counts once.

They are approved by somebody else before they count, and stand beside what units report and what records say.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.utils.translation import gettext as _

from huoshui.figures.queries import get_period, indicators
from huoshui.figures.reporting.models import Filing, FilingStep, Observation
from huoshui.figures.reporting.values import Value, quotient, read_value, told
from huoshui.figures.schema import Indicator
from huoshui.figures.succession import counted_instead, told_as
from huoshui.kernel import clock, journal
from huoshui.kernel.access import path_condition, require
from huoshui.kernel.actions import action
from huoshui.kernel.errors import Problem, Refusal
from huoshui.kernel.periods import Period
from huoshui.kernel.tables import Row, column_at, read_rows
from huoshui.kernel.wording import listed
from huoshui.packs.units import unit_word
from huoshui.places.models import Place

MOST_ROWS = 20_000
LONGEST_SOURCE = 200
COLUMNS: dict[str, tuple[str, ...]] = {
    "indicator": ("指标", "指标名称", "indicator", "indicator_zh"),
    "place": ("地点", "单位", "place"),
    "period": ("期间", "年度", "period"),
    "value": ("值", "数值", "value"),
    "op": ("关系", "op"),
    "unit": ("计量单位", "unit"),
    "note": ("备注", "说明", "note"),
}
"""Headings that are understood, by column."""
NEEDED = ("indicator", "place", "period", "value")


@dataclass(frozen=True)
class FigureRow:
    """One figure as a file says it; ``number``: its row, counted from 1."""

    number: int
    indicator: Indicator
    place: Place
    period: Period
    value: Value
    note: str = ""

    @property
    def shown(self) -> str:
        """The value in words."""
        exact = quotient(self.value.numerator, self.value.denominator, self.indicator)
        return "—" if exact is None else told(exact, self.indicator, self.value.bound)


@dataclass
class FigureImport:
    """What a file would bring, or brought; with problems nothing was written."""

    rows: list[FigureRow] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    filing: Filing | None = None


def import_figures(
    *, by: Any, data: bytes, name: str, place: Place, source: str, dry_run: bool = False
) -> FigureImport:
    """Take over the figures of an .xlsx or .csv file at a place and below it, from a named source; all or none.

    Raises access.denied, figure.imported_already, figure.rows_missing, value.required (the source), and what
    ``read_rows`` raises; what is wrong with single rows is told in the report.
    """
    require(by, "figure.import", path=place.path)
    named_source(source)
    sha256 = hashlib.sha256(data).hexdigest()
    require_new(sha256, place)
    report = read_figures(data, name, place)
    if report.problems or dry_run:
        return report
    report.filing = take_figures(
        by=by, rows=report.rows, place=place, source=source, file_name=name, file_sha256=sha256
    )
    return report


def named_source(source: str) -> str:
    """A source as it is kept. Raises value.required."""
    found = source.strip()[:LONGEST_SOURCE]
    if not found:
        raise Refusal("value.required", field="source", label=_("来源"))
    return found


def require_new(sha256: str, place: Place) -> None:
    """Raise figure.imported_already for a file that was taken over at a place before."""
    before = Filing.objects.filter(file_sha256=sha256, place=place).first()
    if before is not None:
        raise Refusal("figure.imported_already", field="file", day=clock.local_date(before.created_at))


def read_figures(data: bytes, name: str, place: Place) -> FigureImport:
    """The figures of a file, each in words of this register, and what is wrong with its rows."""
    lines = read_rows(data, name)
    heading = next(lines, None)
    if heading is None:
        raise Refusal("file.empty", field="file", name=name)
    at = _columns(heading)
    words, report = Words(place), FigureImport()
    for count, line in enumerate(lines, start=1):
        if count > MOST_ROWS:
            raise Refusal("figure.too_many_rows", field="file", limit=MOST_ROWS)
        _read_line(line, at, heading, words, report)
    report.problems += twice(report.rows)
    return report


def _columns(heading: Row) -> dict[str, int]:
    texts = [str(cell).strip().lower() for cell in heading.cells]
    at = {
        column: texts.index(word)
        for column, known in COLUMNS.items()
        if (word := next((one for one in known if one in texts), None))
    }
    lacking = [COLUMNS[column][0] for column in NEEDED if column not in at]
    if lacking:
        raise Refusal("figure.rows_missing", field="file", names=listed(lacking))
    return at


def _read_line(line: Row, at: dict[str, int], heading: Row, words: Words, report: FigureImport) -> None:
    def text(column: str) -> str:
        position = at.get(column, len(line.cells))
        return str(line.cells[position]).strip() if position < len(line.cells) else ""

    def of(column: str, read: Callable[[], Any]) -> Any:
        """What a cell says; None, and a problem, where it cannot be read."""
        try:
            return read()
        except Refusal as refusal:
            for problem in refusal.problems:
                problem.row, problem.field = line.number, column
                problem.column = column_at(heading.cells, at[column])
                report.problems.append(problem)
            return None

    indicator = of("indicator", lambda: words.indicator(text("indicator")))
    place = of("place", lambda: words.place(text("place")))
    if indicator is None:
        return
    if text("unit"):
        of("unit", lambda: _require_unit(indicator, text("unit")))
    period = of("period", lambda: get_period(indicator, text("period")))
    value = of("value", lambda: read_value(text("op") + text("value"), indicator))
    if place is not None and period is not None and value is not None:
        report.rows.append(FigureRow(line.number, indicator, place, period, value, text("note")[:300]))


def _require_unit(indicator: Indicator, text: str) -> None:
    if text not in (indicator.unit, unit_word(indicator.unit)):
        raise Refusal("figure.unit", field="unit", value=text, name=str(indicator.name), unit=unit_word(indicator.unit))


def twice(rows: Sequence[FigureRow]) -> list[Problem]:
    """A problem for each row that says a figure which another said before it."""
    seen: dict[tuple[str, Any, str], int] = {}
    found: list[Problem] = []
    for row in rows:
        key = (told_as(row.indicator.qualified), row.place.pk, row.period.code)
        if key in seen:
            name = f"{row.indicator.name} {row.place.short_name} {row.period.name}"
            words = {"row": row.number, "other": seen[key], "name": name}
            found.append(Problem("figure.twice_in_file", "indicator", row.number, words))
        seen.setdefault(key, row.number)
    return found


class Words:
    """What the words of a file stand for: indicators by code or name, places at and below one by code or name."""

    def __init__(self, place: Place) -> None:
        self._top = place

    @cached_property
    def _indicators(self) -> dict[str, Indicator]:
        found: dict[str, Indicator] = {}
        counted = counted_instead()

        def asked_last(code: str, one: Indicator) -> tuple[bool, bool]:
            also_counted, ends = code in counted, bool(one.valid and one.valid.until)
            return also_counted and ends, not also_counted

        # A name that both have is that of the reported one as long as it is asked for, then of the one that counts it.
        for code, one in sorted(indicators().items(), key=lambda pair: asked_last(*pair)):
            for word in (code, one.name.zh, one.name.en):
                found.setdefault(word, one)
        return found

    @cached_property
    def _places(self) -> dict[str, list[Place]]:
        found: dict[str, list[Place]] = {}
        for place in Place.objects.filter(path_condition("path", self._top.path)).order_by("path"):
            for word in {place.code, place.name, place.short_name}:
                found.setdefault(word, []).append(place)
        return found

    def indicator(self, word: str) -> Indicator:
        """Raises figure.unknown."""
        found = self._indicators.get(word)
        if found is None:
            raise Refusal("figure.unknown", field="indicator", name=word or "—")
        return found

    def place(self, word: str) -> Place:
        """Raises figure.place_unknown, or figure.place_ambiguous for a name that several places have."""
        found = self._places.get(word, [])
        if len(found) > 1:
            codes = listed(place.code for place in found)
            raise Refusal("figure.place_ambiguous", field="place", value=word, count=len(found), codes=codes)
        if not found:
            raise _unknown_place(word or "—", self._top)
        return found[0]


def _unknown_place(word: str, top: Place) -> Refusal:
    example = listed([top.code, top.short_name])
    return Refusal("figure.place_unknown", field="place", value=word, example=example)


@action("figures.take")
def take_figures(
    *, by: Any, rows: Sequence[FigureRow], place: Place, source: str, file_name: str, file_sha256: str
) -> Filing:
    """Keep figures that a source says, submitted for the approval of somebody else.

    Raises access.denied, value.required (the source), figure.place_unknown for a row that lies elsewhere,
    figure.twice_in_file or figure.imported_already.
    """
    require(by, "figure.import", path=place.path)
    for pack in sorted({row.indicator.qualified.partition(".")[0] for row in rows}):
        require(by, "figure.import", path=place.path, pack=pack)
    source = named_source(source)
    require_new(file_sha256, place)
    outside = [row for row in rows if not row.place.path.startswith(place.path)]
    if outside:
        raise _unknown_place(outside[0].place.short_name, place)
    if problems := twice(rows):
        raise Refusal.of(problems)
    filing = Filing.objects.create(
        place=place, source=source, file_name=file_name[:200], file_sha256=file_sha256, state=Filing.State.SUBMITTED
    )
    Observation.objects.bulk_create([_observation(filing, row) for row in rows], batch_size=500)
    FilingStep.objects.create(
        filing=filing, verb=FilingStep.Verb.SUBMIT, by=by, unit=by.unit_id, on=clock.today(), note=source
    )
    after = {"source": source, "file": file_name, "sha256": file_sha256, "rows": len(rows)}
    journal.record(by=by, subject=filing, place=place, after=after)
    return filing


def _observation(filing: Filing, row: FigureRow) -> Observation:
    return Observation(
        filing=filing,
        indicator=row.indicator.qualified,
        place=row.place,
        period=row.period.code,
        first=row.period.first,
        last=row.period.last,
        numerator=row.value.numerator,
        denominator=row.value.denominator,
        bound=row.value.bound,
        parts_known=row.value.parts_known,
        note=row.note,
    )
