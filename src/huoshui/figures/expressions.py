"""The SQL that packs write: parsed with sqlglot, held to a whitelist, and written anew for the engine in use.

A pack may name the columns of its fact view, compare, reckon, choose with CASE, and count. It may not name a table,
ask another query, write, call any other function, or divide: a share has a denominator of its own, so that it is exact,
the same on every engine, and adds up truly. What is not on the list is refused; nothing is passed through.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

READ = "postgres"
"""The dialect that packs write."""
DIALECTS = {"sqlite": "sqlite", "postgresql": "postgres"}
"""By Django's name of the engine."""
MOST_NODES = 200
PLAIN: tuple[type[exp.Expr], ...] = (
    exp.Literal, exp.Boolean, exp.Null, exp.Paren, exp.Column, exp.Identifier, exp.And, exp.Or, exp.Not, exp.EQ,
    exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.In, exp.Tuple, exp.Between, exp.Is, exp.Add, exp.Sub, exp.Mul,
    exp.Neg,
    exp.Case, exp.If, exp.Coalesce,
)  # fmt: skip
AGGREGATES: tuple[type[exp.Expr], ...] = (exp.Count, exp.Sum, exp.Min, exp.Max)
COUNTED: tuple[type[exp.Expr], ...] = (exp.Star, exp.Distinct)
"""What stands only inside of an aggregate."""


@dataclass(frozen=True)
class Unsound(Exception):
    """Why an expression is refused: the error code and what it names."""

    code: str
    name: str


def condition(text: str, columns: Mapping[str, str]) -> exp.Expr:
    """The parsed condition over rows. ``columns``: type by name. Raises Unsound."""
    tree = _parsed(text, columns)
    if found := next(tree.find_all(*AGGREGATES), None):
        raise Unsound("indicator.aggregate_in_where", found.sql())
    return tree


def aggregate(text: str, columns: Mapping[str, str]) -> exp.Expr:
    """The parsed value over all rows: every column stands inside of an aggregate. Raises Unsound."""
    tree = _parsed(text, columns)
    if not isinstance(tree, AGGREGATES) and not tree.find(*AGGREGATES):
        raise Unsound("indicator.no_aggregate", text)
    for column in tree.find_all(exp.Column):
        if not column.find_ancestor(*AGGREGATES):
            raise Unsound("indicator.column_outside", column.name)
    for inner in tree.find_all(*AGGREGATES):
        if inner.find_ancestor(*AGGREGATES):
            raise Unsound("indicator.nested", inner.sql())
    return tree


@lru_cache(maxsize=1_000)
def multiplier(text: str) -> int:
    """By which whole number a value is multiplied as a whole: 1000 of count(*) * 1000; 1 of any other."""
    tree = sqlglot.parse_one(text, read=READ).unnest()
    if isinstance(tree, exp.Mul):
        for one, other in ((tree.left, tree.right), (tree.right, tree.left)):
            if isinstance(one.unnest(), exp.Literal) and one.unnest().is_int and other.find(*AGGREGATES):
                return int(one.unnest().this)
    return 1


def written(tree: exp.Expr, vendor: str) -> str:
    """The expression for an engine, its columns by the names that ``FactView.facts`` gives them, ready for a cursor."""
    copy = tree.copy()
    for column in copy.find_all(exp.Column):
        column.set("this", exp.to_identifier(f"c_{column.name}", quoted=True))
    return copy.sql(dialect=DIALECTS[vendor], comments=False).replace("%", "%%")


def _parsed(text: str, columns: Mapping[str, str]) -> exp.Expr:
    try:
        trees = sqlglot.parse(text, read=READ)
    except SqlglotError as error:
        raise Unsound("indicator.not_sql", str(error).partition("\n")[0]) from None
    if len(trees) != 1 or trees[0] is None:
        raise Unsound("indicator.not_sql", text)
    tree = trees[0]
    nodes = list(tree.walk())
    if len(nodes) > MOST_NODES:
        raise Unsound("indicator.too_long", str(len(nodes)))
    _hold(nodes, columns)
    return tree


def _hold(nodes: Iterable[exp.Expr], columns: Mapping[str, str]) -> None:
    for node in nodes:
        if isinstance(node, exp.Div | exp.IntDiv | exp.Mod):
            raise Unsound("indicator.division", node.sql())
        if not isinstance(node, (*PLAIN, *AGGREGATES, *COUNTED)):
            raise Unsound("indicator.not_allowed", node.sql() or type(node).__name__)
        if isinstance(node, COUNTED) and not node.find_ancestor(*AGGREGATES):
            raise Unsound("indicator.not_allowed", node.sql())
        if isinstance(node, exp.In) and (node.args.get("query") or node.args.get("unnest")):
            raise Unsound("indicator.not_allowed", node.sql())
        if isinstance(node, exp.Column) and (node.args.get("table") or node.name not in columns):
            raise Unsound("indicator.column_unknown", node.sql())
