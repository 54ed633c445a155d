"""The tables, migrated once for the sources as they stand: copied by every worker of every run, and to installations.

SQLite only.
"""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

from django.core.management.commands.migrate import Command
from django.db import connection

from tests.kept_files import already_made, made_once

MIGRATED = "migrated.sqlite3"


@contextmanager
def migrating_by_copy() -> Iterator[None]:
    """In the block ``migrate`` copies what was migrated before, where the engine is SQLite."""
    migrate = Command.handle

    def copy(command: Command, *args: Any, **options: Any) -> None:
        def make(path: Path) -> None:
            migrate(command, *args, **options)
            with closing(sqlite3.connect(path)) as file:
                connection.connection.backup(file)

        made = made_once(MIGRATED, make)
        connection.ensure_connection()
        with closing(sqlite3.connect(made)) as kept:
            kept.backup(connection.connection)

    if connection.vendor != "sqlite":
        yield
        return
    with patch.object(Command, "handle", copy):
        yield


def copy_tables(folder: Path) -> None:
    """Make the data folder of an installation, with what was migrated, where that is there."""
    if tables := already_made(MIGRATED):
        folder.mkdir()
        shutil.copy(tables, folder / "huoshui.sqlite3")
