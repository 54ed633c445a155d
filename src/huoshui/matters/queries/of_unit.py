"""A unit's year: the matters that it answers for by kind and outcome, and the letters that it received.

Counts of things, as they are recorded: no points, no order among units, nothing about persons. Complaints are left
out, for a complaint is no mark against a unit.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, Q

from huoshui.duties.models import Unit
from huoshui.kernel import clock
from huoshui.matters.letters.models import Letter
from huoshui.matters.letters.queries import letters
from huoshui.matters.lights import MatterQuerySet
from huoshui.matters.models import Matter
from huoshui.packs.queries import all_current

MOST = 100
"""Matters and letters that are listed; the counts are of all."""


@dataclass
class KindOfYear:
    """The matters of a kind that a unit answers for."""

    kind: str
    name: str
    opened: int = 0
    ended: list[tuple[str, int]] = field(default_factory=list)
    """How many ended in the year, by the label of the state that they ended in."""
    going: int = 0
    late: int = 0
    """Of those that have not ended, those past their deadline."""


@dataclass(frozen=True)
class UnitYear:
    """What a unit's page of a year shows."""

    unit: Unit
    year: int
    kinds: list[KindOfYear]
    ended: list[Matter]
    going: list[Matter]
    letters: list[Letter]
    letters_answered: int
    letters_late: int
    """Of those without a reply, those past their day."""
    ended_count: int
    going_count: int
    letters_count: int


def unit_year(actor: Any, unit: Unit, year: int) -> UnitYear:
    """A unit's year, as far as the actor sees its matters. The caller has shown that the unit may be seen.

    What has not ended is told as it stands today, whatever the year, of the matters opened until its end.
    """
    first, last, today = dt.date(year, 1, 1), dt.date(year, 12, 31), clock.today()
    visible: MatterQuerySet = Matter.objects.visible_to(actor).filter(unit=unit, duplicate_of__isnull=True)
    visible = visible.exclude(kind__in=[code for code, kind in all_current("matters").items() if kind.complaint])
    ended = visible.filter(closed_on__range=(first, last))
    going = visible.going().filter(opened_on__lte=last)
    sent = letters(actor).filter(unit=unit, issued_on__range=(first, last))
    told = sent.aggregate(
        every=Count("pk"),
        answered=Count("pk", filter=Q(replied_on__isnull=False)),
        late=Count("pk", filter=Q(replied_on__isnull=True, until__lt=today)),
    )
    kinds = _kinds(visible.filter(opened_on__range=(first, last)), ended, going, today)
    return UnitYear(
        unit=unit,
        year=year,
        kinds=kinds,
        ended=list(ended.select_related("place").order_by("-closed_on", "number")[:MOST]),
        going=list(going.select_related("place").order_by("due_on", "number")[:MOST]),
        letters=list(sent[:MOST]),
        letters_answered=told["answered"],
        letters_late=told["late"],
        ended_count=sum(count for kind in kinds for _state, count in kind.ended),
        going_count=sum(kind.going for kind in kinds),
        letters_count=told["every"],
    )


def _kinds(opened: MatterQuerySet, ended: MatterQuerySet, going: MatterQuerySet, today: dt.date) -> list[KindOfYear]:
    """By kind, in the order of the packs' own kinds."""
    current = all_current("matters")
    rows: dict[str, KindOfYear] = {}

    def of(kind: str) -> KindOfYear:
        name = str(current[kind].name) if kind in current else kind
        return rows.setdefault(kind, KindOfYear(kind, name))

    for kind, count in _counted(opened, "kind"):
        of(kind).opened = count
    for kind, state, count in _counted(ended, "kind", "state"):
        of(kind).ended.append((_state_name(current.get(kind), state), count))
    for kind, count in _counted(going, "kind"):
        of(kind).going = count
    for kind, count in _counted(going.filter(due_on__lt=today), "kind"):
        of(kind).late = count
    order = {code: at for at, code in enumerate(current)}
    return sorted(rows.values(), key=lambda row: (order.get(row.kind, len(current)), row.kind))


def _counted(rows: MatterQuerySet, *columns: str) -> list[Any]:
    return list(rows.order_by(*columns).values_list(*columns).annotate(count=Count("pk")))


def _state_name(kind: Any, code: str) -> str:
    """The label of a state; its code where the current kind has it no more."""
    return next((str(state.name) for state in kind.states if state.code == code), code) if kind else code
