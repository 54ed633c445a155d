"""An edited workbook brought back: tried, its changes read, and exactly that published; or nothing."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from huoshui.kernel.access import require
from huoshui.kernel.errors import Problem, Refusal
from huoshui.kernel.journal.canonical import canonical
from huoshui.kernel.workbooks import read_book
from huoshui.packs.actions import PackRefused, within_reach
from huoshui.packs.models import PackVersion
from huoshui.visits.actions import check_checklist, edit_checklist
from huoshui.visits.exchange import layout
from huoshui.visits.exchange.cells import Read
from huoshui.visits.exchange.layout import ADJUSTMENTS, HEAD, ITEMS, SECTIONS
from huoshui.visits.exchange.reading import Reader, marks_of
from huoshui.visits.exchange.rows import head_of, rows_of
from huoshui.visits.exchange.source import Node, as_it_was, source_of, tidied
from huoshui.visits.exchange.words import Vocabulary, vocabulary
from huoshui.visits.merge import merge_checklists
from huoshui.visits.queries import used_codes
from huoshui.visits.schema import Checklist

FINDING = re.compile(r"^(?:sections\.[^.]+\.)?items\.([^.]+)(?:\.scoring\.options\.([^.]+))?\.?(.*)$")
KEYS = {
    "constraint_message": "message.zh",
    "relevant": "relevant",
    "prefill_from": "prefill",
    "fails_below": "fails_below",
    "opens": "opens",
    "evidence": "photos",
}
CHOICES_KEYS = {"at_least": "fewest", "at_most": "most", "options": "how", "": "how", "type": "how"}
SCORING_KEYS = {"at_least": "limit", "at_most": "limit", "options": "how", "": "how", "type": "how"}


@dataclass
class ChecklistImport:
    """What an import published, or would publish; with problems nothing was written."""

    pack: str
    code: str
    seen: str
    """The version that was current."""
    dry_run: bool = False
    problems: list[Problem] = field(default_factory=list)
    number: str = ""
    """The version that was, or would be, published; "" when nothing changes."""
    before: Checklist | None = None
    after: Checklist | None = None

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong."""
        return not self.problems

    @property
    def changes(self) -> bool:
        """Whether there is, or was, something to publish."""
        return self.ok and bool(self.number)

    @property
    def plan(self) -> str:
        """What somebody agrees to who has read the trial: SHA-256 over what would stand; "" with problems."""
        if not self.ok or self.after is None:
            return ""
        return hashlib.sha256(canonical([self.pack, self.seen, source_of(self.after)]).encode()).hexdigest()


def import_checklist(
    *, by: Any, pack: str, code: str, data: bytes, name: str, dry_run: bool = False, agreed: str | None = None
) -> ChecklistImport:
    """Publish what an exported workbook says that was edited in Excel or WPS: all of it, or nothing.

    What was published since the export is kept; where both changed the same, that is a problem with both values. The
    same file again changes nothing. ``agreed`` is the ``plan`` of a dry run that somebody has read. Raises
    access.denied, access.not_found, import.plan_changed, pack.unreadable, and what ``read_book`` raises.
    """
    require(by, "checklist.edit", pack=pack)
    current = PackVersion.objects.filter(pack=pack, current=True).first()
    theirs: Checklist | None = current.section("checklists").get(code) if current else None
    if current is None or theirs is None:
        raise Refusal("access.not_found")
    report = ChecklistImport(pack, code, current.number, dry_run, before=theirs)
    book = read_book(data, name)
    base = _base(report, marks_of(book), name)
    if base is None:
        return report
    stood = tidied(source_of(base))
    now = tidied(source_of(theirs))
    words = vocabulary(within_reach(current), stood, now)
    read = Reader(book, words, used_codes(pack, code), stood, now).run()
    report.problems = read.problems
    if read.definition and report.ok:
        definition = _brought_together(report, read, words, stood, now)
        if report.ok:
            conclude(report, by, as_it_was(definition, source_of(theirs)), agreed, read)
    report.problems.sort(key=lambda problem: (problem.where.partition("，")[0], problem.row or 0))
    return report


def _base(report: ChecklistImport, marks: dict[str, str], name: str) -> Checklist | None:
    """The checklist as it was exported; None, with a problem, for any other file."""
    if marks.get("format") != layout.FORMAT:
        report.problems = [Problem("checklist_file.no_marks", "file", params={"name": name})]
        return None
    if (marks.get("pack"), marks.get("checklist")) != (report.pack, report.code):
        other = f"{marks.get('pack')}.{marks.get('checklist')}"
        report.problems = [Problem("checklist_file.other", "file", params={"other": other})]
        return None
    version = PackVersion.objects.filter(pack=report.pack, number=marks.get("version", "")).first()
    base: Checklist | None = version.section("checklists").get(report.code) if version else None
    if base is None:
        number = marks.get("version", "")
        report.problems = [Problem("checklist_file.version_gone", "file", params={"number": number})]
    return base


def _brought_together(report: ChecklistImport, read: Read, words: Vocabulary, stood: Node, now: Node) -> Node:
    """What the file changed, on what is published now; every conflict becomes a problem."""
    mine = read.definition
    try:
        Checklist.model_validate(mine)
    except ValueError:
        return mine  # the pack's check names what is wrong
    mine = tidied(source_of(Checklist.model_validate(mine)))
    if mine == stood:
        return now
    merged = merge_checklists(deepcopy(stood), deepcopy(mine), deepcopy(now))
    for name in merged.contested:
        report.problems += _conflicts(read, words, name, mine, now)
    return merged.definition


def _conflicts(read: Read, words: Vocabulary, name: str, mine: Node, now: Node) -> Iterator[Problem]:
    """Both values of each cell of a part that both sides changed; the whole row where one of them removed it."""
    sheet = {"head": HEAD, "sections": SECTIONS, "items": ITEMS, "adjustments": ADJUSTMENTS}[name.partition(".")[0]]
    code = name.partition(".")[2]
    my, their = (_row(definition, sheet, code, words) for definition in (mine, now))
    line = read.lines.get(name)
    row = line.number if line and sheet != HEAD else None
    if my is None or their is None:
        gone = {"name": (my or their or {}).get("name.zh", code), "mine": _said(my), "theirs": _said(their)}
        yield Problem("checklist_file.conflict", "file", row, gone, read.where(sheet, "name.zh"))
        return
    different = [key for key in dict.fromkeys([*my, *their]) if my.get(key) != their.get(key)]
    for key in different or ["how"]:
        both = {"name": my["name.zh"], "mine": my.get(key, "—"), "theirs": their.get(key, "—")}
        at = read.head_rows.get(key) if sheet == HEAD else row
        yield Problem("checklist_file.conflict", "file", at, both, read.where(sheet, key))


def _said(row: dict[str, str] | None) -> str:
    return _("已去掉") if row is None else _("保留")


def _row(definition: Node, sheet: str, code: str, words: Vocabulary) -> dict[str, str] | None:
    if sheet == HEAD:
        return head_of(definition, words)
    rows = rows_of(definition, words)
    found = next((row for row in rows[sheet] if row["code"] == code), None)
    if found is None or sheet != ITEMS:
        return found
    grades = next(
        i["scoring"].get("options", []) for s in definition["sections"] for i in s["items"] if i["code"] == code
    )
    told = "；".join(
        " ".join([option["name"]["zh"], *([option["points"]] if "points" in option else [])]) for option in grades
    )
    return {**found, "how": f"{found['how']}：{told}" if told else found["how"]}


def conclude(report: ChecklistImport, by: Any, definition: Node, agreed: str | None, read: Read | None = None) -> None:
    """Try or publish a definition, unless it says what is published already.

    ``read``: the workbook in which the pack's findings are to be shown. Raises import.plan_changed.
    """
    given = {"by": by, "pack": report.pack, "definition": definition, "seen_number": report.seen}
    try:
        report.after = Checklist.model_validate(definition)
    except ValueError:
        report.after = None  # the pack's check names what is wrong
    if report.after is not None and report.after == report.before:
        return
    if agreed is not None and report.plan != agreed:
        raise Refusal("import.plan_changed")
    try:
        if report.dry_run:
            report.number = check_checklist(**given) or ""
        else:
            version = edit_checklist(**given)
            report.number = version.number if version.number != report.seen else ""
    except PackRefused as refused:
        report.problems = [_placed(problem, report.code, read) for problem in refused.problems]


def _placed(problem: Problem, code: str, read: Read | None) -> Problem:
    """A finding of the pack's check at the cell that it is about."""
    if read is None:
        return problem
    at = problem.field.removeprefix(f"{code}.")
    items = [item for section in read.definition.get("sections", []) for item in section["items"]]
    name, sheet, key = _cell_of(at, {item["code"] for item in items if item["scoring"]["type"] == "choices"})
    line = read.lines.get(name)
    row = read.head_rows.get(key) if sheet == HEAD else line.number if line else None
    return Problem(problem.code, "file", row, problem.params, read.where(line.sheet if line else sheet, key))


def _cell_of(at: str, many: set[str]) -> tuple[str, str, str]:
    """The part, the sheet and the column that a path in the definition is about; ``many``: items of choices."""
    found = FINDING.match(at)
    if found:
        item, option, rest = found[1], found[2], found[3]
        if option:
            return f"items.{item}.options.{option}", layout.GRADES, rest or "points"
        first, _dot, last = rest.partition(".")
        if first == "scoring":
            last = last.rpartition(".")[2]
            return (
                f"items.{item}",
                ITEMS,
                (CHOICES_KEYS if item in many else SCORING_KEYS).get(last, last),
            )
        return f"items.{item}", ITEMS, KEYS.get(first, first) or "name.zh"
    parts = at.split(".")
    sheet = {"sections": SECTIONS, "adjustments": ADJUSTMENTS}.get(parts[0], HEAD)
    if sheet == HEAD:
        return "head", HEAD, parts[-1]
    return ".".join(parts[:2]), sheet, parts[-1] if len(parts) > 2 else "name.zh"
