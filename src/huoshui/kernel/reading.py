"""Reading the same thing once: within one request, what was read stays read until somebody writes.

A page asks the same few questions from many places (which packs are current, which duties the reader holds). Inside
``reading()`` the functions marked ``@read_once`` answer a repeated question from memory. Actions always read afresh,
and what was remembered before an action is forgotten after it.

An action asks of reference data over and over too. Within its transaction the functions marked ``@read_until_changed``
answer a repeated question from memory until the transaction itself writes a table that the answer was read from
(``kernel.rereading``).

Reference data (places, units, accounts, duties, packs) changes seldom. What functions marked ``@read_until_changed``
read of it is kept by the process from request to request, as long as the stamp in the database is the same: any action
that changes such data writes another stamp in its transaction, in whatever process it runs.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from itertools import islice
from threading import Lock
from typing import Any, Generic, TypeVar, cast
from uuid import UUID

from django.core.cache import cache
from django.db import connection
from django.db.models import Subquery

from huoshui.kernel.ids import new_id
from huoshui.kernel.rereading import transaction_memory

Answer = TypeVar("Answer")
Key = TypeVar("Key")
Function = TypeVar("Function", bound=Callable[..., Any])

_remembered: ContextVar[dict[Any, Any] | None] = ContextVar("huoshui_remembered", default=None)


@contextmanager
def reading() -> Iterator[None]:
    """Within the block, functions marked ``@read_once`` are asked the same thing once."""
    token = _remembered.set({})
    try:
        yield
    finally:
        _remembered.reset(token)


@contextmanager
def reading_afresh() -> Iterator[None]:
    """Within the block nothing comes from memory; after it, nothing that was read before it does."""
    before = _remembered.get()
    token = _remembered.set(None)
    try:
        yield
    finally:
        _remembered.reset(token)
        if before is not None:
            before.clear()


def remember(function: Callable[..., Any], answers: Mapping[Any, Any]) -> None:
    """Remember what a function marked ``@read_once`` would answer, by its only argument: read for many at once."""
    remembered = _remembered.get()
    if remembered is not None:
        remembered |= {(inspect.unwrap(function), (argument,)): answer for argument, answer in answers.items()}


def read_once(function: Function) -> Function:
    """Mark a function whose answer may be remembered within ``reading()``.

    Its arguments are positional and hashable; callers leave its answer unchanged. The active language and the day are
    not part of what is remembered: an answer must not depend on the language.
    """

    @functools.wraps(function)
    def read(*args: Any) -> Any:
        remembered = _remembered.get()
        if remembered is None:
            return function(*args)
        question = (function, args)
        if question not in remembered:
            remembered[question] = function(*args)
        return remembered[question]

    return cast(Function, read)


@dataclass(frozen=True)
class Marks:
    """What tells whether anything was written: the number of the newest journal entry, and the reference stamp."""

    newest: int = 0
    reference: UUID | None = None


@read_once
def marks() -> Marks:
    """The marks as they stand, read once per request."""
    from huoshui.kernel.models import Entry

    row = Entry.objects.order_by("-seq").values_list("seq", marks_as_columns()[1]).first()
    return Marks(*row) if row else Marks()


def marks_as_columns() -> tuple[Subquery, Subquery]:
    """The newest entry's number and the reference stamp, to be read along with a row."""
    from huoshui.kernel.models import Entry, ReferenceStamp

    newest = Subquery(Entry.objects.order_by("-seq").values("seq")[:1])
    return newest, Subquery(ReferenceStamp.objects.values("value")[:1])


def remember_marks(newest: int | None, reference: UUID | None) -> None:
    """Take these, read along with a row, for the marks of the request."""
    remembered = _remembered.get()
    if remembered is not None and newest is not None:
        remembered[inspect.unwrap(marks), ()] = Marks(newest, reference)


def stamp_reference_data() -> None:
    """Make every process read reference data anew once this transaction is committed."""
    from huoshui.kernel.models import ReferenceStamp

    value = new_id()
    if not ReferenceStamp.objects.filter(pk=1).update(value=value):
        ReferenceStamp.objects.update_or_create(pk=1, defaults={"value": value})


_kept: dict[Any, tuple[Hashable, Any]] = {}
MOST_KEPT = 5_000
"""Answers that a process keeps at most; then it begins anew."""


def forget() -> None:
    """Keep nothing of what was read: for tests, whose database is another one each time."""
    _kept.clear()
    for kept in _for_good:
        kept.forget()


class KeptForGood(Generic[Key, Answer]):
    """What the process keeps of rows that are never changed once they are written, by their ids: the last ``most``.

    Who may see it is not asked here: a caller asks only about rows that its reader sees.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._kept: dict[Key, Answer] = {}
        self._one_at_a_time = Lock()
        _for_good.append(self)

    def of(self, keys: Iterable[Key], read: Callable[[list[Key]], Mapping[Key, Answer]]) -> dict[Key, Answer]:
        """The answers by their keys; ``read`` gives those that are not kept yet: within a transaction, all of them."""
        asked = list(keys)
        if _uncommitted():
            return dict(read(asked))
        with self._one_at_a_time:
            found = {key: self._kept[key] for key in asked if key in self._kept}
        if missing := [key for key in asked if key not in found]:
            found |= read(missing)
        with self._one_at_a_time:
            # Put at the end: what was not asked for longest goes first.
            for key, answer in found.items():
                self._kept.pop(key, None)
                self._kept[key] = answer
            for key in list(islice(self._kept, max(0, len(self._kept) - self._most))):
                del self._kept[key]
        return found

    def forget(self) -> None:
        """Keep nothing."""
        self._kept.clear()


_for_good: list[KeptForGood[Any, Any]] = []


def lasting() -> bool:
    """Whether what is read here of reference data is kept beyond the request: where a page reads, outside of a
    transaction, in a register in which an action ever wrote."""
    return _remembered.get() is not None and not _uncommitted() and marks().reference is not None


def _uncommitted() -> bool:
    """Whether what is seen here may never come to be."""
    return connection.in_atomic_block


def kept_for(seconds: int, key: Callable[[], str], read: Callable[[], Answer]) -> Answer:
    """What ``read()`` answers, kept in the cache for some seconds; within a transaction it is asked as ever."""
    if _uncommitted():
        return read()
    name = key()
    answer: Answer | None = cache.get(name)
    if answer is None:
        answer = read()
        cache.set(name, answer, seconds)
    return answer


def grown(key: Callable[[], str], between: Callable[[int, int], int]) -> int:
    """How many of the journal's entries meet a condition that only the entry and reference data decide.

    As entries are only ever added, it is kept with the number of the newest one, and those added since are counted:
    ``between(a, b)`` counts those after the a-th up to the b-th. What a slower transaction added before the newest may
    be missed. ``key`` names the condition, without the state of the reference data.
    """
    now = marks()
    if _uncommitted():
        return between(0, now.newest)
    name = f"{key()}-{now.reference}"
    newest, count = cache.get(name) or (0, 0)
    if newest < now.newest:
        count += between(newest, now.newest)
        cache.set(name, (now.newest, count), KEPT_COUNT_SECONDS)
    return int(count)


KEPT_COUNT_SECONDS = 86_400
"""How long such a count is kept from its last use on; it never goes stale."""


def read_until_changed(function: Function) -> Function:
    """Mark a function that reads reference data alone, so that its answer stays good until such data is changed.

    As for ``@read_once``, and beyond the request: other requests get the very same answer, so nobody may change it.
    Within an action its answer is good until the action's transaction writes what it was read from. Elsewhere in a
    transaction, and outside ``reading()``, it is asked as ever.
    """
    once = read_once(function)

    @functools.wraps(function)
    def read(*args: Any) -> Any:
        memory = transaction_memory()
        if memory is not None:
            return memory.answer(function, args)
        return _kept_under(marks().reference, function, args) if lasting() else once(*args)

    return cast(Function, read)


def kept_while(mark: Hashable, function: Callable[..., Answer], *args: Any) -> Answer:
    """The answer of a function that reads reference data and what ``mark`` stands for: good until either is changed.

    The mark is read in this request; whatever changes the answer changes it. Otherwise as ``@read_until_changed``.
    """
    return _kept_under((marks().reference, mark), function, args) if lasting() else function(*args)


def _kept_under(state: Hashable, function: Callable[..., Any], args: tuple[Any, ...]) -> Any:
    question = (function, args)
    kept = _kept.get(question)
    if kept is None or kept[0] != state:
        if len(_kept) >= MOST_KEPT:
            _kept.clear()
        # Read now: what the request remembers may stem from a transaction that was rolled back.
        kept = _kept[question] = (state, function(*args))
    return kept[1]
