"""Who may plan, record and illustrate an activity."""

from __future__ import annotations

from typing import Any

from huoshui.activities.models import Activity
from huoshui.activities.schema import ActivityKind
from huoshui.duties.by_role import acts_as_over, who_may
from huoshui.duties.models import duties_held
from huoshui.kernel import clock
from huoshui.kernel.errors import Refusal
from huoshui.kernel.reading import read_once
from huoshui.packs.queries import all_current
from huoshui.places.models import Place


def may_plan(actor: Any, kind: ActivityKind, place: Place, pack: str) -> bool:
    """Whether the actor plans activities of a kind at a place."""
    return acts_as_over(place, pack, actor, kind.planned_by)


def may_record(actor: Any, kind: ActivityKind, place: Place, pack: str) -> bool:
    """Whether the actor records there that one was held."""
    return acts_as_over(place, pack, actor, kind.recorded_by)


def require_planner(actor: Any, kind: ActivityKind, place: Place, pack: str) -> None:
    """Raise activity.not_planned (nobody plans such) or activity.planner_needed, naming who can."""
    if not kind.planned_by:
        raise Refusal("activity.not_planned", field="kind", kind=str(kind.name))
    if not may_plan(actor, kind, place, pack):
        who = who_may(place, pack, kind.planned_by)
        raise Refusal("activity.planner_needed", field="kind", kind=str(kind.name), who=who)


def require_recorder(actor: Any, kind: ActivityKind, place: Place, pack: str) -> None:
    """Raise activity.recorder_needed, naming who can."""
    if not may_record(actor, kind, place, pack):
        who = who_may(place, pack, kind.recorded_by)
        raise Refusal("activity.recorder_needed", field="kind", kind=str(kind.name), who=who)


def require_hand(actor: Any, activity: Activity) -> None:
    """Raise activity.recorder_needed unless the actor plans or records such activities at its place."""
    if not has_hand(actor, activity):
        require_recorder(actor, activity.definition, activity.place, activity.pack)


def has_hand(actor: Any, activity: Activity) -> bool:
    """Whether the actor plans or records such activities at the place of one."""
    kind = activity.definition
    return acts_as_over(activity.place, activity.pack, actor, [*kind.planned_by, *kind.recorded_by])


def open_slots(activity: Activity, actor: Any) -> set[str]:
    """Slots to which the actor may add files: all of an activity that was not cancelled; those with children only
    while a consent stands."""
    kind = activity.definition
    if not kind.slots or activity.state == Activity.State.CANCELLED or not has_hand(actor, activity):
        return set()
    consented = not kind.children_slots or has_consent(activity)
    return {slot.code for slot in kind.slots if consented or not slot.children}


def has_consent(activity: Activity) -> bool:
    """Whether a consent to pictures of children was recorded that nobody has withdrawn."""
    return activity.consents.filter(withdrawn_on__isnull=True).exists()


@read_once
def paths_to_add(actor: Any) -> list[str]:
    """The paths below which the actor plans or records some kind; none: nowhere."""
    packs: dict[str, set[str]] = {}
    for code, kind in all_current("activities").items():
        packs.setdefault(code.partition(".")[0], set()).update([*kind.planned_by, *kind.recorded_by])
    return [
        duty.place.path
        for duty in duties_held(actor.pk, clock.today())
        if any(duty.role in roles and duty.pack in ("", pack) for pack, roles in packs.items())
    ]


@read_once
def kinds_at(actor: Any, place: Place) -> dict[str, ActivityKind]:
    """The kinds, by qualified code, that the actor may plan or record at a place, as their packs declare them."""
    found = {}
    for code, kind in all_current("activities").items():
        fits = not kind.place_kinds or place.kind in kind.place_kinds
        if fits and acts_as_over(place, code.partition(".")[0], actor, [*kind.planned_by, *kind.recorded_by]):
            found[code] = kind
    return found
