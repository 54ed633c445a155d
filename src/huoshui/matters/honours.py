"""The honour that a kind of matter leads to: awarded to its place by a step, withdrawn by another.

The record is that of ``places.honours``, by the same actions: whoever takes the step needs their permission too.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from huoshui.kernel import clock
from huoshui.kernel.errors import Refusal
from huoshui.matters import values
from huoshui.matters.models import Matter
from huoshui.matters.schema import MatterKind, Transition
from huoshui.places.honours import record_honour, withdraw_honour
from huoshui.places.models import Honour
from huoshui.places.queries import honours_named

HONOUR = "honour"
"""Stands among the values of a step for the honour that it awarded or withdrew."""


@dataclass(frozen=True)
class Named:
    """An honour as a matter names it."""

    name: str
    level: str
    holder: str


def named_by(matter: Matter, present: Mapping[str, Any]) -> Named | None:
    """The honour that a matter is about, by its kind and its values; None while a field for it is empty."""
    kind, rule = matter.definition, matter.definition.honour
    if rule is None:
        return None
    name = rule.name or (_label(kind, rule.name_field, present) if rule.name_field else "")
    level = rule.level or (str(present.get(rule.level_field) or "") if rule.level_field else "")
    holder = str(matter.unit or "") if rule.of_unit else ""
    return Named(name, level, holder) if name and level and (holder or not rule.of_unit) else None


def _label(kind: MatterKind, code: str, present: Mapping[str, Any]) -> str:
    """The Chinese label of the choice: honours are kept as they are awarded, whoever reads them."""
    labels = {choice.code: choice.name.zh for choice in kind.field(code).choices}
    return labels.get(str(present.get(code) or ""), "")


def honours_of(matter: Matter) -> list[Honour]:
    """The honours of its place that a matter is about, withdrawn ones too, the latest first."""
    named = named_by(matter, values.read(matter)) if matter.definition.honour else None
    return [] if named is None else honours_named(matter.place, name=named.name, level=named.level, holder=named.holder)


def standing(honours: list[Honour]) -> Honour | None:
    """The latest that has not been withdrawn."""
    return next((honour for honour in honours if honour.withdrawn_on is None), None)


def check(matter: Matter, step: Transition, after: Mapping[str, Any]) -> None:
    """Refuse a step that awards what the place holds already, or withdraws what it does not hold.

    ``after``: the values that the matter will have. Raises matter.honour_standing, matter.honour_same_year or
    matter.honour_none.
    """
    if step.honour is None:
        return
    named = named_by(matter, after)
    if named is None:
        raise Refusal("matter.honour_unnamed", field="transition", step=str(step.name))
    known = honours_named(matter.place, name=named.name, level=named.level, holder=named.holder)
    held, who = standing(known), named.holder or matter.place.short_name
    words: dict[str, Any] = {"place": who, "name": named.name, "level": Honour.Level(named.level).label}
    if step.honour == "withdraw":
        if held is None:
            raise Refusal("matter.honour_none", field="transition", **words)
        return
    if held is not None:
        raise Refusal("matter.honour_standing", field="transition", year=held.year, **words)
    year = _year(matter, after)
    if any(honour.year == year for honour in known):
        raise Refusal("matter.honour_same_year", field="transition", year=year, **words)


def _year(matter: Matter, after: Mapping[str, Any]) -> int:
    rule = matter.definition.honour
    given = after.get(rule.year_field) if rule and rule.year_field else None
    return int(given) if given else clock.today().year


def settle(by: Any, matter: Matter, step: Transition, after: Mapping[str, Any], note: str) -> str:
    """Award or withdraw the honour of a step that ``check`` has passed, in its transaction; the honour in words.

    Raises what ``record_honour`` and ``withdraw_honour`` raise, access.denied among them.
    """
    named = named_by(matter, after) if step.honour else None
    if named is None:
        return ""
    if step.honour == "award":
        year = _year(matter, after)
        record_honour(by=by, place=matter.place, name=named.name, level=named.level, year=year, holder=named.holder)
    else:
        known = honours_named(matter.place, name=named.name, level=named.level, holder=named.holder)
        held = standing(known)
        if held is None:
            raise LookupError(f"{matter.number}: no honour to withdraw")
        withdraw_honour(by=by, honour=held, reason=note)
        year = held.year
    return f"{year} {Honour.Level(named.level).label}{named.name}"
