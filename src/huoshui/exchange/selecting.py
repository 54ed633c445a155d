"""Which figures are exchanged: indicators, a place and the levels below it, and periods."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from huoshui.figures.addresses import sheet_path
from huoshui.figures.batched import figures_at
from huoshui.figures.queries import Figure, indicators
from huoshui.figures.schema import Indicator
from huoshui.kernel.access import Actor
from huoshui.kernel.choices import named
from huoshui.kernel.errors import Refusal
from huoshui.kernel.periods import Period, PeriodKind, period, period_before
from huoshui.packs.queries import all_current
from huoshui.places.models import Place

MOST_VALUES, MOST_PERIODS = 200_000, 400
"""Values of one file, and periods that one is asked for."""
OWN = "own"
"""The level of the place itself."""
LEVELS = ("county", "township", "village")


SPAN = re.compile(r"(.+?)\s*(?:\.\.|至|~)\s*(.+)")


@dataclass(frozen=True)
class Selection:
    """What is asked for; checked, and told in the order of indicators, places, periods."""

    place: Place
    indicators: tuple[Indicator, ...]
    places: tuple[Place, ...]
    periods: tuple[Period, ...]
    address: str = ""
    """Where the register is reached; "": the addresses of figures in the file begin with a slash."""

    def sheet(self, one: Figure) -> str:
        """The address of a figure's sheet, to which every exported number leads."""
        return f"{self.address}{sheet_path(one.indicator.qualified, one.place.code, one.period.code)}"

    def figures(self, actor: Actor) -> Iterator[Figure]:
        """The values. Raises access.denied."""
        return figures_at(actor, self.indicators, self.places, self.periods)

    @property
    def size(self) -> int:
        """How many values there are."""
        told = sum(1 for one in self.indicators for at in self.periods if at.kind in one.periods)
        return told * len(self.places)


def selection(
    actor: Actor, *, place: str, codes: Sequence[str] = (), levels: Sequence[str] = (OWN,), periods: Sequence[str]
) -> Selection:
    """A selection by codes; no indicator: all.

    Raises figure.unknown, figure.period, exchange.* and filter.not_found.
    """
    there: Place = named(Place.objects.visible_to(actor), "place", _("地点"), code=place)
    told = known_periods(periods)
    kinds = {one.kind for one in told}
    chosen = _indicators(codes, kinds)
    found = Selection(there, chosen, tuple(_places(actor, there, levels)), told)
    if not found.size:
        raise Refusal("exchange.nothing", field="periods")
    if found.size > MOST_VALUES:
        raise Refusal("exchange.too_many", field="periods", number=found.size, limit=MOST_VALUES)
    return found


def _indicators(codes: Sequence[str], kinds: set[PeriodKind]) -> tuple[Indicator, ...]:
    known = indicators()
    for code in codes:
        if code not in known:
            raise Refusal("figure.unknown", field="indicators", name=code)
    wanted = list(dict.fromkeys(codes)) or list(known)
    return tuple(known[code] for code in wanted if kinds & {PeriodKind(kind) for kind in known[code].periods})


def levels_below(place: Place) -> list[str]:
    """The levels that lie below a place's own."""
    kinds = all_current("place_kinds")
    own = kinds[place.kind].level if place.kind in kinds else None
    order = ("province", "city", *LEVELS)
    return [level for level in order if own in order and order.index(level) > order.index(own)]


def _places(actor: Actor, there: Place, levels: Sequence[str]) -> Iterator[Place]:
    unknown = [level for level in levels if level not in (OWN, "province", "city", *LEVELS)]
    if unknown:
        raise Refusal("exchange.level", field="levels", name=unknown[0], known="、".join((OWN, *LEVELS)))
    if OWN in levels:
        yield there
    kinds = [code for code, kind in all_current("place_kinds").items() if kind.level in levels]
    if kinds:
        rows = Place.objects.visible_to(actor).under(there.path).filter(kind__in=kinds, closed_on__isnull=True)
        yield from rows.exclude(pk=there.pk).order_by("path")


def known_periods(codes: Iterable[str]) -> tuple[Period, ...]:
    """Periods by their codes; "2016..2018" is all of that kind from one to the other. Raises figure.period."""
    found: dict[Period, None] = {}
    for code in codes:
        span = SPAN.fullmatch(code.strip())
        ends = [_period(part.strip(), code) for part in (span.groups() if span else (code,))]
        for one in _between(ends[0], ends[-1], code):
            found[one] = None
            if len(found) > MOST_PERIODS:
                raise Refusal("exchange.too_many", field="periods", number=len(found), limit=MOST_PERIODS)
    if not found:
        raise Refusal("value.required", field="periods", label=_("期间"))
    return tuple(found)


def _between(first: Period, last: Period, code: str) -> Iterator[Period]:
    if first.kind != last.kind or last.first < first.first or (first.kind == PeriodKind.PLAN and first != last):
        raise Refusal("exchange.span", field="periods", name=code)
    at = first
    while at.first <= last.first:
        yield at
        if at == last:
            return
        at = period_before(at, -1)


def _period(text: str, whole: str) -> Period:
    try:
        return period(text)
    except ValueError:
        raise Refusal("figure.period", field="periods", name=whole, kinds=", ".join(PeriodKind)) from None
