"""The SQL that indicators write, held to a whitelist, and written anew for the engine in use.

A pack may name the columns of its fact view, compare, reckon, choose with CASE, and count. It may not name a table,
ask another query, write, call any other function, or divide: a share has a denominator of its own, so that it is exact,
the same on every engine, and adds up truly.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

import sqlglot
from sqlglot import exp

from huoshui.packs.expressions import AGGREGATES, CONDITIONS, COUNTED, READ, RECKONED, NodeTypes, Unsound, parsed

DIALECTS = {"sqlite": "sqlite", "postgresql": "postgres"}
"""By Django's name of the engine."""
ALLOWED: NodeTypes = (*CONDITIONS, *RECKONED, *AGGREGATES, *COUNTED)


def condition(text: str, columns: Mapping[str, str]) -> exp.Expr:
    """The parsed condition over rows. ``columns``: type by name. Raises Unsound."""
    tree = parsed(text, columns, ALLOWED)
    if found := next(tree.find_all(*AGGREGATES), None):
        raise Unsound("indicator.aggregate_in_where", found.sql())
    return tree


def aggregate(text: str, columns: Mapping[str, str]) -> exp.Expr:
    """The parsed value over all rows: every column stands inside of an aggregate. Raises Unsound."""
    tree = parsed(text, columns, ALLOWED)
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
