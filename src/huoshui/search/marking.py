"""Triggers that mark what has to be indexed anew, in the transaction of whatever wrote it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from huoshui.kernel import triggers
from huoshui.search.models import Touched
from huoshui.search.registry import Searchable, Watch, in_order

INTO = f"INSERT INTO {Touched._meta.db_table} (kind, source)"
OWN = "{r}.id"


def put_triggers(**_signal: Any) -> None:
    """Write the triggers anew, as the registered kinds want them."""
    triggers.put_up(_triggers())


def take_triggers_down(**_signal: Any) -> None:
    """Mark nothing until they are put up again: for who writes millions of rows, and has all indexed anew after."""
    triggers.take_down((one.name, one.table) for one in _triggers())


def _triggers() -> Iterator[triggers.Trigger]:
    there = triggers.tables_there()
    for searchable in in_order():
        for watch in searchable.watched:
            if {watch.table, searchable.model._meta.db_table, Touched._meta.db_table} <= there:
                yield from _of_watch(searchable, watch)


def _of_watch(searchable: Searchable, watch: Watch) -> Iterator[triggers.Trigger]:
    for verb, rows in triggers.VERBS.items():
        # What is marked by its own key has the same one before and after.
        told = rows[-1:] if watch.key == OWN else rows
        statements = tuple(_statement(searchable.kind, watch, row) for row in told)
        name = f"search_{searchable.kind}_{watch.table}_{verb.lower()}"
        yield triggers.Trigger(name, watch.table, verb, statements, watch.columns)


def _statement(kind: str, watch: Watch, row: str) -> str:
    key = watch.key.format(r=row)
    source = f" FROM {watch.rows.format(r=row)}" if watch.rows else f" WHERE {key} IS NOT NULL"
    return f"{INTO} SELECT '{kind}', {key}{source}"
