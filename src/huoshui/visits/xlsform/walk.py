"""The form's questions in order, each with the groups around it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from pyxform.question_type_dictionary import QUESTION_TYPE_DICT

from huoshui.visits.xlsform.form import ROW

Node = dict[str, Any]
SELECTS = {"select one": "one", "select all that apply": "many", "select one external": "external", "rank": "rank"}
TABLE_LABEL = "generated_table_list_label_"
BOUND = {"int": "number", "decimal": "number", "date": "date", "string": "text"}
"""What is asked for, by the type of the answer as the XForm binds it."""
PERSONAL = ("phone number", "email", "username")


@dataclass(frozen=True)
class Question:
    """One question, note or calculation."""

    node: Node
    row: int
    groups: tuple[Node, ...] = ()
    """From the outermost in."""

    @property
    def name(self) -> str:
        return str(self.node["name"])

    @property
    def type(self) -> str:
        return str(self.node.get("type", ""))

    @property
    def bind(self) -> Node:
        return dict(self.node.get("bind") or {})

    @property
    def asks(self) -> str:
        """The type of its answer, as the XForm binds it: int, decimal, string."""
        known: Any = QUESTION_TYPE_DICT.get(self.type, {})
        return str(self.bind.get("type") or known.get("bind", {}).get("type", ""))

    @property
    def kind(self) -> str:
        """What it asks for: one, many, number, range, text, date, image, yes, note, calculate, meta; or its type."""
        if self.type in SELECTS:
            return SELECTS[self.type]
        known: Any = QUESTION_TYPE_DICT.get(self.type, {})
        tag, bind = known.get("control", {}).get("tag"), known.get("bind", {})
        if self.type == "range":
            return "range"
        if tag == "upload":
            return "image" if known["control"].get("mediatype") == "image/*" else "file"
        if tag == "trigger":
            return "yes"
        if bind.get("readonly") == "true()":
            return "note"
        if "jr:preload" in bind or tag == "action" or self.type in ("audit", "username", "email"):
            return "meta"
        if tag is None:
            return "calculate" if self.type not in ("xml-external", "csv-external") else "external"
        return self.type if self.type in PERSONAL else BOUND.get(bind.get("type", ""), self.type)


@dataclass
class Walked:
    """Questions in order, and the repeats among the groups."""

    questions: list[Question] = field(default_factory=list)
    repeats: list[Node] = field(default_factory=list)


def walked(json: Node) -> Walked:
    """Every question of a form as pyxform understands it. What pyxform itself adds has no row and is left out."""
    found = Walked()
    for node, groups in _under(json.get("children", []), ()):
        if node.get("type") in ("repeat", "loop"):
            found.repeats.append(node)
        elif node.get("type") != "group" and ROW in node:
            found.questions.append(Question(node, int(node[ROW]), groups))
    return found


def _keep_label(node: Node) -> None:
    """Of a table of selects pyxform makes the group's label a note of its own; the group gets it back."""
    first: Node = next(iter(node.get("children") or []), {})
    if str(first.get("name", "")).startswith(TABLE_LABEL):
        for key in ("label", "hint"):
            if key in first:
                node.setdefault(key, first[key])


def _under(children: list[Node], groups: tuple[Node, ...]) -> Iterator[tuple[Node, tuple[Node, ...]]]:
    for node in children:
        yield node, groups
        _keep_label(node)
        if node.get("type") in ("group", "repeat", "loop"):
            yield from _under(node.get("children", []), (*groups, node))
