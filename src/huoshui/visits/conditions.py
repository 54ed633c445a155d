"""A condition over answers, read from SQL into a tree; see ``visits.relevance`` for the language and the tree."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from sqlglot import exp

from huoshui.packs.expressions import CONDITIONS, NodeTypes, Unsound, parsed
from huoshui.visits.relevance import Column, Tree

ALLOWED: NodeTypes = (*CONDITIONS, exp.Any)
OPERATORS: dict[type[exp.Expr], str] = {
    exp.EQ: "=", exp.NEQ: "<>", exp.LT: "<", exp.LTE: "<=", exp.GT: ">", exp.GTE: ">=",
}  # fmt: skip
TURNED = {"<": ">", ">": "<", "<=": ">=", ">=": "<=", "=": "=", "<>": "<>"}
ORDERED = ("number", "date")
"""Types of which one answer comes before another; the others are only the same or not."""


def read_condition(text: str, columns: Mapping[str, Column]) -> Tree:
    """The tree of a condition over ``columns``. Raises Unsound."""
    return _Reader(columns).tree(parsed(text, columns, ALLOWED))


class _Reader:
    def __init__(self, columns: Mapping[str, Column]) -> None:
        self.columns = columns

    def tree(self, node: exp.Expr) -> Tree:
        match node:
            case exp.Paren():
                return self.tree(node.this)
            case exp.And() | exp.Or():
                return [type(node).__name__.lower(), self.tree(node.left), self.tree(node.right)]
            case exp.Not():
                return ["not", self.tree(node.this)]
            case exp.Boolean():
                return ["constant", bool(node.this)]
            case exp.Column():
                return self._yes(node)
            case exp.Is():
                return self._is(node)
            case exp.In():
                column = self._column(node.this, node)
                return _any_of([self._compared(column, "=", value, node) for value in node.expressions])
            case exp.Between():
                column, low, high = self._column(node.this, node), node.args["low"], node.args["high"]
                return ["and", self._compared(column, ">=", low, node), self._compared(column, "<=", high, node)]
        if type(node) in OPERATORS:
            return self._comparison(node, OPERATORS[type(node)])
        raise Unsound("indicator.not_allowed", node.sql())

    def _yes(self, node: exp.Expr) -> Tree:
        if self.columns[node.name].type != "yes_no":
            raise Unsound("indicator.type", node.sql())
        return ["yes", node.name]

    def _is(self, node: exp.Is) -> Tree:
        """``is null`` of any item, ``is true`` and ``is false`` of one that is answered by yes or no."""
        column, value = self._column(node.this, node), node.expression
        if isinstance(value, exp.Null):
            tree: Tree = ["missing", column]
        elif isinstance(value, exp.Boolean):
            yes = self._yes(_bare(node.this))
            # True or false in any case, also of a missing answer.
            tree = ["and", ["not", ["missing", column]], yes if value.this else ["not", yes]]
        else:
            raise Unsound("indicator.not_allowed", node.sql())
        return ["not", tree] if node.args.get("negate") else tree

    def _comparison(self, node: exp.Expr, operator: str) -> Tree:
        left, right = _bare(node.this), _bare(node.args["expression"])
        if isinstance(right, exp.Any):
            return self._has(node, left, right, operator)
        if isinstance(right, exp.Column) and not isinstance(left, exp.Column):
            left, right, operator = right, left, TURNED[operator]
        return self._compared(self._column(left, node), operator, right, node)

    def _has(self, node: exp.Expr, option: exp.Expr, of: exp.Any, operator: str) -> Tree:
        """``'soap' = any(kit)``: whether a choice is among the chosen ones."""
        code = self._column(of.this, node)
        if operator != "=" or self.columns[code].type != "choices":
            raise Unsound("indicator.type", node.sql())
        return ["has", code, self._option(code, option, node)]

    def _column(self, node: exp.Expr, around: exp.Expr) -> str:
        found = _bare(node)
        if not isinstance(found, exp.Column):
            raise Unsound("indicator.not_allowed", around.sql())
        return str(found.name)

    def _compared(self, code: str, operator: str, value: exp.Expr, around: exp.Expr) -> Tree:
        column, value = self.columns[code], _bare(value)
        if isinstance(value, exp.Null):
            return ["constant", None]
        if column.type == "yes_no":
            if not isinstance(value, exp.Boolean) or operator not in ("=", "<>"):
                raise Unsound("indicator.type", around.sql())
            yes: Tree = ["yes", code]
            return yes if bool(value.this) == (operator == "=") else ["not", yes]
        if column.type == "choices" or (column.type not in ORDERED and operator not in ("=", "<>")):
            raise Unsound("indicator.type", around.sql())
        return ["is", code, column.type, operator, self._literal(code, value, around)]

    def _literal(self, code: str, value: exp.Expr, around: exp.Expr) -> str:
        match self.columns[code].type:
            case "number":
                return _numeral(value, around)
            case "choice":
                return self._option(code, value, around)
        if not isinstance(value, exp.Literal) or not value.is_string or not value.name:
            raise Unsound("indicator.type", around.sql())
        if self.columns[code].type == "date":
            try:
                return dt.date.fromisoformat(value.name).isoformat()
            except ValueError:
                raise Unsound("indicator.type", around.sql()) from None
        return str(value.name)

    def _option(self, code: str, value: exp.Expr, around: exp.Expr) -> str:
        if not isinstance(value, exp.Literal) or not value.is_string:
            raise Unsound("indicator.type", around.sql())
        if value.name not in self.columns[code].options:
            raise Unsound("checklist.relevant_option", str(value.name))
        return str(value.name)


def _numeral(value: exp.Expr, around: exp.Expr) -> str:
    sign, number = ("-", value.this) if isinstance(value, exp.Neg) else ("", value)
    if not isinstance(number, exp.Literal) or number.is_string or not number.name.replace(".", "", 1).isdigit():
        raise Unsound("indicator.type", around.sql())
    whole, _dot, part = number.name.partition(".")
    return f"{sign}{whole or '0'}" + (f".{part}" if part else "")


def _bare(node: Any) -> exp.Expr:
    while isinstance(node, exp.Paren):
        node = node.this
    return node  # type: ignore[no-any-return]


def _any_of(trees: list[Tree]) -> Tree:
    return trees[0] if len(trees) == 1 else ["or", *trees]
