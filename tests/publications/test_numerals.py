"""Numerals are read as they are printed, exactly, in both scripts."""

from __future__ import annotations

from fractions import Fraction

import cn2an
import pytest
from hypothesis import given
from hypothesis import strategies as st

from huoshui.publications.numerals import DIGITS, NUMERAL, read_numeral, read_tenths
from huoshui.publications.spotting import Kind, mentions

WHOLE = st.integers(min_value=0, max_value=10**13)
SCALES = {"": 1, "万": 10**4, "亿": 10**8}
CHINESE_DIGITS = "零一二三四五六七八九"


@pytest.mark.parametrize(
    ("text", "value", "step"),
    [
        ("1,200", "1200", "1"),
        ("17.2", "17.2", "0.1"),
        ("8.1亿", "810000000", "10000000"),
        ("8.14 万", "81400", "100"),
        ("３６", "36", "1"),
        ("三百六十", "360", "1"),
        ("十七点二", "17.2", "0.1"),
        ("十七点二万", "172000", "1000"),
        ("两千三百万", "23000000", "10000"),
        ("三万五", "35000", "1"),
        ("一千零五十", "1050", "1"),
        ("二〇一七", "2017", "1"),
    ],
)
def test_the_value_and_the_step_of_the_last_digit(text: str, value: str, step: str) -> None:
    reading = read_numeral(text)
    assert reading is not None
    assert (reading.value, reading.step) == (Fraction(value), Fraction(step))


@pytest.mark.parametrize("text", ["", "百", "万", "abc", "1.2.3", "12,34", "点五", "1" * 40])
def test_what_is_no_numeral(text: str) -> None:
    assert read_numeral(text) is None


@pytest.mark.parametrize(("text", "percent"), [("三成", 30), ("七成五", 75), ("九成", 90)])
def test_tenths(text: str, percent: int) -> None:
    reading = read_tenths(text)
    assert reading is not None
    assert reading.value == percent
    assert read_tenths("成") is None


@given(WHOLE)
def test_any_whole_number_written_in_chinese_is_read_back(number: int) -> None:
    reading = read_numeral(cn2an.an2cn(number))
    assert reading is not None
    assert reading.value == number


@given(WHOLE, st.sampled_from(sorted(SCALES)))
def test_any_number_with_separators_and_a_scale_is_read_back(number: int, scale: str) -> None:
    reading = read_numeral(f"{number:,}{scale}")
    assert reading is not None
    assert (reading.value, reading.step) == (number * SCALES[scale], SCALES[scale])


@given(
    st.integers(0, 9999), st.text("0123456789", min_size=1, max_size=4), st.sampled_from(sorted(SCALES)), st.booleans()
)
def test_any_decimal_is_read_back_exactly(whole: int, behind: str, scale: str, chinese: bool) -> None:
    spoken = "".join(CHINESE_DIGITS[int(digit)] for digit in behind)
    text = f"{cn2an.an2cn(whole)}点{spoken}{scale}" if chinese else f"{whole}.{behind}{scale}"
    reading = read_numeral(text)
    assert reading is not None
    assert reading.value == Fraction(f"{whole}.{behind}") * SCALES[scale]
    assert reading.step == Fraction(SCALES[scale], 10 ** len(behind))


@given(st.integers(2, 99_999_999), st.sampled_from(["人", "万元", "平方米", "户", "个"]), st.booleans())
def test_a_number_in_a_sentence_is_found_whole(number: int, unit: str, chinese: bool) -> None:
    written = cn2an.an2cn(number).replace("二千", "两千") if chinese else f"{number:,}"
    sentence = f"全区共登记{written}{unit}，比上年多。"
    (found,) = mentions(sentence)
    assert found.kind == Kind.STATISTIC
    assert found.text == f"{written}{unit}"
    assert found.low == number * (10**4 if unit == "万元" else 1)


def test_the_pattern_begins_with_a_digit() -> None:
    assert NUMERAL
    assert set("零一二三四五六七八九") <= set(DIGITS)
