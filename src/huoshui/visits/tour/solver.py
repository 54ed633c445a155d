"""The order of visits: a vehicle routing problem with a day's limit, solved by OR-Tools' routing library.

Each team's day is a vehicle. First the shortest working day is sought within which as many places are served as within
the limit; then, with little more than that as everybody's limit, the least driving. So no team is spared at the cost of
another, and the same task always has the same plan: the search is bounded by the number of solutions it tries, and by
time only on a machine that is stuck.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

BEGINS, ENDS, FIRST = 0, 1, 2
"""Nodes: where a day begins, where it ends, the first place."""
SKETCHES, SOLUTIONS = 30, 150
"""Solutions that are tried to learn whether a limit will do, and to find the plan."""
BRANCHES = 10_000
"""Decisions after which a search ends that finds nothing more to try: ten times what it takes for 104 places."""
SECONDS = 10
"""No search goes on longer, however slow the machine."""
SLACK = 20
"""The limit is loosened by one twentieth over the shortest possible day, so that driving is saved as well."""
LEFT_OUT = 100_000
"""What leaving a place out costs, in minutes of driving: more than any way there."""


@dataclass(frozen=True)
class Task:
    """What is to be solved. ``minutes[a][b]`` is the driving time; nodes are counted as above.

    ``together``: groups of nodes that one team sees one after the other; ``fixed``: the day (from 0) of a node.
    """

    minutes: list[list[int]]
    stay: int
    most: int
    teams: int
    days: int
    together: list[list[int]] = field(default_factory=list)
    fixed: dict[int, int] = field(default_factory=dict)

    @property
    def places(self) -> range:
        """The nodes that are to be visited."""
        return range(FIRST, len(self.minutes))

    def length(self, stops: Sequence[int]) -> int:
        """Minutes of a day with these stops, driving and staying."""
        way = itertools.pairwise([BEGINS, *stops, ENDS])
        return sum(self.minutes[a][b] for a, b in way) + self.stay * len(stops)


@dataclass(frozen=True)
class Plan:
    """Stops by (day, team), both from 0, in their order; and why each other place is left out."""

    routes: dict[tuple[int, int], list[int]]
    left_out: dict[int, str]
    """``too_far``, ``group_too_long`` (what must be together fills more than a day) or ``no_room``."""


@dataclass(frozen=True)
class _Unit:
    """Places that are seen one after the other, mostly one alone; ``inside``: minutes from the first to the last."""

    nodes: list[int]
    inside: int
    day: int | None


Routes = dict[tuple[int, int], list[_Unit]]


def solve(task: Task) -> Plan:
    """The plan; no day of it is longer than ``task.most``, every place stands in it once or is left out."""
    left_out: dict[int, str] = {}
    units = []
    for unit in _units(task):
        if task.length(unit.nodes) <= task.most:
            units.append(unit)
            continue
        for node in unit.nodes:
            left_out[node] = "too_far" if task.length([node]) > task.most else "group_too_long"
    routes = _best(task, units)
    found = {id(unit) for stops in routes.values() for unit in stops}
    left_out |= {node: "no_room" for unit in units if id(unit) not in found for node in unit.nodes}
    by_day = {key: [node for unit in stops for node in unit.nodes] for key, stops in routes.items()}
    return Plan(_shared_out(task, by_day), left_out)


def _units(task: Task) -> list[_Unit]:
    """Each place, and each group that must be together in the order that is shortest from a day's begin to its end."""
    grouped = {node for group in task.together for node in group}
    units = [[node] for node in task.places if node not in grouped]
    endless = replace(task, most=task.length([*grouped]) if grouped else 0, teams=1, days=1)
    for group in task.together:
        alone = [_Unit([node], 0, None) for node in group]
        units.append([unit.nodes[0] for unit in _search(endless, alone, SKETCHES)[0, 0]])
    return [
        _Unit(
            nodes,
            sum(task.minutes[a][b] for a, b in itertools.pairwise(nodes)) + task.stay * (len(nodes) - 1),
            next((task.fixed[node] for node in nodes if node in task.fixed), None),
        )
        for nodes in sorted(units)
    ]


def _best(task: Task, units: list[_Unit]) -> Routes:
    """As many as possible; all of them in evened days when all can be served."""
    if not units:
        return {}
    first = _search(task, units, SKETCHES)
    if _count(first) == len(units):
        evened = _search(_evened(task, units, first), units, SOLUTIONS)
        if _count(evened) == len(units):
            return evened
    second = _search(task, units, SOLUTIONS)
    return max(first, second, key=_count) if _count(first) != _count(second) else second


def _count(routes: Routes) -> int:
    return sum(map(len, routes.values()))


def _length(task: Task, units: Sequence[_Unit]) -> int:
    return task.length([node for unit in units for node in unit.nodes])


def _evened(task: Task, units: list[_Unit], found: Routes) -> Task:
    """The task with the shortest day that serves all, and a little more, as its limit.

    Days shorter than the equal share of the visits, or than the longest unit's, are not even tried.
    """
    stays = sum(len(unit.nodes) for unit in units) * task.stay
    low = max([stays // (task.teams * task.days), *(_length(task, [unit]) - 1 for unit in units)])
    high = max(_length(task, stops) for stops in found.values())
    while high - low > max(1, high // 50):
        middle = (low + high) // 2
        routes = _search(replace(task, most=middle), units, SKETCHES)
        if _count(routes) == len(units):
            high = max(_length(task, stops) for stops in routes.values())
        else:
            low = middle
    return replace(task, most=min(task.most, high + high // SLACK))


def _shared_out(task: Task, routes: dict[tuple[int, int], list[int]]) -> dict[tuple[int, int], list[int]]:
    """The days' routes given to teams so that each has about as much to do: the longest to whom had least so far."""
    done = dict.fromkeys(range(task.teams), 0)
    shared: dict[tuple[int, int], list[int]] = {}
    for day in range(task.days):
        free = set(done)
        stops_of_day = [stops for (on, _), stops in sorted(routes.items()) if on == day]
        for stops in sorted(stops_of_day, key=task.length, reverse=True):
            team = min(free, key=lambda team: (done[team], team))
            free.remove(team)
            shared[day, team] = stops
            done[team] += task.length(stops)
    return dict(sorted(shared.items()))


def _search(task: Task, units: list[_Unit], solutions: int) -> Routes:
    """Units by (day, team) of the best of so many solutions; days without any are left out."""
    from ortools.constraint_solver import pywrapcp

    kept = [_Unit([BEGINS], 0, None), _Unit([ENDS], 0, None), *units]
    vehicles = task.teams * task.days
    manager = pywrapcp.RoutingIndexManager(len(kept), vehicles, [BEGINS] * vehicles, [ENDS] * vehicles)
    routing = pywrapcp.RoutingModel(manager)
    _describe(task, kept, routing, manager)
    routing.AddSearchMonitor(routing.solver().BranchesLimit(BRANCHES))
    answer = routing.SolveWithParameters(_parameters(solutions))
    routes: Routes = {}
    for vehicle in range(vehicles if answer else 0):
        index, stops = answer.Value(routing.NextVar(routing.Start(vehicle))), []
        while not routing.IsEnd(index):
            stops.append(kept[manager.IndexToNode(index)])
            index = answer.Value(routing.NextVar(index))
        if stops:
            routes[divmod(vehicle, task.teams)] = stops
    return routes


def _describe(task: Task, kept: list[_Unit], routing: Any, manager: Any) -> None:
    """Driving as the cost, the day's limit, fixed days; any unit may be left out, at a price."""
    driving = [[task.minutes[a.nodes[-1]][b.nodes[0]] for b in kept] for a in kept]
    staying = [0 if unit.nodes[0] < FIRST else unit.inside + task.stay for unit in kept]
    lasting = [[way + stay for way in row] for row, stay in zip(driving, staying, strict=True)]
    routing.SetArcCostEvaluatorOfAllVehicles(routing.RegisterTransitMatrix(driving))
    routing.AddDimension(routing.RegisterTransitMatrix(lasting), 0, task.most, True, "minutes")
    for at, unit in enumerate(kept[FIRST:], start=FIRST):
        index = manager.NodeToIndex(at)
        routing.AddDisjunction([index], LEFT_OUT * len(unit.nodes))
        if unit.day is not None:
            first = unit.day * task.teams
            routing.VehicleVar(index).SetValues([-1, *range(first, first + task.teams)])


def _parameters(solutions: int) -> Any:
    from ortools.constraint_solver import pywrapcp
    from ortools.constraint_solver.routing_enums_pb2 import FirstSolutionStrategy, LocalSearchMetaheuristic

    parameters = pywrapcp.DefaultRoutingSearchParameters()
    parameters.first_solution_strategy = FirstSolutionStrategy.PARALLEL_CHEAPEST_INSERTION
    parameters.local_search_metaheuristic = LocalSearchMetaheuristic.GUIDED_LOCAL_SEARCH
    parameters.solution_limit = solutions
    parameters.time_limit.seconds = SECONDS
    return parameters
