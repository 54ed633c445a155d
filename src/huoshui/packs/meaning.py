"""What a published code means may not change: a definition held against every version of it that was published."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from huoshui.kernel.wording import listed
from huoshui.packs.schema import Meant, PackModel

Path = tuple[str | int, ...]


def changed_meanings(published: Iterable[PackModel], now: PackModel) -> Iterator[tuple[Path, Meant, str]]:
    """Every part that means something else than it did: where in ``now`` it differs first, the part, what it was.

    ``published``: the definition as it stood in every version. A part that was retired keeps its meaning too.
    """
    meanings = {_key(path, part): part.meaning() for earlier in published for path, part in _parts(earlier, ())}
    for path, part in _parts(now, ()):
        was, means = meanings.get(_key(path, part)), part.meaning()
        if was is not None and was != means:
            other = [where for where in {**was, **means} if means.get(where) != was.get(where)]
            yield (*path, *other[0]), part, listed(f"{where[-1]}: {was[where]}" for where in other if where in was)


def _key(path: Path, part: Meant) -> tuple[Any, ...]:
    """Which part it is, whatever its position in its list."""
    return (*(step for step in path if isinstance(step, str)), part.code)


def _parts(node: Any, path: Path) -> Iterator[tuple[Path, Meant]]:
    if isinstance(node, Meant):
        yield path, node
    elif isinstance(node, PackModel):
        for name in type(node).model_fields:
            yield from _parts(getattr(node, name), (*path, name))
    elif isinstance(node, list):
        for index, item in enumerate(node):
            yield from _parts(item, (*path, index))
