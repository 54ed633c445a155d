"""Many figures at once: indicators at many places in many periods, for exports, maps and tables.

``queries.figures_of`` tells those of one place; here each indicator is counted for all places in a statement or two.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import takewhile

from django.db import connection

from huoshui.figures.compiling import counting
from huoshui.figures.queries import Figure, _figure, _nothing, _reported, register_began
from huoshui.figures.reporting.observed import observed
from huoshui.figures.schema import Indicator, Measure
from huoshui.kernel.access import Actor, denied, reaching
from huoshui.kernel.periods import Period
from huoshui.places.models import Place

TOGETHER = 40
"""Selects of one statement: SQLite joins 500 at the most, and has 32,766 places for values."""
Counted = dict[tuple[str, str], tuple[int | None, int]]
"""By the code of a period and the path of a place: what was counted, and over how many rows."""


def figures_at(
    actor: Actor, indicators: Sequence[Indicator], places: Sequence[Place], periods: Sequence[Period]
) -> Iterator[Figure]:
    """Each indicator at each place in each period that it is told for, in this order.

    Raises access.denied without figure.view at any of the places, before anything is counted.
    """
    for place in places:
        if not reaching(actor, "figure.view", path=place.path):
            raise denied("figure.view", path=place.path)
    return _figures_at(indicators, places, periods)


def _figures_at(
    indicators: Sequence[Indicator], places: Sequence[Place], periods: Sequence[Period]
) -> Iterator[Figure]:
    root, began = common_path(place.path for place in places), register_began()
    for indicator in indicators:
        told = [period for period in periods if period.kind in indicator.periods]
        if not told or not places:
            continue
        if indicator.numerator is None:
            said = observed([(indicator, period) for period in told], places, root)
            for place in places:
                for period, one in zip(told, said[place], strict=True):
                    yield _reported(indicator, place, period, one)
            continue
        tops = _counted(indicator.numerator, places, told, root)
        bottoms = _counted(indicator.denominator, places, told, root) if indicator.denominator else {}
        nothing = (_nothing(indicator.numerator), 0)
        for place in places:
            for period in told:
                top, records = tops.get((period.code, place.path), nothing)
                bottom = bottoms.get((period.code, place.path), (0, 0))[0] if indicator.denominator else None
                yield _figure(indicator, place, period, top, bottom, records, began)


def common_path(paths: Iterable[str]) -> str:
    """The longest path that is at or above all of them."""
    steps = zip(*(path.strip("/").split("/") for path in paths), strict=False)
    shared = [codes[0] for codes in takewhile(lambda codes: len(set(codes)) == 1, steps)]
    return "/" + "".join(f"{code}/" for code in shared)


def _counted(measure: Measure, places: Sequence[Place], periods: Sequence[Period], root: str) -> Counted:
    """A measure at all places: their paths are of few lengths, and each length is one grouping of the rows."""
    found: Counted = {}
    wanted = {place.path for place in places}
    asked = [(period, length) for period in periods for length in sorted({len(path) for path in wanted})]
    for start in range(0, len(asked), TOGETHER):
        statements, params = [], []
        some = asked[start : start + TOGETHER]
        for at, (period, length) in enumerate(some):
            sql, own = counting(measure, root, period).sql_by_prefix(length)
            statements.append(f"SELECT {at} AS at, one.* FROM ({sql}) AS one")  # noqa: S608 (compiled, see there)
            params += own
        with connection.cursor() as cursor:
            cursor.execute(" UNION ALL ".join(statements), params)
            for at, path, value, count in cursor.fetchall():
                if path in wanted:
                    found[some[at][0].code, path] = (None if value is None else int(value), int(count))
    return found
