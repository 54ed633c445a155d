"""An exported ledger read in again: each changed cell becomes the action of whoever brings it, all of them or none."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from huoshui.duties.models import Account
from huoshui.kernel.errors import Problem, Refusal
from huoshui.kernel.tables import read_rows
from huoshui.kernel.trials import MOST_AT_ONCE, NotAll, Outcome, Told, Trial, done, tried
from huoshui.kernel.wording import listed
from huoshui.matters import actions, permits
from huoshui.matters.columns import COLUMN_NAMES
from huoshui.matters.ledger_file import Changed, changed_rows, column_problems, columns_of_file, named, problem_at
from huoshui.matters.ledger_marks import MarkedColumns, plain
from huoshui.matters.models import Matter
from huoshui.matters.queries.ledger import ledger_rows
from huoshui.matters.schema import OWNER, LedgerColumn
from huoshui.matters.telling import told
from huoshui.packs.schema import Text


@dataclass
class LedgerImport:
    """What an import did, or would do (``dry_run``); with problems nothing was written."""

    rows: int = 0
    dry_run: bool = False
    problems: list[Problem] = field(default_factory=list)
    trial: Trial[ImportRow] = field(default_factory=lambda: Trial([]))
    untouched: int = 0
    """Rows of which nothing was changed in the file."""

    @property
    def ok(self) -> bool:
        """Whether every row was sound."""
        return not self.problems

    @property
    def changed(self) -> list[Outcome[ImportRow]]:
        """Rows that are written, each with its changes."""
        return self.trial.possible

    @property
    def unchanged(self) -> int:
        """Rows that say what is registered already."""
        return self.untouched + len(self.trial.unchanged)

    @property
    def wrong(self) -> int:
        """Rows with problems."""
        return len({problem.row for problem in self.problems if problem.row is not None})

    @property
    def plan(self) -> str:
        """What somebody agrees to who has read the trial; "" where there are problems."""
        return self.trial.digest if self.ok else ""

    def as_dict(self) -> dict[str, Any]:
        """The wire form."""
        changes = [
            {
                "row": outcome.row.changed.row,
                "number": outcome.row.key,
                "changes": [{"label": c.label, "before": c.before, "after": c.after} for c in outcome.changes],
            }
            for outcome in self.changed
        ]
        return {
            "rows": self.rows,
            "changed": len(changes),
            "unchanged": self.unchanged,
            "wrong": self.wrong,
            "dry_run": self.dry_run,
            "plan": self.plan,
            "changes": changes,
            "problems": [problem.as_dict() for problem in self.problems],
        }


@dataclass(frozen=True)
class ImportRow:
    """The actions of one changed row, in the version that was exported."""

    by: Any
    matter: Matter
    changed: Changed
    columns: MarkedColumns
    present: dict[str, str]
    """What the register says in the changed columns now."""

    @property
    def key(self) -> str:
        return self.changed.number

    @cached_property
    def wishes(self) -> dict[str, str]:
        """What is to be changed, by field: of the changed cells those that say something else than the register."""
        kind = self.matter.definition
        wanted = {code: text for code, text in self.changed.cells.items() if text != self.present[code]}
        return {permits.field_of_column(kind, code): text for code, text in wanted.items()}

    def told(self) -> Told:
        return told(self.matter)

    def act(self) -> None:
        """Raises record.stale when the matter moved on, matter.person_*, and what the actions raise."""
        if not self.wishes:
            return
        self.matter.require_version(self.changed.version)
        matter, kind = self.matter, self.matter.definition
        accounts = {known.code for known in kind.fields if known.type == "account"}
        fields = {
            code: _person(matter, code, text).username if code in accounts and text else text
            for code, text in self.wishes.items()
            if code != OWNER
        }
        seen = self.changed.version
        if fields:
            matter = actions.edit_fields(by=self.by, matter=matter, values=fields, seen_version=seen)
            seen = matter.version
        if OWNER in self.wishes:
            owner = _person(matter, OWNER, self.wishes[OWNER])
            actions.assign(by=self.by, matter=matter, owner=owner, seen_version=seen)

    def problems(self, refusal: Refusal) -> Iterator[Problem]:
        """A refusal with row and column; a conflict for each changed cell, with both values."""
        if refusal.code == "record.stale":
            for code, mine in self.changed.cells.items():
                if mine != self.present[code]:
                    both = {"mine": mine or "—", "theirs": self.present[code] or "—", "number": self.key}
                    yield problem_at(self.columns, self.changed.row, "ledger_file.conflict", code, **both)
            return
        kind = self.matter.definition
        column_of = {permits.field_of_column(kind, code): code for code in self.changed.cells}
        for problem in refusal.problems:
            code = column_of.get(problem.field, next(iter(self.changed.cells)))
            problem.row, problem.column = self.changed.row, named(self.columns, code)
            yield problem


def _person(matter: Matter, code: str, text: str) -> Account:
    """Whoever can answer for the matter and has this title or username."""
    labels = {known.code: known.name for known in matter.definition.fields}
    label = labels.get(code, COLUMN_NAMES[OWNER])
    found = [person for person in permits.people_for(matter) if text in (person.title, person.username)]
    if not text:
        raise Refusal("value.required", field=code, label=label)
    if len(found) != 1:
        rule = "ledger_file.person_several" if found else "matter.person_unknown"
        raise Refusal(rule, field=code, label=label, value=text, names=listed(p.username for p in found))
    return found[0]


def import_ledger(*, by: Any, data: bytes, name: str, dry_run: bool = False, agreed: str | None = None) -> LedgerImport:
    """Change matters as an exported ledger says that was edited in Excel or WPS: all rows, or none.

    ``data`` is the file, ``name`` its name. Every bad row is in the report's problems; then nothing is written. The
    same file again changes nothing. ``agreed`` is the ``plan`` of a dry run that somebody has read. Raises
    import.plan_changed when something else would be written now, bulk.too_many, and what ``read_rows`` raises.
    """
    report = LedgerImport(dry_run=dry_run)
    rows = list(read_rows(data, name))
    columns = columns_of_file(rows)
    if columns is None:
        report.problems = [Problem("ledger_file.no_marks", "file", params={"name": name})]
        return report
    rows = [row for row in rows if row.number > columns.header.number]
    report.rows = len(rows)
    report.problems = list(column_problems(columns))
    if report.problems:
        return report
    changed, report.problems = changed_rows(by, columns, rows)
    report.untouched = len(rows) - len(changed) - report.wrong
    if len(changed) > MOST_AT_ONCE:
        raise Refusal("bulk.too_many", count=len(changed), limit=MOST_AT_ONCE)
    wanted = _import_rows(by, columns, changed, report)
    report.trial = _run(wanted, dry_run or bool(report.problems), agreed)
    for outcome in report.trial.refused:
        if outcome.refusal:
            report.problems += outcome.row.problems(outcome.refusal)
    report.problems.sort(key=lambda problem: problem.row or 0)
    return report


def _run(rows: list[ImportRow], trying: bool, agreed: str | None) -> Trial[ImportRow]:
    if trying:
        trial = tried(rows)
        if agreed is not None and trial.digest != agreed:
            raise Refusal("import.plan_changed")
        return trial
    try:
        return done(rows, agreed=agreed)
    except NotAll as refused:
        return refused.trial


def _import_rows(by: Any, columns: MarkedColumns, changed: Sequence[Changed], report: LedgerImport) -> list[ImportRow]:
    """The rows to act on; a changed cell of a column that shows what follows from others is a problem."""
    by_number = {found.number: found for found in changed}
    matters = Matter.objects.visible_to(by).filter(number__in=by_number).order_by("number")
    asked = [LedgerColumn(column=code, name=Text(zh=code, en=code)) for code in columns.codes]
    rows = []
    for shown in ledger_rows(list(matters.values_list("pk", flat=True)), asked):
        found = by_number[shown.matter.number]
        present = {code: plain(cell) for code, cell in zip(columns.codes, shown.cells, strict=True)}
        fixed = [
            code
            for code, text in found.cells.items()
            if text != present[code] and not permits.field_of_column(shown.matter.definition, code)
        ]
        report.problems += [
            problem_at(columns, found.row, "ledger_file.column_fixed", code, value=found.cells[code]) for code in fixed
        ]
        if not fixed:
            cells = {c: t for c, t in found.cells.items() if permits.field_of_column(shown.matter.definition, c)}
            rows.append(ImportRow(by, shown.matter, replace(found, cells=cells), columns, present))
    return rows
