"""Triggers of the database, written alike for both engines: they hold whichever code writes a row, and however many.

An app puts its triggers up after every migration and takes them down before: SQLite forgets the triggers of a table
that a migration makes anew, and makes none anew that a trigger of another table names.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.apps import AppConfig
from django.db import connection
from django.db.models.signals import post_migrate, pre_migrate

VERBS: dict[str, tuple[str, ...]] = {"INSERT": ("NEW",), "UPDATE": ("OLD", "NEW"), "DELETE": ("OLD",)}
"""Each verb with the rows that it has."""


@dataclass(frozen=True)
class Trigger:
    """Statements that run for each row that a verb of VERBS touches; an UPDATE must change one of the columns."""

    name: str
    table: str
    verb: str
    statements: tuple[str, ...]
    columns: tuple[str, ...] = ()


def around_migrations(app: AppConfig, *, put: Callable[..., None], take_down: Callable[..., None]) -> None:
    """Have an app's triggers taken down before every migration and put up after it (called from ``ready``)."""
    pre_migrate.connect(take_down, sender=app)
    post_migrate.connect(put, sender=app)


def put_up(triggers: Iterable[Trigger]) -> None:
    """Write the triggers, in place of those of the same names."""
    with connection.cursor() as cursor:
        for trigger in triggers:
            _drop(cursor, trigger.name, trigger.table)
            for sql in _written(trigger):
                cursor.execute(sql)


def take_down(names: Iterable[tuple[str, str]]) -> None:
    """Take triggers away, given as (name, table), those that are there."""
    with connection.cursor() as cursor:
        for name, table in names:
            _drop(cursor, name, table)


def tables_there() -> set[str]:
    """Names of the tables that the database has: not all of them where somebody migrates back."""
    return set(connection.introspection.table_names())


def _drop(cursor: Any, name: str, table: str) -> None:
    on = f" ON {table}" if connection.vendor == "postgresql" else ""
    cursor.execute(f"DROP TRIGGER IF EXISTS {name}{on}")


def _written(trigger: Trigger) -> Iterable[str]:
    name, of, when = trigger.name, "", ""
    body = " ".join(f"{statement};" for statement in trigger.statements)
    if trigger.verb == "UPDATE":
        differs = "IS DISTINCT FROM" if connection.vendor == "postgresql" else "IS NOT"
        quoted = [connection.ops.quote_name(column) for column in trigger.columns]
        of = f" OF {', '.join(quoted)}"
        when = f" WHEN ({' OR '.join(f'OLD.{column} {differs} NEW.{column}' for column in quoted)})"
    does = f"BEGIN {body} END"
    if connection.vendor == "postgresql":
        yield (
            f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN {body} RETURN NULL; END $$"
        )
        does = f"EXECUTE FUNCTION {name}()"
    yield f"CREATE TRIGGER {name} AFTER {trigger.verb}{of} ON {trigger.table} FOR EACH ROW{when} {does}"
