"""The types inside an expression: both engines have to read it alike, so nothing is compared across types.

SQLite compares a text with a number and says no; PostgreSQL refuses. Here such an expression is refused before either
sees it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from sqlglot import exp

from huoshui.packs.expressions import Unsound

LOGIC = (exp.And, exp.Or)
COMPARED = (exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE)
RECKONED = (exp.Add, exp.Sub, exp.Mul)
NONE = "none"
"""The type of NULL, which goes with any other."""
SIMPLE: tuple[tuple[tuple[type[exp.Expr], ...], str, bool], ...] = (
    ((exp.Null,), NONE, False),
    ((exp.Boolean, exp.Is), "yes_no", False),
    ((exp.Count,), "integer", False),
    ((exp.Neg, exp.Sum, exp.Min, exp.Max), "integer", True),
    ((exp.Not,), "yes_no", True),
)
"""Nodes by the type they yield, and whether what they are of has to be of that type too."""


def require_type(tree: exp.Expr, columns: Mapping[str, str], wanted: str) -> None:
    """Raise Unsound unless the expression is of a type: yes_no for a condition, integer for a value."""
    found = _type(tree, columns)
    if found != wanted:
        raise Unsound("indicator.type", tree.sql())


def _type(node: exp.Expr, columns: Mapping[str, str]) -> str:
    """The type of a whitelisted node. Raises Unsound where its parts do not go together."""
    if isinstance(node, exp.Paren):
        return _type(node.this, columns)
    if isinstance(node, exp.Column):
        return columns[node.name]
    if isinstance(node, exp.Literal):
        return _literal(node)
    if isinstance(node, exp.Is):
        _type(node.this, columns)
    for kinds, given, wanted in SIMPLE:
        if isinstance(node, kinds):
            return _all_of(given, node, [node.this], columns) if wanted else given
    return _compound(node, columns)


def _compound(node: exp.Expr, columns: Mapping[str, str]) -> str:
    if isinstance(node, (*LOGIC, *RECKONED)):
        return _all_of("yes_no" if isinstance(node, LOGIC) else "integer", node, [node.left, node.right], columns)
    if isinstance(node, exp.Case) and node.this is None:
        return _case(node, columns)
    if isinstance(node, exp.Coalesce):
        return _alike(node, [node.this, *node.expressions], columns)
    if isinstance(node, exp.Between):
        _alike(node, [node.this, node.args["low"], node.args["high"]], columns)
    elif isinstance(node, exp.In):
        _alike(node, [node.this, *node.expressions], columns)
    elif isinstance(node, COMPARED):
        _alike(node, [node.left, node.right], columns)
    else:
        raise Unsound("indicator.not_allowed", node.sql())
    return "yes_no"


def _case(node: exp.Case, columns: Mapping[str, str]) -> str:
    branches, default = node.args["ifs"], node.args.get("default")
    for branch in branches:
        _all_of("yes_no", branch, [branch.this], columns)
    return _alike(node, [*(branch.args["true"] for branch in branches), *([default] if default else [])], columns)


def _literal(node: exp.Literal) -> str:
    if node.is_string:
        try:
            dt.date.fromisoformat(node.name)
        except ValueError:
            return "text"
        return "day"  # a text that is a date: it goes with either
    if not node.name.isdigit():
        raise Unsound("indicator.type", node.sql())
    return "integer"


def _all_of(kind: str, node: exp.Expr, parts: list[exp.Expr], columns: Mapping[str, str]) -> str:
    if any(_type(part, columns) not in (kind, NONE) for part in parts):
        raise Unsound("indicator.type", node.sql())
    return kind


def _alike(node: exp.Expr, parts: list[exp.Expr], columns: Mapping[str, str]) -> str:
    """The one type that the parts share."""
    found = {_type(part, columns) for part in parts} - {NONE}
    if found in ({"date", "day"}, {"text", "day"}):
        found -= {"day"}
    if len(found) != 1:
        raise Unsound("indicator.type", node.sql())
    return found.pop()
