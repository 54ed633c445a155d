"""A question of an XLSForm as items of a checklist: the scoring, the points, the code."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal, InvalidOperation
from typing import Any

from huoshui.kernel.numbers import POINTS, scaled, shown
from huoshui.visits.codes import make_code
from huoshui.visits.numerals import half_width
from huoshui.visits.question_types import LONGEST_TEXT, MOST_CHOICES, personal_word
from huoshui.visits.schema import METHOD_NAMES
from huoshui.visits.xlsform.expressions import Bounds, Condition, Untranslatable, bounds, day_bounds, parsed
from huoshui.visits.xlsform.form import Form
from huoshui.visits.xlsform.notes import Notes
from huoshui.visits.xlsform.relevance import Asked, sql_name
from huoshui.visits.xlsform.texts import Languages, Text
from huoshui.visits.xlsform.walk import Node, Question

LONGEST_CODE = 40
OTHER = re.compile(r"\bor[ _](specify )?other$")
YES, NO = {"yes", "y", "1", "true", "是", "有", "shi"}, {"no", "n", "0", "false", "否", "无", "fou"}
DECIMALS = 2
"""Decimals of a decimal question that says nothing of them."""
UNIT = "个"


def code_of(name: str, label: str, kind: str, taken: set[str]) -> str:
    """A name of the form as a code: the same name always gives the same one, unless another has it."""
    code = re.sub(r"[^a-z0-9_]", "_", name.lower()).strip("_")[:LONGEST_CODE]
    if not re.fullmatch(r"[a-z][a-z0-9_]*", code):
        return make_code(label, kind, taken)
    base, number = code[: LONGEST_CODE - 4], 1
    while code in taken:
        number += 1
        code = f"{base}_{number}"
    taken.add(code)
    return code


@dataclass
class Items:
    """Makes the items of one form."""

    form: Form
    notes: Notes
    languages: Languages
    stands: dict[str, Node] = field(default_factory=dict)
    """The items that the checklist has already, by code: what a form cannot say stays as it is there."""
    taken: set[str] = field(default_factory=set)
    rows: dict[str, int] = field(default_factory=dict)
    """The row of the survey behind each code."""
    said: set[int] = field(default_factory=set)
    """The rows of the survey whose own message for a wrong answer is kept."""
    asked: dict[str, Asked] = field(default_factory=dict)
    """The questions so far that conditions can name, by their names in the form."""

    def of(self, question: Question) -> list[Node] | None:
        """The items of a question; None when a checklist has nothing of the kind."""
        match question.kind:
            case "one":
                return self._one(question)
            case "many":
                return self._many(question)
            case "number" | "range":
                return None if self.personal(question) else [self._number(question)]
            case "yes":
                return [self._yes_no(question, question.name, self.label(question))]
            case "image":
                return [self._image(question)]
            case "text" | "date":
                return None if self.personal(question) else [self._words(question)]
        return None

    @staticmethod
    def of_kind(question: Question) -> bool:
        """Whether a checklist has something of this kind."""
        return question.kind in ("one", "many", "number", "range", "yes", "image", "text", "date")

    def personal(self, question: Question) -> bool:
        """Whether it asks for words or a day that tell who somebody is."""
        hints = [self.languages.text(question.node.get(key)) for key in ("hint", "guidance_hint")]
        told = [text for said in hints if said for text in said.values()] if question.kind == "text" else []
        free = question.kind in ("text", "date", "number", "range")
        return free and bool(personal_word(self.label(question).values(), told))

    def label(self, question: Question) -> Text:
        """What is asked; a question without a label goes by its name."""
        return self.languages.text(question.node.get("label")) or {"zh": question.name, "en": question.name}

    # --- kinds ----------------------------------------------------------------------

    def _one(self, question: Question) -> list[Node] | None:
        choices = self.choices(question)
        if not choices:
            return None
        self._name_other(question)
        names = [str(choice["name"]).lower() for choice in choices]
        if len(names) == 2 and names[0] in YES | NO and names[1] in YES | NO and (names[0] in YES) != (names[1] in YES):
            self._name_yes_no(question, choices)
            return [self._yes_no(question, question.name, self.label(question), self._most(question, choices))]
        item = self._item(question, question.name, self.label(question))
        stood = {o["code"]: o for o in self._stood(item, "graded").get("options", [])}
        taken: set[str] = set()
        options = []
        for choice in choices:
            name = self._choice_name(choice)
            code = code_of(str(choice["name"]), name["zh"], "grade", taken)
            points = self._choice_points(question, choice)
            options.append({"code": code, "name": name, "points": points or stood.get(code, {}).get("points", "0")})
        most = max((str(option["points"]) for option in options), key=Decimal)
        item["points"] = self._own_points(question) or most
        item["scoring"] = {"type": "graded", "options": options}
        return [item]

    def _many(self, question: Question) -> list[Node] | None:
        """One question with several choices; where a choice earns points, a yes or no of each: only such have any."""
        choices = self.choices(question)
        if not choices:
            return None
        self._name_other(question)
        if not any(self._choice_points(question, choice) for choice in choices):
            return [self._choices(question, choices)]
        label, found = self.label(question), []
        for choice in choices:
            name = self._choice_name(choice)
            both = {"zh": f"{label['zh']}：{name['zh']}", "en": f"{label['en']}: {name['en']}"}
            points = self._choice_points(question, choice)
            found.append(self._yes_no(question, f"{question.name}_{choice['name']}", both, points))
        self.notes.in_row("xlsform.multiple", question.row, "type", name=label["zh"], count=len(found))
        return found

    def _choices(self, question: Question, choices: list[Node]) -> Node:
        item = self._item(question, question.name, self.label(question))
        taken: set[str] = set()
        options = []
        for choice in choices:
            name = self._choice_name(choice)
            options.append({"code": code_of(str(choice["name"]), name["zh"], "grade", taken), "name": name})
        limits = self._own_bounds(question, "count")
        counts = {"at_least": limits.low, "at_most": limits.high}
        said = {key: int(count) for key, count in counts.items() if count is not None and 1 <= count <= MOST_CHOICES}
        item |= {"points": "0", "scoring": {"type": "choices", "options": options, **said}}
        return self._with_message(item, question, bool(said))

    def _words(self, question: Question) -> Node:
        """A text, or a date."""
        item = self._item(question, question.name, self.label(question)) | {"points": "0"}
        if question.kind == "date":
            days = self._days(question)
            item["scoring"] = {"type": "date", **days}
            return self._with_message(item, question, bool(days))
        most = self._own_bounds(question, "length").high
        kept = most is not None and 1 <= most <= LONGEST_TEXT
        lines = "multiline" in str((question.node.get("control") or {}).get("appearance", ""))
        longest = int(most or 0) if kept else LONGEST_TEXT
        item["scoring"] = {"type": "text", "long": lines, "max_length": longest}
        return self._with_message(item, question, kept)

    def _with_message(self, item: Node, question: Question, bounded: bool) -> Node:
        """What the form says of an answer outside of its bounds, where it is the bounds that are kept."""
        message = self.languages.text(question.bind.get("jr:constraintMsg"))
        if bounded and message:
            item["constraint_message"] = message
            self.said.add(question.row)
        return item

    @staticmethod
    def _constraint(question: Question) -> Condition | None:
        """What the form asks of an answer, as far as it can be read."""
        expression = str(question.bind.get("constraint") or "")
        try:
            return parsed(expression) if expression else None
        except Untranslatable:
            return None

    def _own_bounds(self, question: Question, of: str, decimals: int = 0) -> Bounds:
        condition = self._constraint(question)
        return (condition and bounds(condition, Decimal(1).scaleb(-decimals), of)) or Bounds()

    def _days(self, question: Question) -> dict[str, str]:
        condition = self._constraint(question)
        return (condition and day_bounds(condition)) or {}

    def _name_yes_no(self, question: Question, choices: list[Node]) -> None:
        said = [self._choice_name(choice)["zh"] for choice in choices]
        if {word.lower() for word in said} - {"是", "否", "yes", "no"}:
            name = self.label(question)["zh"]
            self.notes.in_row("xlsform.yes_no", question.row, "type", name=name, words=" / ".join(said))

    def _name_other(self, question: Question) -> None:
        """pyxform gives such a select one more choice, and a question for the words."""
        cell = self.form.cell("survey", question.row, "type")
        if cell and OTHER.search(cell.text):
            self.notes.at("xlsform.or_other", cell, name=self.label(question)["zh"])

    def _yes_no(self, question: Question, name: str, label: Text, points: str | None = None) -> Node:
        item = self._item(question, name, label)
        stood = self._stood(item, "yes_no")
        own = self._own_points(question) if name == question.name else None
        item["points"] = own or points or item["points"]
        item["scoring"] = {"type": "yes_no"} | ({"fails_when": stood["fails_when"]} if "fails_when" in stood else {})
        return item

    def _image(self, question: Question) -> Node:
        label = self.label(question)
        item = self._yes_no(question, question.name, label)
        required = is_true(question.bind.get("required"))
        if required:
            item["evidence"] = {"photos": 1, "when": "always"}
        rule = "xlsform.image_required" if required else "xlsform.image"
        self.notes.in_row(rule, question.row, "type", name=label["zh"])
        return item

    def _number(self, question: Question) -> Node:
        label = self.label(question)
        item = self._item(question, question.name, label)
        stood = self._stood(item, "threshold")
        decimals = self._decimals(question, stood)
        unit = self.form.own("survey", question.row, "unit")
        if unit is None and "unit" not in stood:
            self.notes.in_row("xlsform.unit", question.row, "label", name=label["zh"], unit=UNIT)
        scoring: Node = {"type": "threshold", "unit": unit.text if unit else stood.get("unit", UNIT)}
        scoring["decimals"] = decimals
        for key in ("at_least", "at_most"):
            cell = self.form.own("survey", question.row, key)
            value = self._numeral(cell.text, 6) if cell else None
            if cell and value is None:
                self._wrong(cell, decimals=6)
            if value:
                scoring[key] = value
        if "at_least" not in scoring and "at_most" not in scoring:
            scoring |= {key: stood[key] for key in ("at_least", "at_most", "below") if key in stood}
        limits = self._bounds(question, decimals)
        if limits.low is None:
            self.notes.in_row("xlsform.from_zero", question.row, "type", name=label["zh"])
        rounded = {"minimum": (limits.low, ROUND_CEILING), "maximum": (limits.high, ROUND_FLOOR)}
        for key, (limit, inwards) in rounded.items():
            if limit is not None:
                scoring[key] = f"{limit.quantize(Decimal(1).scaleb(-decimals), inwards):f}"
        item["scoring"] = scoring
        item["points"] = self._own_points(question) or item["points"]
        return self._with_message(item, question, limits != Bounds())

    def _decimals(self, question: Question, stood: Node) -> int:
        cell = self.form.own("survey", question.row, "decimals")
        if cell and cell.text.isdigit() and int(cell.text) <= 6:
            return int(cell.text)
        if cell:
            self._wrong(cell, decimals=0)
        if question.kind != "range" and question.asks != "decimal":
            return 0
        if question.kind == "range":
            step = str((question.node.get("parameters") or {}).get("step", "1"))
            return len(step.partition(".")[2])
        if "decimals" in stood:
            return int(stood["decimals"])
        self.notes.in_row("xlsform.decimals", question.row, "type", name=self.label(question)["zh"], decimals=DECIMALS)
        return DECIMALS

    def _bounds(self, question: Question, decimals: int) -> Bounds:
        """What may be entered. A constraint that is more than that is told in words, by ``conditions``."""
        if question.kind == "range":
            parameters = question.node.get("parameters") or {}
            low, high = (_decimal(parameters.get(key)) for key in ("start", "end"))
            return Bounds(low, high)
        return self._own_bounds(question, "", decimals)

    # --- parts ----------------------------------------------------------------------

    def _item(self, question: Question, name: str, label: Text) -> Node:
        code = code_of(name, label["zh"], "item", self.taken)
        self.rows[code] = question.row
        stood = self.stands.get(code, {})
        kept: Node = {key: stood[key] for key in ("evidence", "prefill_from", "fails_below", "opens") if key in stood}
        method = self._method(question) or stood.get("method", "check")
        return {"code": code, "name": label, "method": method, "points": stood.get("points", "0"), **kept}

    def _stood(self, item: Node, kind: str) -> Node:
        scoring: Node = self.stands.get(item["code"], {}).get("scoring", {})
        return scoring if scoring.get("type") == kind else {}

    def choices(self, question: Question) -> list[Node]:
        """The choices of a select that stand in the form itself."""
        listed: Any = question.node.get("choices")
        found = listed or self.form.json.get("choices", {}).get(question.node.get("itemset"), [])
        return [dict(choice) if isinstance(choice, dict) else _as_node(choice) for choice in found]

    def _choice_name(self, choice: Node) -> Text:
        return self.languages.text(choice.get("label")) or {"zh": str(choice["name"]), "en": str(choice["name"])}

    def _most(self, question: Question, choices: list[Node]) -> str | None:
        given = [points for choice in choices if (points := self._choice_points(question, choice))]
        return max(given, key=Decimal) if given else None

    def _choice_points(self, question: Question, choice: Node) -> str | None:
        row = self.choice_row(str(question.node.get("itemset") or ""), str(choice["name"]))
        cell = self.form.own("choices", row, "points") if row else None
        return self._points(cell) if cell else None

    def choice_row(self, itemset: str, name: str) -> int | None:
        """The row of a choice in its sheet."""
        for (sheet, row), cells in self.form.cells.items():
            if sheet != "choices":
                continue
            said = {cell.key[0]: cell.text for cell in cells if cell.key}
            if said.get("name") == name and said.get("list name", said.get("list_name")) == itemset:
                return row
        return None

    def remember(self, question: Question, items: list[Node]) -> None:
        """Let later questions have conditions on this one; several items of one question cannot be named."""
        if len(items) != 1:
            return
        code, scoring = sql_name(items[0]["code"]), items[0]["scoring"]
        values: dict[str, str] = {}
        names = [str(choice["name"]) for choice in self.choices(question)]
        if scoring["type"] in ("graded", "choices"):
            values = dict(zip(names, (option["code"] for option in scoring["options"]), strict=True))
        elif scoring["type"] == "yes_no":
            values = {name: "yes" if name.lower() in YES else "no" for name in names} or {"OK": "yes"}
        self.asked[question.name] = Asked(code, scoring["type"], values)

    def _own_points(self, question: Question) -> str | None:
        cell = self.form.own("survey", question.row, "points")
        return self._points(cell) if cell else None

    def _points(self, cell: Any) -> str | None:
        value = self._numeral(cell.text, 3)
        if value is None:
            self._wrong(cell, decimals=3)
        return value

    def _method(self, question: Question) -> str | None:
        cell = self.form.own("survey", question.row, "method")
        if cell is None:
            return None
        names = {name.zh: code for code, name in METHOD_NAMES.items()} | {code: code for code in METHOD_NAMES}
        if cell.text not in names:
            self.notes.refuse("xlsform.own_value", cell.row, *cell.key, value=cell.text, expected="、".join(names))
        return names.get(cell.text)

    def _wrong(self, cell: Any, *, decimals: int) -> None:
        expected = f"0–10^12, ≤{decimals}" if decimals else "0–6"
        self.notes.refuse("xlsform.own_value", cell.row, *cell.key, value=cell.text, expected=expected)

    @staticmethod
    def _numeral(text: str, decimals: int) -> str | None:
        try:
            value = scaled(half_width(text), 10**decimals)
        except ValueError:
            return None
        return shown(value, 10**decimals) if 0 <= value <= POINTS * 10**12 else None


def is_true(value: Any) -> bool:
    """Whether a bind says yes without a condition."""
    return str(value or "").strip().lower() in ("yes", "true", "true()")


def _decimal(value: Any) -> Decimal | None:
    try:
        return Decimal(str(value))
    except InvalidOperation:
        return None


def _as_node(choice: Any) -> Node:
    return {"name": choice.name, "label": choice.label}
