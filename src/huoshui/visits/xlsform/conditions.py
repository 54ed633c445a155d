"""Relevance, constraints and references of an XLSForm, told to the judge in words."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from huoshui.kernel.wording import listed
from huoshui.packs.schema import Text as Said
from huoshui.visits.question_types import LONGEST_TEXT, MOST_CHOICES
from huoshui.visits.xlsform.expressions import (
    Bounds,
    Condition,
    Untranslatable,
    Words,
    bounds,
    day_bounds,
    parsed,
    told,
)
from huoshui.visits.xlsform.form import ROW
from huoshui.visits.xlsform.items import Items, is_true
from huoshui.visits.xlsform.relevance import relevant
from huoshui.visits.xlsform.texts import REFERENCE, Text
from huoshui.visits.xlsform.walk import Node, Question


class Conditions:
    """Puts into words what the questions of one form ask of each other."""

    def __init__(self, items: Items, questions: list[Question]) -> None:
        self.items, self.notes = items, items.notes
        self._questions = {question.name: question for question in questions}

    def relevant(self, question: Question, items: list[Node]) -> str:
        """When the question is asked, as a condition over the items before it; "" where a checklist cannot hold it."""
        stated = [expression for expression, _row in _stated(question) if not is_true(expression)]
        if not stated or any(Decimal(str(item["points"])) for item in items):
            return ""  # what earns points is asked of everybody
        try:
            return relevant([parsed(expression) for expression in stated], self.items.asked)
        except Untranslatable:
            return ""

    def guidance(self, question: Question, *, held: bool = False) -> Text | None:
        """When the question is asked, and what its answer must be, as far as no rule of a checklist says it.

        ``held``: when it is asked is a rule of the checklist.
        """
        stated = [] if held else _stated(question)
        lines = [self._relevant(question, expression, row) for expression, row in stated]
        lines.append(self._range(question) if question.kind == "range" else self._constraint(question))
        there = [line for line in lines if line]
        if not there:
            return None
        return {"zh": "\n".join(line["zh"] for line in there), "en": "\n".join(line["en"] for line in there)}

    def _relevant(self, question: Question, expression: str, row: int) -> Text | None:
        if not expression or is_true(expression):
            return None
        name = self.items.label(question)["zh"]
        said = self._said(expression, question)
        if said is None:
            self.notes.in_row("xlsform.relevant_lost", row, "bind", "relevant", name=name, value=expression[:200])
            return None
        self.notes.in_row("xlsform.relevant_words", row, "bind", "relevant", name=name, words=Said(**said))
        return {"zh": f"仅当{said['zh']}时评。", "en": f"Only if {said['en']}."}

    def _constraint(self, question: Question) -> Text | None:
        expression = str(question.bind.get("constraint") or "")
        if not expression or is_true(expression) or self._kept_as_bounds(question, expression):
            return None
        name = self.items.label(question)["zh"]
        said = self._said(expression, question)
        if said is None:
            rule = "xlsform.constraint_lost"
            self.notes.in_row(rule, question.row, "bind", "constraint", name=name, value=expression[:200])
            return None
        self.notes.in_row("xlsform.constraint_words", question.row, "bind", "constraint", name=name, words=Said(**said))
        return {"zh": f"要求：{said['zh']}。", "en": f"Required: {said['en']}."}

    def _range(self, question: Question) -> Text:
        """From where to where, in which steps: of these a checklist keeps the greatest value alone."""
        parameters = {"start": "1", "end": "10", "step": "1", **(question.node.get("parameters") or {})}
        said = {
            "zh": "填 {start} 至 {end}，每 {step} 一档".format_map(parameters),
            "en": "From {start} to {end} in steps of {step}".format_map(parameters),
        }
        name = self.items.label(question)["zh"]
        self.notes.in_row("xlsform.constraint_words", question.row, "parameters", name=name, words=Said(**said))
        return {"zh": f"{said['zh']}。", "en": f"{said['en']}."}

    def _kept_as_bounds(self, question: Question, expression: str) -> bool:
        """Whether the bounds of the item say it all."""
        try:
            condition = parsed(expression)
        except Untranslatable:
            return False
        match question.kind:
            case "number":
                return bounds(condition, Decimal(1)) is not None
            case "date":
                return day_bounds(condition) is not None
            case "text":
                found = bounds(condition, Decimal(1), "length")
                return found is not None and found.low is None and 1 <= (found.high or 0) <= LONGEST_TEXT
            case "many":
                found = bounds(condition, Decimal(1), "count")
                return found is not None and all(1 <= limit <= MOST_CHOICES for limit in _limits(found))
        return False

    def _said(self, expression: str, question: Question) -> Text | None:
        try:
            condition: Condition = parsed(expression)
            zh, en = (told(condition, self._words(language, question)) for language in (0, 1))
        except Untranslatable:
            return None
        return {"zh": zh, "en": en}

    def _words(self, language: int, question: Question) -> Words:
        key = ("zh", "en")[language]

        def called(name: str) -> str:
            if not name or name == question.name:
                return ("本项", "this answer")[language]
            other = self._questions.get(name)
            if other is None:
                raise Untranslatable(name)
            label = self.items.label(other)[key]
            return f"“{label}”"

        def chosen(name: str, value: str) -> str:
            other = self._questions.get(name) if name else question
            for choice in self.items.choices(other) if other else []:
                if str(choice["name"]) == value:
                    return (self.items.languages.text(choice.get("label")) or {key: value})[key]
            return value

        return Words(language, called, chosen)

    def without_references(self, text: Text | None, question: Question, *key: str) -> Text | None:
        """A text with the names of other questions where the form would put their answers."""
        if text is None or not any(REFERENCE.search(part) for part in text.values()):
            return text
        names = dict.fromkeys(name for part in text.values() for name in REFERENCE.findall(part))
        self.notes.in_row("xlsform.reference", question.row, *key, names=listed(names))

        def named(language: str) -> str:
            def label(found: Any) -> str:
                other = self._questions.get(found[1])
                return f"〔{self.items.label(other)[language] if other else found[1]}〕"

            return REFERENCE.sub(label, text[language])

        return {"zh": named("zh"), "en": named("en")}


def _stated(question: Question) -> list[tuple[str, int]]:
    """The conditions of a question, of the groups around it first, each with its row."""
    found = [(str((group.get("bind") or {}).get("relevant") or ""), int(group[ROW])) for group in question.groups]
    return [entry for entry in (*found, (str(question.bind.get("relevant") or ""), question.row)) if entry[0]]


def _limits(found: Bounds) -> list[Decimal]:
    return [limit for limit in (found.low, found.high) if limit is not None]
