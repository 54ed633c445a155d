"""What the first page shows of matters beside those that wait: their lights, what came back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from functools import reduce
from operator import or_
from typing import Any
from uuid import UUID

from django.db.models import F, Q, Subquery

from huoshui.kernel import clock
from huoshui.matters.lights import light_condition
from huoshui.matters.models import OPEN, Matter, Step


def first_lit(actor: Any, light: str) -> Q:
    """The visible matter with a light (red or blue) that is due first, as a condition."""
    lit = Matter.objects.visible_to(actor).filter(light_condition(light, clock.today()))
    return Q(pk=Subquery(lit.order_by(F("due_on").asc(nulls_last=True), "id").values("pk")[:1]))


def matters_by_key(keys: Iterable[UUID], *besides: Q) -> dict[UUID, Matter]:
    """Matters that were found before, with what a row of the first page shows of them, by their keys.

    ``besides``: conditions of others that are read with them.
    """
    found = Matter.objects.filter(reduce(or_, besides, Q(pk__in=set(keys)))).select_related("place", "unit", "owner")
    return {matter.pk: matter for matter in found.defer("place__outline")}


def due_first(matters: Iterable[Matter], light: str) -> Matter | None:
    """Of some matters, the one with a light that is due first."""
    lit = (matter for matter in matters if matter.light() == light)
    return min(lit, key=lambda matter: (matter.due_on or dt.date.max, matter.pk), default=None)


def lit_matters(actor: Any, most: int) -> list[UUID]:
    """The keys of what is late, behind or near due among all that the actor sees, the most urgent first."""
    today = clock.today()
    lit = light_condition("red", today) | light_condition("yellow", today) | light_condition("blue", today)
    found = Matter.objects.visible_to(actor).going().filter(lit).most_urgent_first()
    return list(found.values_list("pk", flat=True)[:most])


def came_back(matters: Iterable[Matter]) -> dict[UUID, str]:
    """Of those that are being worked on, which came back: the phase they came from (submitted or closed), by id."""
    going = {matter.pk: matter for matter in matters if matter.phase == OPEN}
    moves = Step.objects.filter(matter__in=going).exclude(from_state=F("to_state")).exclude(from_state="")
    last = dict(moves.order_by("id").values_list("matter_id", "from_state"))
    phases = {pk: going[pk].definition.state(state).phase for pk, state in last.items()}
    return {pk: phase for pk, phase in phases.items() if phase != OPEN}
