"""Reading the first rows of an order, instead of putting all rows that a condition leaves in order."""

from __future__ import annotations

from typing import Any, TypeVar

from django.db.models import BooleanField, ExpressionWrapper, Func, Q, QuerySet

Rows = TypeVar("Rows", bound=QuerySet[Any])


class Unindexed(Func):
    """The same value, but SQLite does not look it up by an index: it then walks the index of the order."""

    template = "%(expressions)s"
    arity = 1

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        return self.as_sql(compiler, connection, template="+%(expressions)s", **context)


def walked(rows: Rows, condition: Q) -> Rows:
    """The rows that pass a condition, so asked that no index of the condition is used but that of the order.

    Good where many rows pass and few of them are wanted.
    """
    whole = ExpressionWrapper(condition, output_field=BooleanField())
    found: Rows = rows.alias(passes=Unindexed(whole)).filter(passes=True)
    return found
