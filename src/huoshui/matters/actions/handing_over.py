"""Handing a matter over when the duty of who answers for it ends."""

from __future__ import annotations

from typing import Any

from huoshui.duties.models import Account
from huoshui.kernel import journal
from huoshui.kernel.actions import action
from huoshui.matters.actions.assigning import responsible
from huoshui.matters.actions.common import check_owner, keep_former, tell
from huoshui.matters.models import Matter
from huoshui.matters.schema import OWNER


@action("matters.hand_over")
def hand_over(*, by: Any, matter: Matter, successor: Account | None) -> Matter:
    """Give a matter to the successor, with their unit; None: it stays with the unit, without a person.

    Called by the reaction to DutyEnded alone: whoever ends the duty is the authority. What the former person did
    bars that person still, and bars that person's unit. Raises matter.owner_without_duty or matter.owner_role.
    """
    matter = Matter.objects.select_for_update().get(pk=matter.pk)
    before = responsible(matter)
    if successor is not None:
        check_owner(matter, successor)
        matter.unit = successor.unit
    matter.owner = successor
    keep_former(matter)
    matter.save_next_version("owner", "unit")
    journal.record(by=by, subject=matter, place=matter.place, before=before, after=responsible(matter))
    tell(by, matter, [OWNER], "matter.assigned", due=str(matter.due_on or ""))
    return matter
