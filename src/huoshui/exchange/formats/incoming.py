"""What a file of another system says, row by row, checked against our indicators, places and periods."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from fractions import Fraction

from huoshui.exchange.codes import Codes
from huoshui.figures.queries import get_period, indicators
from huoshui.figures.reporting.values import MARKS, PERCENT, RATIO_STEP, Value, read_value
from huoshui.figures.schema import Indicator
from huoshui.kernel.errors import Problem, Refusal
from huoshui.kernel.periods import Period
from huoshui.places.models import Place

MOST_BYTES, MOST_ROWS = 20_000_000, 50_000
DEFAULT = ("", "default", "HllvX50cXC0")
"""What DHIS2 calls "not broken down": the code and the id of its default combination of categories."""


@dataclass(frozen=True)
class Told:
    """One value as the file writes it; ``row``: its line or number; ``at``: where it stands, in the file's own words.

    ``parts``: how it is broken down (category: option), which is empty for a total.
    """

    row: int
    at: str
    element: str
    unit: str
    period: str
    value: str
    remark: str = ""
    parts: dict[str, str] = field(default_factory=dict)
    deleted: bool = False


@dataclass(frozen=True)
class Row:
    """One value as we know it."""

    row: int
    at: str
    indicator: Indicator
    place: Place
    period: Period
    value: Value
    remark: str = ""


@dataclass(frozen=True)
class Incoming:
    """A whole file: the rows that can be taken, and what is wrong with the others."""

    rows: list[Row]
    problems: list[Problem]
    dataset: str = ""


@dataclass(frozen=True)
class Reading:
    """How a file is read: the codes of its system, and the place at or below which its values have to be."""

    codes: Codes
    below: Place


def checked(
    told: Iterable[Told], reading: Reading, read_period: Callable[[str], Period], dataset: str = ""
) -> Incoming:
    """Every value of a file, each with the first thing that is wrong with it. Raises exchange.too_many or .empty."""
    check = _Check(reading, read_period)
    found = Incoming([], [], dataset)
    for number, one in enumerate(told, start=1):
        if number > MOST_ROWS:
            raise Refusal("exchange.too_many", field="file", number=number, limit=MOST_ROWS)
        try:
            found.rows.append(check.row(one))
        except Refusal as refusal:
            for problem in refusal.problems:
                problem.row, problem.column = one.row, one.at
                found.problems.append(problem)
    if not found.rows and not found.problems:
        raise Refusal("exchange.empty", field="file")
    return found


class _Check:
    """Holds what the rows of one file are checked against."""

    def __init__(self, reading: Reading, read_period: Callable[[str], Period]) -> None:
        self.codes, self.below, self.read_period = reading.codes, reading.below, read_period
        self.indicators = indicators()
        self.places: dict[str, Place | None] = {}
        self.seen: dict[tuple[str, str, str], str] = {}

    def row(self, one: Told) -> Row:
        """A value in our codes. Raises a refusal that says what is wrong with it."""
        self._total(one)
        code = self.codes.indicator(one.element)
        indicator = self.indicators.get(code)
        if indicator is None:
            raise Refusal("exchange.element", field="element", name=one.element)
        place = self._place(one.unit)
        try:
            period = self.read_period(one.period)
        except (ValueError, OverflowError):
            raise Refusal("exchange.period", field="period", name=one.period) from None
        period = get_period(indicator, period.code)
        value = read_value(_value(one, indicator), indicator)
        key = (code, place.code, period.code)
        if key in self.seen:
            raise Refusal("exchange.twice", field="value", name=str(indicator.name), place=place.short_name,
                          period=period.code, before=self.seen[key])  # fmt: skip
        self.seen[key] = one.at
        return Row(one.row, one.at, indicator, place, period, value, one.remark)

    def _total(self, one: Told) -> None:
        for name, value in (("dataElement", one.element), ("orgUnit", one.unit), ("period", one.period)):
            if not value:
                raise Refusal("exchange.missing", field=name, name=name)
        if one.deleted:
            raise Refusal("exchange.deleted", field="value")
        broken = {name: option for name, option in one.parts.items() if option not in DEFAULT}
        if broken:
            name, option = next(iter(broken.items()))
            raise Refusal("exchange.broken_down", field="value", name=f"{name}={option}")
        if not one.value.strip():
            raise Refusal("exchange.no_value", field="value")

    def _place(self, unit: str) -> Place:
        code = self.codes.place(unit)
        if code not in self.places:
            self.places[code] = Place.objects.filter(code=code).first()
        place = self.places[code]
        if place is None:
            raise Refusal("exchange.unit", field="unit", name=unit)
        if not place.path.startswith(self.below.path):
            raise Refusal("exchange.unit_outside", field="unit", name=unit, place=self.below.short_name)
        return place


def _value(one: Told, indicator: Indicator) -> str:
    """The value with what the remark says as our own export writes it: its bound, or both parts of a share.

    A remark that looks like a fraction and is another than the value is only a remark.
    """
    said, value = one.remark.strip(), one.value.strip()
    if said.startswith("bound="):
        return MARKS.get(said.removeprefix("bound="), "") + value
    top, slash, bottom = said.partition("/")
    plain = top.isascii() and top.isdigit() and bottom.isascii() and bottom.isdigit() and len(said) < 40
    if indicator.is_ratio and slash and plain and int(bottom):
        exact = Fraction(int(top), int(bottom)) * (PERCENT if indicator.unit == "%" else 1)
        try:
            printed = Fraction(value.removesuffix("%"))
        except ValueError:
            return value
        if abs(exact - printed) <= Fraction(1, RATIO_STEP):
            return said
    return value
