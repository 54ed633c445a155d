"""When an item is asked: the conditions of a checklist, read from SQL once and decided over answers.

The language is the one in which packs write conditions of indicators (``packs.expressions``), over the answers to
earlier items: ``toilet``, ``users >= 10``, ``kind = 'dry'``, ``opened < '2020-01-01'``, ``'soap' = any(kit)``,
``note is null``, ``and``, ``or``, ``not``, ``in``, ``between``. As in SQL a comparison with a missing answer is neither
true nor false, and an item is asked when its condition is true. An item that is not asked has no answer for later ones.

A condition is read into a tree of lists that goes to the field page as JSON; ``frontend/src/relevance.ts`` decides it
there by the same rules. Both read answers as the page's inputs hold them (``answers.input_text``), and
``tests/visits/relevance_cases.json`` is held against both.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any

from huoshui.visits.question_types import Choices, DateAnswer, TextAnswer
from huoshui.visits.schema import Checklist, ChecklistSection, Graded, Item, YesNoScoring

Tree = list[Any]
"""["and"|"or", tree...], ["not", tree], ["missing", item], ["yes", item], ["has", item, option],
["is", item, type, operator, literal] or ["constant", true|false|null]."""
Answers = Mapping[str, str]
"""By item code, as inputs hold them; what is absent or empty is missing."""
NUMBER = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?")
COMPARED: dict[str, Callable[[Any, Any], bool]] = {
    "=": lambda one, other: bool(one == other),
    "<>": lambda one, other: bool(one != other),
    "<": lambda one, other: bool(one < other),
    "<=": lambda one, other: bool(one <= other),
    ">": lambda one, other: bool(one > other),
    ">=": lambda one, other: bool(one >= other),
}


@dataclass(frozen=True)
class Column:
    """What the answers to an item are, in a condition: number, text, date, yes_no, choice or choices."""

    type: str
    options: tuple[str, ...] = ()


def column_of(item: Item) -> Column:
    """An item as a column of conditions."""
    match item.scoring:
        case Graded(options=options) if options:
            return Column("choice", tuple(option.code for option in options))
        case Choices(options=choices):
            return Column("choices", tuple(option.code for option in choices))
        case YesNoScoring():
            return Column("yes_no")
        case TextAnswer():
            return Column("text")
        case DateAnswer():
            return Column("date")
    return Column("number")


@dataclass(frozen=True)
class Stated:
    """One condition of a checklist, and what it may name."""

    section: int
    item: int | None
    """Position within the section; None: the condition of the whole section."""
    text: str
    columns: dict[str, Column]

    def tree(self) -> Tree:
        """The condition, read. Raises ``packs.expressions.Unsound``."""
        return condition(self.text, self.columns)


def stated(checklist: Checklist) -> Iterator[Stated]:
    """Every condition of a checklist, in order, with the items before it."""
    before: dict[str, Column] = {}
    for at, section in enumerate(checklist.sections):
        if section.relevant:
            yield Stated(at, None, section.relevant, dict(before))
        for position, item in enumerate(section.items):
            if item.relevant:
                yield Stated(at, position, item.relevant, dict(before))
            before[item.code] = column_of(item)


def conditions_of(checklist: Checklist) -> dict[str, Tree]:
    """When each item is asked that is not always asked, by item code: its section's condition, and its own."""
    if not any(is_conditional(section, item) for section in checklist.sections for item in section.items):
        return {}
    key = tuple(
        (section.relevant, tuple((item.code, item.relevant, column_of(item)) for item in section.items))
        for section in checklist.sections
    )
    return _conditions(key)


def is_conditional(section: ChecklistSection, item: Item) -> bool:
    """Whether an item of a section is asked under a condition only."""
    return bool(section.relevant or item.relevant)


def asked_always(checklist: Checklist) -> list[Item]:
    """The items that every sheet asks."""
    return [item for section in checklist.sections for item in section.items if not is_conditional(section, item)]


@lru_cache(maxsize=256)
def _conditions(key: tuple[Any, ...]) -> dict[str, Tree]:
    found: dict[str, Tree] = {}
    before: dict[str, Column] = {}
    for of_section, items in key:
        around = condition(of_section, before) if of_section else None
        for code, own, column in items:
            trees = [tree for tree in (around, condition(own, before) if own else None) if tree]
            if trees:
                found[code] = trees[0] if len(trees) == 1 else ["and", *trees]
            before[code] = column
    return found


def condition(text: str, columns: Mapping[str, Column]) -> Tree:
    """A condition as a tree. Raises ``packs.expressions.Unsound``."""
    # sqlglot is large: only whoever has a condition to read loads it.
    from huoshui.visits.conditions import read_condition

    return read_condition(text, columns)


# --- deciding -----------------------------------------------------------------------


def asked(checklist: Checklist, answers: Answers) -> set[str]:
    """The codes of the items that a sheet with these answers asks."""
    conditions = conditions_of(checklist)
    found: set[str] = set()
    counted: dict[str, str] = {}
    for code in checklist.items:
        if code in conditions and holds(conditions[code], counted) is not True:
            continue
        found.add(code)
        if answers.get(code):
            counted[code] = answers[code]
    return found


def holds(tree: Tree, answers: Answers) -> bool | None:
    """Whether a condition is true of these answers; None: it cannot be said, as in SQL."""
    match tree:
        case ["and", *parts]:
            return _all([holds(part, answers) for part in parts])
        case ["or", *parts]:
            return _opposite(_all([_opposite(holds(part, answers)) for part in parts]))
        case ["not", part]:
            return _opposite(holds(part, answers))
        case ["missing", item]:
            return not answers.get(item)
        case ["constant", value]:
            return None if value is None else bool(value)
    return _decided(tree, answers.get(tree[1], ""))


def _all(parts: list[bool | None]) -> bool | None:
    if False in parts:
        return False
    return None if None in parts else True


def _opposite(value: bool | None) -> bool | None:
    return None if value is None else not value


def _decided(tree: Tree, answer: str) -> bool | None:
    """A comparison with the answer to one item; None where it is missing."""
    if not answer:
        return None
    match tree:
        case ["yes", _]:
            return answer == "yes"
        case ["has", _, option]:
            return option in answer.split("\n")
        case ["is", _, "number", operator, literal]:
            number = _number(answer)
            return None if number is None else COMPARED[operator](number, Decimal(literal))
        case ["is", _, _, operator, literal]:
            return COMPARED[operator](answer, literal)
    raise AssertionError(tree)


def _number(answer: str) -> Decimal | None:
    """A number as somebody types it; None for anything else, which the sheet refuses to take."""
    text = answer.replace(",", "").strip(" ")
    return Decimal(text) if NUMBER.fullmatch(text) else None
