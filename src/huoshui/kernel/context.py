"""By which channel the running request came in (web, api, cli, field, timer, demo)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_channel: ContextVar[str] = ContextVar("huoshui_channel", default="cli")


def current_channel() -> str:
    """The channel that journal entries name."""
    return _channel.get()


@contextmanager
def channel(name: str) -> Iterator[None]:
    """Within the block actions are journalled as coming by ``name``."""
    token = _channel.set(name)
    try:
        yield
    finally:
        _channel.reset(token)
