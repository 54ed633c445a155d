"""What a fixture wrote, kept in memory: the first test of a process has it written by the product itself, and every
later one gets the same rows put back as they stood (packs, places and accounts take half a second otherwise)."""

from __future__ import annotations

import datetime as dt
import io
import pickle
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

from django.apps import apps
from django.db import connection
from django.db.models import Count, Max

from huoshui.kernel import clock
from huoshui.kernel.models import Entry

Row = tuple[Any, ...]
Rows = dict[str, dict[Hashable, Row]]
"""By table and primary key: every column as the engine gives it."""


@dataclass(frozen=True)
class Stage:
    """The rows that a fixture added or changed, and what it returned."""

    added: dict[str, list[Row]]
    changed: dict[str, list[Row]]
    returned: bytes


_KEPT: dict[Hashable, Stage] = {}


def kept(name: str, build: Callable[[], Any], *, on: SimpleNamespace | None = None) -> Any:
    """What ``build()`` returns, with its rows in the database; ``on`` holds the records that it builds upon.

    Built anew when the clock or the journal stand elsewhere than at the first time.
    """
    here = (name, connection.vendor, clock.now(), *_journal())
    if here not in _KEPT:
        before = _all_rows()
        returned = build()
        _KEPT[here] = _difference(before, _all_rows(), _pickled(returned, on))
        return returned
    stage = _KEPT[here]
    _put_back(stage)
    return _Unpickler(io.BytesIO(stage.returned), on).load()


def _journal() -> Row:
    return tuple(Entry.objects.aggregate(Count("seq"), Max("seq")).values())


# --- rows -------------------------------------------------------------------------


def _models() -> dict[str, Any]:
    found = apps.get_models(include_auto_created=True)
    own = {model._meta.db_table: model for model in found if model._meta.managed and not model._meta.proxy}
    for table in ("figure_cells_touch", "matters_mattercount", "search_touched"):
        del own[table]  # triggers write it, also when rows are put back
    return own


def _columns(model: Any) -> list[str]:
    return [field.column for field in model._meta.concrete_fields]


def _quoted(names: list[str]) -> str:
    return ", ".join(map(connection.ops.quote_name, names))


def _all_rows() -> Rows:
    rows: Rows = {}
    with connection.cursor() as cursor:
        for table, model in _models().items():
            columns = _columns(model)
            cursor.execute(f"SELECT {_quoted(columns)} FROM {table}")
            key = columns.index(model._meta.pk.column)
            rows[table] = {row[key]: tuple(map(_written, row)) for row in cursor.fetchall()}
    return rows


def _written(value: Any) -> Any:
    """A value as the engine takes it back: SQLite reads a time of day, and does not write one."""
    return value.isoformat() if isinstance(value, dt.time) else value


def _difference(before: Rows, after: Rows, returned: bytes) -> Stage:
    added: dict[str, list[Row]] = {}
    changed: dict[str, list[Row]] = {}
    for table, rows in after.items():
        assert not before[table].keys() - rows.keys(), f"{table}: a kept fixture deletes nothing"
        for key, row in rows.items():
            if key not in before[table]:
                added.setdefault(table, []).append(row)
            elif row != before[table][key]:
                changed.setdefault(table, []).append(row)
    return Stage(added, changed, returned)


def _put_back(stage: Stage) -> None:
    models = _models()
    with connection.cursor() as cursor:
        for table, rows in stage.added.items():
            columns = _columns(models[table])
            one = f"({', '.join(['%s'] * len(columns))})"
            cursor.execute(
                f"INSERT INTO {table} ({_quoted(columns)}) VALUES {', '.join([one] * len(rows))}",
                [value for row in rows for value in row],
            )
            _after_numbers(cursor, models[table])
        for table, rows in stage.changed.items():
            columns, key = _columns(models[table]), models[table]._meta.pk.column
            values = ", ".join(f"{connection.ops.quote_name(column)} = %s" for column in columns)
            for row in rows:
                where = f"{connection.ops.quote_name(key)} = %s"
                cursor.execute(f"UPDATE {table} SET {values} WHERE {where}", [*row, row[columns.index(key)]])


def _after_numbers(cursor: Any, model: Any) -> None:
    """PostgreSQL: rows with given numbers leave the sequence behind."""
    if connection.vendor == "postgresql" and model._meta.auto_field:
        table, column = model._meta.db_table, model._meta.auto_field.column
        cursor.execute(f"SELECT setval(pg_get_serial_sequence('{table}', '{column}'), max({column})) FROM {table}")


# --- what is returned -------------------------------------------------------------


class _Pickler(pickle.Pickler):
    """Names the records built upon instead of copying them."""

    def __init__(self, file: io.BytesIO, on: SimpleNamespace | None) -> None:
        super().__init__(file)
        self.names = {id(on): ""} | {id(value): name for name, value in vars(on).items()} if on else {}

    def persistent_id(self, obj: Any) -> str | None:
        return self.names.get(id(obj))


class _Unpickler(pickle.Unpickler):
    def __init__(self, file: io.BytesIO, on: SimpleNamespace | None) -> None:
        super().__init__(file)
        self.on = on

    def persistent_load(self, pid: str) -> Any:
        return getattr(self.on, pid) if pid else self.on


def _pickled(returned: Any, on: SimpleNamespace | None) -> bytes:
    file = io.BytesIO()
    _Pickler(file, on).dump(returned)
    return file.getvalue()
