"""What is publicised 公示 today, for everybody: of a kind that says so, in its states, while its clock runs.

While an objection is looked into the clock rests. A notice that vanished meanwhile would read as if it was settled, so
it stays listed and says so; what was objected, and by whom, it never says.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from huoshui.kernel import clock
from huoshui.matters import values
from huoshui.matters.honours import named_by
from huoshui.matters.models import ClockRun, Matter, MatterValue
from huoshui.matters.schema import MatterKind
from huoshui.packs.queries import all_current
from huoshui.places.models import Honour, Place
from huoshui.places.queries import township_names


@dataclass(frozen=True)
class Publicised:
    """One notice: about which place or unit, what for, from when until when, and how one objects.

    Nothing that a person wrote freely, and nobody's name.
    """

    number: str
    kind: str
    place: Place
    town: str
    holder: str
    """The unit that it is about; "" where it is about the place."""
    honour: str
    """Level and name of the honour; "" where it is about none."""
    facts: list[tuple[str, str]]
    """The published fields: label and value with its unit."""
    since: dt.date
    until: dt.date
    """The last day of the notice."""
    objections: str
    objected: bool
    """Whether an objection is being looked into: until it is settled, nothing is awarded."""


def publicised() -> list[Publicised]:
    """The notices that run today, those that end first in front. Whoever reads them needs no permission."""
    kinds = {code: kind.public_notice for code, kind in all_current("matters").items() if kind.public_notice}
    if not kinds:
        return []
    states = {state for rule in kinds.values() for state in (*rule.states, *rule.objected)}
    rows = Matter.objects.going().filter(kind__in=kinds, state__in=states)
    matters = [matter for matter in rows.select_related("place", "unit") if _in_state(matter)]
    runs = _running(matters)
    shown = [matter for matter in matters if matter.pk in runs]
    told, towns = _values(shown), township_names(matter.place for matter in shown)
    found = [_notice(matter, runs[matter.pk], told[matter.pk], towns[matter.place_id]) for matter in shown]
    return sorted(found, key=lambda one: (one.until, one.number))


def _in_state(matter: Matter) -> bool:
    """By the version of the pack that the matter began with."""
    rule = matter.definition.public_notice
    return rule is not None and matter.state in (*rule.states, *rule.objected)


def _is_objected(matter: Matter) -> bool:
    rule = matter.definition.public_notice
    return rule is not None and matter.state in rule.objected


def _running(matters: list[Matter]) -> dict[UUID, ClockRun]:
    """The runs of the notices' clocks, by matter: neither stopped nor over today, or resting for an objection."""
    day = clock.today()
    runs = ClockRun.objects.filter(matter__in=[matter.pk for matter in matters], started_on__lte=day)
    clocks = {matter.pk: rule.clock for matter in matters if (rule := matter.definition.public_notice)}
    objected = {matter.pk for matter in matters if _is_objected(matter)}
    return {
        run.matter_id: run
        for run in runs
        if run.clock == clocks[run.matter_id]
        and (run.matter_id in objected or (run.stopped_on is None and run.limit_on >= day))
    }


def _values(matters: list[Matter]) -> dict[UUID, dict[str, Any]]:
    """The typed values of some matters, but for persons and personal ones."""
    found: dict[UUID, dict[str, Any]] = defaultdict(dict)
    kinds = {matter.pk: matter.definition.fields_by_code for matter in matters}
    for row in MatterValue.objects.filter(matter__in=list(kinds)):
        field = kinds[row.matter_id].get(row.code)
        if field is not None and not field.names_whom and not field.personal:
            found[row.matter_id][row.code] = values.typed(field, row.value)
    return found


def _notice(matter: Matter, run: ClockRun, present: dict[str, Any], town: str) -> Publicised:
    kind, rule = matter.definition, matter.definition.public_notice
    if rule is None:
        raise LookupError(f"{matter.kind} is not publicised")
    named = named_by(matter, present)
    return Publicised(
        number=matter.number,
        kind=str(kind.name),
        place=matter.place,
        town=town if town != matter.place.short_name else "",
        holder=named.holder if named else "",
        honour=_("%(level)s%(name)s") % {"level": Honour.Level(named.level).label, "name": named.name} if named else "",
        facts=[_fact(kind, code, present[code]) for code in rule.fields if code in present],
        since=run.started_on,
        until=run.limit_on,
        objections=str(rule.objections),
        objected=_is_objected(matter),
    )


def _fact(kind: MatterKind, code: str, value: Any) -> tuple[str, str]:
    field = kind.field(code)
    return str(field.name), f"{values.shown(kind, code, value)} {field.unit or ''}".strip()
