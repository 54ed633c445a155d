"""Importing places from a workbook or CSV file: all rows or none, and the same file again changes nothing."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

from huoshui.kernel import clock, journal
from huoshui.kernel.access import require
from huoshui.kernel.actions import action, running_action
from huoshui.kernel.batching import batches
from huoshui.kernel.errors import Problem, Refusal
from huoshui.kernel.tables import read_rows
from huoshui.kernel.wording import listed
from huoshui.packs.queries import all_current
from huoshui.places import history
from huoshui.places.import_columns import REQUIRED, RowParser, column_name, find_header, resolve_columns
from huoshui.places.import_plan import PERMISSION, Plan, Planned, new_place, plan_rows
from huoshui.places.models import Place, PlaceAttribute, PlaceImport, PlaceParent
from huoshui.places.names import initials_of, short_name_of

Progress = Callable[[int], None]
PREVIEWED = 100
"""Rows of a report's preview."""


@dataclass
class ImportReport:
    """What an import did, or would do (``dry_run``); with problems nothing was written, and nothing is counted."""

    rows: int = 0
    """Rows below the header."""
    created: int = 0
    changed: int = 0
    unchanged: int = 0
    wrong: int = 0
    """Rows with problems."""
    dry_run: bool = False
    problems: list[Problem] = field(default_factory=list)
    plan: str = ""
    """SHA-256 over everything that would be written; empty where there are problems."""
    preview: list[Planned] = field(default_factory=list)
    """The first new and changed rows."""
    run: PlaceImport | None = None
    """The record of the import, once written."""

    @property
    def ok(self) -> bool:
        """Whether every row was sound."""
        return not self.problems

    def as_dict(self) -> dict[str, Any]:
        """The wire form."""
        counts = ("rows", "created", "changed", "unchanged", "wrong", "dry_run")
        problems = [problem.as_dict() for problem in self.problems]
        return {**{name: getattr(self, name) for name in counts}, "problems": problems}


@action("places.import")
def import_places(
    *,
    by: Any,
    data: bytes,
    name: str,
    dry_run: bool = False,
    agreed: str | None = None,
    progress: Progress | None = None,
) -> ImportReport:
    """Open and change places as the rows of an .xlsx or .csv file say.

    ``data`` is the file, ``name`` its name. The order of rows and columns is free. An empty cell of an optional
    column leaves what is registered. ``progress`` is told how many more rows were written. Every bad row is in
    the report's problems, by its number in the file; then nothing is written. ``agreed`` is the ``plan`` of a dry
    run that somebody has read: nothing else is written. Raises access.denied for whoever may import nowhere,
    import.plan_changed when the register moved since that dry run, and what ``read_rows`` raises.
    """
    require(by, PERMISSION)
    plan, report = _planned(by, data, name)
    report.dry_run = dry_run
    if agreed is not None and agreed != report.plan:
        raise Refusal("import.plan_changed")
    if report.problems or dry_run or not (report.created or report.changed):
        running_action().changed_nothing()
        return report
    _write(by, plan, progress)
    report.run = _journal_import(by, plan, report, data, name)
    return report


def _planned(by: Any, data: bytes, name: str) -> tuple[Plan, ImportReport]:
    report = ImportReport()
    rows = list(read_rows(data, name))
    at = find_header(rows)
    if at is None:
        names = listed(column_name(key) for key in REQUIRED)
        report.problems = [Problem("import.no_header", row=1, params={"names": names})]
        return Plan(), report
    kinds = all_current("place_kinds")
    header, rows = rows[at], rows[at + 1 :]
    if not rows:
        report.problems = [Problem("import.no_rows", row=header.number, params={"header": header.number})]
        return Plan(), report
    report.rows = len(rows)
    columns = resolve_columns(header, rows, kinds)
    if columns.problems:
        report.problems = columns.problems
        return Plan(), report
    parser = RowParser(columns, kinds)
    parsed = [row for row in map(parser.parse, rows) if row is not None]
    plan = plan_rows(by, parsed, kinds)
    own = [p for p in plan.problems if p.code != "import.parent_unknown" or p.params["code"] not in parser.unread]
    kind_of = {row.number: row.kind for row in parsed}
    for problem in own:
        problem.column = columns.named(problem.field, kind_of.get(problem.row or 0, ""))
    report.problems = sorted([*parser.problems, *own], key=lambda problem: problem.row or 0)
    report.wrong = len({problem.row for problem in report.problems})
    if report.ok:
        _count(report, plan)
    return plan, report


def _count(report: ImportReport, plan: Plan) -> None:
    report.created, report.changed = len(plan.created), len(plan.changed)
    report.unchanged = len(plan.planned) - report.created - report.changed
    report.preview = sorted([*plan.created, *plan.changed], key=lambda planned: planned.row.number)[:PREVIEWED]
    report.plan = plan.digest()


def _write(by: Any, plan: Plan, progress: Progress | None) -> None:
    """New places from the top down, then changes from the top down."""
    for some in batches(sorted(plan.created, key=_depth)):
        _create(plan, some)
        for planned in some:
            _journal_place(by, planned)
        if progress:
            progress(len(some))
    changed = sorted(plan.changed, key=_depth)
    if changed:
        pks = [planned.place.pk for planned in changed if planned.place]
        list(chain.from_iterable(Place.objects.select_for_update().filter(pk__in=b) for b in batches(pks)))
    for some in batches(changed):
        attributes = [
            (planned.place, code, value, planned.present.get(code))
            for planned in some
            for code, value in planned.attributes.items()
            if planned.place
        ]
        history.replace_attributes(attributes, clock.today())
        for planned in some:
            if planned.place:
                _change(plan, planned, planned.place)
            _journal_place(by, planned)
        if progress:
            progress(len(some))


def _depth(planned: Planned) -> int:
    return planned.path.count("/")


def _create(plan: Plan, some: list[Planned]) -> None:
    for planned in some:
        planned.place = new_place(planned, plan.existing.get(planned.row.parent))
        plan.existing[planned.row.code] = planned.place
    places = [planned.place for planned in some if planned.place]
    Place.objects.bulk_create(places)
    PlaceParent.objects.bulk_create(
        PlaceParent(place=place, parent=place.parent, since=place.opened_on) for place in places if place.parent
    )
    rows = [
        history.attribute_row(planned.place, code, value, planned.row.opened_on)
        for planned in some
        for code, value in planned.attributes.items()
        if planned.place and value is not None
    ]
    PlaceAttribute.objects.bulk_create(rows)


def _change(plan: Plan, planned: Planned, place: Place) -> None:
    row, today = planned.row, clock.today()
    fields = {*planned.after}
    if {"name", "kind"} & fields:
        history.rename(place, row.name, short_name_of(row.name), row.kind, today)
        place.initials = initials_of(place.short_name)
        fields |= {"short_name", "initials"}
    if "parent" in fields:
        history.put_under(place, plan.existing.get(row.parent), today)
        present = Place.objects.values_list("path", flat=True).get(pk=place.pk)
        history.move_paths(present, planned.path)
        place.path = planned.path
    for key in {"latitude", "longitude", "precision", "opened_on"} & fields:
        setattr(place, key, planned.after[key])
    place.save_next_version(*sorted(fields))


def _journal_place(by: Any, planned: Planned) -> None:
    if planned.place is None:
        raise RuntimeError("a planned row is journalled once its place is there")
    after = {**planned.after, **planned.attributes}
    journal.record(by=by, subject=planned.place, place=planned.place, before=planned.before, after=after)


def _journal_import(by: Any, plan: Plan, report: ImportReport, data: bytes, name: str) -> PlaceImport:
    touched = [planned.path for planned in plan.planned.values() if planned.differs]
    digest = hashlib.sha256(data).hexdigest()
    counts = {"rows": report.rows, "created": report.created, "changed": report.changed}
    run = PlaceImport.objects.create(
        name=name[:200], digest=digest, path=history.common_path(touched), by_label=by.label[:120], **counts
    )
    journal.record(by=by, subject=run, after={"file": name, "sha256": digest, **counts})
    return run
