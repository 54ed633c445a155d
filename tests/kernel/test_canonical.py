"""One exact text for a value."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huoshui.kernel.journal.canonical import GENESIS, canonical, chained

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
)


@given(JSON)
def test_the_text_reads_back_as_the_value(value: Any) -> None:
    assert json.loads(canonical(value)) == value


@given(st.dictionaries(st.text(), st.integers(), max_size=6))
def test_the_order_of_keys_does_not_matter(value: dict[str, int]) -> None:
    assert canonical(dict(reversed(value.items()))) == canonical(value)


def test_chinese_stands_as_it_is_and_nothing_is_spaced() -> None:
    assert canonical({"b": [1, None], "a": "隐患"}) == '{"a":"隐患","b":[1,null]}'


@pytest.mark.parametrize("value", [1.0, float("nan"), {"a": [0.5]}, (1.5,)])
def test_floats_are_refused(value: Any) -> None:
    with pytest.raises(TypeError):
        canonical(value)


def test_what_has_no_text_is_refused() -> None:
    with pytest.raises(TypeError, match="no canonical form"):
        canonical({"x": object()})


def test_each_hash_hangs_on_the_one_before() -> None:
    assert len(chained(GENESIS, ("a",))) == 64
    assert chained(GENESIS, ("a",)) != chained(chained(GENESIS, ("b",)), ("a",))
    assert chained(GENESIS, ("a", "b")) != chained(GENESIS, ("ab",))
