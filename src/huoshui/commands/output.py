"""What every command prints with: tables for people, plain JSON for programs, progress for who waits.

What draws tables and bars is imported where something is drawn: JSON and --help do without.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from django.utils.translation import gettext as _

from huoshui.kernel.disk import is_full
from huoshui.kernel.errors import Refusal
from huoshui.kernel.os_reasons import reason_of

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

Advance = Callable[[int], None]

json_option = click.option("--json", "as_json", is_flag=True, help=_("输出 JSON 数组，此外不输出任何内容。"))


def say(text: str) -> None:
    """One line for the operator, on stdout."""
    click.echo(text)


def print_json(items: Sequence[dict[str, Any]]) -> None:
    """A plain JSON array on stdout, nothing else."""
    click.echo(json.dumps(items, ensure_ascii=False, indent=2, default=str))


def print_rows(items: Sequence[dict[str, Any]], headings: dict[str, str], *, as_json: bool) -> None:
    """The items as JSON, or as a table with the columns of ``headings`` (key: heading)."""
    if as_json:
        print_json(items)
        return
    if not items:
        say(_("没有记录。"))
        return
    from rich.console import Console
    from rich.table import Table

    table = Table(*headings.values(), box=None, header_style="bold", pad_edge=False)
    for item in items:
        table.add_row(*(_cell(item.get(key)) for key in headings))
    Console(file=sys.stdout, width=None if sys.stdout.isatty() else 200, highlight=False).print(table)


def _cell(value: Any) -> str:
    return "" if value is None else "✓" if value is True else "" if value is False else str(value)


def _bar() -> Progress:
    """A progress bar on stderr, only where somebody looks."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn

    console = Console(file=sys.stderr)
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    return Progress(*columns, console=console, transient=True, disable=not console.is_terminal)


@contextmanager
def progress(text: str, total: int | None = None) -> Iterator[Advance]:
    """A bar while the block runs; call the result with each step's size."""
    with _bar() as bar:
        task = bar.add_task(text, total=total)
        yield lambda step: bar.advance(task, step)


@contextmanager
def parts_progress() -> Iterator[Callable[[str, int, int], None]]:
    """A bar for each part of long work, on stderr, only where somebody looks: ``tell(part, done, total)``."""
    with _bar() as bar:
        tasks: dict[str, TaskID] = {}

        def tell(part: str, done: int, total: int) -> None:
            if part not in tasks:
                tasks[part] = bar.add_task(part, total=total)
            bar.update(tasks[part], completed=done, total=total)

        yield tell


@contextmanager
def named_failures(path: Path) -> Iterator[None]:
    """An OSError of the block as ops.disk_full or ops.cannot_write."""
    try:
        yield
    except OSError as error:
        if is_full(error):
            raise Refusal("ops.disk_full", path=path) from None
        raise Refusal("ops.cannot_write", path=path, reason=reason_of(error)) from None


def write_file(path: Path, data: bytes) -> None:
    """Write a new file, whole or not at all. Raises ops.file_exists, ops.disk_full or ops.cannot_write."""
    if path.exists():
        raise Refusal("ops.file_exists", path=path)
    part = path.with_name(f".{path.name}.part")
    with named_failures(path):
        try:
            part.write_bytes(data)
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)
