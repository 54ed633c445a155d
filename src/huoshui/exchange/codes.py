"""The codes of one other system, both ways. What is not listed has the same code there as here."""

from __future__ import annotations

from dataclasses import dataclass, field

from huoshui.exchange.models import OtherCode
from huoshui.figures.queries import indicators
from huoshui.kernel.access import Actor, allows
from huoshui.kernel.errors import Problem
from huoshui.places.models import Place

DHIS2 = "dhis2"
"""The system whose codes are used unless another is named."""
LONGEST, MOST = 120, 20_000


@dataclass(frozen=True)
class Codes:
    """By our code theirs, of indicators and of places."""

    indicators: dict[str, str] = field(default_factory=dict)
    places: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_indicators_back", {theirs: ours for ours, theirs in self.indicators.items()})
        object.__setattr__(self, "_places_back", {theirs: ours for ours, theirs in self.places.items()})

    def element(self, indicator: str) -> str:
        """Their data element for our indicator."""
        return self.indicators.get(indicator, indicator)

    def unit(self, place: str) -> str:
        """Their unit for our place."""
        return self.places.get(place, place)

    def indicator(self, element: str) -> str:
        """Our indicator for their data element; the same code when none is listed."""
        found: str = self.__dict__["_indicators_back"].get(element, element)
        return found

    def place(self, unit: str) -> str:
        """Our place for their unit."""
        found: str = self.__dict__["_places_back"].get(unit, unit)
        return found


def codes_of(system: str = DHIS2) -> Codes:
    """The codes that are kept of a system."""
    found = Codes({}, {})
    for kind, ours, theirs in OtherCode.objects.filter(system=system).values_list("kind", "ours", "theirs"):
        (found.indicators if kind == OtherCode.Kind.INDICATOR else found.places)[ours] = theirs
    return Codes(found.indicators, found.places)


def systems() -> list[str]:
    """The systems of which codes are kept, and the usual one."""
    return sorted({DHIS2, *OtherCode.objects.values_list("system", flat=True).distinct()})


def may_map(actor: Actor) -> bool:
    """Whether the actor keeps codes."""
    return allows(actor, "exchange.map")


def lines_of(pairs: dict[str, str]) -> str:
    """Codes as they are edited: a line each, ours and theirs."""
    return "\n".join(f"{ours},{theirs}" for ours, theirs in sorted(pairs.items()))


def read_lines(text: str, kind: str, problems: list[Problem]) -> dict[str, str]:
    """Codes as they were typed or pasted (comma, tab or an equals sign between); what is wrong is added."""
    field_name = f"{kind}s"
    found: dict[str, str] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        ours, theirs = _pair(line)
        code = ""
        if not ours or not theirs or max(len(ours), len(theirs)) > LONGEST:
            code = "exchange.code_line"
        elif ours in found or theirs in found.values():
            code = "exchange.code_twice"
        if code:
            problems.append(Problem(code, field_name, number, {"name": line.strip()[:80]}))
        else:
            found[ours] = theirs
    _known(found, kind, field_name, text, problems)
    return found


def _pair(line: str) -> tuple[str, str]:
    for sign in ("\t", ",", "，", "="):
        if sign in line:
            ours, _sign, theirs = line.partition(sign)
            return ours.strip(), theirs.strip()
    return line.strip(), ""


def _known(found: dict[str, str], kind: str, field_name: str, text: str, problems: list[Problem]) -> None:
    """Those of our codes that are none are added to the problems with their lines."""
    if kind == OtherCode.Kind.INDICATOR:
        known = set(indicators())
    else:
        known = set(Place.objects.filter(code__in=list(found)[:MOST]).values_list("code", flat=True))
    lines = {_pair(line)[0]: number for number, line in enumerate(text.splitlines(), start=1)}
    unknown = [code for code in found if code not in known]
    problems += [Problem("exchange.code_unknown", field_name, lines[code], {"name": code}) for code in unknown]
