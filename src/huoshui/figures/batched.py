"""Many figures at once: indicators at many places in many periods, for exports, maps and tables.

``queries.figures_of`` tells those of one place; here each indicator is counted for all places in a statement or two.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import takewhile

from huoshui.figures.derived import derived
from huoshui.figures.queries import Figure, get_period, of_counted, of_observed, register_began
from huoshui.figures.reporting.observed import observed
from huoshui.figures.schema import Indicator
from huoshui.kernel.access import Actor, require
from huoshui.kernel.periods import Period
from huoshui.places.models import Place


def figures_at(
    actor: Actor, indicators: Sequence[Indicator], places: Sequence[Place], periods: Sequence[Period]
) -> Iterator[Figure]:
    """Each indicator at each place in each period that it is told for, in this order.

    Raises access.denied without figure.view at any of the places, before anything is counted.
    """
    for place in places:
        require(actor, "figure.view", path=place.path)
    return _figures_at(indicators, places, periods)


def _figures_at(
    indicators: Sequence[Indicator], places: Sequence[Place], periods: Sequence[Period]
) -> Iterator[Figure]:
    root, began = common_path(place.path for place in places), register_began()
    for indicator in indicators:
        told = [get_period(indicator, one.code) for one in periods if one.kind in indicator.periods]
        asked = [(indicator, period) for period in told]
        reported = [pair for pair in asked if indicator.is_reported and indicator.is_told_on(pair[1].last)]
        said = observed(reported, places, root)
        counted = derived([pair for pair in asked if pair not in reported], [place.pk for place in places])
        for place in places:
            approved, records = iter(said[place]), iter(counted)
            for pair in asked:
                if pair in reported:
                    yield of_observed(indicator, place, pair[1], next(approved))
                else:
                    yield of_counted(indicator, place, pair[1], next(records).get(place.pk), began)


def common_path(paths: Iterable[str]) -> str:
    """The longest path that is at or above all of them."""
    steps = zip(*(path.strip("/").split("/") for path in paths), strict=False)
    shared = [codes[0] for codes in takewhile(lambda codes: len(set(codes)) == 1, steps)]
    return "/" + "".join(f"{code}/" for code in shared)
