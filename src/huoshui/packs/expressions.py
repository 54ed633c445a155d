"""The expressions that packs write, in SQL: parsed with sqlglot and held to a whitelist.

Indicators count rows by them (``figures.expressions``), a checklist says by them when an item is asked
(``visits.relevance``). What is not on the list is refused; nothing is passed through.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import sqlglot
from sqlglot import exp
from sqlglot.errors import ParseError, SqlglotError

READ = "postgres"
"""The dialect that packs write."""
MOST_NODES = 200
LONGEST_NAMED = 80
"""Characters of an expression that a message names."""
DEEPEST = 30
"""Parentheses within parentheses: the parser goes down into each, and would run out of its stack."""
NodeTypes = tuple[type[exp.Expr], ...]
CONDITIONS: NodeTypes = (
    exp.Literal, exp.Boolean, exp.Null, exp.Paren, exp.Column, exp.Identifier, exp.And, exp.Or, exp.Not, exp.EQ,
    exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.In, exp.Tuple, exp.Between, exp.Is, exp.Neg,
)  # fmt: skip
"""What compares."""
RECKONED: NodeTypes = (exp.Add, exp.Sub, exp.Mul, exp.Case, exp.If, exp.Coalesce)
AGGREGATES: NodeTypes = (exp.Count, exp.Sum, exp.Min, exp.Max)
COUNTED: NodeTypes = (exp.Star, exp.Distinct)
"""What stands only inside of an aggregate."""


@dataclass(frozen=True)
class Unsound(Exception):
    """Why an expression is refused: the error code and what it names."""

    code: str
    name: str


def parsed(text: str, columns: Iterable[str], allowed: NodeTypes) -> exp.Expr:
    """The tree of one expression over ``columns``, made of nothing but ``allowed``. Raises Unsound."""
    if _depth(text) > DEEPEST:
        raise Unsound("indicator.too_deep", str(DEEPEST))
    try:
        trees = sqlglot.parse(text, read=READ)
    except SqlglotError as error:
        raise Unsound("indicator.not_sql", _near(error, text)) from None
    except RecursionError:
        raise Unsound("indicator.too_deep", str(DEEPEST)) from None
    if len(trees) != 1 or trees[0] is None:
        raise Unsound("indicator.not_sql", text)
    tree = trees[0]
    nodes = list(tree.walk())
    if len(nodes) > MOST_NODES:
        raise Unsound("indicator.too_long", str(len(nodes)))
    _hold(nodes, set(columns), allowed)
    return tree


def _depth(text: str) -> int:
    """How deep its parentheses stand in each other; those in texts count too, which only refuses more."""
    deepest = depth = 0
    for character in text:
        depth += {"(": 1, ")": -1}.get(character, 0)
        deepest = max(deepest, depth)
    return deepest


def _near(error: SqlglotError, text: str) -> str:
    """The expression up to where it could not be read any further: a parser's own words say nothing to an author."""
    found = error.errors[0] if isinstance(error, ParseError) and error.errors else {}
    before, at = str(found.get("start_context") or ""), str(found.get("highlight") or "")
    return f"{before}{at}"[-LONGEST_NAMED:] or text[:LONGEST_NAMED]


def _hold(nodes: Iterable[exp.Expr], columns: set[str], allowed: NodeTypes) -> None:
    for node in nodes:
        if isinstance(node, exp.Div | exp.IntDiv | exp.Mod):
            raise Unsound("indicator.division", node.sql())
        if not isinstance(node, allowed):
            raise Unsound("indicator.not_allowed", node.sql() or type(node).__name__)
        if isinstance(node, COUNTED) and not node.find_ancestor(*AGGREGATES):
            raise Unsound("indicator.not_allowed", node.sql())
        if isinstance(node, exp.In) and (node.args.get("query") or node.args.get("unnest")):
            raise Unsound("indicator.not_allowed", node.sql())
        if isinstance(node, exp.Column) and (node.args.get("table") or node.name not in columns):
            raise Unsound("indicator.column_unknown", node.sql())
