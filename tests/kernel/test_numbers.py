"""Scaled integers."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huoshui.kernel.numbers import LARGEST, POINTS, rounded, scaled, shown

STORED = st.integers(-LARGEST, LARGEST)
SCALES = st.sampled_from([1, 10, 100, 1000, 1_000_000])


@given(STORED, SCALES)
def test_what_is_shown_reads_back(value: int, scale: int) -> None:
    assert scaled(shown(value, scale), scale) == value


@given(STORED, SCALES, st.integers(0, 6))
def test_shown_with_decimals_is_the_nearest(value: int, scale: int, decimals: int) -> None:
    text = shown(value, scale, decimals)
    assert len(text.partition(".")[2]) == decimals
    assert abs(Fraction(text) - Fraction(value, scale)) <= Fraction(1, 2 * 10**decimals)


@given(st.fractions(), st.integers(1, 1000))
def test_rounded_is_the_nearest_multiple(value: Fraction, step: int) -> None:
    near = rounded(value, step)
    assert near % step == 0
    assert abs(near - value) <= Fraction(step, 2)
    assert rounded(-value, step) == -near


@given(STORED)
def test_a_score_reads_the_same_from_text_number_and_decimal(value: int) -> None:
    score = Decimal(value).scaleb(-3)
    assert scaled(shown(value, POINTS), POINTS) == value
    if len(score.as_tuple().digits) <= 28:
        assert scaled(score, POINTS) == value


@pytest.mark.parametrize(
    ("half", "whole"), [("1/2", 1), ("-1/2", -1), ("3/2", 2), ("5/2", 3), ("-5/2", -3), ("149/100", 1)]
)
def test_halves_go_away_from_zero(half: str, whole: int) -> None:
    assert rounded(Fraction(half)) == whole


@pytest.mark.parametrize(
    ("value", "scale", "decimals", "text"),
    [(92500, 1000, None, "92.5"), (-5, 1000, None, "-0.005"), (0, 100, None, "0"), (123456, 100, 1, "1234.6"),
     (-4, 10, 0, "0"), (7, 1, None, "7"), (1200, 1, None, "1200"), (100, 100, 2, "1.00"), (5, 1000, 2, "0.01")],
)  # fmt: skip
def test_shown(value: int, scale: int, decimals: int | None, text: str) -> None:
    assert shown(value, scale, decimals) == text


@pytest.mark.parametrize("text", ["", "三", "1,5", "nan", "inf", "sNaN", "1e999999", "1" * 50, "0." + "0" * 60 + "1"])
def test_what_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not a number"):
        scaled(text, 100)


def test_more_decimals_than_the_scale_are_refused() -> None:
    with pytest.raises(ValueError, match="not a multiple"):
        scaled("1.005", 100)
    assert scaled("1.50", 100) == 150
    assert scaled("1e2", 100) == 10_000


def test_more_than_a_column_holds_is_refused() -> None:
    assert scaled(LARGEST, 1) == LARGEST
    with pytest.raises(ValueError, match="too large"):
        scaled(LARGEST + 1, 1)
