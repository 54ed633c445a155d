"""Values as they are typed: read, and typed again the same."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huoshui.figures.reporting.models import Bound
from huoshui.figures.reporting.values import (
    Value,
    is_printed_quotient,
    parts_told,
    quotient,
    read_value,
    satisfies,
    told,
    typed,
)
from huoshui.figures.schema import Indicator
from huoshui.kernel.errors import Refusal
from huoshui.packs.schema import Text

NAME = Text(zh="数", en="Number")


def indicator(**how: Any) -> Indicator:
    return Indicator(code="x", name=NAME, definition=NAME, unit="个", source="reported", **how)


NUMBER, TENS = indicator(), indicator(scale=10_000, decimals=2)
SHARE = Indicator(code="s", name=NAME, definition=NAME, unit="%", source="reported", share=True, decimals=1)


@pytest.mark.parametrize(
    ("text", "one", "value"),
    [
        ("660余", NUMBER, Value(660, None, Bound.AT_LEAST)),
        ("≥660", NUMBER, Value(660, None, Bound.AT_LEAST)),
        ("1,200", NUMBER, Value(1200, None)),
        ("约100", NUMBER, Value(100, None, Bound.ABOUT)),
        ("100左右", NUMBER, Value(100, None, Bound.ABOUT)),
        ("不超过5", NUMBER, Value(5, None, Bound.AT_MOST)),
        ("=0", NUMBER, Value(0, None)),
        ("8.14", TENS, Value(81_400, None)),
        ("3220/10000", SHARE, Value(3220, 10_000)),
        ("32.2%", SHARE, Value(322_000, 1_000_000, parts_known=False)),
        ("0/0", SHARE, Value(0, 0)),
    ],
)
def test_what_is_read(text: str, one: Indicator, value: Value) -> None:
    assert read_value(text, one) == value
    assert read_value(typed(value, one), one) == value


@pytest.mark.parametrize(
    ("text", "one", "code"),
    [
        ("", NUMBER, "figure.value"),
        ("许多", NUMBER, "figure.value"),
        ("-5", NUMBER, "figure.value_negative"),
        ("1.5", NUMBER, "figure.value_fine"),
        ("8.14159", TENS, "figure.value_fine"),
        ("99999999999999999999", NUMBER, "figure.value_large"),
        ("3/4", NUMBER, "figure.value_ratio"),
        ("120%", SHARE, "figure.value_share"),
        ("5/4", SHARE, "figure.value_share"),
        ("1/x", SHARE, "figure.value"),
    ],
)
def test_what_is_refused(text: str, one: Indicator, code: str) -> None:
    with pytest.raises(Refusal) as caught:
        read_value(text, one)
    assert caught.value.problems[0].code == code


@given(numerator=st.integers(0, 10**12), bound=st.sampled_from(Bound))
def test_a_number_typed_again_is_the_same(numerator: int, bound: Bound) -> None:
    for one in (NUMBER, TENS):
        value = Value(numerator, None, bound)
        assert read_value(typed(value, one), one) == value


@given(top=st.integers(0, 10**9), more=st.integers(0, 10**9))
def test_a_ratio_keeps_its_parts(top: int, more: int) -> None:
    value = read_value(f"{top}/{top + more}", SHARE)
    exact = quotient(value.numerator, value.denominator, SHARE)
    assert exact == (Fraction(100 * top, top + more) if top + more else None)
    assert read_value(typed(value, SHARE), SHARE) == value


def test_a_target_of_about_is_neither_met_nor_missed() -> None:
    assert satisfies(Fraction(5), Bound.AT_LEAST, Fraction(5))
    assert not satisfies(Fraction(6), Bound.AT_MOST, Fraction(5))
    assert not satisfies(Fraction(6), Bound.EXACT, Fraction(5))
    assert satisfies(Fraction(6), Bound.ABOUT, Fraction(5)) is None
    assert told(Fraction(199, 2), NUMBER, Bound.ABOUT) == "约 100"


def counted(denominator: str, unit: str = "分") -> Indicator:
    """A ratio over results, by how its denominator is written."""
    measure = {"from": "results", "period": "closed_on"}
    parts = {"numerator": measure | {"value": "sum(total)"}, "denominator": measure | {"value": denominator}}
    return Indicator.model_validate({"code": "m", "name": NAME, "definition": NAME, "unit": unit, **parts})


@pytest.mark.parametrize(
    ("one", "parts", "told_as"),
    [
        (counted("count(*) * 1000"), (10_347_630, 114_000), ("10347.63", "114")),
        (counted("1000 * (count(*))"), (90_000, 1_000), ("90", "1")),
        (counted("count(*) * 1000"), (0, 0), ("0", "0")),
        (counted("count(*) * 1000"), (None, None), ("—", "—")),
        (counted("count(*) * 60"), (180, 120), ("180", "120")),
        (counted("count(*)", "%"), (86, 98), ("86", "98")),
        (SHARE, (3220, 10_000), ("3220", "10000")),
    ],
)
def test_parts_are_told_in_whole_units(
    one: Indicator, parts: tuple[int | None, int | None], told_as: tuple[str, str]
) -> None:
    assert parts_told(*parts, one) == told_as


def test_a_quotient_that_was_typed_alone_is_known_by_its_denominator() -> None:
    assert is_printed_quotient(read_value("32.2%", SHARE).denominator, SHARE)
    assert not is_printed_quotient(read_value("3220/10000", SHARE).denominator, SHARE)
    assert not is_printed_quotient(1_000_000, counted("count(*)", "%")), "a count is a count"
    assert not is_printed_quotient(None, NUMBER)
