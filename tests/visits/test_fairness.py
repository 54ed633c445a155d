"""Severity, agreement and ranks with intervals: published examples, properties, what cannot be said."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from huoshui.visits.fairness.components import fit
from huoshui.visits.fairness.design import Design, Score, connected
from huoshui.visits.fairness.findings import problem_of
from huoshui.visits.fairness.order import Order, order_of

SHROUT_FLEISS = [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]]
"""Shrout & Fleiss (1979), table 2: six targets, four judges."""


def table(rows: list[list[float | None]]) -> list[Score]:
    return [Score(n, m, y) for n, row in enumerate(rows) for m, y in enumerate(row, start=1) if y is not None]


def whole(scores: list[Score]) -> Design:
    (design,) = connected(scores)
    return design


def analysed(scores: list[Score], seed: int = 7) -> Order:
    return order_of(whole(scores), [0.0] * (1 + max(score.place for score in scores)), seed)


def test_the_published_example_of_shrout_and_fleiss() -> None:
    parts = fit(whole(table(SHROUT_FLEISS))).components
    found = [parts.agreement(), parts.agreement(4), parts.consistency(), parts.consistency(4)]
    assert [round(value, 2) for value in found] == [0.29, 0.62, 0.71, 0.91]
    # The components of its analysis of variance: mean squares 11.24, 32.49 and 1.02.
    assert (parts.place, parts.judge, parts.error) == pytest.approx((2.556, 5.244, 1.019), abs=2e-3)


def crossed(scores: list[Score]) -> tuple[float, float, float]:
    """Both places and judges random, as one group: slow, and written down anew for checking."""
    import numpy as np
    from scipy.optimize import minimize

    design = whole(scores)
    y, of_place, of_judge = design.points, design.of_place, design.of_judge
    ones = np.ones((len(y), 1))

    def minus_twice(logs: Any) -> float:
        place, judge, error = np.exp(logs)
        v = place * of_place @ of_place.T + judge * of_judge @ of_judge.T + error * np.eye(len(y))
        inverse = np.linalg.inv(v)
        information = (ones.T @ inverse @ ones).item()
        rest = y - (ones.T @ inverse @ y).item() / information
        return float(np.linalg.slogdet(v)[1] + np.log(information) + rest @ inverse @ rest)

    best = minimize(minus_twice, np.zeros(3), method="Nelder-Mead", options={"xatol": 1e-6, "fatol": 1e-9})
    place, judge, error = np.exp(best.x)
    return float(place), float(judge), float(error)


def test_with_gaps_it_is_near_the_likelihood_with_random_judges() -> None:
    """Not from a publication: the same model with judges random, its likelihood written out and maximised."""
    rows: list[list[float | None]] = [[float(y) for y in row] for row in SHROUT_FLEISS]
    rows[0][1] = rows[2][3] = rows[4][0] = None
    parts, other = fit(whole(table(rows))).components, crossed(table(rows))
    assert (parts.place, parts.judge, parts.error) == pytest.approx(other, rel=0.05)


def test_gaps_do_not_make_a_judge_severe() -> None:
    """A judge who saw only the good places has the highest mean and is no more lenient for it."""
    quality, severity = [90.0, 88, 86, 70, 68, 66], {1: 0.0, 2: 0.0, 3: -2.0}
    noise = [0.2, -0.1, 0.1, -0.2, 0.1, -0.1]
    scores = [
        Score(n, judge, quality[n] + severity[judge] + noise[(n + judge) % 6])
        for n in range(6)
        for judge in (1, 2, 3)
        if judge != 3 or n < 3
    ]
    order = analysed(scores)
    found = {row.judge: row for row in order.severities}
    assert found[3].points == pytest.approx(-4 / 3, abs=0.3)
    assert found[3].high < 0
    assert [row.place for row in order.standings] == [0, 1, 2, 3, 4, 5]


@st.composite
def designs(draw: st.DrawFn) -> list[Score]:
    """Tables of tenths of a point in which every judge but the first may have missed a place."""
    places, judges = draw(st.integers(4, 6)), draw(st.integers(3, 4))
    scores = [
        Score(n, judge, draw(st.integers(600, 1000)) / 10)
        for n in range(places)
        for judge in range(1, judges + 1)
        if judge <= 2 or draw(st.integers(0, 3))
    ]
    assume(problem_of(whole(scores)) == "")
    return scores


@settings(max_examples=8, deadline=None)
@given(designs(), st.integers(-200, 200))
def test_a_constant_added_to_a_judge_is_severity_alone(scores: list[Score], tenths: int) -> None:
    shift = tenths / 10
    before = analysed(scores)
    after = analysed([Score(s.place, s.judge, s.points + (shift if s.judge == 1 else 0)) for s in scores])
    judges = len(before.severities)
    for was, now_is in zip(before.severities, after.severities, strict=True):
        own = shift if was.judge == 1 else 0
        assert now_is.points - was.points == pytest.approx(own - shift / judges, abs=1e-3)
    level = {row.place: row.points for row in before.standings}
    for row in after.standings:
        assert row.points - level[row.place] == pytest.approx(shift / judges, abs=1e-3)


@settings(max_examples=8, deadline=None)
@given(designs(), st.randoms(use_true_random=False))
def test_the_order_of_the_judges_changes_nothing(scores: list[Score], random: Any) -> None:
    numbers = sorted({score.judge for score in scores})
    others = dict(zip(numbers, random.sample(numbers, len(numbers)), strict=True))
    before = analysed(scores)
    after = analysed([Score(s.place, others[s.judge], s.points) for s in scores])
    found = {row.judge: row.points for row in after.severities}
    for row in before.severities:
        assert found[others[row.judge]] == pytest.approx(row.points, abs=1e-3)
    level = {row.place: row.points for row in after.standings}
    for standing in before.standings:
        assert level[standing.place] == pytest.approx(standing.points, abs=1e-3)


@settings(max_examples=8, deadline=None)
@given(designs())
def test_intervals_hold_the_rank_and_say_the_same_each_time(scores: list[Score]) -> None:
    order = analysed(scores)
    assert order == analysed(scores)
    for row in order.standings:
        assert 1 <= row.first <= row.rank <= row.last <= len(order.standings)
    for judge in order.severities:
        assert judge.low <= judge.points <= judge.high
    parts = order.components
    for value in (parts.agreement(), parts.agreement(3), parts.consistency(), parts.consistency(3)):
        assert 0 <= value <= 1


def test_bonuses_move_the_rank() -> None:
    scores = table([[80, 81, 82], [79, 80, 82], [70, 72, 71], [60, 61, 60]])
    order = order_of(whole(scores), [0.0, 0.0, 20.0, 0.0], 1)
    assert order.standings[0].place == 2


def test_judges_who_agree_but_for_a_constant_leave_no_doubt() -> None:
    order = analysed(table([[80, 81, 79], [70, 71, 69], [60, 61, 59], [50, 51, 49]]))
    assert order.components.error == 0
    assert [(row.rank, row.first, row.last, row.ties_next) for row in order.standings] == [
        (n, n, n, False) for n in (1, 2, 3, 4)
    ]


def test_places_that_differ_by_chance_alone_have_no_order() -> None:
    order = analysed(table([[80, 70, 75], [70, 75, 80], [75, 80, 70], [80, 70, 75]]))
    assert (order.components.place, order.standings) == (0, [])
    assert len(order.severities) == 3


@pytest.mark.parametrize(
    ("rows", "problem"),
    [
        ([[80], [70], [60]], "one_judge"),
        ([[80, 70], [70, 75]], "few_places"),
        ([[80, 80], [80, 80], [80, 80]], "all_equal"),
        ([[80, 70], [70, None], [60, None]], "no_spare"),
        (SHROUT_FLEISS, ""),
    ],
)
def test_what_cannot_be_said(rows: list[list[float | None]], problem: str) -> None:
    assert problem_of(whole(table(rows))) == problem


def test_judges_who_share_no_place_are_groups() -> None:
    groups = connected([Score(0, 1, 80), Score(1, 1, 81), Score(1, 2, 82), Score(2, 3, 83), Score(3, 3, 84)])
    assert [(group.judges, group.places) for group in groups] == [([1, 2], [0, 1]), ([3], [2, 3])]


def test_a_judge_of_a_single_place_has_the_widest_interval() -> None:
    rows: list[list[float | None]] = [[*row, None] for row in SHROUT_FLEISS]
    rows[0][4] = 9
    order = analysed(table(rows))
    width = {row.judge: row.high - row.low for row in order.severities}
    assert max(width, key=lambda judge: width[judge]) == 5
    assert order.severities[4].places == 1
