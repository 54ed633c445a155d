"""Reading the first rows of an order, instead of putting all rows that a condition leaves in order."""

from __future__ import annotations

import sys
from typing import Any, TypeVar

from django.core.exceptions import EmptyResultSet
from django.db import connections
from django.db.models import BooleanField, Expression, ExpressionWrapper, Func, Q, QuerySet

Rows = TypeVar("Rows", bound=QuerySet[Any])


class Unindexed(Func):
    """The same value, but SQLite does not look it up by an index: it then walks the index of the order.

    It is put as a case: SQLite leaves out the rest of a condition that is decided already only where it branches.
    """

    template = "%(expressions)s"
    arity = 1

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        return self.as_sql(compiler, connection, template="CASE WHEN %(expressions)s THEN 1 ELSE 0 END", **context)


class Written(Expression):
    """A condition on the rows of one table that is written as SQL already.

    To build and write one of a dozen subqueries takes Django longer than it takes the database to answer it. One that
    follows from reference data alone can be kept (``kernel.reading.read_until_changed``).
    """

    def __init__(self, sql: str, params: tuple[Any, ...]) -> None:
        super().__init__(output_field=BooleanField())
        self.sql, self.params = sql, params

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        return f"({self.sql})", self.params


def written(rows: QuerySet[Any], condition: Q) -> Written | None:
    """A condition on ``rows`` as SQL; None where no row can meet it.

    Rows of its table meet it in any query that reads that table first, and not as a subquery.
    """
    query = rows.filter(condition).query
    if sum(1 for uses in query.alias_refcount.values() if uses) > 1:
        raise ValueError("a condition that joins other tables cannot be written for itself")
    try:
        sql, params = query.where.as_sql(query.get_compiler(rows.db), connections[rows.db])
    except EmptyResultSet:
        return None
    return Written(sys.intern(sql), tuple(params))  # of many readers and places the text is the same


def walked(rows: Rows, condition: Q | Written) -> Rows:
    """The rows that pass a condition, so asked that no index of the condition is used but that of the order.

    Good where many rows pass and few of them are wanted.
    """
    if isinstance(condition, Written):
        told: Rows = rows.filter(Unindexed(condition, output_field=BooleanField()))
        return told
    whole = ExpressionWrapper(condition, output_field=BooleanField())
    found: Rows = rows.alias(passes=Unindexed(whole)).filter(passes=True)
    return found
