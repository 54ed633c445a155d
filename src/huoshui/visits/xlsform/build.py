"""A form as the definition of a checklist, with notes of everything that is left out or held otherwise."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from huoshui.kernel.wording import listed
from huoshui.visits.xlsform.conditions import Conditions
from huoshui.visits.xlsform.form import ROW, Form
from huoshui.visits.xlsform.items import Items, code_of, is_true
from huoshui.visits.xlsform.leftover import name_leftovers
from huoshui.visits.xlsform.notes import Notes
from huoshui.visits.xlsform.texts import Languages, Text, joined
from huoshui.visits.xlsform.walk import PERSONAL, Node, Question, walked


@dataclass
class Built:
    """What an import would make of a form."""

    definition: Node
    notes: Notes
    rows: dict[str, int] = field(default_factory=dict)
    """The row of the survey behind each item's code."""


class Builder:
    """Makes one definition. ``stands``: the checklist that is to be replaced, in YAML's shape."""

    def __init__(self, form: Form, stands: Node | None, code: str, place_kinds: list[str]) -> None:
        self.form, self.stands, self.code, self.place_kinds = form, stands or {}, code, place_kinds
        self.notes = Notes(form)
        self.walked = walked(form.json)
        labels = [node.get(key) for node in self._nodes() for key in ("label", "hint")]
        labels += [c.get("label") for of in form.json.get("choices", {}).values() for c in of if isinstance(c, dict)]
        self.languages = Languages(labels, str(form.json.get("default_language") or ""))
        known = [item for section in self.stands.get("sections", []) for item in section["items"]]
        self.items = Items(form, self.notes, self.languages, {item["code"]: item for item in known})
        self.conditions = Conditions(self.items, self.walked.questions)
        self.relevant: set[str] = set()
        """The codes of the items that are asked under a condition of the checklist."""
        self.gone: set[int] = set()
        """Rows of the survey that are left out whole."""

    def _nodes(self) -> list[Node]:
        questions = [question.node for question in self.walked.questions]
        groups = [group for question in self.walked.questions for group in question.groups]
        return [*questions, *groups]

    def run(self) -> Built:
        """The definition. What would change its meaning is in ``notes.refused``."""
        for repeat in self.walked.repeats:
            row = int(repeat.get(ROW) or 0) or None
            label = self.languages.text(repeat.get("label")) or {"zh": str(repeat.get("name", ""))}
            self.notes.refuse("xlsform.repeat", row, "type", name=label["zh"])
        sections = self._sections()
        name_leftovers(self.form, self.notes, self.languages, self.gone, self.items.said)
        self._name_unused_lists()
        if not sections:
            self.notes.refuse("xlsform.nothing", None)
        titled = any(cell.key == ("title",) for cells in self.form.cells.values() for cell in cells)
        title = self.languages.text(self.form.json.get("title")) or {"zh": self.code, "en": self.code}
        stood = {key: part for key, part in self.stands.items() if key not in ("sections", "code", "points")}
        definition: Node = {
            "place_kinds": self.place_kinds,
            "rules": {"missing": self._missing()},
            **stood,
            "code": self.code,
            "name": title if titled else stood.get("name", title),
            "sections": sections,
        }
        return Built(definition, self.notes, self.items.rows)

    # --- sections -------------------------------------------------------------------

    def _sections(self) -> list[Node]:
        sections: list[Node] = []
        around: tuple[Node, ...] | None = None
        taken: set[str] = set()
        waiting: list[Question] = []
        for question in self.walked.questions:
            if question.kind == "note":
                waiting.append(question)
                continue
            items = self.items.of(question)
            if items is None:
                self._name_left_out(question)
                continue
            if around is None or _path(question) != tuple(node["name"] for node in around):
                around = question.groups
                sections.append(self._section(question, taken))
            self._complete(items, question, waiting)
            waiting = []
            sections[-1]["items"] += items
        for note in waiting:
            self.gone.add(note.row)
            self.notes.in_row("xlsform.note_alone", note.row, "label", name=self.items.label(note)["zh"])
        return sections

    def _section(self, question: Question, taken: set[str]) -> Node:
        groups = question.groups
        if not groups:
            title = self.languages.text(self.form.json.get("title")) or {"zh": "基本情况", "en": "General"}
            return {"code": code_of("general", "general", "section", taken), "name": title, "items": []}
        names = [self.languages.text(group.get("label")) for group in groups]
        there = [name for name in names if name] or [{"zh": str(groups[-1]["name"]), "en": str(groups[-1]["name"])}]
        name = {language: " / ".join(name[language] for name in there) for language in ("zh", "en")}
        code = code_of(str(groups[-1]["name"]), name["zh"], "section", taken)
        return {"code": code, "name": name, "items": []}

    def _complete(self, items: list[Node], question: Question, waiting: list[Question]) -> None:
        """Names without references; how to judge it: notes before it, hints, conditions."""
        label = self.conditions.without_references(items[0]["name"], question, "label")
        if len(items) == 1 and label:
            items[0]["name"] = label
        hints = [self.languages.text(question.node.get(key)) for key in ("hint", "guidance_hint")]
        before: list[Text | None] = []
        for note in waiting:
            told = [self.items.label(note), self.languages.text(note.node.get("hint"))]
            before += [self.conditions.without_references(text, note, "label") for text in told]
            before.append(self.conditions.guidance(note))
            self.notes.in_row("xlsform.note", note.row, "label", name=label["zh"] if label else question.name)
        texts = [self.conditions.without_references(text, question, "hint") for text in hints]
        relevant = self.conditions.relevant(question, items)
        guidance = joined(*before, *texts, self.conditions.guidance(question, held=bool(relevant)))
        for item in items:
            if relevant:
                self.relevant.add(item["code"])
            item |= ({"guidance": guidance} if guidance else {}) | ({"relevant": relevant} if relevant else {})
        self.items.remember(question, items)

    def _name_left_out(self, question: Question) -> None:
        label, kind = self.items.label(question)["zh"], question.kind
        self.gone.add(question.row)
        if question.type in PERSONAL or self.items.personal(question):
            rule = "xlsform.personal"
        else:
            rule = {
                "calculate": "xlsform.calculation",
                "meta": "xlsform.metadata",
                "external": "xlsform.external",
                "one": "xlsform.external",
                "many": "xlsform.external",
            }.get(kind, "xlsform.type")
        self.notes.in_row(rule, question.row, "type", name=label, type=question.type)

    def _name_unused_lists(self) -> None:
        """Lists of choices that no item came from."""
        used = {q.node.get("itemset") for q in self.walked.questions if q.row not in self.gone}
        for name, choices in self.form.json.get("choices", {}).items():
            if name not in used:
                params = {"name": name, "count": len(choices)}
                self.notes.in_sheet("xlsform.list_unused", self.form.names.get("choices", "choices"), **params)

    def _missing(self) -> str:
        """Whether a sheet may have gaps: only if every question is required and always asked, it may not."""
        asked = [question for question in self.walked.questions if self.items.of_kind(question)]
        held = {row for code, row in self.items.rows.items() if code in self.relevant}
        free = [
            q for q in asked
            if not is_true(q.bind.get("required")) or (self._conditional(q) and q.row not in held)
        ]  # fmt: skip
        if not free:
            return "blocks"
        if "rules" not in self.stands:
            names = listed(self.items.label(question)["zh"] for question in free[:5])
            self.notes.in_sheet(
                "xlsform.optional", self.form.names.get("survey", "survey"), count=len(free), names=names
            )
        return "rescale"

    def _conditional(self, question: Question) -> bool:
        return any((node.get("bind") or {}).get("relevant") for node in (*question.groups, question.node))


def _path(question: Question) -> tuple[Any, ...]:
    return tuple(group["name"] for group in question.groups)
