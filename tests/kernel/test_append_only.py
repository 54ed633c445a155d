"""The database itself refuses to change or delete what was journalled."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, connection, transaction

from huoshui.kernel.models import Entry, Seal


@pytest.mark.parametrize("model", [Entry, Seal])
@pytest.mark.parametrize("verb", ["update", "delete", "truncate"])
def test_refused_by_trigger(sealed: list[int], model: type[Entry | Seal], verb: str) -> None:
    table, column = model._meta.db_table, "channel" if model is Entry else "hash"
    statement = {
        "update": f"UPDATE {table} SET {column} = 'x'",
        "delete": f"DELETE FROM {table}",
        "truncate": f"TRUNCATE {table}" if connection.vendor == "postgresql" else f"DELETE FROM {table} WHERE true",
    }[verb]
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert model._default_manager.count() == 30


def test_refused_through_the_models_too(sealed: list[int]) -> None:
    entry = Entry.objects.earliest("seq")
    entry.actor_label = "别人"
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        entry.save()
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        entry.delete()
