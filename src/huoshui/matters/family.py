"""Matters made of parts: how deep they may be divided, and that the whole ends after its parts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet

from huoshui.kernel.access import allows, denied
from huoshui.kernel.errors import Refusal
from huoshui.kernel.reading import read_once
from huoshui.kernel.wording import listed
from huoshui.matters import permits
from huoshui.matters.models import CLOSED, Matter
from huoshui.matters.schema import OWNER
from huoshui.places.models import Place

DEEPEST = 5
"""Levels below the uppermost matter that no pack can exceed: walks up and down a family end here."""
NAMED = 5


@dataclass(frozen=True)
class Progress:
    """How many parts a matter has, and how many of them have ended."""

    parts: int
    ended: int

    @property
    def open(self) -> int:
        """How many still run."""
        return self.parts - self.ended


def progress_of(matter: Matter) -> Progress:
    """The progress of a matter's own parts, whoever sees them: they hold up its closing all the same."""
    return progress_by(matter.children.values_list("phase", flat=True))


def progress_by(phases: Iterable[str]) -> Progress:
    """The progress of parts that are in these phases."""
    phases = list(phases)
    return Progress(len(phases), phases.count(CLOSED))


@read_once
def relatives_of(matter: Matter, actor: Any) -> list[Any]:
    """The whole and the parts of a matter, and what was merged with it or split off, by number: whoever sees them.

    Each has ``seen``: whether the actor does. Of the others a caller tells no more than how many they are.
    """
    above = {matter.parent_id, matter.split_from_id, matter.duplicate_of_id} - {None}
    near = Q(pk__in=above) | Q(parent=matter) | Q(duplicate_of=matter) | Q(split_from=matter)
    rows = Matter.objects.telling_visible(actor).filter(near)
    return list(rows.select_related("pack_version", "owner", "unit").order_by("number"))


def may_divide(matter: Matter, actor: Any) -> bool:
    """Whether the actor may hang parts on a matter that runs: whoever assigns there, and the responsible person."""
    if matter.phase == CLOSED or not matter.definition.parts.depth:
        return False
    return permits.acts_as(matter, actor, [OWNER]) or allows(
        actor, "matter.assign", path=matter.place.path, pack=matter.pack
    )


def check_parent(
    by: Any, parent: Matter, *, kind: str, place: Place, part: Matter | None = None, told: bool = False
) -> Matter:
    """The parent, locked, if a matter of a qualified kind at a place (``part``, if it exists) may become its part.

    ``told``: an event asks for it, which is the authority. Raises access.denied, matter.is_closed, matter.part_kind,
    matter.part_place, matter.part_depth or matter.part_cycle.
    """
    parent = Matter.objects.select_for_update().get(pk=parent.pk)
    if parent.phase == CLOSED:
        raise Refusal("matter.is_closed", field="parent", number=parent.number, state=parent.state_name)
    above = upwards(parent)
    if part is not None and part in above:
        raise Refusal("matter.part_cycle", field="parent", number=parent.number, part=part.number)
    rule = parent.definition.parts
    level = len(above) + (_height(part) if part else 0)
    if level > min(rule.depth, DEEPEST):
        raise Refusal("matter.part_depth", field="parent", number=parent.number, depth=rule.depth)
    if rule.kinds and kind not in rule.kinds:
        raise Refusal("matter.part_kind", field="parent", number=parent.number)
    if not place.path.startswith(parent.place.path):
        raise Refusal(
            "matter.part_place",
            field="parent",
            number=parent.number,
            place=place.short_name,
            parent=parent.place.short_name,
        )
    if not told and not may_divide(parent, by):
        raise denied("matter.assign", path=parent.place.path, pack=parent.pack)
    return parent


def upwards(matter: Matter) -> list[Matter]:
    """The matter and those above it, upwards. It ends: a family is no deeper than DEEPEST."""
    found = [matter]
    while found[-1].parent is not None and len(found) <= DEEPEST + 1:
        found.append(found[-1].parent)
    return found


def _height(matter: Matter) -> int:
    """How many levels of parts stand below a matter."""
    level, height = [matter.pk], 0
    while height <= DEEPEST:
        level = list(Matter.objects.filter(parent__in=level).values_list("pk", flat=True))
        if not level:
            break
        height += 1
    return height


def require_parts_ended(matter: Matter, actor: Any) -> None:
    """A matter ends after its parts, unless its pack says otherwise. Raises matter.parts_open.

    Parts that the actor does not see are counted, and not named.
    """
    running: QuerySet[Matter] = matter.children.exclude(phase=CLOSED)
    count = running.count() if matter.definition.parts.hold_closing else 0
    if count:
        seen = Matter.objects.visible_to(actor).filter(pk__in=running).order_by("number")
        numbers = listed(seen.values_list("number", flat=True)[:NAMED])
        raise Refusal("matter.parts_open", field="transition", number=matter.number, count=count, parts=numbers or "—")


def require_parent_running(matter: Matter) -> None:
    """A part is not opened again under a whole that has ended. Raises matter.parent_ended."""
    if matter.parent_id is None:
        return
    parent = Matter.objects.select_for_update().get(pk=matter.parent_id)
    if parent.phase == CLOSED and parent.definition.parts.hold_closing:
        raise Refusal("matter.parent_ended", field="transition", number=parent.number)
