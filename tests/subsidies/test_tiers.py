"""Tiers: the first that matches, shares with a cap, and what a scheme says of them, proved against brute force."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from huoshui.subsidies.schema import Tier
from huoshui.subsidies.tiers import award, falls, gaps, idle, tier_for

bound = st.none() | st.integers(0, 12)
COSTS = (1, 99, 10_000, 123_457, 10**9)


@st.composite
def tier(draw: Any) -> Tier:
    """Any tier over small measures."""
    low, high = draw(bound), draw(bound)
    if low is not None and high is not None and low >= high:
        low, high = (high, low) if high < low else (low, None)
    given_: dict[str, Any] = {"at_least": low, "below": high}
    if draw(st.booleans()):
        return Tier(**given_, fixed=draw(st.integers(0, 500)))
    return Tier(**given_, share=draw(st.integers(0, 100)), cap=draw(st.none() | st.integers(0, 500)))


def pays(tiers: list[Tier], measure: Decimal, cost: int) -> int:
    at = tier_for(tiers, measure)
    return 0 if at is None else award(tiers[at], cost)


@given(st.lists(tier(), min_size=1, max_size=5))
def test_what_is_proved_holds_everywhere(tiers: list[Tier]) -> None:
    measures = [Decimal(half) / 2 for half in range(0, 25)]
    covered = [tier_for(tiers, measure) for measure in measures]
    assert (gaps(tiers, 0, 12) == []) == (None not in covered)
    assert set(idle(tiers)) >= set(range(len(tiers))) - {tier_for(tiers, Decimal(half) / 2) for half in range(-9, 60)}
    if not list(falls(tiers, 0, 12)):
        for cost in COSTS:
            paid = [pays(tiers, measure, cost) for measure in measures]
            assert paid == sorted(paid)


@given(tier(), st.integers(0, 10**12))
def test_a_share_is_never_above_its_cap_nor_its_percent(one: Tier, cost: int) -> None:
    given_ = award(one, cost)
    if one.fixed is not None:
        assert given_ == one.fixed
    else:
        assert given_ * 100 <= cost * (one.share or 0)
        assert one.cap is None or given_ <= one.cap


@given(st.lists(tier(), min_size=2, max_size=4))
def test_a_fall_that_is_reported_is_one(tiers: list[Tier]) -> None:
    for at in falls(tiers, 0, 12):
        costs = [0, 1, 10, 100, 10**4, 10**5, 10**7, 10**12]
        assert any(pays(tiers, at, cost) < pays(tiers, at - Decimal("0.001"), cost) for cost in costs)


@pytest.mark.parametrize(
    "wrong",
    [{}, {"fixed": 1, "share": 1}, {"fixed": 1, "cap": 1}, {"fixed": 1, "at_least": 5, "below": 5}, {"share": 101},
     {"fixed": "1.234"}, {"fixed": -1}],
)  # fmt: skip
def test_what_is_no_tier(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Tier(**wrong)
