"""What a ledger is filtered by: the condition on visible matters, and how many pass it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from django.db.models import Count, Q
from django.utils.translation import gettext as _

from huoshui.kernel import clock
from huoshui.kernel.access import Actor, Within, path_condition
from huoshui.kernel.choices import require_known, unknown
from huoshui.kernel.errors import Refusal
from huoshui.kernel.reading import read_once
from huoshui.kernel.walking import walked
from huoshui.matters.counting import counted
from huoshui.matters.lights import LIGHTS, MatterQuerySet, light_condition
from huoshui.matters.models import CLOSED, OPEN, SUBMITTED, Matter, MatterCount, MatterValue
from huoshui.matters.queries.order import VALUE_COLUMNS, sortable_fields
from huoshui.packs.queries import all_current
from huoshui.places.models import Place

CODES = ("kind", "state", "phase", "severity")
"""What a ledger is filtered by exactly."""
NO_LIGHT = "none"
OWN_DATES = ("opened_on", "closed_on", "supervised_on", "again_on")
"""Dates that every matter has, filtered from a day to a day."""


@dataclass(frozen=True)
class ValueFilter:
    """A typed value of a field, or a date of OWN_DATES: equal to it; ``side`` "from" or "to": not below, not above."""

    code: str
    value: Any
    side: str = ""


@dataclass(frozen=True)
class LedgerFilter:
    """What a ledger shows. Empty: no restriction. ``place`` is a path, ``source`` an id or "hand".

    ``light`` is red, yellow, blue or green; "none" shows the matters without any light.
    """

    kind: str = ""
    place: str = ""
    state: str = ""
    phase: str = ""
    light: str = ""
    severity: str = ""
    source: str = ""
    owner: str = ""
    text: str = ""
    due_from: dt.date | None = None
    due_to: dt.date | None = None
    supervised: bool = False
    values: tuple[ValueFilter, ...] = ()


CLOSED_WELL = Q(phase=CLOSED, close_reason="resolved", verified=True)
"""The counts of matters that show green."""


def how_many(actor: Actor, wanted: LedgerFilter) -> int:
    """How many visible matters pass the filter: from the kept counts, where these know all that it asks."""
    if replace(wanted, kind="", state="", phase="", severity="", place="", light="") != LedgerFilter():
        return matching(actor, wanted).count()
    if wanted.light not in ("", "green"):
        return matching(actor, wanted).count()
    everything, green = _kept(actor, replace(wanted, light=""))
    return green if wanted.light else everything


def going_within(actor: Actor, place: str) -> tuple[int, int]:
    """How many visible matters there are at a place (its path) and below it, and how many of these have not ended."""
    return counted(MatterCount.objects.visible_to(Within(actor, place)), Q(phase__in=[OPEN, SUBMITTED]))


@read_once
def _kept(actor: Actor, wanted: LedgerFilter) -> tuple[int, int]:
    """How many visible matters pass the filter, by the kept counts, and how many of them show green."""
    counts = MatterCount.objects.visible_to(Within(actor, wanted.place) if wanted.place else actor)
    codes = {name: value for name in CODES if (value := getattr(wanted, name))}
    return counted(counts.filter(**codes), CLOSED_WELL)


def matching(actor: Actor, wanted: LedgerFilter, walking: bool = False) -> MatterQuerySet:
    """Visible matters that pass the filter; ``walking``: no condition has an index, so that an order's is walked."""
    passing = condition(wanted)
    if wanted.light:
        passing &= light_condition("" if wanted.light == NO_LIGHT else wanted.light, clock.today())
    if not walking:
        reader = Within(actor, wanted.place) if wanted.place else actor
        visible: MatterQuerySet = Matter.objects.visible_to(reader).filter(passing)
        return visible
    found: MatterQuerySet = walked(Matter.objects.all(), reached(actor) & passing)
    return found


def reached(actor: Actor) -> Q:
    """The rule of ``visible_to``, with the places that the actor reaches as a set and not as a join to walk over."""
    condition = Q(pk__in=[])
    for grant in set(actor.grants(Matter.scope.permission)):
        condition |= _at(path_condition("path", grant.path)) & (Q(pack=grant.pack) if grant.pack else Q())
    return condition


def _at(places: Q) -> Q:
    return Q(place__in=Place.objects.filter(places).order_by().values("pk"))


def require_known_codes(visible: MatterQuerySet, wanted: LedgerFilter) -> None:
    kinds = all_current("matters") if any(getattr(wanted, name) for name in CODES) else {}
    declared = {
        "kind": list(kinds),
        "state": [state.code for kind in kinds.values() for state in kind.states],
        "phase": [OPEN, SUBMITTED, CLOSED],
        "severity": [severity.code for kind in kinds.values() for severity in kind.severities],
    }
    for name in CODES:
        require_known(visible, name, getattr(wanted, name), declared[name])
    shown = [light or NO_LIGHT for light in LIGHTS]
    if wanted.light and wanted.light not in shown:
        raise unknown("light", wanted.light, shown)


def condition(wanted: LedgerFilter) -> Q:
    """The filter, but for the light, as a condition."""
    exact = {name: getattr(wanted, name) for name in CODES}
    found = Q(**{name: value for name, value in exact.items() if value})
    if wanted.place:
        found &= _at(path_condition("path", wanted.place))
    if wanted.source:
        found &= (
            Q(source_id__isnull=True)
            if wanted.source == "hand"
            else Q(source_id=_id("source", _("来源"), wanted.source))
        )
    if wanted.owner:
        found &= Q(owner_id=_id("owner", _("责任人"), wanted.owner))
    if wanted.due_from:
        found &= Q(due_on__gte=wanted.due_from)
    if wanted.due_to:
        found &= Q(due_on__lte=wanted.due_to)
    if wanted.supervised:
        found &= Q(supervised_on__isnull=False)
    for word in wanted.text.split():
        found &= _holds(word)
    for value in wanted.values:
        found &= _having(value)
    return found


def _having(wanted: ValueFilter) -> Q:
    """The matters that have such a value, in a column of their own or in a field."""
    lookup = {"from": "gte", "to": "lte"}.get(wanted.side, "exact")
    if wanted.code in OWN_DATES:
        return Q(**{f"{wanted.code}__{lookup}": wanted.value})
    column = VALUE_COLUMNS.get(sortable_fields()[wanted.code].type, "text")
    rows = MatterValue.objects.filter(**{"code": wanted.code, f"{column}__{lookup}": wanted.value})
    return Q(pk__in=rows.values("matter"))


def _holds(word: str) -> Q:
    place = _at(Q(short_name__contains=word) | Q(initials__startswith=word.lower()))
    return Q(number__contains=word.upper()) | Q(title__contains=word) | Q(detail__contains=word) | place


def _id(field: str, label: str, text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise Refusal("matter.filter", field=field, label=label, value=text) from None


def running_lights(actor: Actor, filters: LedgerFilter | None = None) -> dict[str, int]:
    """How many visible matters that have not ended show each of their lights: keys red, yellow, blue."""
    wanted, today = replace(filters or LedgerFilter(), light=""), clock.today()
    # Neither the key nor the phase stands in the index of what a ledger is filtered by, which alone is read so.
    asked = {light: Count("place", filter=light_condition(light, today)) for light in ("red", "yellow", "blue")}
    found: dict[str, int] = matching(actor, wanted).filter(closed_on__isnull=True).aggregate(**asked)
    return found


def light_counts(actor: Actor, filters: LedgerFilter | None = None, *, total: int | None = None) -> dict[str, int]:
    """How many visible matters show each light: keys red, yellow, blue, green and "" (none).

    Only what has not ended is told its light row by row: of the many that have, the green ones are counted at once.
    ``total``: how many pass the filter without its light, where that is known already.
    """
    wanted = replace(filters or LedgerFilter(), light="")
    lit = running_lights(actor, wanted)
    lit["green"] = how_many(actor, replace(wanted, light="green"))
    everything = how_many(actor, wanted) if total is None else total
    return {light: lit[light] for light in LIGHTS if light} | {"": everything - sum(lit.values())}
