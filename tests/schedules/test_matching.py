"""Which record counts for which turn."""

from __future__ import annotations

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from huoshui.schedules.matching import Turn, matched

START = dt.date(2018, 1, 1)


def day(number: int) -> dt.date:
    return START + dt.timedelta(days=number)


@st.composite
def plans(draw: st.DrawFn) -> list[Turn]:
    """Turns that follow each other, all with the same days of grace."""
    grace, times = draw(st.integers(0, 20)), draw(st.integers(1, 3))
    turns, opens = [], 0
    for length in draw(st.lists(st.integers(1, 12), min_size=1, max_size=6)):
        due = opens + length - 1
        turns.append(Turn(day(opens), day(due), day(due + grace), times))
        opens = due + 1
    return turns


RECORDS = st.lists(st.tuples(st.integers(-3, 80), st.integers(0, 10_000)), max_size=14, unique_by=lambda pair: pair[1])


def told(turns: list[Turn], numbers: list[tuple[int, int]]) -> list[list[int]]:
    found = matched(turns, [(day(number), pk) for number, pk in numbers])
    return [[pk for _day, pk in one.records] for one in found]


@given(plans(), RECORDS)
def test_a_record_counts_once_and_within_the_time(turns: list[Turn], records: list[tuple[int, int]]) -> None:
    found = matched(turns, [(day(number), pk) for number, pk in records])
    used = [pk for one in found for _day, pk in one.records]
    assert len(used) == len(set(used))
    for turn, one in zip(turns, found, strict=True):
        assert len(one.records) <= turn.times
        assert all(turn.opens_on <= on <= turn.late_until for on, _pk in one.records)


@given(plans(), RECORDS, st.randoms())
def test_the_order_of_arrival_changes_nothing(
    turns: list[Turn], records: list[tuple[int, int]], random: object
) -> None:
    shuffled = list(records)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert told(turns, records) == told(turns, shuffled)


@given(plans(), RECORDS, st.integers(-3, 80))
def test_one_more_record_never_makes_a_turn_worse(turns: list[Turn], records: list[tuple[int, int]], on: int) -> None:
    before = matched(turns, [(day(number), pk) for number, pk in records])
    after = matched(turns, [(day(number), pk) for number, pk in [*records, (on, 10_001)]])
    for turn, was, now in zip(turns, before, after, strict=True):
        assert len(now.records) >= len(was.records)
        done = was.done_on(turn)
        if done is not None:
            later = now.done_on(turn)
            assert later is not None
            assert later <= done


@given(plans(), RECORDS)
def test_what_lies_in_a_turn_s_own_time_counts_there_first(turns: list[Turn], records: list[tuple[int, int]]) -> None:
    found = matched(turns, [(day(number), pk) for number, pk in records])
    for turn, one in zip(turns, found, strict=True):
        own = sum(1 for number, _pk in records if turn.opens_on <= day(number) <= turn.due_on)
        in_time = sum(1 for on, _pk in one.records if on <= turn.due_on)
        assert in_time == min(own, turn.times)


def test_what_is_over_makes_up_for_the_turn_before() -> None:
    january, february = Turn(day(0), day(30), day(40), 1), Turn(day(31), day(58), day(68), 1)
    assert told([january, february], [(33, 1)]) == [[], [1]]
    assert told([january, february], [(33, 1), (35, 2)]) == [[2], [1]]
    assert told([january, february], [(33, 1), (45, 2)]) == [[], [1]], "past the days of grace nothing is made up for"
