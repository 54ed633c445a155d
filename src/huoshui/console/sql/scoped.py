"""A whole question for the engine: each fact view it reads stands for the rows that the asker may see."""
# ruff: noqa: S608 - put together of what Django writes and of what ``selects`` writes anew

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Q

from huoshui.console.sql.reading import read
from huoshui.console.sql.selects import Output, Question, Table
from huoshui.console.sql.shapes import Column, Evidence
from huoshui.figures.facts import FACT_VIEWS, FactView
from huoshui.kernel.access import Actor, path_condition

PUBLIC = ("places",)
"""Views of what everybody knows anyway: which units there are. Their rows make no cell small."""
RECORD = "hs_record"


@dataclass(frozen=True)
class Asked:
    """A question ready for a cursor."""

    sql: str
    params: list[Any]
    outputs: list[Output]
    views: tuple[str, ...]
    grouped: bool


def columns_of(view: FactView) -> dict[str, str]:
    """The columns of a view with their types, as the console offers them."""
    return {"place": "text"} | {name: column.type for name, column in view.columns.items()}


def asked(actor: Actor, text: str, most: int) -> Asked:
    """The question within the actor's ``console.use`` and what of each record they may open. Raises Refused."""
    question = Question(connection.vendor, {name: _table(name) for name in FACT_VIEWS})
    written = question.written(read(text), most)
    begun, params = [], []
    for name in question.used:
        sql, own = _rows(actor, FACT_VIEWS[name])
        begun.append(f'"hs_view_{name}" AS ({sql})')
        params += own
    # What was typed stands in texts alone; a percent sign in one is no place for a parameter.
    rest = ", ".join(step.replace("%", "%%") for step in question.steps)
    with_ = ", ".join([*begun, rest] if rest else begun)
    return Asked(
        f"WITH {with_} {written.sql.replace('%', '%%')}",
        params,
        written.outputs,
        tuple(question.used),
        written.grouped,
    )


def _table(name: str) -> Table:
    columns = {column: Column(kind) for column, kind in columns_of(FACT_VIEWS[name]).items()}
    return Table(f"hs_view_{name}", columns, () if name in PUBLIC else (Evidence(RECORD),))


def _rows(actor: Actor, view: FactView) -> tuple[str, list[Any]]:
    """The rows of a view that are both below a place of ``console.use`` and open to the actor."""
    below = Q(pk__in=[])
    for grant in set(actor.grants("console.use")):
        below |= path_condition(view.place, grant.path)
    manager: Any = view.model._default_manager
    seen = manager.visible_to(actor).order_by().values("pk")
    shown = ", ".join(f'"c_{name}" AS "{name}"' for name in columns_of(view))
    try:
        inner, params = view.facts().filter(below, pk__in=seen).query.sql_with_params()
        nothing = ""
    except EmptyResultSet:  # no duty shows any of them
        inner, params = view.facts().query.sql_with_params()
        nothing = " WHERE 1 = 0"
    return f'SELECT {shown}, "c_record" AS "{RECORD}" FROM ({inner}) AS facts{nothing}', list(params)
