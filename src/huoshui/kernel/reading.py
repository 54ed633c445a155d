"""Reading the same thing once: within one request, what was read stays read until somebody writes.

A page asks the same few questions from many places (which packs are current, which duties the reader holds). Inside
``reading()`` the functions marked ``@read_once`` answer a repeated question from memory. Actions always read afresh,
and what was remembered before an action is forgotten after it.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar, cast

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
