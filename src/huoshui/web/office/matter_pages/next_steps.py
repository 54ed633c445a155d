"""The button in a row: the obvious next step of each matter, where the reader may take it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from huoshui.duties.models import duties_held
from huoshui.kernel import clock
from huoshui.matters.models import Matter
from huoshui.matters.permits import may_take, read_ahead, roles_by, touched_by
from huoshui.matters.schema import Transition


def next_steps(user: Any, matters: Iterable[Matter]) -> dict[UUID, Transition]:
    """The obvious step of each matter that the reader may take now.

    The roles held sort out the many matters that are not the reader's; of the rest ``may_take`` decides those in which
    the reader may have had a hand, on what is read for all of them at once.
    """
    matters = list(matters)
    held = roles_held(user, matters)
    asked: list[tuple[Matter, Transition]] = []
    for matter in matters:
        step = next((step for step in matter.definition.transitions_from(matter.state) if step.primary), None)
        if step and held[matter.pk] & set(step.roles):
            asked.append((matter, step))
    touched = touched_by(user, (matter for matter, step in asked if step.not_by or step.other_unit_than))
    read_ahead(list(touched))
    barred = {matter.pk for matter, step in asked if matter in touched and not may_take(matter, step, user)}
    return {matter.pk: step for matter, step in asked if matter.pk not in barred}


def roles_held(user: Any, matters: Iterable[Matter]) -> dict[UUID, set[str]]:
    """The roles that the reader holds over each matter; the duties are read once."""
    duties = duties_held(user.pk, clock.today())
    return {matter.pk: roles_by(matter, user, duties) for matter in matters}
