"""What was split becomes one matter again, while nothing rests on the split."""

from __future__ import annotations

from typing import Any

from huoshui.kernel import clock, journal
from huoshui.kernel.actions import action
from huoshui.kernel.errors import Refusal
from huoshui.kernel.events import publish
from huoshui.kernel.wording import listed
from huoshui.matters import clocks, permits, splitting
from huoshui.matters.actions.common import MOVING_COLUMNS, columns_of, locked, moved, tell
from huoshui.matters.actions.steps import advance
from huoshui.matters.models import Matter, Split
from huoshui.matters.schema import OWNER
from huoshui.media.queries import attachments_of_all


@action("matters.rejoin")
def rejoin(*, by: Any, matter: Matter, seen_version: int | None = None) -> Matter:
    """Put together again what was split, while nothing was done with any of the new ones.

    The first one goes on where it stood, on its old clocks; each new one ends as its double. By whoever may split.
    Raises record.stale, matter.not_split, matter.role_needed, matter.own_work, matter.same_unit or matter.split_used.
    """
    matter = locked(matter, seen_version, {})
    done, step = splitting.standing(matter), splitting.splitting_step(matter)
    if done is None or step is None:
        raise Refusal("matter.not_split", number=matter.number)
    if refusal := permits.refusal_of(matter, step, by):
        raise refusal
    shares = list(Matter.objects.select_for_update().filter(pk__in=done.photos).order_by("pk"))
    if used := [share.number for share in shares if is_used(share)]:
        raise Refusal("matter.split_used", number=matter.number, shares=listed(sorted(used)))
    before = columns_of(matter)
    done.undone_on = clock.today()
    done.save_next_version("undone_on")
    _go_on(matter, done)
    journal.record(
        by=by,
        subject=matter,
        place=matter.place,
        before=before | {"shares": [share.number for share in shares]},
        after=columns_of(matter),
    )
    for share in shares:
        again = {"duplicate_of": matter.number}
        advance(by=by, matter=share, transition=splitting.rejoining_step(share).code, values=again)
    publish(moved(by, matter, ""))
    tell(by, matter, [OWNER], "matter.assigned", due=str(matter.due_on or ""))
    return Matter.objects.get(pk=matter.pk)


def _go_on(matter: Matter, done: Split) -> None:
    matter.state, matter.phase = done.state, matter.definition.state(done.state).phase
    matter.closed_on, matter.close_reason = None, ""
    matter.clocks.filter(clock__in=done.running).update(stopped_on=None)
    clocks.settle(matter, clock.today())
    matter.save_next_version(*MOVING_COLUMNS)


def is_used(share: Matter) -> bool:
    """Whether anything was done with a matter since it was split off: all that counts its version up, and photos."""
    label = Matter._meta.label_lower
    return share.version > 1 or share.children.exists() or attachments_of_all(label, [share.pk]).exists()
