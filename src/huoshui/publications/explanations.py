"""Which differences somebody explained."""

from __future__ import annotations

from collections.abc import Iterable

from huoshui.publications.models import Explanation

Key = tuple[str, str, str, str, str]
"""Term, place's code, period, printed number, register's value as shown."""


def explanations_for(keys: Iterable[Key]) -> dict[Key, Explanation]:
    """The explanation of each difference that has one."""
    wanted = set(keys)
    if not wanted:
        return {}
    rows = Explanation.objects.filter(term__in={key[0] for key in wanted}).select_related("place", "by")
    found = {(row.term, row.place.code, row.period, row.printed, row.held): row for row in rows}
    return {key: found[key] for key in wanted & found.keys()}
