"""Figures in sentences: Chinese, whoever drafts, as the documents are.

What is not known is said to be unknown, and zero is said to be zero: neither is ever told as the other.
"""

from __future__ import annotations

import datetime as dt
from fractions import Fraction

from huoshui.figures.queries import Figure
from huoshui.figures.reporting.models import Bound
from huoshui.kernel.numbers import nearest, shown
from huoshui.kernel.periods import Period, PeriodKind, period_before
from huoshui.kernel.periods import period as period_of_code

ONE_BEFORE = {
    PeriodKind.DAY: "前一日",
    PeriodKind.WEEK: "上周",
    PeriodKind.MONTH: "上月",
    PeriodKind.QUARTER: "上季度",
    PeriodKind.HALF: "上半年度",
    PeriodKind.YEAR: "上年",
}
BOUNDS: dict[str, str] = {Bound.AT_LEAST: "{}以上", Bound.AT_MOST: "{}以内", Bound.ABOUT: "约 {}"}
"""How a value that is not exact is told: 660 处以上."""
IN_A_YEAR = {PeriodKind.MONTH: 12, PeriodKind.QUARTER: 4, PeriodKind.HALF: 2, PeriodKind.YEAR: 1}
"""How many periods of a kind make a year."""


def day_words(day: dt.date) -> str:
    """A date as a document writes it: 2026年11月3日, without leading zeros (GB/T 9704-2012, 7.3.5.4)."""
    return f"{day.year}年{day.month}月{day.day}日"


def compared_with(period: Period, other: str) -> tuple[Period | None, str]:
    """The period that ``other`` names (before, year_before or a code), and what it is called; None: there is none."""
    if other == "before":
        known = period.kind in ONE_BEFORE
        return (period_before(period), ONE_BEFORE[period.kind]) if known else (None, "上一期")
    if other == "year_before":
        many = IN_A_YEAR.get(period.kind)
        return (period_before(period, many), "上年" if many == 1 else "上年同期") if many else (None, "上年同期")
    found = period_of_code(other)
    return found, found.name


def value_words(figure: Figure) -> str:
    """A value with its unit and the word of its bound, or that there is none."""
    if figure.value is None:
        return figure.why_none
    unit = figure.indicator.unit
    value = f"{figure.shown}{'' if unit == '%' else ' '}{unit}"
    return BOUNDS.get(figure.bound, "{}").format(value)


def said(figure: Figure) -> str:
    """A figure as a clause, without an end: 新建村级党建阵地数 10 个; … 为零; … 没有数据."""
    name = figure.indicator.name.zh
    if figure.value is None:
        return f"{name}{'' if figure.why_none.startswith(('没有', '未')) else '：'}{figure.why_none}"
    if figure.value == 0:
        return f"{name}为零"
    return f"{name}{'为 ' if figure.indicator.is_ratio else ' '}{value_words(figure)}"


def compared(now: Figure, then: Figure, name: str) -> str:
    """How a figure is other than at another time: 比上年增加 2 个; 与上年持平; 上年没有数据，不作比较; "" without one.

    Of values that are no more than bounds (20 以上) there is no difference to tell: the other one is named.
    """
    if now.value is None:
        return ""
    if then.value is None:
        return f"{name}{then.why_none}，不作比较"
    if {now.bound, then.bound} != {Bound.EXACT}:
        return f"{name}为 {value_words(then)}"
    difference = now.value - then.value
    decimals = now.indicator.decimals
    if nearest(abs(difference).numerator * 10**decimals, abs(difference).denominator) == 0:
        return f"与{name}持平"
    return f"比{name}{_how_much(now, difference)}"


def _how_much(now: Figure, difference: Fraction) -> str:
    decimals, unit = now.indicator.decimals, now.indicator.unit
    step = 10**decimals
    size = abs(difference)
    much = shown(nearest(size.numerator * step, size.denominator), step, decimals)
    if unit == "%":
        return f"{'提高' if difference > 0 else '下降'} {much} 个百分点"
    return f"{'增加' if difference > 0 else '减少'} {much} {unit}"


def counted_words(figure: Figure) -> str:
    """What it was made of: numerator / denominator, the number of records, or that units reported it."""
    if figure.numerator is None:
        return "没有记录"
    if figure.indicator.is_ratio and figure.parts_known:
        return figure.fraction
    return "审核上报" if figure.indicator.is_reported else f"{figure.records} 条记录"
