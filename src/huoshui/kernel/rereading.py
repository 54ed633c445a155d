"""Reading reference data once within a transaction, until that transaction writes it.

An action asks from many places who acts for whom, which packs are current, where a place lies. Inside
``reading_in_transaction()`` such an answer is kept with the tables that its statements named, and is forgotten when a
statement of the same connection writes one of them. So whoever writes has nothing to declare, and what an action reads
behind its own write is what it wrote. All is forgotten when the transaction goes back to a savepoint, and when it waits
for a lock, behind which another's commit may have come. SQLite has no such waits: whoever writes there is alone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.db import connection

_READ = re.compile(r'(?:FROM|JOIN) "(\w+)"')
_READ_OTHERWISE = re.compile(r'(?:FROM|JOIN)\s+(?!["(])')
"""A table that is named without quotes, as only statements written by hand do: what they read is not known."""
_WRITES = re.compile(r'(?:INSERT(?: OR \w+)? INTO|UPDATE|DELETE FROM) "(\w+)"')
_WAITS = re.compile(r" FOR (?:NO KEY )?UPDATE| FOR SHARE|pg_advisory")
_HARMLESS = ("SAVEPOINT ", "RELEASE SAVEPOINT ")

Question = tuple[Callable[..., Any], tuple[Any, ...]]


class TransactionMemory:
    """What was read within a transaction of what it has not written since."""

    def __init__(self) -> None:
        self._answers: dict[Question, Any] = {}
        self._tables: dict[Question, set[str]] = {}
        self._asked: list[set[str] | None] = []
        """The tables read so far for each of the questions that are being answered; None: not known."""

    def answer(self, function: Callable[..., Any], args: tuple[Any, ...]) -> Any:
        """What the function answers; kept unless it cannot be told what it was read from."""
        question = (function, args)
        if question in self._answers:
            self._note(self._tables[question])
            return self._answers[question]
        self._asked.append(set())
        try:
            answer = function(*args)
        finally:
            tables = self._asked.pop()
            self._note(tables)
        if tables is not None:
            self._answers[question], self._tables[question] = answer, tables
        return answer

    def watch(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        """Around every statement of the connection: what it reads is noted, what it writes forgotten."""
        if sql.startswith(("SELECT", "(SELECT")):
            if _WAITS.search(sql):
                self._forget_all()
            if self._asked:
                self._note(None if _READ_OTHERWISE.search(sql) else set(_READ.findall(sql)))
        elif not sql.startswith(_HARMLESS):
            written = _WRITES.match(sql)
            if written:
                self._forget(written[1])
            else:
                self._forget_all()
        return execute(sql, params, many, context)

    def _note(self, tables: set[str] | None) -> None:
        """Add to what the questions in hand are read from: the one asked last stands for those around it."""
        if self._asked:
            known = self._asked[-1]
            self._asked[-1] = None if known is None or tables is None else known | tables

    def _forget(self, table: str) -> None:
        for question in [question for question, tables in self._tables.items() if table in tables]:
            del self._answers[question], self._tables[question]
        self._asked = [None if tables is None or table in tables else tables for tables in self._asked]

    def _forget_all(self) -> None:
        self._answers.clear()
        self._tables.clear()
        # What is being answered was in part read before.
        self._asked = [None] * len(self._asked)


_memory: ContextVar[TransactionMemory | None] = ContextVar("huoshui_transaction_memory", default=None)


def transaction_memory() -> TransactionMemory | None:
    """The memory of the running transaction; None outside ``reading_in_transaction()``."""
    return _memory.get()


@contextmanager
def reading_in_transaction() -> Iterator[None]:
    """Within the block, which lies in a transaction, functions marked ``@read_until_changed`` are asked the same once.

    A block inside another one has its memory.
    """
    if _memory.get() is not None:
        yield
        return
    memory = TransactionMemory()
    token = _memory.set(memory)
    try:
        with connection.execute_wrapper(memory.watch):
            yield
    finally:
        _memory.reset(token)
