"""What must hold of the arithmetic for any sheets whatever."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from huoshui.kernel.numbers import rounded
from huoshui.visits import scoring
from huoshui.visits.scoring import Rules

FULL = {"a": 40_000, "b": 30_000, "c": 20_000, "d": 10_000}
marks = st.fixed_dictionaries({item: st.integers(0, points) for item, points in FULL.items()})
some_marks = st.fixed_dictionaries({item: st.none() | st.integers(0, points) for item, points in FULL.items()})
totals = st.lists(st.integers(0, 100_000), min_size=1, max_size=12)


@st.composite
def panel(draw: st.DrawFn) -> tuple[dict[int, Fraction], Rules]:
    """Totals of a panel of judges, and rules that leave at least one of them."""
    values = draw(totals)
    high = draw(st.integers(0, len(values) - 1))
    low = draw(st.integers(0, len(values) - 1 - high))
    minimum = draw(st.integers(1, len(values)))
    rules = Rules(high, low, minimum, decimals=draw(st.integers(0, 3)))
    return {number: Fraction(value) for number, value in enumerate(values, start=1)}, rules


@given(panel(), st.randoms())
def test_the_order_in_which_sheets_come_does_not_matter(given_panel, random) -> None:
    sheets, rules = given_panel
    shuffled = list(sheets.items())
    random.shuffle(shuffled)
    assert scoring.place_score(dict(shuffled), rules) == scoring.place_score(sheets, rules)


@given(panel())
def test_dropping_leaves_exactly_the_others_and_at_least_one(given_panel) -> None:
    sheets, rules = given_panel
    score = scoring.place_score(sheets, rules)
    assert len(score.dropped) == rules.drop_highest + rules.drop_lowest
    assert len(score.kept) == len(sheets) - len(score.dropped) >= 1
    dropped = sorted(sheets[judge] for judge in score.dropped)
    assert all(total <= min(score.kept) for total in dropped[: rules.drop_lowest])
    assert all(total >= max(score.kept) for total in dropped[rules.drop_lowest :])


@given(panel())
def test_the_mean_lies_within_the_kept_totals(given_panel) -> None:
    sheets, rules = given_panel
    score = scoring.place_score(sheets, rules)
    assert rounded(min(score.kept), rules.step) <= score.mean <= rounded(max(score.kept), rules.step)
    assert score.mean % rules.step == 0


@given(panel(), st.integers(0, 11), st.integers(0, 50_000))
def test_raising_one_total_never_lowers_the_score(given_panel, which, more) -> None:
    sheets, rules = given_panel
    judge = which % len(sheets) + 1
    raised = {**sheets, judge: sheets[judge] + more}
    assert scoring.place_score(raised, rules).mean >= scoring.place_score(sheets, rules).mean


@given(some_marks, st.sampled_from(sorted(FULL)), st.sampled_from(["zero", "rescale"]))
def test_raising_one_answer_never_lowers_the_total(sheet, item, missing) -> None:
    if sheet[item] is None:
        return
    raised = {**sheet, item: FULL[item]}
    assert scoring.judge_total(1, FULL, raised, missing) >= scoring.judge_total(1, FULL, sheet, missing)


@given(marks)
def test_with_nothing_missing_the_policy_makes_no_difference(sheet) -> None:
    plain = scoring.judge_total(1, FULL, sheet, "blocks")
    assert plain == sum(sheet.values())
    assert plain == scoring.judge_total(1, FULL, sheet, "rescale") == scoring.judge_total(1, FULL, sheet, "zero")


@given(some_marks)
def test_rescaling_stays_between_the_zero_policy_and_the_full_points(sheet) -> None:
    zero = scoring.judge_total(1, FULL, sheet, "zero")
    assert zero <= scoring.judge_total(1, FULL, sheet, "rescale") <= sum(FULL.values())


@given(totals)
def test_ranks_share_ties_and_leave_no_better_place_behind(values) -> None:
    ranks = scoring.ranked(values)
    for value, rank in zip(values, ranks, strict=True):
        assert rank == 1 + sum(other > value for other in values)


@given(st.integers(0, 20), st.integers(0, 20), st.integers(0, 25))
def test_one_more_failing_judge_never_makes_an_item_pass(answered, failed, quorum) -> None:
    failed = min(failed, answered)
    if scoring.fails_by_quorum(failed, answered, quorum):
        assert scoring.fails_by_quorum(min(failed + 1, answered), answered, quorum)
    else:
        assert failed < answered or not answered


@given(st.integers(0, 10_000), st.integers(1, 10_000), st.integers(0, 30), st.none() | st.integers(0, 10_000))
def test_a_deduction_stays_within_the_points(full, each, findings, most) -> None:
    left = scoring.deduction_points(full, each, most, findings)
    assert 0 <= left <= full
    assert left >= scoring.deduction_points(full, each, most, findings + 1)


@given(st.integers(1, 10_000), st.integers(0, 5000), st.integers(1, 5000), st.booleans(), st.booleans())
def test_a_threshold_earns_no_more_than_the_points(full, value, limit, at_least, proportional) -> None:
    earned = scoring.threshold_points(full, value, limit, at_least=at_least, proportional=proportional)
    assert 0 <= earned <= full
    assert (earned == full) or not scoring.meets(value, limit, at_least=at_least)
