"""What a matter is entitled to: its scheme, its measure and accepted cost, the tier that is used."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from huoshui.kernel.errors import Refusal
from huoshui.kernel.wording import listed
from huoshui.matters.models import Matter
from huoshui.matters.money.sums import sums_of
from huoshui.matters.queries import matter_values
from huoshui.packs.models import PackVersion
from huoshui.packs.queries import current_versions
from huoshui.packs.schema import FieldDef
from huoshui.packs.units import unit_word
from huoshui.packs.values import shown_value
from huoshui.places.models import Place, prefixes
from huoshui.subsidies import tiers
from huoshui.subsidies.models import Pot
from huoshui.subsidies.schema import Scheme


@dataclass(frozen=True)
class SchemeOf:
    """The scheme that covers a kind of matter, and the version of the pack that declares it."""

    version: PackVersion
    rules: Scheme

    @property
    def code(self) -> str:
        """Qualified code."""
        return f"{self.version.pack}.{self.rules.code}"


@dataclass(frozen=True)
class Entitlement:
    """What the rules give, and from what: sums in fen, the measure as a numeral, the tier counted from 1."""

    amount: int
    tier: int
    measure: str
    cost: int


def scheme_of(matter: Matter) -> SchemeOf | None:
    """The current scheme that covers a matter whose own kind has the types of line that it needs; None without one."""
    for version in current_versions().values():
        for rules in version.typed("subsidies").sound.values():
            wanted = {rules.cost, rules.applied, rules.approved, rules.paid}
            if matter.kind in rules.kinds and wanted <= {known.code for known in matter.definition.money}:
                return SchemeOf(version, rules)
    return None


def require_scheme(matter: Matter) -> SchemeOf:
    """The same. Raises subsidy.not_covered."""
    found = scheme_of(matter)
    if found is None:
        raise Refusal("subsidy.not_covered", field="matter", kind=matter.kind_name)
    return found


def require_accepted(matter: Matter, rules: Scheme) -> None:
    """Raise subsidy.not_accepted unless the matter stands in a state that counts as accepted."""
    if matter.state not in rules.accepted_in:
        names = {state.code: str(state.name) for state in matter.definition.states}
        needed = listed(names.get(code, code) for code in rules.accepted_in)
        raise Refusal("subsidy.not_accepted", field="matter", state=matter.state_name, needed=needed)


def entitlement(matter: Matter, rules: Scheme, less: int = 0) -> Entitlement:
    """What the rules give for a matter as it stands, with ``less`` fen taken from its accepted cost.

    Raises subsidy.no_measure or subsidy.no_award.
    """
    field, value = _measure(matter, rules)
    cost = sums_of(matter).get(rules.cost, 0) - less
    line = matter.definition.line_type(rules.cost)
    if cost <= 0:
        raise Refusal("subsidy.no_measure", field="amount", label=line.name if line else rules.cost)
    at = tiers.tier_for(rules.tiers, value)
    given = tiers.award(rules.tiers[at], cost) if at is not None else 0
    measure = f"{value.normalize():f}"
    if at is None or given <= 0:
        said = f"{measure} {unit_word(rules.measure.unit)}"
        raise Refusal("subsidy.no_award", field="amount", label=field.name, value=said, scheme=rules.name)
    return Entitlement(given, at + 1, measure, cost)


def entitled_sum(matter: Matter, rules: Scheme, less: int = 0) -> int:
    """The sum of the same, in fen; 0 where the rules give nothing."""
    try:
        return entitlement(matter, rules, less).amount
    except Refusal:
        return 0


def _measure(matter: Matter, rules: Scheme) -> tuple[FieldDef, Any]:
    from decimal import Decimal

    field = next((known for known in matter.definition.fields if known.code == rules.measure.field), None)
    value = next((row.value for row in matter_values(matter) if row.field.code == rules.measure.field), None)
    if field is None or value is None:
        raise Refusal("subsidy.no_measure", field="amount", label=field.name if field else rules.measure.field)
    return field, Decimal(shown_value(field, value).replace(",", ""))


def require_pot(place: Place, scheme: SchemeOf, year: int) -> Pot:
    """The pot of a year nearest to a place. Raises subsidy.no_pot."""
    found = Pot.objects.filter(scheme=scheme.code, year=year, place__path__in=prefixes(place.path))
    pots = sorted(found.select_related("place"), key=lambda pot: len(pot.place.path))
    if not pots:
        raise Refusal("subsidy.no_pot", field="matter", place=place.short_name, year=year, scheme=scheme.rules.name)
    return pots[-1]
