"""Whatever single column of the journal or its seals is changed, in whatever way, verify finds it."""

from __future__ import annotations

import contextlib
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from huoshui.kernel.journal import seal_pending, verify
from huoshui.kernel.journal.canonical import HASHED_COLUMNS
from huoshui.kernel.models import Entry, Seal
from tests.kernel.writing import write_entries

TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=12)
NUMBER = st.integers(1, 2**40)
VALUES: dict[str, st.SearchStrategy[Any]] = {
    "seq": NUMBER,
    "at": st.datetimes(timezones=st.timezones()),
    "actor_id": st.none() | st.uuids(),
    "subject_id": st.uuids(),
    "place_id": st.none() | st.uuids(),
    "restricted": st.booleans(),
    "position": NUMBER,
    "entry_seq": NUMBER,
    "hash": st.text("0123456789abcdef", min_size=64, max_size=64),
}
CHANGES = st.one_of(
    *(st.tuples(st.just(Entry), st.just(name), VALUES.get(name, TEXT)) for name in HASHED_COLUMNS),
    *(st.tuples(st.just(Seal), st.just(name), VALUES[name]) for name in ("position", "entry_seq", "hash")),
)


@pytest.mark.usefixtures("triggers_dropped")
def test_any_single_change_is_found(db: None) -> None:
    write_entries(5)
    seal_pending()

    @settings(max_examples=150, deadline=None)
    @given(change=CHANGES, row=st.integers(0, 4))
    def holds(change: tuple[Any, str, Any], row: int) -> None:
        model, column, value = change
        key = model._default_manager.order_by("pk").values_list("pk", flat=True)[row]
        rows = model._default_manager.filter(pk=key)
        if rows.values_list(column, flat=True)[0] == value:
            return
        with contextlib.suppress(IntegrityError), transaction.atomic():  # two rows may not share a key
            rows.update(**{column: value})
            assert verify().findings
            transaction.set_rollback(True)

    holds()
    assert verify().ok
