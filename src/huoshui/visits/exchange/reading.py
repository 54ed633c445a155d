"""A workbook read as a definition; what is wrong with it, each with sheet, row and column."""

from __future__ import annotations

from typing import Any

from huoshui.kernel.errors import Problem
from huoshui.kernel.wording import listed
from huoshui.kernel.workbooks import Book, place_in
from huoshui.visits.codes import make_code
from huoshui.visits.exchange.cells import Cells, Line, Read
from huoshui.visits.exchange.layout import (
    ADJUSTMENTS,
    GRADES,
    HEAD,
    HEAD_ROWS,
    ITEMS,
    MARKS,
    SECTIONS,
    TABLES,
    TODAY,
    Column,
)
from huoshui.visits.exchange.rows import head_of, item_labels, section_labels
from huoshui.visits.exchange.source import Node
from huoshui.visits.exchange.words import Labels, Vocabulary
from huoshui.visits.merge import flat_parts
from huoshui.visits.queries import UsedCodes
from huoshui.visits.question_types import LONGEST_TEXT, MOST_CHOICES

WHOLE = {"decimals": (0, 6), "photos": (0, 20), "fails_below": (1, 100)}
HEAD_WHOLE = {"decimals": (0, 3), "drop_highest": (0, 20), "drop_lowest": (0, 20), "minimum_judges": (1, 100)}


def marks_of(book: Book) -> dict[str, str]:
    """The marks of a workbook that was exported; empty for any other."""
    return {line.cells[0]: line.cells[1] for line in book.sheets.get(MARKS, []) if len(line.cells) > 1}


class Reader(Cells):
    """Reads one workbook against the words of the version that it came from."""

    def __init__(self, book: Book, words: Vocabulary, used: UsedCodes, base: Node, now: Node) -> None:
        super().__init__(words, Read(problems=list(book.problems)))
        self.book, self.used, self.base = book, used, base
        self.since = _added_since(base, now)

    def run(self) -> Read:
        """The whole workbook."""
        tables = {name: self._table(name, columns) for name, columns in TABLES.items()}
        head = self._head()
        if self.read.problems:
            return self.read
        sections = [self._section(line) for line in tables[SECTIONS]]
        self._take_sections(sections, tables[ITEMS])
        items = [item for section in sections for item in section["items"]]
        self._take_grades(items, tables[GRADES])
        adjustments = [self._adjustment(line) for line in tables[ADJUSTMENTS]]
        for section, line in zip(sections, tables[SECTIONS], strict=True):
            if not section["items"]:
                self.read.refuse(line, "name.zh", "checklist.empty_section", name=section["name"]["zh"])
        self.read.definition = {**self._head_node(head), "sections": sections, "adjustments": adjustments}
        return self.read

    # --- sheets ---------------------------------------------------------------------

    def _table(self, name: str, columns: tuple[Column, ...]) -> list[Line]:
        lines = self.book.sheets.get(name)
        if not lines:
            self.read.problems.append(Problem("checklist_file.sheet_missing", "file", params={"sheet": name}))
            return []
        headings = lines[0].cells
        at = {c.key: headings.index(c.heading) for c in columns if c.heading in headings}
        self.read.columns[name] = {key: position + 1 for key, position in at.items()}
        missing = [column.heading for column in columns if column.key not in at]
        if missing:
            self._at_sheet("import.columns_missing", name, lines[0].number, names=listed(missing))
        known = {column.heading for column in columns}
        unknown = [text for text in headings if text and text not in known]
        if unknown:
            self._at_sheet("import.columns_unknown", name, lines[0].number, names=listed(unknown))
        twice = {text for text in headings if text and headings.count(text) > 1}
        if twice:
            self._at_sheet("import.column_twice", name, lines[0].number, names=listed(sorted(twice)))
        found = []
        for line in lines[1:]:
            extra = next((text for n, text in enumerate(line.cells) if text and not "".join(headings[n : n + 1])), "")
            if extra:
                self._at_sheet("import.cells_extra", name, line.number, value=extra[:40])
            values = {key: line.cells[n] for key, n in at.items() if n < len(line.cells) and line.cells[n]}
            if values:
                found.append(Line(name, line.number, values))
        return found

    def _at_sheet(self, code: str, sheet: str, row: int, **params: Any) -> None:
        self.read.problems.append(Problem(code, "file", row, params, place_in(sheet)))

    def _head(self) -> Line:
        by_heading = {column.heading: column.key for column in HEAD_ROWS}
        head = Line(HEAD, 1, {})
        for line in self.book.sheets.get(HEAD, [])[1:]:
            heading, value = (*line.cells, "", "")[:2]
            key = by_heading.get(heading)
            if key is None or key in self.read.head_rows:
                self._at_sheet("checklist_file.head_unknown", HEAD, line.number, name=heading or value)
                continue
            self.read.head_rows[key] = line.number
            if value:
                head.values[key] = value
        missing = [column.heading for column in HEAD_ROWS if column.key not in self.read.head_rows]
        if missing:
            self._at_sheet("checklist_file.head_missing", HEAD, 1, names=listed(missing))
        self.read.lines["head"] = head
        return head

    # --- parts ----------------------------------------------------------------------

    def _head_node(self, head: Line) -> Node:
        place_kinds = []
        for text in head.get("place_kinds").replace(",", "、").replace("，", "、").split("、"):
            code = self.words["place_kinds"].code(text.strip())
            if code is None:
                offered = listed(self.words["place_kinds"].by_code.values())
                self.read.refuse(head, "place_kinds", "value.choice", value=text, choices=offered)
            else:
                place_kinds.append(code)
        quorum = self._whole(head, "quorum", 1, 100)
        rules: Node = {key: self._whole(head, key, *HEAD_WHOLE[key], required=True) for key in list(HEAD_WHOLE)[1:]}
        rules |= {"missing": self._choice(head, "missing", "missing", required=True)}
        names = {
            m: self._text(head, f"method.{m}") for m in self.words["methods"].by_code if head.get(f"method.{m}.zh")
        }
        for method in self.words["methods"].by_code:
            if head.get(f"method.{method}.en") and method not in names:
                self.read.refuse(head, f"method.{method}.zh", "value.required")
        self._require_fixed(head)
        made = {
            "code": self.base["code"],
            "name": self._text(head, "name"),
            "place_kinds": place_kinds,
            "method_names": names,
            "points": self._points(head, "points"),
            "decimals": self._whole(head, "decimals", 0, 3, required=True),
            "rules": {**rules, "quorum": "majority" if quorum is None else quorum},
            "ranking": self.base.get("ranking"),
            "asks": self.base.get("asks"),
        }
        return _given(made)

    def _require_fixed(self, head: Line) -> None:
        stood = head_of(self.base, self.words)
        for column in HEAD_ROWS:
            key = column.key
            if key.startswith(("ranking.", "lists.")) and stood.get(key, "") != head.get(key):
                self.read.refuse(head, key, "checklist_file.fixed", value=head.get(key) or "—", was=stood.get(key, "—"))

    def _section(self, line: Line) -> Node:
        code = self._code(line, "section", self.used.sections, "sections")
        relevant = line.get("relevant") or None
        made = {"code": code, "name": self._text(line, "name"), "points": self._points(line, "points")}
        return _given({**made, "relevant": relevant}) | {"items": []}

    def _take_sections(self, sections: list[Node], lines: list[Line]) -> None:
        labels, by_code = section_labels(sections), {section["code"]: section for section in sections}
        was = section_labels(self.base["sections"])
        for line in lines:
            item = self._item(line)
            code = _named_in(line.get("section"), labels, was, by_code)
            if code is None:
                self._refuse_choice(line, "section", listed(labels.by_code.values()))
            else:
                by_code[code]["items"].append(item)

    def _item(self, line: Line) -> Node:
        code = self._code(line, "item", self.used.items, "items")
        photos = self._whole(line, "photos", *WHOLE["photos"])
        when = self._choice(line, "when", "when") or "failing"
        opens = self._choice(line, "opens", "opens")
        kind, _sep, severity = (opens or "").partition("/")
        made = {
            "code": code,
            "name": self._text(line, "name"),
            "guidance": self._some_text(line, "guidance"),
            "method": self._choice(line, "method", "methods", required=True),
            "points": self._points(line, "points", required=True),
            "scoring": self._scoring(line),
            "relevant": line.get("relevant") or None,
            "constraint_message": self._some_text(line, "message"),
            "evidence": {"photos": photos, "when": when} if photos else None,
            "prefill_from": self._choice(line, "prefill", "prefill"),
            "fails_below": self._whole(line, "fails_below", *WHOLE["fails_below"]),
            "opens": {"kind": kind, "severity": severity} if opens else None,
        }
        return _given(made)

    def _scoring(self, line: Line) -> Node:
        how = self._choice(line, "how", "how", required=True)
        self._refuse_others(line, how)
        match how:
            case "steps":
                return {"type": "graded", "options": [], "step": self._points(line, "step", required=True)}
            case "deduction":
                each, most = self._points(line, "per_finding", required=True), self._points(line, "most_off")
                return _given({"type": how, "per_finding": each, "maximum": most})
            case "yes_no":
                return _given({"type": how, "fails_when": self._choice(line, "fails_when", "yes_no")})
            case "threshold":
                return self._threshold(line)
            case "text" | "date" | "choices":
                return self._question(line, how)
        return {"type": "graded", "options": [], "step": "0"}

    def _refuse_others(self, line: Line, how: str | None) -> None:
        """What is filled in for another way of scoring would be lost."""
        own = {
            "steps": ("step",),
            "deduction": ("per_finding", "most_off"),
            "yes_no": ("fails_when",),
            "threshold": ("unit", "bound", "limit", "minimum", "maximum", "decimals", "below"),
            "text": ("long", "max_length"),
            "date": ("earliest", "latest"),
            "choices": ("fewest", "most"),
        }
        for other, keys in own.items():
            for key in keys:
                if how and other != how and line.get(key):
                    self.read.refuse(line, key, "checklist_file.not_for", value=line.get(key), how=line.get("how"))

    def _threshold(self, line: Line) -> Node:
        bound = self._choice(line, "bound", "bounds")
        decimals = self._whole(line, "decimals", *WHOLE["decimals"]) or 0
        if not line.get("unit"):
            self.read.refuse(line, "unit", "value.required")
        if line.get("limit") and not bound:
            self.read.refuse(line, "bound", "value.required")
        made: Node = {"type": "threshold", "unit": line.get("unit")}
        if bound:
            made[bound] = self._numeral(line, "limit", 6, required=True)
        made |= {"minimum": self._numeral(line, "minimum", 6, below_zero=True)}
        made |= {"maximum": self._numeral(line, "maximum", 6, below_zero=True), "decimals": decimals}
        made["below"] = self._choice(line, "below", "below") or "zero"
        return _given(made)

    def _question(self, line: Line, how: str) -> Node:
        """What is only asked; a key that is left empty is the contract's own default."""
        match how:
            case "text":
                long = self._choice(line, "long", "yes_no") == "yes"
                return _given(
                    {"type": how, "long": long, "max_length": self._whole(line, "max_length", 1, LONGEST_TEXT)}
                )
            case "date":
                latest = "today" if line.get("latest") == TODAY else self._day(line, "latest")
                return _given({"type": how, "earliest": self._day(line, "earliest"), "latest": latest})
        most = self._whole(line, "most", 1, MOST_CHOICES)
        fewest = self._whole(line, "fewest", 1, MOST_CHOICES)
        return _given({"type": how, "at_least": fewest, "at_most": most}) | {"options": []}

    def _take_grades(self, items: list[Node], lines: list[Line]) -> None:
        labels, by_code = item_labels(items), {item["code"]: item for item in items}
        was = item_labels([item for section in self.base["sections"] for item in section["items"]])
        for line in lines:
            code = _named_in(line.get("item"), labels, was, by_code)
            if code is None:
                self._refuse_choice(line, "item", listed(list(labels.by_code.values())[:20]))
                continue
            item = by_code[code]
            scoring, own = item["scoring"], self.read.lines[f"items.{code}"]
            asked = scoring["type"] == "choices"
            if not asked and (scoring["type"] != "graded" or own.get("how") == self.words["how"].label("steps")):
                self.read.refuse(line, "item", "checklist_file.not_for", value=line.get("name.zh"), how=own.get("how"))
                continue
            taken = self.used.grades.setdefault(code, set())
            grade = self._code(line, "grade", taken, f"items.{code}.options")
            points = None if asked else self._points(line, "points", required=True)
            if asked and line.get("points") not in ("", "0"):
                self.read.refuse(line, "points", "checklist_file.not_for", value=line.get("points"), how=own.get("how"))
            scoring["options"].append(_given({"code": grade, "name": self._text(line, "name"), "points": points}))
        for code, item in by_code.items():
            own = self.read.lines[f"items.{code}"]
            with_options = (self.words["how"].label("grades"), self.words["how"].label("choices"))
            if own.get("how") in with_options and not item["scoring"]["options"]:
                self.read.refuse(own, "how", "checklist_file.no_grades", item=own.get("name.zh"))

    def _adjustment(self, line: Line) -> Node:
        return {
            "code": self._code(line, "adjustment", self.used.adjustments, "adjustments"),
            "name": self._text(line, "name"),
            "kind": self._choice(line, "kind", "kinds", required=True),
            "maximum": self._points(line, "maximum", required=True),
        }

    # --- cells ----------------------------------------------------------------------

    def _code(self, line: Line, kind: str, taken: set[str], at: str) -> str:
        known = self.since.get((at, line.get("name.zh")))  # this very row was brought in before
        code = line.get("code") or known or make_code(line.get("name.zh"), kind, taken)
        taken.add(code)
        name = f"{at}.{code}"
        if name in self.read.lines:
            first = self.read.lines[name].number
            self.read.refuse(line, "code", "import.code_twice", code=code, first=first)
        self.read.lines.setdefault(name, line)
        return code


def _added_since(base: Node, now: Node) -> dict[tuple[str, str], str]:
    """The codes of what is published now and was not when the file was exported, by part and name."""
    was, found = _codes(base), _codes(now)
    return {(at, name): code for (at, code), name in found.items() if (at, code) not in was}


def _codes(definition: Node) -> dict[tuple[str, str], str]:
    found: dict[tuple[str, str], str] = {}
    parts = flat_parts(definition)
    for part, nodes in parts.items():
        found |= {(part, code): node["name"]["zh"] for code, node in nodes.items()}
    for code, item in parts["items"].items():
        at = f"items.{code}.options"
        found |= {(at, option["code"]): option["name"]["zh"] for option in item["scoring"].get("options", [])}
    return found


def _named_in(text: str, now: Labels, was: Labels, there: dict[str, Node]) -> str | None:
    """What a name in another table means: the present one, or the old one of what was renamed here."""
    code = now.code(text) or was.code(text)
    return code if code in there else None


def _given(node: Node) -> Node:
    return {key: value for key, value in node.items() if value is not None}
