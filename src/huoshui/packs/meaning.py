"""What a published code means may not change: comparing the typed fields of two versions of a definition."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from huoshui.packs.schema import FieldDef, PackModel

Path = tuple[str | int, ...]


def changed_meanings(before: PackModel, now: PackModel) -> Iterator[tuple[Path, str, str]]:
    """Every typed field whose type, unit or decimals differ: its path in ``now``, its code, and what it was."""
    known = dict(_fields(before, ()))
    was_by_code = {_key(path, item): item for path, item in known.items()}
    for path, item in _fields(now, ()):
        was = was_by_code.get(_key(path, item))
        if was is None:
            continue
        for name in ("type", "decimals", "unit"):
            if getattr(was, name) != getattr(item, name):
                yield (*path, name), item.code, f"{name}: {getattr(was, name)}"


def _key(path: Path, item: FieldDef) -> tuple[Any, ...]:
    """Which field it is, whatever its position in its list."""
    return (*(step for step in path if isinstance(step, str)), item.code)


def _fields(node: Any, path: Path) -> Iterator[tuple[Path, FieldDef]]:
    if isinstance(node, FieldDef):
        yield path, node
    elif isinstance(node, PackModel):
        for name in type(node).model_fields:
            yield from _fields(getattr(node, name), (*path, name))
    elif isinstance(node, list):
        for index, part in enumerate(node):
            yield from _fields(part, (*path, index))
