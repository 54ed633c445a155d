"""Which indicators seem to speak of the same thing, by the words of their names and by their units.

A name is a subject and a measure word: 美好乡村|通过验收数, 普惠性民办幼儿园|占比. Two indicators are alike when one's
subject holds the other's and they are told in the same unit, unless a pack relates them by a rule of its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache

from huoshui.figures.schema import FigureRule, Indicator

SHORTEST_SUBJECT = 4
"""Characters; shorter ones (公办, 新建) name a property and no subject."""
BRACKETS = re.compile(r"（[^）]*）|\([^)]*\)")
MEASURE_WORDS = (
    "总数", "人数", "个数", "数", "覆盖率", "占比", "比重", "比例", "率", "通过验收", "验收", "达标村", "示范村",
    "示范点", "达标", "合格", "示范", "新创建", "创建", "认定", "命名", "计划",
)  # fmt: skip
"""What is measured of a subject; the longer before what they end with."""


@lru_cache(maxsize=4000)
def subject(name: str) -> str:
    """A name without what is in brackets and without its measure words."""
    text = BRACKETS.sub("", name)
    while word := next((one for one in MEASURE_WORDS if text.endswith(one) and len(text) > len(one)), None):
        text = text.removesuffix(word)
    return text


def alike(one: Indicator, other: Indicator) -> bool:
    """Whether two indicators seem to speak of the same thing."""
    if one.unit != other.unit:
        return False
    short, long = sorted((subject(one.name.zh), subject(other.name.zh)), key=len)
    return len(short) >= SHORTEST_SUBJECT and short in long


def kin(
    indicators: Mapping[str, Indicator], rules: Iterable[FigureRule], instead: Mapping[str, str]
) -> list[list[str]]:
    """Groups of two or more indicators that seem to speak of the same thing, by qualified code, each in order.

    ``instead``: those that are told as another; they are in no group.
    """
    related = {
        frozenset(instead.get(code, code) for code in (left, right))
        for rule in rules
        for left in rule.left
        for right in rule.right
    }
    codes = sorted(set(indicators) - set(instead))
    leader = {code: code for code in codes}

    def head(code: str) -> str:
        while leader[code] != code:
            code = leader[code]
        return code

    for at, one in enumerate(codes):
        for other in codes[at + 1 :]:
            if frozenset((one, other)) not in related and alike(indicators[one], indicators[other]):
                leader[head(other)] = head(one)
    groups: dict[str, list[str]] = {}
    for code in codes:
        groups.setdefault(head(code), []).append(code)
    return [group for group in groups.values() if len(group) > 1]
