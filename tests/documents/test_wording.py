"""Figures in sentences: no data, zero and a value are told apart, and a comparison says no more than is known."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from huoshui.documents.wording import compared, compared_with, said, value_words
from huoshui.figures.queries import Figure, get_indicator
from huoshui.figures.reporting.models import Bound
from huoshui.kernel.periods import period

YEAR = period("2018")


def figure(
    cast: SimpleNamespace, code: str, top: int | None, bottom: int | None = None, bound: str = "exact"
) -> Figure:
    return Figure(get_indicator(code), cast.land.district, YEAR, top, bottom, 3, bound)


def test_a_figure_in_words(cast: SimpleNamespace) -> None:
    assert said(figure(cast, "hubs.built", 10)) == "新建村级党建阵地数 10 个"
    assert said(figure(cast, "hubs.built", 0)) == "新建村级党建阵地数为零"
    assert said(figure(cast, "hubs.built", None)) == "新建村级党建阵地数没有数据"
    assert said(figure(cast, "hubs.built_cost", 120_000_000)) == "新建村级党建阵地投入 120.00 万元"
    assert said(figure(cast, "rectification.resolved_share", 86, 98)) == "办结事项的销号率为 87.8%"
    assert said(figure(cast, "rectification.resolved_share", 0, 0)) == "办结事项的销号率：分母为零，没有值"
    assert value_words(figure(cast, "hubs.built", 660, bound=Bound.AT_LEAST)) == "660 个以上"


@pytest.mark.parametrize(
    ("code", "now", "then", "words"),
    [
        ("hubs.built", (10, None), (8, None), "比上年增加 2 个"),
        ("hubs.built", (8, None), (10, None), "比上年减少 2 个"),
        ("hubs.built", (8, None), (8, None), "与上年持平"),
        ("hubs.built", (8, None), (None, None), "上年没有数据，不作比较"),
        ("hubs.built", (None, None), (8, None), ""),
        ("rectification.resolved_share", (90, 100), (80, 100), "比上年提高 10.0 个百分点"),
        ("rectification.resolved_share", (3, 4), (90, 100), "比上年下降 15.0 个百分点"),
    ],
)
def test_a_comparison(
    cast: SimpleNamespace,
    code: str,
    now: tuple[int | None, int | None],
    then: tuple[int | None, int | None],
    words: str,
) -> None:
    assert compared(figure(cast, code, *now), figure(cast, code, *then), "上年") == words


def test_bounds_have_no_difference(cast: SimpleNamespace) -> None:
    now, then = figure(cast, "hubs.built", 10), figure(cast, "hubs.built", 8, bound=Bound.AT_LEAST)
    assert compared(now, then, "上年") == f"上年为 {value_words(then)}"
    assert "8" in value_words(then)
    assert value_words(then) != "8 个"


def test_what_is_compared_with() -> None:
    assert compared_with(YEAR, "before") == (period("2017"), "上年")
    assert compared_with(period("2018-01"), "before") == (period("2017-12"), "上月")
    assert compared_with(period("2018-01"), "year_before") == (period("2017-01"), "上年同期")
    assert compared_with(YEAR, "2015") == (period("2015"), "2015年")
    assert compared_with(period("2016/2018"), "before") == (None, "上一期")
