"""Taking a consistent copy of the database while it is written to, and putting one in its place."""

from __future__ import annotations

import errno
import os
import shutil
import sqlite3
import subprocess
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import connections

from huoshui.kernel.disk import is_full
from huoshui.kernel.errors import Refusal
from huoshui.kernel.journal.canonical import GENESIS

if TYPE_CHECKING:
    import psycopg

Rows = Callable[[str], list[tuple[Any, ...]]]


@dataclass(frozen=True)
class Facts:
    """What a copy holds, read from the copy itself."""

    entries: int
    sealed: int
    last_hash: str
    migrations: list[tuple[str, str]]


def engine() -> str:
    """ "sqlite" or "postgresql"."""
    vendor: str = connections["default"].vendor
    return vendor


def sqlite_path() -> Path:
    """The database's file."""
    return Path(settings.DATABASES["default"]["NAME"])


def copy_database(target: Path) -> Facts:
    """Write a consistent copy of the database to ``target``, while others go on writing.

    Raises ops.database (not there, or damaged), ops.tool_missing or ops.tool_failed, and OSError.
    """
    return _copy_sqlite(target) if engine() == "sqlite" else _dump_postgresql(target)


def _facts(rows: Rows) -> Facts:
    last = rows("SELECT position, hash FROM kernel_seal ORDER BY position DESC LIMIT 1")
    return Facts(
        entries=rows("SELECT count(*) FROM kernel_entry")[0][0],
        sealed=last[0][0] if last else 0,
        last_hash=last[0][1] if last else GENESIS,
        migrations=[(app, name) for app, name in rows("SELECT app, name FROM django_migrations ORDER BY id")],
    )


def _copy_sqlite(target: Path) -> Facts:
    source = sqlite_path()
    if not source.is_file():
        raise Refusal("ops.database", reason=f"{source} is not there")
    try:
        with closing(sqlite3.connect(source, timeout=60)) as live, closing(sqlite3.connect(target)) as copy:
            live.backup(copy)  # in one step: a snapshot, however many write meanwhile
            copy.execute("PRAGMA journal_mode=DELETE")  # one file, without a log beside it
            checked = copy.execute("PRAGMA quick_check(1)").fetchone()[0]
            if checked != "ok":
                raise Refusal("ops.database", reason=checked)
            return _facts(lambda query: copy.execute(query).fetchall())
    except sqlite3.OperationalError as error:
        if is_full(error):
            raise OSError(errno.ENOSPC, "disk is full") from None
        _require_room(target, source.stat().st_size)
        raise Refusal("ops.database", reason=str(error)) from None


def _require_room(target: Path, size: int) -> None:
    """Raise the OSError that SQLite only calls an I/O error: a quota, or a limit on what one file may have."""
    if hasattr(os, "posix_fallocate"):
        with target.open("ab") as file:
            os.posix_fallocate(file.fileno(), 0, size)


def _postgresql() -> tuple[dict[str, Any], dict[str, str]]:
    """Connection parameters for psycopg, and the environment that gives PostgreSQL's own programs the same."""
    database = settings.DATABASES["default"]
    given = {
        "host": database["HOST"],
        "port": str(database["PORT"] or ""),
        "user": database["USER"],
        "password": database["PASSWORD"],
        "dbname": database["NAME"],
    }
    parameters = {key: value for key, value in given.items() if value}
    names = {"dbname": "PGDATABASE"}
    environment = {names.get(key, f"PG{key.upper()}"): value for key, value in parameters.items()}
    return parameters, {**os.environ, **environment}


def _connect(parameters: dict[str, Any], *, autocommit: bool = False) -> psycopg.Connection:
    """A connection of our own; the driver is loaded only where PostgreSQL is used."""
    import psycopg

    return psycopg.connect(**parameters, autocommit=autocommit)


def _dump_postgresql(target: Path) -> Facts:
    from psycopg import IsolationLevel

    parameters, environment = _postgresql()
    with _connect(parameters) as live:
        live.isolation_level = IsolationLevel.REPEATABLE_READ
        snapshot = live.execute("SELECT pg_export_snapshot()").fetchone()
        assert snapshot is not None  # noqa: S101 - the query always has a row
        options = ["--format=custom", "--no-owner", "--no-privileges", "--schema=public", "--compress=0"]
        _run("pg_dump", [*options, f"--snapshot={snapshot[0]}", f"--file={target}"], environment)
        return _facts(lambda query: live.execute(query).fetchall())


def _run(tool: str, arguments: list[str], environment: dict[str, str]) -> None:
    path = shutil.which(tool)
    if path is None:
        raise Refusal("ops.tool_missing", tool=tool)
    done = subprocess.run([path, *arguments], env=environment, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        lines = done.stderr.strip().splitlines() or [f"exit code {done.returncode}"]
        raise Refusal("ops.tool_failed", tool=tool, reason=lines[0])


def is_occupied() -> bool:
    """Whether there is a database with tables here."""
    if engine() == "sqlite":
        if not sqlite_path().is_file():
            return False
        with closing(sqlite3.connect(sqlite_path())) as live:
            return bool(live.execute("SELECT count(*) FROM sqlite_master").fetchone()[0])
    parameters, _environment = _postgresql()
    with _connect(parameters) as live:
        query = "SELECT count(*) FROM information_schema.tables WHERE table_schema = 'public'"
        counted = live.execute(query).fetchone()
        return bool(counted and counted[0])


def put_in_place(copy: Path, aside: Path) -> str:
    """Make ``copy`` the database; the present one is moved aside: into the folder ``aside``, or to a schema.

    Returns where to ("": there was none). Raises ops.tool_missing or ops.tool_failed; then the present one is
    back in its place.
    """
    connections.close_all()
    if engine() == "sqlite":
        return _place_sqlite(copy, aside)
    return _restore_postgresql(copy, aside.name.replace("-", "_"))


def _place_sqlite(copy: Path, aside: Path) -> str:
    target, moved = sqlite_path(), ""
    for suffix in ("", "-wal", "-shm"):
        present = target.with_name(target.name + suffix)
        if present.exists():
            aside.mkdir(mode=0o700, exist_ok=True)
            moved = moved or str(aside / present.name)
            shutil.move(present, aside / present.name)
    shutil.move(copy, target)
    return moved


def _restore_postgresql(copy: Path, schema: str) -> str:
    parameters, environment = _postgresql()
    aside = schema if is_occupied() else ""
    with _connect(parameters, autocommit=True) as live:
        if aside:
            live.execute(f"ALTER SCHEMA public RENAME TO {aside}".encode())
            live.execute("CREATE SCHEMA public")
        options = ["--no-owner", "--no-privileges", "--exit-on-error", "--single-transaction", "--schema=public"]
        try:
            _run("pg_restore", [*options, f"--dbname={parameters['dbname']}", str(copy)], environment)
        except Refusal:
            if aside:
                live.execute("DROP SCHEMA public CASCADE")
                live.execute(f"ALTER SCHEMA {aside} RENAME TO public".encode())
            raise
    return aside
