"""A question list as a survey: tried, every fault and change named, and exactly that published; or nothing."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from huoshui.kernel import clock
from huoshui.kernel.access import require
from huoshui.kernel.errors import Problem, Refusal
from huoshui.kernel.journal.canonical import canonical
from huoshui.kernel.wording import listed
from huoshui.packs.actions import within_reach
from huoshui.packs.models import PackVersion
from huoshui.visits.codes import make_code
from huoshui.visits.exchange.importing import ChecklistImport, conclude
from huoshui.visits.exchange.source import Node
from huoshui.visits.question_list.conditions import Earlier, condition_of
from huoshui.visits.question_list.reading import QuestionList, Row, read_questions
from huoshui.visits.question_list.words import DECIMALS, UNIT
from huoshui.visits.question_types import LONGEST_TEXT
from huoshui.visits.schema import Checklist

SHORT_TEXT = 200


@dataclass(frozen=True)
class Wanted:
    """What the file does not say: the survey's name, of which kinds of place, who answers, until when."""

    name: str
    place_kinds: Sequence[str]
    roles: Sequence[str]
    until: dt.date | None = None


@dataclass
class QuestionListImport(ChecklistImport):
    """What a question list published, or would; ``notes`` tell what is taken otherwise than somebody may think."""

    notes: list[Problem] = field(default_factory=list)
    items: int = 0

    @property
    def plan(self) -> str:
        """Also over the notes: they are agreed to as well."""
        if not super().plan:
            return ""
        said = [[note.code, note.row or 0] for note in self.notes]
        return hashlib.sha256(canonical([super().plan, said]).encode()).hexdigest()


def import_questions(
    *, by: Any, pack: str, wanted: Wanted, data: bytes, name: str, dry_run: bool = False, agreed: str | None = None
) -> QuestionListImport:
    """Publish a question list (.xlsx) as a new survey of a pack.

    ``agreed`` is the ``plan`` of a dry run that somebody has read. Raises access.denied, access.not_found (pack),
    import.plan_changed, and what ``read_book`` raises; everything else that is wrong is among the problems.
    """
    require(by, "checklist.edit", pack=pack)
    current = PackVersion.objects.filter(pack=pack, current=True).first()
    if current is None:
        raise Refusal("access.not_found")
    checklists: dict[str, Checklist] = current.section("checklists") if "checklists" in current.content else {}
    report = QuestionListImport(pack, "", current.number, dry_run)
    report.problems = _problems_of(wanted, current, checklists)
    read = read_questions(data, name)
    made = _Making(read, make_code(wanted.name, "survey", set(checklists)))
    definition = made.definition(wanted)
    report.code, report.items, report.notes = made.code, len(read.rows), made.notes
    report.problems += read.problems
    if report.ok:
        conclude(report, by, definition, agreed)
        for problem in report.problems:
            row = next((row for code, row in made.rows.items() if f".items.{code}" in problem.field), None)
            if row:
                problem.row, problem.column = row, read.where("question")
    return report


def _problems_of(wanted: Wanted, current: PackVersion, checklists: dict[str, Checklist]) -> list[Problem]:
    known = within_reach(current)
    found = [
        Problem("value.required", key, params={"label": label})
        for key, label, given in (
            ("name", _("调查名称"), wanted.name),
            ("place_kinds", _("调查哪种地点"), wanted.place_kinds),
            ("roles", _("由谁填"), wanted.roles),
        )
        if not given
    ]
    if wanted.name in {one.name.zh for one in checklists.values()}:
        found.append(Problem("question_list.name_taken", "name", params={"name": wanted.name}))
    if wanted.until and wanted.until < clock.today():
        found.append(Problem("question_list.past", "until", params={"day": wanted.until}))
    for key, section, label, given in (
        ("place_kinds", "place_kinds", _("调查哪种地点"), wanted.place_kinds),
        ("roles", "roles", _("由谁填"), wanted.roles),
    ):
        names: dict[str, Any] = dict(known.definitions.get(section, {}))
        if unknown := [code for code in given if code not in names]:
            choices = listed(str(one.name) for one in names.values())
            params = {"label": label, "value": listed(unknown), "choices": choices}
            found.append(Problem("value.choice", key, params=params))
    return found


class _Making:
    """The definition of a list's survey, with codes made from the words."""

    def __init__(self, read: QuestionList, code: str) -> None:
        self.read, self.code = read, code
        self.rows: dict[str, int] = {}
        self.notes: list[Problem] = []
        self._taken: set[str] = set()
        self._before: dict[int, Earlier] = {}

    def definition(self, wanted: Wanted) -> Node:
        """As in YAML; the English name is the Chinese one, as nobody gave another."""
        sections: dict[str, Node] = {}
        codes: set[str] = set()
        for row in self.read.rows:
            title = row.section or next(reversed(sections), _("问题"))
            if title not in sections:
                sections[title] = {"code": make_code(title, "section", codes), "name": _both(title), "items": []}
            sections[title]["items"].append(self._item(row))
        free = [row for row in self.read.rows if not row.required]
        if free:
            names = listed(row.question for row in free[:3])
            self._note("question_list.optional", free[0], "required", count=len(free), names=names)
        asks: Node = {"roles": list(wanted.roles)} | ({"until": wanted.until.isoformat()} if wanted.until else {})
        return {
            "code": self.code, "name": _both(wanted.name or "—"), "place_kinds": list(wanted.place_kinds),
            "rules": {"minimum_judges": 1, "missing": "rescale" if free else "blocks", "quorum": 1},
            "asks": asks, "sections": list(sections.values()),
        }  # fmt: skip

    def _item(self, row: Row) -> Node:
        code = make_code(row.question, "item", self._taken)
        self.rows[code] = row.at
        options: dict[str, str] = {}
        taken: set[str] = set()
        for option in row.options:
            options.setdefault(option, make_code(option, "option", taken))
        item: Node = {
            "code": code, "name": _both(row.question), "method": "check", "points": "0",
            "scoring": self._scoring(row, options),
        }  # fmt: skip
        if row.hint:
            item["guidance"] = _both(row.hint)
        if row.photo:
            item["evidence"] = {"photos": 1, "when": "always"}
        if relevant := condition_of(self.read, row, self._before):
            item["relevant"] = relevant
        self._before[row.number] = Earlier(row, code, options)
        return item

    def _scoring(self, row: Row, options: dict[str, str]) -> Node:
        named = [{"code": code, "name": _both(name)} for name, code in options.items()]
        match row.type:
            case "yes_no":
                return {"type": "yes_no"}
            case "one":
                return {"type": "graded", "options": [option | {"points": "0"} for option in named]}
            case "many":
                return {"type": "choices", "options": named}
            case "date":
                return {"type": "date"}
            case "text" | "long":
                long = row.type == "long"
                return {"type": "text", "long": long, "max_length": LONGEST_TEXT if long else SHORT_TEXT}
        if not row.unit:
            self._note("question_list.unit", row, "unit", name=row.question, unit=UNIT)
        decimals = DECIMALS if row.type == "decimal" else 0
        return {"type": "threshold", "unit": row.unit or UNIT, "decimals": decimals}

    def _note(self, code: str, row: Row, key: str, **params: object) -> None:
        self.notes.append(Problem(code, "file", row.at, params, self.read.where(key)))


def _both(text: str) -> Node:
    return {"zh": text, "en": text}
