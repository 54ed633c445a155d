"""Conditions of an XLSForm in words: pyxform's own lexer, and a parser of the part of XPath that forms use.

What a checklist cannot keep as a rule it can tell the judge: "only if “有无广场” is “有”". An expression with
anything else in it (paths, other functions) is Untranslatable, never guessed at.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from pyxform.parsing.expression import parse_expression

MOST_TOKENS = 200
COMPARED = {
    "=": ("是", "is"),
    "!=": ("不是", "is not"),
    ">": ("大于", "is more than"),
    ">=": ("不小于", "is at least"),
    "<": ("小于", "is less than"),
    "<=": ("不大于", "is at most"),
}
TODAY = "today()"
"""The value of a comparison with the day on which the question is answered."""
OF = {"length": ("{}的字数", "the length of {}"), "count": ("{}选的项数", "the number of choices of {}")}
COUNTED = {"string-length(": "length", "count-selected(": "count"}
TURNED = {"<": ">", ">": "<", "<=": ">=", ">=": "<=", "=": "=", "!=": "!="}


class Untranslatable(ValueError):
    """The expression uses more than is understood."""


@dataclass(frozen=True)
class Ref:
    """Another question, by its name; "" is the question itself."""

    name: str
    of: str = ""
    """length: of its text; count: of its chosen choices; "" is the answer."""


@dataclass(frozen=True)
class Compare:
    """A question against a literal."""

    ref: Ref
    op: str
    value: str
    number: bool


@dataclass(frozen=True)
class Selected:
    """Whether a choice is selected."""

    ref: Ref
    value: str


@dataclass(frozen=True)
class Joined:
    """Several conditions: all of them ("and"), or any ("or")."""

    word: str
    parts: tuple[Condition, ...]


@dataclass(frozen=True)
class Not:
    """The contrary."""

    part: Condition


@dataclass(frozen=True)
class Always:
    """true() or false()."""

    yes: bool


Condition = Compare | Selected | Joined | Not | Always
Operand = Ref | tuple[str, bool]


def parsed(text: str) -> Condition:
    """The condition that an expression states. Raises Untranslatable."""
    tokens = [(token.type, str(token).strip()) for token in parse_expression(text) if token.type != "WHITESPACE"]
    if not tokens or len(tokens) > MOST_TOKENS:
        raise Untranslatable(text)
    parser = _Parser(tokens)
    found = parser.either()
    if parser.left:
        raise Untranslatable(text)
    return found


class _Parser:
    """Recursive descent: either = both {or both}; both = single {and single}."""

    def __init__(self, tokens: list[tuple[str, str]]) -> None:
        self.left = tokens[::-1]

    def _next(self) -> tuple[str, str]:
        return self.left[-1] if self.left else ("", "")

    def _take(self) -> tuple[str, str]:
        if not self.left:
            raise Untranslatable("ends too early")
        return self.left.pop()

    def _expect(self, kind: str) -> None:
        if self._take()[0] != kind:
            raise Untranslatable(kind)

    def either(self) -> Condition:
        return self._joined("or", lambda: self._joined("and", self.single))

    def _joined(self, word: str, part: Callable[[], Condition]) -> Condition:
        parts = [part()]
        while self._next() == ("OPS_BOOL", word):
            self._take()
            parts.append(part())
        return parts[0] if len(parts) == 1 else Joined(word, tuple(parts))

    def single(self) -> Condition:
        kind = self._next()[0]
        if kind == "OPEN_PAREN":
            self._take()
            inner = self.either()
            self._expect("CLOSE_PAREN")
            return inner
        if kind == "FUNC_CALL" and self._next()[1] in ("not(", "selected(", "true(", "false("):
            return self._call()
        return self._comparison()

    def _call(self) -> Condition:
        name = self._take()[1]
        match name:
            case "not(":
                inner = self.either()
                self._expect("CLOSE_PAREN")
                return Not(inner)
            case "selected(":
                ref = self._operand()
                self._expect("COMMA")
                value = self._operand()
                self._expect("CLOSE_PAREN")
                if isinstance(ref, Ref) and isinstance(value, tuple):
                    return Selected(ref, value[0])
            case "true(" | "false(":
                self._expect("CLOSE_PAREN")
                return Always(name == "true(")
        raise Untranslatable(name)

    def _comparison(self) -> Condition:
        one = self._operand()
        kind, op = self._take()
        if kind != "OPS_COMP":
            raise Untranslatable(op)
        if op in "<>" and self._next() == ("OPS_COMP", "="):  # the lexer takes "<=" apart
            op += self._take()[1]
        other = self._operand()
        if isinstance(one, Ref) and isinstance(other, tuple):
            return Compare(one, op, *other)
        if isinstance(one, tuple) and isinstance(other, Ref):
            return Compare(other, TURNED[op], *one)
        raise Untranslatable(op)

    def _operand(self) -> Operand:
        kind, text = self._take()
        match kind:
            case "PYXFORM_REF" if "last-saved#" not in text:
                return Ref(text[2:-1])
            case "SELF_REF":
                return Ref("")
            case "NUMBER":
                return (text, True)
            case "FUNC_CALL":
                return self._value(text)
            case "SYSTEM_LITERAL":
                return (text[1:-1], False)
        raise Untranslatable(text)

    def _value(self, name: str) -> Operand:
        """string-length(…), count-selected(…), date('2020-01-01') or today()."""
        if name == TODAY[:-1]:
            self._expect("CLOSE_PAREN")
            return (TODAY, False)
        inner = self._operand()
        self._expect("CLOSE_PAREN")
        if name in COUNTED and isinstance(inner, Ref):
            return Ref(inner.name, COUNTED[name])
        if name == "date(" and isinstance(inner, tuple) and not inner[1]:
            return inner
        raise Untranslatable(name)


@dataclass(frozen=True)
class Words:
    """How the questions and their choices are called in one language; ``choice``: by question and value."""

    language: int
    question: Callable[[str], str]
    choice: Callable[[str, str], str]


def told(condition: Condition, words: Words, *, inner: bool = False) -> str:
    """A condition as a sentence's part, Chinese (language 0) or English (1)."""
    zh = words.language == 0
    match condition:
        case Always(yes):
            return ("总是" if yes else "从不") if zh else ("always" if yes else "never")
        case Not(part):
            said = told(part, words)
            return f"不满足（{said}）" if zh else f"not ({said})"
        case Joined(word, parts):
            link = ("且" if word == "and" else "或") if zh else f" {word} "
            said = link.join(told(part, words, inner=True) for part in parts)
            return (f"（{said}）" if zh else f"({said})") if inner else said
        case Selected(ref, value):
            name, choice = words.question(ref.name), words.choice(ref.name, value)
            return f"{name}选了“{choice}”" if zh else f"{name} includes “{choice}”"
        case Compare(ref, op, "", False):
            name = words.question(ref.name)
            empty = op == "="
            return f"{name}{'没有' if empty else '已'}作答" if zh else f"{name} is {'not ' if empty else ''}answered"
        case Compare(ref, op, value, number):
            name = words.question(ref.name)
            if ref.of:
                name = OF[ref.of][words.language].format(name)
            if value == TODAY:
                return f"{name}{COMPARED[op][0]}当天" if zh else f"{name} {COMPARED[op][1]} today"
            said = value if number else f"“{words.choice(ref.name, value)}”"
            return f"{name}{COMPARED[op][0]}{' ' if number else ''}{said}" if zh else f"{name} {COMPARED[op][1]} {said}"
    raise AssertionError(condition)


@dataclass(frozen=True)
class Bounds:
    """Least and greatest value that a constraint admits; None: none."""

    low: Decimal | None = None
    high: Decimal | None = None


def bounds(condition: Condition, step: Decimal, of: str = "") -> Bounds | None:
    """A constraint on the answer itself as bounds; ``step``: the least difference of two answers. None: it is more.

    ``of``: what of the answer is bounded, as in ``Ref``.
    """
    match condition:
        case Joined("and", parts):
            found = [bounds(part, step, of) for part in parts]
            if any(part is None for part in found):
                return None
            lows = [part.low for part in found if part and part.low is not None]
            highs = [part.high for part in found if part and part.high is not None]
            return Bounds(max(lows, default=None), min(highs, default=None))
        case Compare(Ref("", bounded), op, value, True) if bounded == of:
            number = Decimal(value)
            return {
                ">=": Bounds(low=number),
                ">": Bounds(low=number + step),
                "<=": Bounds(high=number),
                "<": Bounds(high=number - step),
                "=": Bounds(number, number),
            }.get(op)
    return None


def day_bounds(condition: Condition) -> dict[str, str] | None:
    """A constraint on a date as ``earliest`` and ``latest`` (a day, or today); None: it is more than that."""
    match condition:
        case Joined("and", parts):
            found: dict[str, str] = {}
            for part in parts:
                bound = day_bounds(part)
                if bound is None or set(bound) & set(found):
                    return None
                found |= bound
            return found
        case Compare(Ref("", ""), "<=", "today()", False):
            return {"latest": "today"}
        case Compare(Ref("", ""), op, value, False):
            key = {"<=": ("latest", 0), "<": ("latest", -1), ">=": ("earliest", 0), ">": ("earliest", 1)}.get(op)
            try:
                return {key[0]: str(dt.date.fromisoformat(value) + dt.timedelta(days=key[1]))} if key else None
            except ValueError:
                return None
    return None
