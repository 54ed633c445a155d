"""What keeps a pack from dropping a role: duties in it."""

from __future__ import annotations

from django.db.models import Count

from huoshui.duties.models import Duty
from huoshui.kernel import clock
from huoshui.kernel.errors import Problem
from huoshui.packs.contract import Dropped


def duties_in_roles(pack: str, dropped: Dropped) -> list[Problem]:
    """pack.duties_stand for each role that would be dropped and that somebody holds or is going to hold."""
    roles = sorted(dropped.get("roles", ()))
    held = Duty.objects.filter(role__in=roles).overlapping(clock.today(), None)
    counts = dict(held.values_list("role").annotate(Count("pk")).order_by("role"))
    return [
        Problem("pack.duties_stand", f"roles.{role}", params={"role": role, "count": counts[role]})
        for role in roles
        if role in counts
    ]
