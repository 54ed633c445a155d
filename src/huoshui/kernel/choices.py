"""Filters by a code: one that nothing has is refused, since an empty list would say "there are none"."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from huoshui.kernel.errors import Refusal
from huoshui.kernel.wording import listed


def require_known(rows: Any, field: str, code: str, declared: Iterable[str]) -> None:
    """Raise value.choice, naming the ``declared`` codes, for one that is not among them and that no row has either.

    What was recorded under a code since retired can so still be found. "" is no filter.
    """
    known = list(dict.fromkeys(declared))
    if code and code not in known and not rows.filter(**{field: code}).exists():
        raise unknown(field, code, known)


def unknown(field: str, code: str, known: Iterable[str]) -> Refusal:
    """The refusal of a filter's value that is none of those known."""
    return Refusal("value.choice", field=field, label=field, value=code, choices=listed(known) or "—")
