"""Filters by a code: one that nothing has is refused, since an empty list would say "there are none"."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from huoshui.kernel.errors import Refusal
from huoshui.kernel.wording import listed


def require_known(
    rows: Any,
    field: str,
    code: str,
    declared: Iterable[str],
    *,
    label: object = "",
    names: Mapping[str, object] | None = None,
) -> None:
    """Raise value.choice, naming the ``declared`` codes, for one that is not among them and that no row has either.

    What was recorded under a code since retired can so still be found. "" is no filter. People are told ``label``
    and ``names`` instead of the field and the codes.
    """
    known = list(dict.fromkeys(declared))
    if code and code not in known and not rows.filter(**{field: code}).exists():
        raise unknown(field, code, names.values() if names else known, label)


def unknown(field: str, code: str, known: Iterable[object], label: object = "") -> Refusal:
    """The refusal of a filter's value that is none of those known, by codes or by names."""
    choices = listed(dict.fromkeys(str(name) for name in known)) or "—"
    return Refusal("value.choice", field=field, label=label or field, value=code, choices=choices)


def named(rows: Any, field: str, label: object = "", **lookup: Any) -> Any:
    """The row of ``rows`` (those that the reader may see) that the filter ``field`` names.

    Raises filter.not_found, hidden or absent alike.
    """
    row = rows.filter(**lookup).first()
    if row is None:
        raise Refusal("filter.not_found", field=field, label=label or field, value=next(iter(lookup.values())))
    return row
