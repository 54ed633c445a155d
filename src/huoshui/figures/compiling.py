"""An indicator's measure as SQL for the engine in use, over the facts of some places and a period.

Every statement here is put together from what Django writes of a queryset and what sqlglot writes of a whitelisted
tree; values travel as parameters.
"""
# ruff: noqa: S608

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.db import connection
from django.db.models import Q, QuerySet
from sqlglot import exp

from huoshui.figures.expressions import aggregate, condition, written
from huoshui.figures.facts import FACT_VIEWS, FactView
from huoshui.figures.schema import Measure
from huoshui.figures.typing import require_type
from huoshui.kernel.access import path_condition
from huoshui.kernel.periods import Period


@lru_cache(maxsize=2000)
def compiled(measure: Measure, part: str) -> exp.Expr | None:
    """The parsed ``where`` or ``value`` of a measure; None for no condition. Raises Unsound."""
    view = FACT_VIEWS[measure.source]
    columns = {"place": "text"} | {name: column.type for name, column in view.columns.items()}
    text = getattr(measure, part)
    if text is None:
        return None
    tree = condition(text, columns) if part == "where" else aggregate(text, columns)
    require_type(tree, columns, "yes_no" if part == "where" else "integer")
    return tree


@dataclass(frozen=True)
class Counting:
    """The rows that a measure counts at a place in a period, and the SQL of its value over them."""

    view: FactView
    facts: QuerySet[Any, Any]
    where: str
    value: str

    @property
    def sql(self) -> tuple[str, list[Any]]:
        """One row: the value, and how many rows it was made of."""
        inner, params = self._facts()
        return f"SELECT {self.value} AS value, COUNT(*) AS rows FROM ({inner}) AS facts WHERE {self.where}", params

    def sql_by_part(self, path: str) -> tuple[str, list[Any]]:
        """A row for each place directly below ``path`` (and "" for what lies at it): its path, value, count."""
        inner, params = self._facts()
        find = "instr" if connection.vendor == "sqlite" else "strpos"
        below = f"substr(c_place, {len(path) + 1})"
        part = f"substr({below}, 1, {find}({below}, '/'))"
        return (
            f"SELECT {part} AS part, {self.value}, COUNT(*) FROM ({inner}) AS facts WHERE {self.where} "
            "GROUP BY part ORDER BY part",
            params,
        )

    def sql_of_records(self, start: int, count: int) -> tuple[str, list[Any]]:
        """The ids of the records that were counted, in their order."""
        inner, params = self._facts()
        return (
            f"SELECT c_record FROM ({inner}) AS facts WHERE {self.where} ORDER BY c_record LIMIT %s OFFSET %s",
            [*params, count, start],
        )

    def _facts(self) -> tuple[str, list[Any]]:
        sql, params = self.facts.query.sql_with_params()
        return sql, list(params)


def counting(measure: Measure, path: str, period: Period) -> Counting:
    """A measure at a place and below it, in a period. Raises Unsound for one that no check has seen."""
    view = FACT_VIEWS[measure.source]
    facts = view.facts().filter(path_condition(view.place, path) & _in_time(view, measure, period))
    where, value = compiled(measure, "where"), compiled(measure, "value")
    vendor = connection.vendor
    condition = written(where, vendor) if where else "1 = 1"
    return Counting(view, facts, condition, written(value, vendor) if value else "NULL")


def _in_time(view: FactView, measure: Measure, period: Period) -> Q:
    """Of a flow the rows of the period; of a stock those that were there at the end of its last day."""
    if measure.period is not None:
        source = view.columns[measure.period].source
        return Q(**{f"{source}__gte": period.first, f"{source}__lte": period.last})
    since = view.columns[str(measure.since)].source
    # What has no beginning was there from the beginning of the register.
    there = Q(**{f"{since}__lte": period.last}) | Q(**{f"{since}__isnull": True})
    if measure.until is not None:
        until = view.columns[measure.until].source
        there &= Q(**{f"{until}__gt": period.last}) | Q(**{f"{until}__isnull": True})
    return there
