"""What becomes of two matters that are one: what goes over, what has to be decided first, what stays where it is.

The one that is closed as a double keeps its number, its story, its photos and its personal values; the other one
counts its photos as its own, and is barred to whoever worked on either. A merge is no way round the permission to
edit: a value goes over only where whoever merges could have written it there themselves, as the other one stands now.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from huoshui.kernel.errors import Problem, Refusal
from huoshui.matters import family, permits, values
from huoshui.matters.evidence import photos_counted
from huoshui.matters.models import Matter, MatterValue
from huoshui.matters.money.sums import holds_money
from huoshui.matters.schema import KEEP, MatterKind

THIS, THAT, STAYS = "this", "that", "stays"
"""Decisions on a conflict: the value of the double goes over, the other's stands, or it stays at its own number."""
PHOTOS = "photos_"
"""Begins the code of a conflict over the photos of a slot."""


@dataclass(frozen=True)
class Conflict:
    """What the surviving matter would lose, unless somebody decides it."""

    code: str
    label: str
    this: str
    """What the double has, as shown."""
    that: str
    """What the surviving one has, as shown; "" where it has nothing, or no room for it."""
    options: tuple[str, ...]
    writable: bool = True
    """Whether whoever merges may write it in the surviving one now; if not, its own value (or none) stands."""


@dataclass(frozen=True)
class Plan:
    """What a merge does, before it is done."""

    double: Matter
    survivor: Matter
    carried: dict[str, MatterValue]
    """Values that the survivor lacks and takes over, by field code."""
    conflicts: list[Conflict]
    photos: int
    """Photos that count for the survivor from then on."""
    parts: list[Matter]
    """Parts that go over."""
    rows: dict[str, MatterValue] = field(repr=False)
    """All values of the double that can go over or stay, by field code."""
    personal: bool = False
    """Whether the double holds personal values, which stay with it."""

    def decided(self, decisions: dict[str, Any]) -> dict[str, MatterValue]:
        """The values that go over when conflicts are decided so.

        Raises matter.merge_conflict for each that is not decided, matter.merge_not_editable for each that may not be
        decided for the value of the double.
        """
        problems = [
            self._undecided(conflict, decisions.get(conflict.code))
            for conflict in self.conflicts
            if decisions.get(conflict.code) not in conflict.options
        ]
        if problems:
            raise Refusal.of(problems)
        over = {c.code: self.rows[c.code] for c in self.conflicts if decisions[c.code] == THIS}
        return self.carried | over

    def _undecided(self, conflict: Conflict, decision: Any) -> Problem:
        where = f"{KEEP}-{conflict.code}"
        if decision == THIS and not conflict.writable:
            params = {"label": conflict.label, "number": self.survivor.number, "state": self.survivor.state_name}
            return Problem("matter.merge_not_editable", where, params=params)
        params = {"label": conflict.label, "this": conflict.this, "that": conflict.that}
        return Problem("matter.merge_conflict", where, params=params)


def plan(double: Matter, survivor: Matter, by: Any) -> Plan:
    """What merging ``double`` into ``survivor`` would do when ``by`` does it.

    Raises matter.merge_family, matter.merge_depth or matter.merge_money.
    """
    if double in family.upwards(survivor):
        raise Refusal("matter.merge_family", field="duplicate_of", number=survivor.number)
    if Matter.objects.filter(duplicate_of__duplicate_of=double).exists():
        raise Refusal("matter.merge_depth", field="duplicate_of", number=double.number)
    if holds_money(double):
        raise Refusal("matter.merge_money", field="duplicate_of", number=double.number)
    other = survivor.definition
    rows, carried, conflicts = _compared(double, survivor, permits.editable_fields(survivor, by))
    slots, photos = Counter(photo.slot for photo in photos_counted(double)), 0
    for slot, count in slots.items():
        if slot in {known.code for known in other.slots}:
            photos += count
        else:
            conflicts.append(Conflict(PHOTOS + slot, double.slot_name(slot), str(count), "", (STAYS,)))
    parts = list(double.children.select_related("place").order_by("number"))
    personal = bool(double.definition.personal_codes)
    return Plan(double, survivor, carried, conflicts, photos, parts, rows, personal)


def _compared(
    double: Matter, survivor: Matter, writable: set[str]
) -> tuple[dict[str, MatterValue], dict[str, MatterValue], list[Conflict]]:
    """The values of the double that can go over or stay, those that go over unasked, and what has to be decided."""
    kind, other = double.definition, survivor.definition
    rows = {row.code: row for row in double.values.all() if row.code in _shared_codes(kind)}
    theirs = {row.code: row for row in survivor.values.all()}
    carried: dict[str, MatterValue] = {}
    conflicts: list[Conflict] = []
    for code, row in rows.items():
        label, this = str(kind.field(code).name), values.shown(kind, code, values.typed(kind.field(code), row.value))
        if not _fits(kind, other, code):
            conflicts.append(Conflict(code, label, this, "", (STAYS,)))
        elif code in theirs and theirs[code].value != row.value:
            that = values.shown(other, code, values.typed(other.field(code), theirs[code].value))
            options = (THAT, THIS) if code in writable else (THAT,)
            conflicts.append(Conflict(code, label, this, that, options, code in writable))
        elif code not in theirs and code in writable:
            carried[code] = row
        elif code not in theirs:
            conflicts.append(Conflict(code, label, this, "", (STAYS,), writable=False))
    return rows, carried, conflicts


def _shared_codes(kind: MatterKind) -> set[str]:
    """Fields that tell of the thing itself: neither personal, nor who answers for it, until when or where else."""
    own = (
        kind.own_deadline_fields() | {kind.owner_field, kind.concerns} | {step.where_else for step in kind.transitions}
    )
    return {known.code for known in kind.fields} - own - kind.personal_codes


def _fits(kind: MatterKind, other: MatterKind, code: str) -> bool:
    """Whether the other kind has the same field: its values mean the same there."""
    if code not in _shared_codes(other):
        return False
    one, same = kind.field(code), other.field(code)
    return (one.type, one.decimals, one.unit, one.choices) == (same.type, same.decimals, same.unit, same.choices)
