"""Targets: set with their document, changed, taken back, and held against figures."""

from __future__ import annotations

import json
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from huoshui.figures.queries import figures_of, get_indicator
from huoshui.figures.reporting.models import Target
from huoshui.figures.reporting.targets import (
    Attainment,
    attainments,
    drop_target,
    set_target,
    typed_again,
)
from huoshui.kernel.errors import Refusal
from huoshui.kernel.models import Entry
from huoshui.kernel.periods import period
from tests.matters.conftest import Opener


def aim(cast: SimpleNamespace, value: str, **how: Any) -> Target:
    given = {"by": cast.leader, "indicator": "rectification.opened", "place": cast.land.district, "period": "2018"}
    target: Target = set_target(value=value, source="2018年目标", **given | how)
    return target


def attained(cast: SimpleNamespace) -> Attainment:
    figures = figures_of(cast.leader, [(get_indicator("rectification.opened"), period("2018"))], cast.land.district)
    (found,) = attainments(figures, cast.land.district)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("value", "shown", "met"), [("≥1", "≥ 1", True), ("≥2", "≥ 2", False), ("=0", "= 0", False), ("≤1", "≤ 1", True)]
)
def test_a_target_beside_its_figure(
    open_item: Opener, cast: SimpleNamespace, value: str, shown: str, met: bool
) -> None:
    open_item()
    aim(cast, value)
    assert (attained(cast).shown, attained(cast).met) == (shown, met)


def test_a_plain_number_goes_by_what_is_better(cast: SimpleNamespace) -> None:
    assert aim(cast, "5", indicator="rectification.closed").bound == "at_least"
    assert aim(cast, "5", indicator="rectification.going").bound == "at_most"
    assert aim(cast, "5").bound == "exact"


def test_set_anew_it_replaces_and_the_journal_keeps_both(cast: SimpleNamespace) -> None:
    first = aim(cast, "≥10")
    with pytest.raises(Refusal, match=r"record\.stale"):
        aim(cast, "≥12", seen_version=first.version + 1)
    second = aim(cast, "≥12", seen_version=first.version)
    aim(cast, "≥12", seen_version=second.version)  # says nothing new
    with pytest.raises(Refusal, match=r"record\.stale"):
        aim(cast, "≥13")  # whoever did not know of one replaces none
    entries = Entry.objects.filter(action="figures.set_target").order_by("seq")
    assert len(entries) == 2
    told = json.loads(entries[1].data)
    assert (told["before"]["target"], told["after"]["target"]) == ("≥ 10", "≥ 12")
    with pytest.raises(Refusal, match=r"value\.required"):
        drop_target(by=cast.leader, target=first, reason="")
    drop_target(by=cast.leader, target=first, reason="文件作废。")
    assert not Target.objects.exists()


@pytest.mark.parametrize(
    ("how", "code"),
    [
        ({"value": "十"}, "figure.value"),
        ({"period": "2018W10"}, None),
        ({"period": "2018-13"}, "figure.period"),
        ({"indicator": "hubs.nothing"}, "figure.unknown"),
    ],
)
def test_what_is_no_target(cast: SimpleNamespace, how: dict[str, Any], code: str | None) -> None:
    given = {"value": "≥1"} | how
    if code is None:
        assert aim(cast, **given).period == "2018W10"
        return
    with pytest.raises(Refusal) as caught:
        aim(cast, **given)
    assert caught.value.problems[0].code == code


def test_only_whoever_may(cast: SimpleNamespace) -> None:
    with pytest.raises(Refusal, match=r"access\.denied"):
        aim(cast, "≥1", by=cast.town_office)


@pytest.mark.parametrize(
    ("bound", "value", "met"),
    [("at_least", "≥2", None), ("at_least", "≥1", True), ("at_least", "≤0", False), ("at_most", "≥1", None),
     ("at_most", "≥2", False), ("about", "≥1", None), ("at_least", "=0", False)],
)  # fmt: skip
def test_a_figure_that_only_bounds_the_true_one(
    open_item: Opener, cast: SimpleNamespace, bound: str, value: str, met: bool | None
) -> None:
    open_item()
    aim(cast, value)
    found = attained(cast)
    assert Attainment(found.target, replace(found.figure, bound=bound)).met is met


def test_a_target_is_typed_again_as_it_was(cast: SimpleNamespace) -> None:
    share = get_indicator("rectification.resolved_share")
    for text in ("≥87.55", "=90", "≥3220/10000", "约50"):
        Target.objects.all().delete()
        target = aim(cast, text, indicator="rectification.resolved_share")
        assert typed_again(target, share) == text
