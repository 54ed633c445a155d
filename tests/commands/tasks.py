"""A task for the worker to do."""

from __future__ import annotations

from django_tasks import task


@task()
def add(first: int, second: int) -> int:
    """The sum."""
    return first + second
