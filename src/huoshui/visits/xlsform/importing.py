"""An XLSForm as a checklist: tried, everything that it cannot hold named, and exactly that published; or nothing."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from huoshui.kernel.access import require
from huoshui.kernel.errors import Problem, Refusal
from huoshui.kernel.journal.canonical import canonical
from huoshui.kernel.wording import listed
from huoshui.packs.actions import within_reach
from huoshui.packs.models import PackVersion
from huoshui.visits.exchange.importing import ChecklistImport, conclude
from huoshui.visits.exchange.source import Node, source_of
from huoshui.visits.schema import Checklist
from huoshui.visits.xlsform.build import Builder, Built
from huoshui.visits.xlsform.form import Form, read_form
from huoshui.visits.xlsform.items import code_of
from huoshui.visits.xlsform.notes import LEFT_OUT


@dataclass
class FormImport(ChecklistImport):
    """What an import of an XLSForm did, or would do; ``notes`` tell what is not held, or held otherwise."""

    notes: list[Problem] = field(default_factory=list)
    items: int = 0

    @property
    def left_out(self) -> list[Problem]:
        """Notes of what is not in the checklist."""
        return [note for note in self.notes if note.code in LEFT_OUT]

    @property
    def otherwise(self) -> list[Problem]:
        """Notes of what is there in another form."""
        return [note for note in self.notes if note.code not in LEFT_OUT]

    @property
    def plan(self) -> str:
        """Also over the notes: they are agreed to as well."""
        if not super().plan:
            return ""
        said = [[note.code, note.row or 0, note.where] for note in self.notes]
        return hashlib.sha256(canonical([super().plan, said]).encode()).hexdigest()


def import_form(
    *,
    by: Any,
    pack: str,
    data: bytes,
    name: str,
    into: str = "",
    place_kinds: list[str] | None = None,
    dry_run: bool = False,
    agreed: str | None = None,
) -> FormImport:
    """Publish an XLSForm as a checklist of a pack: a new one, or ``into`` the one of this code, in its place.

    ``place_kinds``: for a new one, the kinds of place; else the form's settings name them (huoshui::place_kinds).
    What a form cannot say of items that stand already (points without such a column, standards, failing, what they
    open, rules, adjustments) stays. ``agreed`` is the ``plan`` of a dry run that somebody has read. Raises
    access.denied, access.not_found, import.plan_changed, xlsform.not_accepted, and what ``read_book`` raises.
    """
    require(by, "checklist.edit", pack=pack)
    current = PackVersion.objects.filter(pack=pack, current=True).first()
    if current is None:
        raise Refusal("access.not_found")
    checklists: dict[str, Checklist] = current.section("checklists") if "checklists" in current.content else {}
    if into and into not in checklists:
        raise Refusal("access.not_found")
    report = FormImport(pack, into, current.number, dry_run, before=checklists.get(into))
    form = read_form(data, name)
    report.code = into or _code(form)
    if not into and report.code in checklists:
        params = {"code": report.code, "name": checklists[report.code].name}
        report.problems.append(Problem("xlsform.code_taken", "into", params=params))
        return report
    kinds = list(checklists[into].place_kinds) if into else _place_kinds(report, form, place_kinds or [], current)
    built = Builder(form, source_of(checklists[into]) if into else None, report.code, kinds).run()
    report.notes, report.problems = built.notes.in_order(), report.problems + built.notes.refused
    report.items = len(built.rows)
    if report.ok:
        _conclude(report, by, built, form, agreed)
    return report


def _conclude(report: FormImport, by: Any, built: Built, form: Form, agreed: str | None) -> None:
    conclude(report, by, built.definition, agreed)
    for problem in report.problems:
        row = next((row for code, row in built.rows.items() if f".items.{code}" in problem.field), None)
        if row:
            problem.row, problem.column = row, form.where("survey", row, "type")


def _code(form: Form) -> str:
    return code_of(str(form.json.get("id_string") or ""), str(form.json.get("title") or "form"), "checklist", set())


def _place_kinds(report: FormImport, form: Form, given: list[str], current: PackVersion) -> list[str]:
    """The kinds of place that were chosen, or that the form's settings name."""
    known: Node = within_reach(current).definitions.get("place_kinds", {})
    cell = next((cell for row in _rows(form) if (cell := form.own("settings", row, "place_kinds"))), None)
    wanted = given or (cell.text.replace("，", ",").replace("、", ",").split(",") if cell else [])
    by_name = {str(kind.name.zh): code for code, kind in known.items() if "." not in code}
    found = [by_name.get(text.strip(), text.strip()) for text in wanted]
    unknown = [code for code in found if code not in known]
    if not found:
        report.problems.append(Problem("xlsform.place_kinds", "place_kinds"))
    elif unknown:
        named = {"label": _("用于哪种地点"), "value": listed(unknown), "choices": listed(by_name)}
        report.problems.append(Problem("value.choice", "place_kinds", params=named))
    return found


def _rows(form: Form) -> list[int]:
    return [row for sheet, row in form.cells if sheet == "settings"]
