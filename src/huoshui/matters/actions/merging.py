"""Two matters become one, and two again: called by the step that closes a double, or opens it again."""

from __future__ import annotations

import datetime as dt
from typing import Any

from huoshui.kernel import clock, journal
from huoshui.kernel.actions import action
from huoshui.matters import clocks, family, merging, values
from huoshui.matters.actions.common import note_hand, tell
from huoshui.matters.models import CLOSED, Matter, MatterValue, Merge
from huoshui.matters.schema import OWNER

COLUMNS = ("number", "text", "day")


@action("matters.absorb")
def absorb(*, by: Any, matter: Matter, double: Matter, decisions: dict[str, Any]) -> Merge:
    """Take over what a double has: values as decided, and its parts. Its photos count by the link alone.

    Called by the step that closes ``double``, which authorises that; the parts are locked, and both. What is written in
    ``matter`` is bounded by what ``by`` may edit there, and leaves the step of a correction: who wrote it never
    verifies it.
    Raises matter.merge_conflict, matter.merge_not_editable, matter.merge_family, matter.merge_depth,
    matter.merge_money, or what forbids a part to go over (matter.part_*, access.denied).
    """
    plan = merging.plan(double, matter, by)
    over = plan.decided(decisions)
    before = {code: _columns(matter.values.filter(code=code).first()) for code in over}
    for code, row in over.items():
        MatterValue.objects.update_or_create(matter=matter, code=code, defaults=_columns(row))
    for part in plan.parts:
        part.parent = family.check_parent(by, matter, kind=part.kind, place=part.place, part=part)
        part.save_next_version("parent")
    merge = Merge.objects.create(
        matter=matter,
        double=double,
        by=by,
        on=clock.today(),
        decisions={conflict.code: decisions[conflict.code] for conflict in plan.conflicts},
        before={code: _plain(row) for code, row in before.items()},
        after={code: _plain(_columns(row)) for code, row in over.items()},
        parts=[str(part.pk) for part in plan.parts],
    )
    _settle(matter)
    note_hand(by, matter, _typed(matter, {code: _columns(row) for code, row in over.items()}))
    journal.record(
        by=by,
        subject=matter,
        place=matter.place,
        before=_told(matter, before),
        after=_told(matter, {code: _columns(row) for code, row in over.items()})
        | {"absorbed": double.number, "parts": [part.number for part in plan.parts]},
    )
    tell(by, matter, [OWNER], "matter.absorbed", double=double.number)
    return merge


@action("matters.release")
def release(*, by: Any, merge: Merge) -> Matter:
    """Split a double off again: what it gave goes back where nobody changed it since; both stories stay.

    Called by the step that opens the double again, which authorises. A survivor that has ended keeps what it has;
    where it gives something back, whoever took it away had a hand in it.
    """
    matter = Matter.objects.select_for_update().get(pk=merge.matter_id)
    given_back: dict[str, tuple[Any, Any]] = {}
    if matter.phase != CLOSED:
        for code, after in merge.after.items():
            row = matter.values.filter(code=code).first()
            if _plain(_columns(row)) == after:
                given_back[code] = (_columns(row), merge.before[code])
                _restore(matter, code, merge.before[code])
    parts = list(Matter.objects.select_for_update().filter(pk__in=merge.parts, parent=matter).order_by("number"))
    for part in parts:
        part.parent = merge.double
        part.save_next_version("parent")
    merge.undone_on = clock.today()
    merge.save_next_version("undone_on")
    _settle(matter)
    note_hand(by, matter, _typed(matter, {code: now for code, (_was, now) in given_back.items()}))
    journal.record(
        by=by,
        subject=matter,
        place=matter.place,
        before=_told(matter, {code: was for code, (was, _now) in given_back.items()})
        | {"absorbed": merge.double.number},
        after=_told(matter, {code: now for code, (_was, now) in given_back.items()})
        | {"parts": [part.number for part in parts]},
    )
    return matter


def _settle(matter: Matter) -> None:
    clocks.settle(matter, clock.today())
    matter.save_next_version(*clocks.DATE_COLUMNS)


def _columns(row: MatterValue | None) -> dict[str, Any] | None:
    return {name: getattr(row, name) for name in COLUMNS} if row else None


def _plain(columns: dict[str, Any] | None) -> dict[str, Any] | None:
    """Columns as JSON keeps them."""
    if columns is None:
        return None
    return {name: value.isoformat() if isinstance(value, dt.date) else value for name, value in columns.items()}


def _restore(matter: Matter, code: str, columns: dict[str, Any] | None) -> None:
    if columns is None:
        matter.values.filter(code=code).delete()
    else:
        MatterValue.objects.update_or_create(matter=matter, code=code, defaults=columns)


def _told(matter: Matter, columns_by_code: dict[str, dict[str, Any] | None]) -> dict[str, Any]:
    """Values as the journal keeps them, by field code."""
    return {code: values.plain(value) for code, value in _typed(matter, columns_by_code).items()}


def _typed(matter: Matter, columns_by_code: dict[str, dict[str, Any] | None]) -> dict[str, Any]:
    """Values by field code; None where there is none."""
    kind = matter.definition
    return {
        code: values.typed(kind.field(code), MatterValue(**columns).value) if columns else None
        for code, columns in columns_by_code.items()
    }
