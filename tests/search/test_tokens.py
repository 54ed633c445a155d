"""Tokens: whatever stands in a text can be asked for, and what is asked for is among its tokens."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from huoshui.search.terms import Every, Has, Some, for_fts5, for_tsquery
from huoshui.search.tokens import Names, Word, grams, normal, words_of

TEXTS = st.text(st.sampled_from("隐患排查整改abcXYZ0189 -_（）。ａ１ß"), max_size=40)


@given(text=TEXTS, data=st.data())
def test_every_part_of_a_text_asks_for_tokens_that_it_has(text: str, data: st.DataObject) -> None:
    whole = normal(text)
    start = data.draw(st.integers(0, len(whole)))
    word = Word(whole[start : start + data.draw(st.integers(0, len(whole)))].strip())
    assert set(word.tokens) <= grams(whole)
    assert set(word.name_tokens) <= Names.of([text]).tokens([])
    assert word.stands_in([whole])


@given(text=TEXTS)
def test_what_is_typed_is_read_as_it_is_indexed(text: str) -> None:
    assert [word.text for word in words_of(text)] == list(
        dict.fromkeys(part for part in map(normal, text.split()) if part)
    )[:8]


def test_initials_and_pairs() -> None:
    tokens = Names.of(["安全隐患"]).tokens(["ZG-2018-0001"])
    assert {"~隐患", "~全隐", "~aqyh", "~yh", "=zg20180001"} <= tokens
    assert grams(normal("LED灯3盏")) == {"le", "ed", "led", "d灯", "灯3", "3盏"}
    assert Word("410871203201").tokens == ["3201", "4108", "7120"]


def test_signs_of_either_engine_are_quoted() -> None:
    term = Every((Has("~o'\\x\""), Some((Has("a"), Has("b")))))
    assert for_fts5(term) == '("~o\'\\x""" AND ("a" OR "b"))'
    assert for_tsquery(term) == "('~o''\\\\x\"' & ('a' | 'b'))"
