"""What the formulas of a form come to, for those that a form usually has: sums, means, shares, conditions.

Excel reckons them again when it opens the file. They are reckoned here for readers that do not, and for the sealed
form. What is not known here has no value and is told as such, never guessed.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator, Set
from decimal import Decimal, DivisionByZero, InvalidOperation
from typing import Any

from openpyxl.formula import Tokenizer
from openpyxl.formula.tokenizer import Token

from huoshui.forms.grid import position
from huoshui.kernel.numbers import nearest

Cells = dict[str, dict[tuple[int, int], Any]]
"""By sheet: a Decimal, a text, or a formula as ``Formula``."""
MOST_CELLS, DEEPEST = 100_000, 60


WORDS = "…"
"""Of a cell that holds a text: that it does, not which."""


class Unknown(Exception):
    """A formula that is not understood, or comes to an error."""


class Mistake(Unknown):
    """A formula that comes to an error in Excel as well: a division by zero, a number made of a text."""


class Formula(str):
    """The text of a formula, without its sign."""


class Reckoner:
    """The values of formulas; each is reckoned once."""

    def __init__(self, cells: Cells, gaps: Set[tuple[str, int, int]] = frozenset()) -> None:
        self._cells = cells
        self.gaps = gaps
        self.over_gaps: set[tuple[str, int, int]] = set()
        """Formulas that count a cell which should have a value and has none."""
        self._known: dict[tuple[str, int, int], Decimal | str] = {}
        self._open: set[tuple[str, int, int]] = set()

    def value(self, sheet: str, row: int, column: int) -> Decimal | str | None:
        """The number or the text of a cell; None of an empty one. Raises Unknown."""
        found = self._cells.get(sheet, {}).get((row, column))
        if (sheet, row, column) in self.gaps or (sheet, row, column) in self.over_gaps:
            self.over_gaps |= self._open
        if not isinstance(found, Formula):
            return found if isinstance(found, Decimal | str) else None
        key = (sheet, row, column)
        if key not in self._known:
            if key in self._open or len(self._open) > DEEPEST:
                raise Unknown("circle")
            self._open.add(key)
            try:
                self._known[key] = _Reading(self, sheet, found).result()
            finally:
                self._open.discard(key)
        return self._known[key]

    def numbers(self, sheet: str, first: str, last: str) -> Iterator[Decimal]:
        """The numbers of a range; empty cells and texts are left out, as Excel's sums do."""
        (top, left), (bottom, right) = position(first), position(last)
        if (bottom - top + 1) * (right - left + 1) > MOST_CELLS:
            raise Unknown("range")
        for row in range(top, bottom + 1):
            for column in range(left, right + 1):
                value = self.value(sheet, row, column)
                if isinstance(value, Decimal):
                    yield value


Argument = Decimal | str | bool | None | list[Decimal]


def _numbers(arguments: list[Argument]) -> list[Decimal]:
    found: list[Decimal] = []
    for argument in arguments:
        if isinstance(argument, list):
            found += argument
        elif argument is not None and not isinstance(argument, str):
            found.append(_number(argument))
    return found


def _number(value: Argument) -> Decimal:
    """A value as Excel reckons with it; an empty cell is 0. Raises Mistake of a text, Unknown of a range."""
    if isinstance(value, str):
        raise Mistake("text")
    if isinstance(value, list):
        raise Unknown("range")
    return Decimal() if value is None else Decimal(value)


def _mean(arguments: list[Argument]) -> Decimal:
    numbers = _numbers(arguments)
    if not numbers:
        raise Mistake("mean of nothing")
    return sum(numbers, Decimal()) / len(numbers)


def _round(arguments: list[Argument]) -> Decimal:
    (number,), digits = _numbers(arguments[:1]), _numbers(arguments[1:]) or [Decimal()]
    scale = Decimal(10) ** int(digits[0])
    top, bottom = (number * scale).as_integer_ratio()
    return Decimal(nearest(top, bottom)) / scale


FUNCTIONS: dict[str, Callable[[list[Argument]], Decimal]] = {
    "SUM": lambda a: sum(_numbers(a), Decimal()),
    "AVERAGE": _mean,
    "COUNT": lambda a: Decimal(len(_numbers(a))),
    "MAX": lambda a: max(_numbers(a), default=Decimal()),
    "MIN": lambda a: min(_numbers(a), default=Decimal()),
    "ROUND": _round,
    "ABS": lambda a: abs(_numbers(a)[0]),
}
RANKS = {"=": 1, "<>": 1, "<": 1, ">": 1, "<=": 1, ">=": 1, "+": 3, "-": 3, "*": 4, "/": 4, "^": 5}
COMPARED: dict[str, Callable[[Decimal, Decimal], bool]] = {
    "=": operator.eq, "<>": operator.ne, "<": operator.lt, ">": operator.gt, "<=": operator.le, ">=": operator.ge,
}  # fmt: skip


def _compared(sign: str, left: Argument, right: Argument) -> bool:
    """One value against another. Texts are held against "" alone: which words a cell has is not known here."""
    if isinstance(left, str) or isinstance(right, str):
        pair = ["" if one is None else one for one in (left, right)]
        if sign not in ("=", "<>") or (WORDS in pair and "" not in pair):
            raise Unknown("text")
        return (pair[0] == pair[1]) is (sign == "=")
    return COMPARED[sign](_number(left), _number(right))


def _chosen(arguments: list[Argument | Unknown]) -> Argument:
    """IF: what is not chosen may come to an error."""
    if not 2 <= len(arguments) <= 3:
        raise Unknown("IF")
    holds = bool(_number(_sound(arguments[0])))
    if not holds and len(arguments) == 2:
        raise Unknown("IF")  # Excel shows FALSE, which no form wants
    return _sound(arguments[1 if holds else 2])


def _instead(arguments: list[Argument | Unknown]) -> Argument:
    """IFERROR: what stands in for an error that Excel would find, too."""
    if len(arguments) != 2:
        raise Unknown("IFERROR")
    return _sound(arguments[1] if isinstance(arguments[0], Mistake) else arguments[0])


def _sound(argument: Argument | Unknown) -> Argument:
    if isinstance(argument, Unknown):
        raise argument
    return argument


CHOICES: dict[str, Callable[[list[Argument | Unknown]], Argument]] = {
    "IF": _chosen,
    "IFERROR": _instead,
    "AND": lambda a: all(_number(_sound(one)) for one in a),
    "OR": lambda a: any(_number(_sound(one)) for one in a),
}
"""Functions that are given errors as well."""


class _Reading:
    """One formula, read from left to right by the ranks of its operators."""

    def __init__(self, reckoner: Reckoner, sheet: str, text: str) -> None:
        self._reckoner, self._sheet = reckoner, sheet
        self._tokens = [t for t in Tokenizer(f"={text}").items if t.type != Token.WSPACE]
        self._at = 0

    def result(self) -> Decimal | str:
        value = self._expression(0)
        if self._at != len(self._tokens):
            raise Unknown("rest")
        if isinstance(value, bool) or value == WORDS:
            raise Unknown("no number")
        return value if isinstance(value, str) else _number(value)

    def _next(self) -> Any:
        return self._tokens[self._at] if self._at < len(self._tokens) else None

    def _is_next(self, kind: str, subtype: str = "") -> bool:
        token = self._next()
        return token is not None and token.type == kind and (not subtype or token.subtype == subtype)

    def _take(self) -> Any:
        token = self._next()
        if token is None:
            raise Unknown("end")
        self._at += 1
        return token

    def _expression(self, rank: int) -> Argument:
        left = self._operand()
        while (token := self._next()) is not None and token.type == Token.OP_IN and RANKS.get(token.value, 0) > rank:
            self._take()
            right = self._expression(RANKS[token.value])
            if token.value in COMPARED:
                left = _compared(token.value, left, right)
            else:
                left = self._joined(token.value, _number(left), _number(right))
        return left

    @staticmethod
    def _joined(sign: str, left: Decimal, right: Decimal) -> Decimal:
        try:
            match sign:
                case "+":
                    return left + right
                case "-":
                    return left - right
                case "*":
                    return left * right
                case "/":
                    return left / right
            raise Unknown(sign)
        except (DivisionByZero, InvalidOperation):
            raise Mistake("division by zero") from None

    def _operand(self) -> Argument:
        token = self._take()
        if token.type == Token.OP_PRE:
            value = _number(self._expression(RANKS["/"]))
            return -value if token.value == "-" else value
        found = self._plain(token)
        while (after := self._next()) is not None and after.type == Token.OP_POST:
            self._take()
            found = _number(found) / 100
        return found

    def _plain(self, token: Any) -> Argument:
        if token.type == Token.OPERAND and token.subtype == Token.NUMBER:
            return Decimal(token.value)
        if token.type == Token.OPERAND and token.subtype == Token.TEXT:
            return str(token.value[1:-1].replace('""', '"'))
        if token.type == Token.OPERAND and token.subtype == Token.RANGE:
            return self._range(token.value)
        if token.type == Token.PAREN and token.subtype == Token.OPEN:
            value = self._expression(0)
            self._take()
            return value
        if token.type == Token.FUNC and token.subtype == Token.OPEN:
            return self._function(token.value.rstrip("(").upper())
        raise Unknown(str(token.value))

    def _range(self, text: str) -> Argument:
        sheet, mark, ref = text.rpartition("!")
        name = sheet.strip("'").replace("''", "'") if mark else self._sheet
        first, colon, last = ref.replace("$", "").partition(":")
        try:
            if colon:
                return list(self._reckoner.numbers(name, first, last))
            return self._reckoner.value(name, *position(first))
        except ValueError:
            raise Unknown(text) from None

    def _function(self, name: str) -> Argument:
        arguments: list[Argument | Unknown] = []
        while not self._is_next(Token.FUNC, Token.CLOSE):
            if self._is_next(Token.SEP):
                self._take()
            else:
                arguments.append(self._argument())
        self._take()
        if name in CHOICES:
            return CHOICES[name](arguments)
        if name not in FUNCTIONS:
            raise Unknown(name)
        return FUNCTIONS[name]([_sound(one) for one in arguments])

    def _argument(self) -> Argument | Unknown:
        """One argument of a function, or why it comes to nothing."""
        start = self._at
        try:
            return self._expression(0)
        except Unknown as fault:
            self._at, depth = start, 0
            while depth or not (self._is_next(Token.SEP) or self._is_next(Token.FUNC, Token.CLOSE)):
                token = self._take()
                depth += (token.subtype == Token.OPEN) - (token.subtype == Token.CLOSE)
            return fault
