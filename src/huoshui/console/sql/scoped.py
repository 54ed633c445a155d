"""A whole question for the engine: each fact view it reads stands for the rows that the asker may see."""
# ruff: noqa: S608 - put together of what Django writes and of what ``selects`` writes anew

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection

from huoshui.console.sql.reading import read
from huoshui.console.sql.selects import Output, Question, Table
from huoshui.console.sql.shapes import Column, Evidence
from huoshui.figures.fact_types import FactView
from huoshui.figures.facts import FACT_VIEWS
from huoshui.kernel import clock
from huoshui.kernel.access import Actor, path_range

PUBLIC = ("places", "place_attributes", "attribute_pairs", "honours")
"""Views of what everybody knows of places anyway: which there are, and what they are. Their rows make no cell small."""
RECORD = "hs_record"


@dataclass(frozen=True)
class Asked:
    """A question ready for a cursor."""

    sql: str
    params: list[Any]
    outputs: list[Output]
    views: tuple[str, ...]
    ranked: bool


def columns_of(view: FactView) -> dict[str, str]:
    """The columns of a view with their types, as the console offers them."""
    return view.types()


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
        written.ranked,
    )


def _table(name: str) -> Table:
    columns = {column: Column(kind) for column, kind in columns_of(FACT_VIEWS[name]).items()}
    return Table(f"hs_view_{name}", columns, () if name in PUBLIC else (Evidence(RECORD),))


def _rows(actor: Actor, view: FactView) -> tuple[str, list[Any]]:
    """The rows of a view that are both below a place of ``console.use`` and open to the actor."""
    manager: Any = view.model._default_manager
    shown = ", ".join(f'"c_{name}" AS "{name}"' for name in columns_of(view))
    facts, params = view.facts(view.types()).query.sql_with_params()
    said = f'SELECT {shown}, "c_record" AS "{RECORD}" FROM ({facts}) AS facts'
    paths = sorted({grant.path for grant in actor.grants("console.use")})
    below = " OR ".join('("c_place" >= %s AND "c_place" < %s)' for _path in paths)
    try:
        seen, own = manager.visible_to(actor).order_by().values("pk").query.sql_with_params()
    except EmptyResultSet:  # no duty shows any of them
        return f"{said} WHERE 1 = 0", list(params)
    ranges = [bound for path in paths for bound in path_range(path)]
    now, days = _now(view)
    return f'{said} WHERE ({below or "1 = 0"}) AND "c_record" IN ({seen}){now}', [*params, *ranges, *own, *days]


def _now(view: FactView) -> tuple[str, list[Any]]:
    """Of a view that tells what records were before, the rows that hold today: each record once."""
    if not view.spans:
        return "", []
    today = connection.ops.adapt_datefield_value(clock.today())
    since = '("c_valid_from" IS NULL OR "c_valid_from" <= %s)'
    return f' AND {since} AND ("c_valid_until" IS NULL OR "c_valid_until" > %s)', [today, today]
