"""What the formulas of a form come to, for those that a form usually has: sums, means, shares.

Excel reckons them again when it opens the file. They are reckoned here for readers that do not, and for the sealed
form. What is not known here has no value and is told as such, never guessed.
"""

from __future__ import annotations

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


class Unknown(Exception):
    """A formula that is not understood, or comes to an error."""


class Formula(str):
    """The text of a formula, without its sign."""


class Reckoner:
    """The values of formulas; each is reckoned once."""

    def __init__(self, cells: Cells, gaps: Set[tuple[str, int, int]] = frozenset()) -> None:
        self._cells = cells
        self.gaps = gaps
        self.over_gaps: set[tuple[str, int, int]] = set()
        """Formulas that count a cell which should have a value and has none."""
        self._known: dict[tuple[str, int, int], Decimal | None] = {}
        self._open: set[tuple[str, int, int]] = set()

    def value(self, sheet: str, row: int, column: int) -> Decimal | None:
        """The number of a cell; None of an empty one or a text. Raises Unknown."""
        found = self._cells.get(sheet, {}).get((row, column))
        if (sheet, row, column) in self.gaps or (sheet, row, column) in self.over_gaps:
            self.over_gaps |= self._open
        if not isinstance(found, Formula):
            return found if isinstance(found, Decimal) else None
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
                if value is not None:
                    yield value


Argument = Decimal | None | list[Decimal]


def _numbers(arguments: list[Argument]) -> list[Decimal]:
    found: list[Decimal] = []
    for argument in arguments:
        if isinstance(argument, list):
            found += argument
        elif argument is not None:
            found.append(argument)
    return found


def _mean(arguments: list[Argument]) -> Decimal:
    numbers = _numbers(arguments)
    if not numbers:
        raise Unknown("mean of nothing")
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
}
RANKS = {"+": 1, "-": 1, "*": 2, "/": 2, "^": 3}


class _Reading:
    """One formula, read from left to right by the ranks of its operators."""

    def __init__(self, reckoner: Reckoner, sheet: str, text: str) -> None:
        self._reckoner, self._sheet = reckoner, sheet
        self._tokens = [t for t in Tokenizer(f"={text}").items if t.type != Token.WSPACE]
        self._at = 0

    def result(self) -> Decimal:
        value = self._number(self._expression(0))
        if self._at != len(self._tokens):
            raise Unknown("rest")
        return value

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

    @staticmethod
    def _number(value: Argument) -> Decimal:
        if isinstance(value, list):
            raise Unknown("range")
        return value if value is not None else Decimal()

    def _expression(self, rank: int) -> Argument:
        left = self._operand()
        while (token := self._next()) is not None and token.type == Token.OP_IN and RANKS.get(token.value, 0) > rank:
            self._take()
            right = self._number(self._expression(RANKS[token.value]))
            left = self._joined(token.value, self._number(left), right)
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
            raise Unknown("division by zero") from None

    def _operand(self) -> Argument:
        token = self._take()
        if token.type == Token.OP_PRE:
            value = self._number(self._expression(RANKS["/"]))
            return -value if token.value == "-" else value
        found = self._plain(token)
        while (after := self._next()) is not None and after.type == Token.OP_POST:
            self._take()
            found = self._number(found) / 100
        return found

    def _plain(self, token: Any) -> Argument:
        if token.type == Token.OPERAND and token.subtype == Token.NUMBER:
            return Decimal(token.value)
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

    def _function(self, name: str) -> Decimal:
        arguments: list[Argument] = []
        while not (
            self._next() is not None and self._next().type == Token.FUNC and self._next().subtype == Token.CLOSE
        ):
            if self._next() is not None and self._next().type == Token.SEP:
                self._take()
            else:
                arguments.append(self._expression(0))
        self._take()
        if name not in FUNCTIONS:
            raise Unknown(name)
        return FUNCTIONS[name](arguments)
