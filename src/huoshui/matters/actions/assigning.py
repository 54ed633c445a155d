"""Who answers for a matter: the responsible unit and the responsible person."""

from __future__ import annotations

from typing import Any

from huoshui.duties import by_role
from huoshui.duties.models import Account, Unit
from huoshui.kernel import journal
from huoshui.kernel.access import allows, denied
from huoshui.kernel.actions import action, running_action
from huoshui.kernel.errors import Refusal
from huoshui.matters.actions.common import check_owner, keep_former, locked, tell
from huoshui.matters.concerned import concerned_unit, is_concerned, require_other
from huoshui.matters.models import CLOSED, Matter
from huoshui.matters.schema import OWNER


@action("matters.assign")
def assign(
    *,
    by: Any,
    matter: Matter,
    owner: Account | None = None,
    unit: Unit | None = None,
    seen_version: int | None = None,
) -> Matter:
    """Make a person and a unit responsible; what is not given stays, but a new person brings their own unit.

    By whoever holds matter.assign there; or, within the place itself, by the holder of the kind's owner role.
    Raises access.denied, record.stale, matter.is_closed, matter.owner_without_duty, matter.owner_outside,
    matter.owner_concerned or matter.unit_concerned.
    """
    given = {"owner": owner, "unit": unit}
    matter = locked(matter, seen_version, {name: value for name, value in given.items() if value is not None})
    office = allows(by, "matter.assign", path=matter.place.path, pack=matter.pack)
    own_roles = filter(None, [matter.definition.owner_role])
    if not office and not by_role.acts_as_over(matter.place, matter.pack, by, own_roles):
        raise denied("matter.assign", path=matter.place.path, pack=matter.pack)
    if matter.phase == CLOSED:
        raise Refusal("matter.is_closed", number=matter.number, state=matter.state_name)
    if is_concerned(matter, by):
        raise Refusal("matter.unit_concerned", field="owner", unit=str(by.unit or "—"))
    _check_person(matter, owner, within_place=not office)
    if unit is not None:
        require_other(unit.pk, concerned_unit(matter), unit.name, "unit")
    if unit is not None and not office and not unit.place.path.startswith(matter.place.path):
        raise Refusal("matter.owner_outside", field="unit", person=unit.name, place=matter.place.short_name)
    before = responsible(matter)
    matter.unit = unit or (owner.unit if owner is not None else matter.unit)
    matter.owner = owner or matter.owner
    if responsible(matter) == before:
        running_action().changed_nothing()
        return matter
    keep_former(matter)
    matter.save_next_version("owner", "unit")
    journal.record(by=by, subject=matter, place=matter.place, before=before, after=responsible(matter))
    tell(by, matter, [OWNER], "matter.assigned", due=str(matter.due_on or ""))
    return matter


def responsible(matter: Matter) -> dict[str, str]:
    """Who answers for a matter, as the journal keeps it."""
    return {"owner": matter.owner.username if matter.owner else "", "unit": str(matter.unit or "")}


def _check_person(matter: Matter, owner: Account | None, *, within_place: bool) -> None:
    if owner is None:
        return
    check_owner(matter, owner)
    of_place = owner.unit is not None and owner.unit.place.path.startswith(matter.place.path)
    if within_place and not of_place:
        raise Refusal("matter.owner_outside", field=OWNER, person=owner.title, place=matter.place.short_name)
