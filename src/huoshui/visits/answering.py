"""Who fills in a sheet that belongs to no round: whoever scores there, and those whom its checklist asks."""

from __future__ import annotations

from typing import Any

from huoshui.kernel.access import allows, denied
from huoshui.kernel.actions import acts_for
from huoshui.places.models import Place
from huoshui.visits.schema import Checklist


def require_answering(actor: Any, place: Place, pack: str, checklist: Checklist) -> None:
    """Raise access.denied unless the actor scores at the place, or holds a role there that the checklist asks."""
    if not is_asked(actor, place, pack, checklist) and not allows(actor, "visit.score", path=place.path, pack=pack):
        raise denied("visit.score", path=place.path, pack=pack)


def is_asked(actor: Any, place: Place, pack: str, checklist: Checklist) -> bool:
    """Whether the checklist asks a role that the actor holds over the place, or stands in for."""
    if checklist.asks is None:
        return False
    held = [duty for duty in actor.duties_over(place.path, pack) if duty.role in checklist.asks.roles]
    delegations = [duty.delegation for duty in held if duty.delegation]
    if delegations and len(delegations) == len(held):
        acts_for(actor.pk, delegations[0].principal.label)
    return bool(held)
