"""The order of visits: what holds of every plan, and plans that can be found by hand."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from huoshui.visits.tour.solver import FIRST, Task, solve


def on_a_line(*at: int) -> list[list[int]]:
    """Places along a road, by the minute at which each lies; days begin and end at 0."""
    ways = [0, 0, *at]
    return [[abs(a - b) for b in ways] for a in ways]


@st.composite
def tasks(draw: st.DrawFn) -> Task:
    """A few places along a road, some together, some on a fixed day, and not always room for all."""
    at = draw(st.lists(st.integers(-60, 60), max_size=7))
    teams, days = draw(st.integers(1, 2)), draw(st.integers(1, 2))
    nodes = range(FIRST, FIRST + len(at))
    fixed = {node: draw(st.integers(0, days - 1)) for node in nodes if draw(st.booleans()) and draw(st.booleans())}
    together = [list(nodes[:2])] if len(at) > 3 and not set(nodes[:2]) & set(fixed) else []
    most = draw(st.sampled_from([60, 150, 400]))
    return Task(on_a_line(*at), draw(st.integers(5, 40)), most, teams, days, together, fixed)


@given(tasks())
@settings(max_examples=25, deadline=None)
def test_each_place_once_or_listed_and_no_day_above_the_limit(task: Task) -> None:
    plan = solve(task)
    seen = [node for stops in plan.routes.values() for node in stops]
    assert sorted([*seen, *plan.left_out]) == list(task.places)
    where = {node: key for key, stops in plan.routes.items() for node in stops}
    for stops in plan.routes.values():
        assert task.length(stops) <= task.most
    for node, day in task.fixed.items():
        assert node not in where or where[node][0] == day
    for group in task.together:
        assert len({where.get(node) for node in group}) == 1
    for node, why in plan.left_out.items():
        assert (why == "too_far") == (task.length([node]) > task.most)
    assert solve(task) == plan


def test_two_teams_take_a_side_each() -> None:
    plan = solve(Task(on_a_line(-10, 10, -20, 20, -30, 30), stay=10, most=100, teams=2, days=1))
    assert sorted(sorted(stops) for stops in plan.routes.values()) == [[2, 4, 6], [3, 5, 7]]


def test_days_are_evened_rather_than_filled() -> None:
    """All four would fit into one team's day; two teams see two each."""
    plan = solve(Task(on_a_line(10, 11, 12, 13), stay=60, most=480, teams=2, days=1))
    assert [len(stops) for stops in plan.routes.values()] == [2, 2]


def test_what_must_be_together_and_fills_more_than_a_day_is_left_out() -> None:
    plan = solve(Task(on_a_line(1, 2, 3), stay=100, most=150, teams=2, days=2, together=[[2, 3]]))
    assert plan.left_out == {2: "group_too_long", 3: "group_too_long"}
    assert list(plan.routes.values()) == [[4]]
