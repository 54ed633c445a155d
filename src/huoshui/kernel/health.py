"""Whether the background of this process is alive; ``/healthz`` asks, ``serve`` answers."""

from __future__ import annotations

from collections.abc import Callable

CHECKS: dict[str, Callable[[], bool]] = {}
"""By name: true while that part works. Empty in a process that runs nothing in the background."""

JOURNAL_AT_START: set[str] = set()
"""The kinds of findings with which ``serve`` began: what is sealed since may hide them from the newest checkpoint."""


def background() -> dict[str, bool]:
    """What runs in the background of this process, and whether it is alive."""
    return {name: check() for name, check in CHECKS.items()}
