"""One search over all: what is visible is found by whatever part of its title, what is hidden never."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from huoshui.search.finding import find, wanted
from huoshui.search.keeping import keep_up


def hits(actor: Any, typed: str, **how: Any) -> dict[str, list[str]]:
    """The titles that a reader finds, by kind."""
    keep_up()
    return {group.searchable.kind: [row.title for row in group.hits] for group in find(actor, wanted(typed, **how))}


def test_a_pair_of_characters_initials_and_codes_find(cast: SimpleNamespace) -> None:
    assert "寨卜昌村" in hits(cast.district_office, "卜昌")["places"]
