"""A measure as SQL for the engine in use: over the facts of a view, at and below places, in periods, all at once.

Every statement here is put together from what Django writes of a queryset and what sqlglot writes of a whitelisted
tree; values travel as parameters. A row counts below the places that were above its own on the last day of the period.
"""
# ruff: noqa: S608

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from uuid import UUID

import sqlglot
from django.db import connection
from sqlglot import exp

from huoshui.figures.expressions import DIALECTS, aggregate, condition, written
from huoshui.figures.facts import FACT_VIEWS
from huoshui.figures.schema import Measure
from huoshui.figures.typing import require_type
from huoshui.kernel.periods import Period
from huoshui.kernel.reading import read_until_changed
from huoshui.places.models import Place, PlaceParent

PLACES, PARENTS = Place._meta.db_table, PlaceParent._meta.db_table
MOST_SEEDS = 500
"""More places than this are not named one by one."""


@dataclass(frozen=True)
class Count:
    """What a measure came to: its value (None: no row that could be summed up), and over how many rows."""

    value: int | None
    rows: int


Key = tuple[UUID, Period]


@lru_cache(maxsize=2000)
def compiled(measure: Measure, part: str) -> exp.Expr | None:
    """The parsed ``where`` or ``value`` of a measure; None for no condition. Raises Unsound."""
    columns = FACT_VIEWS[measure.source].types()
    text = getattr(measure, part)
    if text is None:
        return None
    tree = condition(text, columns) if part == "where" else aggregate(text, columns)
    require_type(tree, columns, "yes_no" if part == "where" else "integer")
    return tree


@lru_cache(maxsize=2000)
def _written(measure: Measure, vendor: str) -> tuple[str, str, frozenset[str]]:
    """A measure's condition and value for an engine, and the columns that they name. Raises Unsound."""
    where, value = compiled(measure, "where"), compiled(measure, "value")
    trees = [tree for tree in (where, value) if tree]
    used = frozenset(column.name for tree in trees for column in tree.find_all(exp.Column))
    return written(where, vendor) if where else "1 = 1", written(value, vendor) if value else "NULL", used


def count(
    measure: Measure,
    periods: Collection[Period],
    places: Collection[UUID] | None,
    *,
    below: bool = True,
) -> dict[Key, Count]:
    """The measure at each place (None: at every one) in each period; where no row was counted, nothing is told.

    ``below`` False: what lies at the places themselves. Raises Unsound for a measure that no check has seen.
    """
    found: dict[Key, Count] = {}
    for together in _by_epoch(periods):
        asked = _Asking(measure, together)
        sql, params = asked.select(f"line.part, period.at, {asked.value}, COUNT(*)", places, below)
        rows = _fetched(f"{sql} GROUP BY line.part, period.at", params)
        found |= {(to_id(part), together[at]): Count(_whole(value), int(many)) for part, at, value, many in rows}
    return found


def count_by(
    measure: Measure, period: Period, place: UUID, columns: Sequence[str]
) -> list[tuple[tuple[Any, ...], Count]]:
    """The measure at a place and below it for each combination of values that these columns have, in their order."""
    asked = _Asking(measure, [period], columns)
    names = ", ".join(f'"c_{name}"' for name in columns)
    sql, params = asked.select(f"{names}, {asked.value}, COUNT(*)", [place], True)
    rows = _fetched(f"{sql} GROUP BY {names} ORDER BY {names}", params)
    return [(tuple(row[:-2]), Count(_whole(row[-2]), int(row[-1]))) for row in rows]


def record_ids(measure: Measure, period: Period, place: UUID, *, start: int, count: int) -> list[Any]:
    """The ids of some of the records that were counted, in their order."""
    asked = _Asking(measure, [period])
    sql, params = asked.select("facts.c_record", [place], True)
    rows = _fetched(f"{sql} ORDER BY facts.c_record LIMIT %s OFFSET %s", [*params, count, start])
    return [to_id(key) for (key,) in rows]


def records_query(measure: Measure, period: Period, place: UUID) -> tuple[str, list[Any]]:
    """A query for the ids of the records that were counted, with its parameters; one that counts twice stands twice."""
    return _Asking(measure, [period]).select("facts.c_record", [place], True)


def count_records(measure: Measure, period: Period, place: UUID) -> int:
    """How many records were counted, each once."""
    sql, params = _Asking(measure, [period]).select("COUNT(DISTINCT facts.c_record)", [place], True)
    return int(_fetched(sql, params)[0][0])


def statement(measure: Measure, period: Period, place: UUID) -> str:
    """The SQL by which a measure is counted at a place and below it, for people to read: with its values in place."""
    asked = _Asking(measure, [period])
    sql, params = asked.select(f"{asked.value} AS value, COUNT(*) AS records", [place], True)
    return sqlglot.parse_one(_with_values(sql, params), read=DIALECTS[connection.vendor]).sql(
        dialect=DIALECTS[connection.vendor], pretty=True
    )


def _with_values(sql: str, params: Sequence[Any]) -> str:
    """A statement with quoted values for its placeholders; to be read, never to be run."""
    pieces = sql.replace("%%", "%").split("%s")
    values = [f"'{value!s}'" if not isinstance(value, int | bool) else str(int(value)) for value in params]
    return "".join(piece + value for piece, value in zip(pieces, [*values, ""], strict=True))


@lru_cache(maxsize=2000)
def nothing(measure: Measure) -> Count:
    """What a measure says where there is no row: a count says 0, a sum says nothing."""
    tree = compiled(measure, "value")
    if isinstance(tree, exp.Count):
        return Count(0, 0)
    if tree is None or isinstance(tree, exp.Sum | exp.Min | exp.Max):
        return Count(None, 0)
    empty = written(tree.transform(_of_no_rows), connection.vendor)
    return Count(_whole(_fetched(f"SELECT {empty}", [])[0][0]), 0)


def _of_no_rows(node: exp.Expr) -> exp.Expr:
    if isinstance(node, exp.Count):
        return exp.Literal.number(0)
    return exp.Null() if isinstance(node, exp.Sum | exp.Min | exp.Max) else node


class _Asking:
    """A measure in some periods of which the places belong to each other alike."""

    def __init__(self, measure: Measure, periods: Sequence[Period], columns: Sequence[str] = ()) -> None:
        self.measure, self.periods = measure, periods
        self.where, self.value, used = _written(measure, connection.vendor)
        self.used = used | set(columns) | {name for name in (measure.period, measure.since, measure.until) if name}

    def select(self, what: str, places: Collection[UUID] | None, below: bool) -> tuple[str, list[Any]]:
        """A statement without its GROUP BY or ORDER BY."""
        line, line_params = lines(places, max(period.last for period in self.periods), below=below)
        spans, span_params = self._spans()
        facts, fact_params = self._facts(None if below else places)
        sql = (
            f"WITH RECURSIVE {line}, period(at, first_day, last_day) AS ({spans}) SELECT {what} FROM period, line "
            f"JOIN ({facts}) AS facts ON facts.c_at = line.place_id WHERE {self._in_time()} AND ({self.where})"
        )
        return sql, [*line_params, *span_params, *fact_params]

    def _facts(self, places: Collection[UUID] | None) -> tuple[str, list[Any]]:
        """The rows of the view, at ``places`` alone where these are named; those of a flow that fall into none of the
        periods are left out at once."""
        view = FACT_VIEWS[self.measure.source]
        facts = view.facts(self.used)
        if places is not None and len(places) <= MOST_SEEDS and not facts.query.combinator:
            facts = facts.filter(c_at__in=places)
        if self.measure.period is not None and not view.spans:
            first, last = min(one.first for one in self.periods), max(one.last for one in self.periods)
            name = f"c_{self.measure.period}"
            facts = facts.filter(**{f"{name}__gte": first, f"{name}__lte": last})
        sql, params = facts.query.sql_with_params()
        return sql, list(params)

    def _spans(self) -> tuple[str, list[Any]]:
        day = "%s" if connection.vendor == "sqlite" else "%s::date"
        rows = ", ".join(f"({at}, {day}, {day})" for at in range(len(self.periods)))
        return f"VALUES {rows}", [_day(day) for one in self.periods for day in (one.first, one.last)]

    def _in_time(self) -> str:
        """Of a flow the rows of the period; of a stock those that were there at the end of its last day."""
        measure, view = self.measure, FACT_VIEWS[self.measure.source]
        said = [held("facts.c_valid_from", "facts.c_valid_until")] if view.spans else []
        if measure.period is not None:
            said.append(f'facts."c_{measure.period}" BETWEEN period.first_day AND period.last_day')
        else:
            # What has no beginning was there from the beginning of the register.
            until = f'facts."c_{measure.until}"' if measure.until else None
            said.append(held(f'facts."c_{measure.since}"', until))
        return " AND ".join(said)


def held(since: str, until: str | None) -> str:
    """The condition that something from ``since`` to ``until`` (exclusive) is there on the last day of a period."""
    begun = f"({since} IS NULL OR {since} <= period.last_day)"
    return f"{begun} AND ({until} IS NULL OR {until} > period.last_day)" if until else begun


def lines(places: Collection[UUID] | None, day: dt.date, *, below: bool = True) -> tuple[str, list[Any]]:
    """The tables ``line(part, place_id)`` of a WITH RECURSIVE: for each of the places, itself and all that lay below
    it on a day. Before its first parent is dated, a place lies under that one, as in ``places.queries.place_on``."""
    named = places is not None and len(places) <= MOST_SEEDS
    seeds = f"SELECT id, id FROM {PLACES}"
    params: list[Any] = []
    if named:
        seeds += f" WHERE id IN ({', '.join(['%s'] * len(places or ())) or 'NULL'})"
        params = [to_key(pk) for pk in places or ()]
    if not below:
        return f"line(part, place_id) AS ({seeds})", params
    earlier = (
        f"SELECT 1 FROM {PARENTS} AS earlier WHERE earlier.place_id = up.place_id "
        "AND earlier.id <> up.id AND (earlier.since IS NULL OR earlier.since < up.since)"
    )
    begun = f"(up.since IS NULL OR up.since <= %s OR NOT EXISTS ({earlier}))"
    sql = (
        f"line(part, place_id) AS ({seeds} UNION SELECT line.part, up.place_id FROM line JOIN {PARENTS} AS up "
        f"ON up.parent_id = line.place_id AND {begun} AND (up.until IS NULL OR up.until > %s))"
    )
    return sql, [*params, _day(day), _day(day)]


def _by_epoch(periods: Iterable[Period]) -> list[list[Period]]:
    """The periods, together where no place changed its parent between their last days."""
    days, found = _days_of_moves(), dict[int, list[Period]]()
    for period in periods:
        found.setdefault(sum(1 for day in days if day <= period.last), []).append(period)
    return list(found.values())


@read_until_changed
def _days_of_moves() -> frozenset[dt.date]:
    """The days from which some place has lain under another parent than before."""
    moved = PlaceParent.objects.filter(until__isnull=False).values("place")
    rows = PlaceParent.objects.filter(place__in=moved, since__isnull=False)
    return frozenset(day for day in rows.values_list("since", flat=True) if day is not None)


def _fetched(sql: str, params: Sequence[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return list(cursor.fetchall())


def _day(day: dt.date) -> Any:
    return day.isoformat() if connection.vendor == "sqlite" else day


def to_key(pk: UUID) -> Any:
    return pk.hex if connection.vendor == "sqlite" else pk


def to_id(key: Any) -> UUID:
    return key if isinstance(key, UUID) else UUID(key)


def _whole(value: Any) -> int | None:
    return None if value is None else int(value)
